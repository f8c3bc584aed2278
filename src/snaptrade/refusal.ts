import type { Said } from "../rotation/model";
import { isRecord } from "../text/json";

/** SnapTrade's codes for a user or a secret that it does not know, and for a signature that it cannot verify. */
const CODE_NOT_LIVE = "1083";
const CODE_SIGNATURE = "1076";

/** What is needed to tell what a refusal is about, and to quote it. */
export interface Listener {
  readonly clientId: string;
  /** The text if it may be printed, else null. */
  readonly quote: (text: string) => string | null;
}

/** An answer that is no success, and what it speaks of. */
export interface Refused {
  readonly said: Said;
  readonly about: "secret" | "client" | "signature" | null;
}

/**
 * SnapTrade's errors are `{"detail":"…","status_code":401,"code":"1083"}`; its reference's examples say
 * `default_detail` and `default_code`. Both are read, and a gateway's `message`.
 */
export function refusalIn(status: number, body: unknown, { clientId, quote }: Listener): Refused {
  const sentence = sentenceIn(body);
  const said = { status, code: errorCode(body), sentence: sentence === null ? null : quote(sentence) };
  return { said, about: status === 401 ? subjectOf(said.code, sentence ?? "", clientId) : null };
}

/**
 * Code 1083 has two meanings, which only the sentence tells apart: "Invalid clientId provided - X" says nothing about
 * the secret. X is taken out first, since it is whatever someone chose.
 */
function subjectOf(code: string | null, sentence: string, clientId: string): Refused["about"] {
  if (code === CODE_SIGNATURE) return "signature";
  if (code !== CODE_NOT_LIVE) return null;
  const words = clientId === "" ? sentence : sentence.replaceAll(clientId, " ");
  return /client[\s_-]?id/i.test(words) && !/user|secret/i.test(words) ? "client" : "secret";
}

function sentenceIn(body: unknown): string | null {
  if (!isRecord(body)) return null;
  const sentence = body["detail"] ?? body["default_detail"] ?? body["message"];
  return typeof sentence === "string" && sentence.trim() !== "" ? sentence : null;
}

/** SnapTrade's error code, whichever of its two shapes the body has; null if it has none. */
export function errorCode(body: unknown): string | null {
  if (!isRecord(body)) return null;
  const code = body["code"] ?? body["default_code"];
  return (typeof code === "string" || typeof code === "number") && /^\d{1,6}$/.test(String(code)) ? String(code) : null;
}
