import type { SavedRecord, Sending, SentReply, WriteRecord } from "../rotation/model";
import type { Remains } from "../rotation/ports";
import * as layout from "./layout";
import type { Binding } from "./layout";
import { isAnswerMeta, isOutcome, isSending, isSent, isTrying, isWrite, parseMeta } from "./records";
import type { Kind, OpenRecord, Records } from "./records";

interface Reading {
  readonly binding: Binding;
  readonly records: Records;
  /** Added to the instants that the main step has written. */
  readonly shiftMs: number;
}

export function remainsIn(bytes: Buffer, reading: Reading): Remains {
  const { binding, records } = reading;
  // `keep` may have emptied the file. A later write restores its length, but not its header.
  const header = layout.headerOf(bytes, binding);
  if (header === null) return { kind: "unreadable" };
  if (header.said?.isTold === true) return { kind: "told", result: header.said.result };
  const outcome = records.open("outcome", bytes.subarray(layout.OUTCOME_AT));
  if (outcome === "locked") return { kind: "unreadable" };
  if (outcome !== null && outcome !== "torn") return { kind: "concluded", outcome: parseMeta(outcome.meta, isOutcome) };
  const sending = records.open("sending", bytes.subarray(layout.SENDING_AT, layout.OUTCOME_AT));
  if (sending === null && !header.isAnnounced) return notSent(bytes, reading);
  // A damaged announcement does not prove that there was none.
  if (sending === null || sending === "locked" || sending === "torn") return { kind: "unreadable" };
  const kept = keptIn(bytes.subarray(layout.SENDING_AT + sending.length, layout.OUTCOME_AT), reading);
  return kept === "locked"
    ? { kind: "unreadable" }
    : { kind: "sent", sending: sendingOf(parseMeta(sending.meta, isSending), reading), ...kept };
}

/** GitHub's clock is unchanged; ours may have been set since. */
function sendingOf({ aheadMs, ...sending }: Sending, { shiftMs }: Reading): Sending {
  return aheadMs === undefined ? sending : { ...sending, aheadMs: aheadMs - shiftMs };
}

function notSent(bytes: Buffer, { records }: Reading): Remains {
  const trying = records.open("trying", bytes.subarray(layout.TRYING_AT, layout.COPYING_AT));
  if (trying === "locked") return { kind: "unreadable" };
  const canaries = trying === null || trying === "torn" ? [] : parseMeta(trying.meta, isTrying).canaries;
  const copying = records.open("copying", bytes.subarray(layout.COPYING_AT, layout.SENDING_AT));
  return { kind: "not-sent", canaries, isCopying: copying !== null };
}

/** The records after the announcement. The last complete answer counts; an earlier one was cut off at the deadline. */
function keptIn(
  bytes: Buffer,
  reading: Reading,
): Omit<Extract<Remains, { kind: "sent" }>, "kind" | "sending"> | "locked" {
  let sentAt: number | null = null;
  let reply: SentReply | null = null;
  const writes: WriteRecord[] = [];
  for (let at = 0; at + 4 <= bytes.length;) {
    const found = openOneOf(["answer", "write", "sent"], bytes.subarray(at), reading);
    if (found === null || found === "torn") break;
    if (found === "locked") {
      // Damage after a complete answer does not affect it.
      if (reply === null) return "locked";
      break;
    }
    const { kind, meta, payload, length } = found;
    if (kind === "answer") reply = replyOf(parseMeta(meta, isAnswerMeta), payload, reading);
    else if (kind === "sent") sentAt = parseMeta(meta, isSent).sentAt + reading.shiftMs;
    else {
      const write = parseMeta(meta, isWrite);
      writes.push({ ...write, at: write.at + reading.shiftMs });
    }
    at += length;
  }
  return { sentAt: reply?.sentAt ?? sentAt, reply, saved: savedBy(writes), unansweredSince: lastUnanswered(writes) };
}

function openOneOf(
  kinds: readonly Kind[],
  bytes: Buffer,
  { records }: Reading,
): (OpenRecord & { readonly kind: Kind }) | "locked" | "torn" | null {
  for (const kind of kinds) {
    const record = records.open(kind, bytes);
    if (record === null || record === "torn") return record;
    if (record !== "locked") return { ...record, kind };
  }
  return "locked";
}

function replyOf(
  { ending, sentAt, at }: Pick<SentReply, "ending" | "sentAt" | "at">,
  raw: Buffer,
  { shiftMs }: Reading,
): SentReply {
  return { kind: "sent", raw, ending, sentAt: sentAt + shiftMs, at: at + shiftMs };
}

function savedBy(writes: readonly WriteRecord[]): readonly SavedRecord[] {
  return writes.flatMap(({ label, is, at, serverTime }) => (is === "acknowledged" ? [{ label, at, serverTime }] : []));
}

/** When the last unanswered write was sent; null if there is none. An answer counts for the oldest open write. */
function lastUnanswered(writes: readonly WriteRecord[]): number | null {
  const open = new Map<string, number[]>();
  for (const { label, is, at } of writes) {
    const sent = open.get(label) ?? [];
    open.set(label, is === "sent" ? [...sent, at] : sent.slice(1));
  }
  const last = Math.max(...[...open.values()].flat());
  return last === -Infinity ? null : last;
}
