import type { Reading, SentReply } from "../rotation/model";
import { isRecord, parseJson } from "../text/json";
import { Secret } from "../text/secret";
import { parseFrame } from "./frame";
import type { Frame } from "./frame";
import { countKeys, flawOf, namedValues, otherStrings } from "./mentions";
import type { Mention } from "./mentions";
import { refusalIn } from "./refusal";
import type { Listener } from "./refusal";

/** A complete JSON answer with one of these, and no secret anywhere, means that nothing was changed. */
const REFUSALS: readonly number[] = [400, 401, 403, 404, 429];
/** At most this many strings of one answer are tried. */
const CANDIDATES_MAX = 12;

/** What the answer must match, and what was sent, which is never the new secret. */
export interface Expected extends Listener {
  readonly current: Secret;
  readonly userId: string;
  readonly consumerKey: Secret;
}

/**
 * Interprets the answer to a reset. Only a complete 200 with well-formed JSON for our user and exactly one new secret
 * is trusted. In any other answer the bytes are searched for possible secrets. No part of them goes into an error,
 * although V8 would quote unparsable text there.
 */
export function readReply(reply: SentReply, expected: Expected): Reading {
  return interpret(reply, expected, true);
}

/** What the bytes received so far are worth. An unfinished value does not count, because its rest may still arrive. */
export function weighReply(raw: Uint8Array, expected: Expected): "all" | "something" | "nothing" {
  const reading = interpret({ kind: "sent", raw, ending: "complete", sentAt: 0, at: 0 }, expected, false);
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

function interpret(reply: SentReply, expected: Expected, mayBeUnfinished: boolean): Reading {
  const frame = parseFrame(reply.raw);
  const named = [frame.body, reply.raw].flatMap((bytes) => namedValues(bytes, mayBeUnfinished));
  const json = reply.ending === "complete" ? parseObject(frame.body) : null;
  const granted = reply.ending === "complete" && frame.status === 200 ? grantedBy(json, expected.userId) : null;
  if (granted !== null && isPlain(frame)) {
    const flaw = flawOf(granted);
    if (flaw !== null) return unholdable(frame, flaw, flaw === "too-long" ? granted : spelling(named));
    const secret = new Secret(/* guard: exact bytes */ granted);
    return secret.equals(expected.current) ? { kind: "unanswered", status: frame.status } : { kind: "granted", secret };
  }
  const texts = candidatesIn(frame, named, expected);
  if (texts.length > 0) {
    return { kind: "candidates", status: frame.status, secrets: texts.map((text) => new Secret(text)) };
  }
  const flawed = named.find(({ flaw }) => flaw !== null);
  if (flawed?.flaw) return unholdable(frame, flawed.flaw, flawed.flaw === "too-long" ? flawed.text : flawed.source);
  const requestId = requestIdIn(frame, expected);
  return {
    ...(refusedBy(reply, frame, json, expected) ?? { kind: "unanswered", status: frame.status }),
    ...(requestId === null ? {} : { requestId }),
  };
}

/** First the values whose key resembles `userSecret`, then all other strings of a successful answer. */
function candidatesIn(frame: Frame, named: readonly Mention[], expected: Expected): readonly string[] {
  const { current, userId, clientId, consumerKey } = expected;
  const sent = ["", current.reveal(), userId, clientId, consumerKey.reveal()];
  const holdable = named.filter(({ flaw }) => flaw === null).map(({ text }) => text);
  // Strings that resemble the current secret come first.
  const isAlike = (text: string): number => (text.length === current.reveal().length ? 0 : 1);
  const others = [...otherStrings(frame)].sort((a, b) => isAlike(a) - isAlike(b));
  const found = [...holdable, ...others].filter(
    (text) => !sent.includes(text) && !/^user[_-]?(?:id|secret)$/i.test(text),
  );
  return [...new Set(found)].slice(0, CANDIDATES_MAX);
}

function unholdable({ status }: Frame, why: "too-long" | "not-unicode", value: string): Reading {
  return { kind: "unholdable", status, why, secret: new Secret(value) };
}

/** SnapTrade sends one with every answer. It is printed only if it has the expected form. */
function requestIdIn({ headers }: Frame, { quote }: Listener): string | null {
  const id = headers.get("x-request-id") ?? "";
  const isId = /^[0-9a-f]{32}$|^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id);
  return isId ? quote(id) : null;
}

function parseObject(bytes: Uint8Array): Readonly<Record<string, unknown>> | null {
  const value = parseJson(bytes);
  return isRecord(value) ? value : null;
}

function grantedBy(json: Readonly<Record<string, unknown>> | null, userId: string): string | null {
  const secret = json?.["userSecret"];
  const isOurs = json?.["userId"] === userId && typeof secret === "string" && secret !== "";
  return isOurs && !looksMasked(secret) ? secret : null;
}

/** What a filter on the way inserts instead of a secret: `********`, `[REDACTED]`. */
function looksMasked(text: string): boolean {
  return /^([^a-z0-9])\1*$/is.test(text) || /\*\*\*|^[<[{(].*[>\]})]$/s.test(text);
}

/** There is exactly one key that resembles `userSecret`, and the body was not compressed. */
function isPlain({ body, headers, wasPacked }: Frame): boolean {
  return countKeys(body) === 1 && !wasPacked && !headers.has("content-encoding");
}

/** A rejection may mention "userSecret provided" in its sentence; as a key it may precede a secret. */
function refusedBy(
  reply: SentReply,
  { status }: Frame,
  json: unknown,
  listener: Listener,
): Extract<Reading, { kind: "refused" }> | null {
  const isRefusal = reply.ending === "complete" && status !== null && REFUSALS.includes(status) && isRecord(json);
  if (!isRefusal || countKeys(reply.raw) > 0) return null;
  const { said, about } = refusalIn(status, json, listener);
  return { kind: "refused", said, isAboutSecret: about === "secret" };
}

function spelling(mentions: readonly Mention[]): string {
  return mentions[0]?.source ?? "";
}
