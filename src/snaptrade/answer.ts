import { isUtf8 } from "node:buffer";
import type { Reading, SentReply } from "../rotation/ports";
import { Secret } from "../rotation/secret";
import { parseFrame } from "./frame";
import type { Frame } from "./frame";

/** The most that a GitHub secret can hold: 48 KB. */
export const SECRET_MAX_BYTES = 48 * 1024;
/** Complete answers with one of these, JSON, and no secret anywhere say that nothing was done. */
const REFUSALS: readonly number[] = [400, 401, 403, 404, 429];

/**
 * What the answer to a reset means. Only a complete 200 with well-formed JSON for our user and exactly
 * one new secret is taken at its word. In everything else the bytes are searched for `"userSecret"`, and
 * nothing of them is ever part of an error: V8 quotes the text that it could not parse.
 */
export function readReply(reply: SentReply, current: Secret, userId: string): Reading {
  return interpret(reply, current, userId, [STRING_VALUE, NUMBER_VALUE, LOOSE_VALUE, UNFINISHED_VALUE]);
}

function interpret(reply: SentReply, current: Secret, userId: string, patterns: readonly RegExp[]): Reading {
  const frame = parseFrame(reply.raw);
  const mentions = [frame.body, reply.raw].flatMap((bytes) => search(bytes, patterns));
  const json = reply.ending === "complete" ? parseObject(frame.body) : null;
  const granted = reply.ending === "complete" && frame.status === 200 ? grantedBy(json, userId) : null;
  if (granted !== null && isPlain(frame)) {
    const flaw = flawOf(granted);
    if (flaw !== null) return unholdable(frame, flaw, flaw === "too-long" ? granted : spelling(mentions));
    const secret = new Secret(granted);
    return secret.equals(current) ? { kind: "unanswered", status: frame.status } : { kind: "granted", secret };
  }
  const found = mentions.filter(({ text }) => text !== "" && text !== current.reveal());
  const holdable = unique(found.filter(({ flaw }) => flaw === null).map(({ text }) => text));
  if (holdable.length > 0)
    return { kind: "candidates", status: frame.status, secrets: holdable.map((text) => new Secret(text)) };
  const [flawed] = found;
  if (flawed?.flaw) return unholdable(frame, flawed.flaw, flawed.flaw === "too-long" ? flawed.text : flawed.source);
  const requestId = requestIdIn(frame);
  return {
    ...(refusalIn(reply, frame, json) ?? { kind: "unanswered", status: frame.status }),
    ...(requestId === null ? {} : { requestId }),
  };
}

function unholdable({ status }: Frame, why: "too-long" | "not-unicode", value: string): Reading {
  return { kind: "unholdable", status, why, secret: new Secret(value) };
}

/** On every answer of SnapTrade's; printed only if it looks like one. */
function requestIdIn({ headers }: Frame): string | null {
  const id = headers.get("x-request-id") ?? "";
  return /^[\w-]{8,64}$/.test(id) ? id : null;
}

/** What the bytes are worth while they still arrive. */
export function weighReply(raw: Uint8Array, current: Secret, userId: string): "all" | "something" | "nothing" {
  // The rest of a value that is not finished may be the next thing to arrive.
  const finished = [STRING_VALUE, NUMBER_VALUE, LOOSE_VALUE];
  const reading = interpret({ kind: "sent", raw, ending: "complete", at: 0 }, current, userId, finished);
  switch (reading.kind) {
    case "granted":
    case "refused":
      return "all";
    case "candidates":
    case "unholdable":
      return "something";
    case "unanswered":
      return "nothing";
  }
}

/** SnapTrade's error code, whichever of its two shapes the body has; null if it has none. */
export function errorCode(body: unknown): string | null {
  if (!isRecord(body)) return null;
  const code = body["code"] ?? body["default_code"];
  return (typeof code === "string" || typeof code === "number") && /^\d{1,6}$/.test(String(code)) ? String(code) : null;
}

/** A JSON value, undefined if the bytes are none. What could not be parsed is never told. */
export function parseJson(bytes: Uint8Array): unknown {
  if (!isUtf8(bytes)) return undefined;
  try {
    return JSON.parse(new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes));
  } catch {
    return undefined;
  }
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parseObject(bytes: Uint8Array): Readonly<Record<string, unknown>> | null {
  const value = parseJson(bytes);
  return isRecord(value) ? value : null;
}

function grantedBy(json: Readonly<Record<string, unknown>> | null, userId: string): string | null {
  const secret = json?.["userSecret"];
  return json?.["userId"] === userId && typeof secret === "string" && secret !== "" ? secret : null;
}

/** One mention of a secret, in a body that was not compressed against our will. */
function isPlain({ body, headers }: Frame): boolean {
  const key = Buffer.from('"userSecret"');
  const bytes = Buffer.from(body);
  return bytes.indexOf(key) === bytes.lastIndexOf(key) && !headers.has("content-encoding");
}

function refusalIn(reply: SentReply, { status }: Frame, json: unknown): Extract<Reading, { kind: "refused" }> | null {
  // As a key: SnapTrade's refusals speak of the "userSecret provided" in their detail.
  const mentionsSecret = /"userSecret\\?"\s*:/.test(Buffer.from(reply.raw).toString("latin1"));
  const refused = reply.ending === "complete" && status !== null && REFUSALS.includes(status) && isRecord(json);
  return refused && !mentionsSecret ? { kind: "refused", status, code: errorCode(json) } : null;
}

/** One place in the bytes where a secret may stand. */
interface Mention {
  readonly text: string;
  readonly flaw: "too-long" | "not-unicode" | null;
  /** As the answer spells it, byte for byte. */
  readonly source: string;
}

const STRING_VALUE = /"userSecret"\s*:\s*"((?:[^"\\]|\\.)*)"/gs;
/** Cut off in front of its closing quote. It may be whole all the same; SnapTrade will tell. */
const UNFINISHED_VALUE = /"userSecret"\s*:\s*"((?:[^"\\]|\\.){16,})$/gs;
/** JSON inside a JSON string, or in single quotes: nobody promises it, but a secret that stands there is one all the same. */
const LOOSE_VALUE = /(?:\\"|')userSecret(?:\\"|')\s*:\s*(?:\\"|')([^"'\\]+)(?:\\"|')/g;
const NUMBER_VALUE = /"userSecret"\s*:\s*(-?\d[\d.eE+-]*)/g;

/** Every value of a `userSecret` in bytes that need not be JSON, in one-byte characters so that none is lost. */
function search(bytes: Uint8Array, patterns: readonly RegExp[]): readonly Mention[] {
  const text = Buffer.from(bytes).toString("latin1");
  return patterns.flatMap((pattern) => [...text.matchAll(pattern)].map((match) => mention(match[1] ?? "")));
}

function mention(source: string): Mention {
  const bytes = Buffer.from(source, "latin1");
  if (!isUtf8(bytes)) return { text: source, flaw: "not-unicode", source };
  const spelled = bytes.toString("utf8");
  const value: unknown = parseJson(Buffer.from(`"${spelled}"`));
  const text = typeof value === "string" ? value : spelled;
  return { text, flaw: flawOf(text), source };
}

function flawOf(text: string): "too-long" | "not-unicode" | null {
  if (!text.isWellFormed()) return "not-unicode";
  return Buffer.byteLength(text) > SECRET_MAX_BYTES ? "too-long" : null;
}

function spelling(mentions: readonly Mention[]): string {
  return mentions[0]?.source ?? "";
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)];
}
