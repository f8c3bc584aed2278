import { createHash } from "node:crypto";
import { RESULTS } from "../rotation/outcome";
import type { Result } from "../rotation/outcome";
import type { ProcessId } from "./process";

/** The run that a journal belongs to. Its records open for no other run. */
export interface Binding {
  readonly repository: string;
  readonly runId: string;
  readonly runAttempt: string;
  /** GITHUB_ACTION. The post step finds its own journal by it when no state was passed. */
  readonly action: string;
}

/** The unencrypted part of a journal. It contains nothing about any secret. */
export interface Header {
  readonly salt: Buffer;
  readonly main: ProcessId;
  /** Whether a step with this GITHUB_ACTION created the journal. */
  readonly isOfThisAction: boolean;
  /** An encrypted empty message, by which a step with the same keys recognizes its journal. */
  readonly owner: Buffer;
  readonly isAnnounced: boolean;
  /** Copies of a live secret may have been written, without a reset. */
  readonly isCopying: boolean;
  readonly said: Said | null;
}

/** What the main step has reached. */
export interface Said {
  readonly result: Result;
  /** Whether the result was reported. */
  readonly isTold: boolean;
}

const MAGIC = Buffer.from("rotate-snaptrade-user-secret/2\n");
const DIGEST_BYTES = 32;
const SALT_BYTES = 32;
/** A nonce and a tag. */
const OWNER_BYTES = 12 + 16;
const ACTION_AT = MAGIC.length + DIGEST_BYTES;
const SALT_AT = ACTION_AT + DIGEST_BYTES;
const OWNER_AT = SALT_AT + SALT_BYTES;
const PID_AT = OWNER_AT + OWNER_BYTES;
const STARTED_AT = PID_AT + 4;
/** One byte: the reset may have been sent, or copies of a live secret may have been written. */
export const ANNOUNCED_AT = STARTED_AT + 8;
/** One byte: the result of the main step, and whether it was reported. */
export const RESULT_AT = ANNOUNCED_AT + 1;
export const HEADER_BYTES = RESULT_AT + 1;

// Then space for the facts, the canaries and the copies; for the announcement, the answers and the writes, in this
// order; and for the outcome, which is written before the answer is wiped.
/** Inputs can be as long as an environment variable. */
export const FACTS_BYTES = 256 * 1024;
/** A name has at most 255 characters, and a scope at most 100 secrets. */
export const TRYING_BYTES = 64 * 1024;
export const COPYING_BYTES = 256;
/** Two answers: an incomplete one at the deadline, and the rest. */
const ANSWERS_BYTES = 2 * (2 * 1024 * 1024 + 128 * 1024);
const WRITES_BYTES = 256 * 1024;
export const OUTCOME_BYTES = 256 * 1024;
export const FACTS_AT = HEADER_BYTES;
export const TRYING_AT = FACTS_AT + FACTS_BYTES;
export const COPYING_AT = TRYING_AT + TRYING_BYTES;
export const SENDING_AT = COPYING_AT + COPYING_BYTES;
/** After a record that may exist already, and before the end of the reserved space. */
export const REHEARSAL_AT = SENDING_AT + 1024 * 1024;
export const OUTCOME_AT = SENDING_AT + ANSWERS_BYTES + WRITES_BYTES;
export const FILE_BYTES = OUTCOME_AT + OUTCOME_BYTES;

export const SET = Buffer.from([1]);
export const COPYING = Buffer.from([2]);
const TOLD = 0x80;

/** An empty journal in its full size. */
export function blankJournal(binding: Binding, salt: Buffer, owner: Buffer, main: ProcessId): Buffer {
  const pid = Buffer.alloc(12);
  pid.writeUInt32BE(main.pid);
  pid.writeBigUInt64BE(main.startedAt ?? 0n, 4);
  const bytes = Buffer.alloc(FILE_BYTES);
  Buffer.concat([MAGIC, digestOfRun(binding), digestOfAction(binding), salt, owner, pid]).copy(bytes);
  return bytes;
}

/** @returns null if it is not a complete journal of this run. */
export function headerOf(bytes: Buffer, binding: Binding): Header | null {
  const startsAlike = bytes.subarray(0, ACTION_AT).equals(Buffer.concat([MAGIC, digestOfRun(binding)]));
  if (bytes.length !== FILE_BYTES || !startsAlike) return null;
  const startedAt = bytes.readBigUInt64BE(STARTED_AT);
  const result = bytes.readUInt8(RESULT_AT);
  const reached = RESULTS[(result & ~TOLD) - 1];
  return {
    salt: bytes.subarray(SALT_AT, OWNER_AT),
    main: { pid: bytes.readUInt32BE(PID_AT), startedAt: startedAt === 0n ? null : startedAt },
    isOfThisAction: bytes.subarray(ACTION_AT, SALT_AT).equals(digestOfAction(binding)),
    owner: bytes.subarray(OWNER_AT, PID_AT),
    isAnnounced: bytes[ANNOUNCED_AT] !== 0 && !bytes.subarray(ANNOUNCED_AT, RESULT_AT).equals(COPYING),
    isCopying: bytes.subarray(ANNOUNCED_AT, RESULT_AT).equals(COPYING),
    said: reached === undefined ? null : { result: reached, isTold: (result & TOLD) !== 0 },
  };
}

export function byteFor({ result, isTold }: Said): Buffer {
  return Buffer.from([(RESULTS.indexOf(result) + 1) | (isTold ? TOLD : 0)]);
}

function digestOfRun({ repository, runId, runAttempt }: Binding): Buffer {
  return digestOf([repository, runId, runAttempt]);
}

function digestOfAction({ action }: Binding): Buffer {
  return digestOf([action]);
}

function digestOf(parts: readonly string[]): Buffer {
  return createHash("sha256").update(JSON.stringify(parts)).digest();
}
