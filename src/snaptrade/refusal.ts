import type { Said } from "../rotation/model";
import { isRecord } from "../text/json";

/** SnapTrade's codes for an unknown user or secret, and for a signature that it cannot verify. */
const CODE_NOT_LIVE = "1083";
const CODE_SIGNATURE = "1076";

/** What is needed to classify a rejection, and to quote it. */
export interface Listener {
  readonly clientId: string;
  /** The text if it may be printed, else null. */
  readonly quote: (text: string) => string | null;
}

/** An answer that is no success, and its subject. */
export interface Refused {
  readonly said: Said;
  readonly about: "secret" | "client" | "signature" | null;
}

/**
 * SnapTrade's errors are `{"detail":"…","status_code":401,"code":"1083"}`; its reference has examples with
 * `default_detail` and `default_code`. Both are read, and a gateway's `message`.
 */
export function refusalIn(status: number, body: unknown, { clientId, quote }: Listener): Refused {
  const sentence = sentenceIn(body);
  const said = { status, code: errorCode(body), sentence: sentence === null ? null : quote(sentence) };
  return { said, about: status === 401 ? subjectOf(said.code, sentence ?? "", clientId) : null };
}

/**
 * Code 1083 has two meanings, which only the sentence distinguishes: "Invalid clientId provided - X" says nothing about
 * the secret. X is removed first, because it may be any text.
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

/** SnapTrade's error code in either form; null if there is none. */
export function errorCode(body: unknown): string | null {
  if (!isRecord(body)) return null;
  const code = body["code"] ?? body["default_code"];
  return (typeof code === "string" || typeof code === "number") && /^\d{1,6}$/.test(String(code)) ? String(code) : null;
}
