import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from "node:crypto";
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import path from "node:path";
import { EXIT_CODES } from "../rotation/outcome";
import type { Outcome } from "../rotation/outcome";
import type { Journal, Remains, SavedRecord, Sending, SentReply } from "../rotation/ports";
import type { Secret } from "../rotation/secret";

/** What a journal belongs to. It opens for nothing else. */
export interface Binding {
  readonly repository: string;
  readonly destinations: readonly string[];
  readonly user: string;
  readonly runId: string;
  readonly runAttempt: string;
}

export interface JournalKey {
  readonly consumerKey: Secret;
  readonly oldSecret: Secret;
}

// The file: a header in the clear, whose last two bytes say that post has taken over, and that main is at its end. Then
// room for three things: "trying" says that canaries may exist; "sending" and "answer" follow each other; and the
// outcome has room of its own, so that it stands before the answer is wiped.
const MAGIC = Buffer.from("rotate-snaptrade-user-secret/1\n");
const DIGEST_BYTES = 32;
const SALT_BYTES = 32;
const PROCESS_AT = MAGIC.length + DIGEST_BYTES + SALT_BYTES;
const TAKEN_OVER_AT = PROCESS_AT + 4;
const ENDING_AT = TAKEN_OVER_AT + 1;
const HEADER_BYTES = ENDING_AT + 1;
/** Two answers: one that was over its time, and what came after all. */
const ANSWERS_BYTES = 2 * (2 * 1024 * 1024 + 128 * 1024);
const OUTCOME_BYTES = 256 * 1024;
/** A name has at most 255 characters, and a scope at most 100 secrets. */
const TRYING_BYTES = 64 * 1024;
const COPYING_BYTES = 256;
const COPYING_AT = HEADER_BYTES + TRYING_BYTES;
const SENDING_AT = COPYING_AT + COPYING_BYTES;
/** Behind a record that may be there already, in front of the end of what is reserved. */
const REHEARSAL_AT = SENDING_AT + 1024 * 1024;
const OUTCOME_AT = SENDING_AT + ANSWERS_BYTES;
const FILE_BYTES = OUTCOME_AT + OUTCOME_BYTES;

const SET = Buffer.from([1]);

/** Windows has no such flag. */
const NO_FOLLOW = process.platform === "win32" ? 0 : constants.O_NOFOLLOW;

// One record: length and checksum in the clear, then nonce, ciphertext and tag.
const LENGTH_BYTES = 4;
const CHECKSUM_BYTES = 8;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * The one file that holds the new secret between its arrival and its save, encrypted (AES-256-GCM) under
 * a key that only the inputs of this step can make. Its space is reserved before the reset, and records
 * are written with `writeSync`: once it returns they outlive the process.
 */
export class JournalFile implements Journal {
  readonly path: string;
  readonly #fd: number;
  readonly #key: Buffer;
  readonly #binding: Binding;
  #at = SENDING_AT;
  #isSending = false;
  #isCopying = false;
  #isSuccessor = false;

  private constructor(file: string, fd: number, key: Buffer, binding: Binding) {
    this.path = file;
    this.#fd = fd;
    this.#key = key;
    this.#binding = binding;
  }

  /** @throws if the folder is missing, read-only or full. */
  static create(folder: string, binding: Binding, key: JournalKey): JournalFile {
    const file = path.join(folder, `rotate-snaptrade-user-secret-${randomBytes(8).toString("hex")}.journal`);
    const fd = openSync(file, constants.O_CREAT | constants.O_EXCL | constants.O_RDWR | NO_FOLLOW, 0o600);
    try {
      const salt = randomBytes(SALT_BYTES);
      const pid = Buffer.alloc(4);
      pid.writeUInt32BE(process.pid);
      const reserved = Buffer.alloc(FILE_BYTES);
      Buffer.concat([MAGIC, digestOf(binding), salt, pid]).copy(reserved);
      writeAll(fd, reserved, 0);
      fsyncSync(fd);
      return new JournalFile(file, fd, derive(key, salt), binding);
    } catch (error) {
      closeSync(fd);
      rmSync(file, { force: true });
      throw error;
    }
  }

  /** Removes what a main that had said everything could not remove any more. */
  static discard(file: string): void {
    attempt(() => rmSync(file, { force: true }));
  }

  /** What main left at `file`. Null if it is not a journal of this run at all. */
  static open(
    file: string,
    binding: Binding,
    key: JournalKey,
  ): { journal: JournalFile; remains: Remains; hasTakenOver: boolean; pid: number } | null {
    let fd: number;
    try {
      fd = openSync(file, constants.O_RDWR | NO_FOLLOW);
    } catch {
      return null;
    }
    let bytes = readAll(fd);
    const digest = bytes.subarray(MAGIC.length, MAGIC.length + DIGEST_BYTES);
    if (
      bytes.length !== FILE_BYTES ||
      !bytes.subarray(0, MAGIC.length).equals(MAGIC) ||
      !digest.equals(digestOf(binding))
    ) {
      closeSync(fd);
      return null;
    }
    const salt = bytes.subarray(MAGIC.length + DIGEST_BYTES, PROCESS_AT);
    const journal = new JournalFile(file, fd, derive(key, salt), binding);
    journal.#at = OUTCOME_AT;
    journal.#isSuccessor = true;
    // From now on a main that still lives sends nothing and removes nothing. What was read before does not count.
    const hasTakenOver = attempt(() => writeAll(fd, SET, TAKEN_OVER_AT)) !== null;
    bytes = readAll(fd);
    const remains = journal.#read(bytes);
    // A main at its end may have begun to wipe before it could know.
    const isWhole = bytes[ENDING_AT] === 0 || remains.kind === "concluded";
    return isWhole ? { journal, remains, hasTakenOver, pid: bytes.readUInt32BE(PROCESS_AT) } : null;
  }

  /** Whether the reset may have left: from then on a signal or an error does not end the work. */
  get isSending(): boolean {
    return this.#isSending;
  }

  trying(canaries: readonly string[]): void {
    const record = this.#seal("trying", JSON.stringify({ canaries }), new Uint8Array());
    if (record.length > TRYING_BYTES) throw new RangeError("too many canaries");
    writeAll(this.#fd, record, HEADER_BYTES);
  }

  rehearse({ raw, ending, sentAt, at }: SentReply): void {
    const record = this.#seal("rehearsal", JSON.stringify({ ending, sentAt, at }), raw);
    writeAll(this.#fd, record, REHEARSAL_AT);
    writeAll(this.#fd, Buffer.alloc(record.length), REHEARSAL_AT);
  }

  /** Whether copies of a live secret may have been written. */
  get isCopying(): boolean {
    return this.#isCopying;
  }

  copying(): void {
    this.#isCopying = true;
    writeAll(this.#fd, this.#seal("copying", "{}", new Uint8Array()), COPYING_AT);
  }

  saved(save: SavedRecord): void {
    // Copies of a live secret follow no announcement.
    if (this.#isSending) attempt(() => this.#append("saved", JSON.stringify(save), new Uint8Array()));
  }

  /** @throws also where the file is not there any more: post would not find what is kept in it. */
  sending(facts: Sending): void {
    statSync(this.path);
    this.#append("sending", JSON.stringify(facts), new Uint8Array());
    // The record first: either post sees it, or this sees post.
    if (this.#isTakenOver()) throw new Error("post has taken over");
    this.#isSending = true;
  }

  keep({ raw, ending, sentAt, at }: SentReply): boolean {
    try {
      this.#append("answer", JSON.stringify({ ending, sentAt, at }), raw);
      return true;
    } catch {
      // Post must not take this journal's word that nothing came back, so it is given none at all.
      attempt(() => ftruncateSync(this.#fd, 0));
      return false;
    }
  }

  /** Leaves the outcome for post, and nothing of the secret. */
  conclude(outcome: Outcome): void {
    const whole = this.#seal("outcome", JSON.stringify(outcome), new Uint8Array());
    const fits = whole.length <= OUTCOME_BYTES;
    const record = fits
      ? whole
      : this.#seal("outcome", JSON.stringify({ ...outcome, unsaved: [], escrow: null }), new Uint8Array());
    writeAll(this.#fd, record, OUTCOME_AT);
    writeAll(this.#fd, Buffer.alloc(this.#at - HEADER_BYTES), HEADER_BYTES);
  }

  /**
   * Wipes and unlinks, but not what post has taken over from a main that had not ended: post needs it.
   * There is nothing better to do about a file that cannot be removed: what is in it is encrypted.
   */
  remove(): void {
    attempt(() => writeAll(this.#fd, SET, ENDING_AT));
    if (attempt(() => this.#isTakenOver()) === true) return;
    for (const step of [
      () => writeAll(this.#fd, Buffer.alloc(FILE_BYTES - HEADER_BYTES), HEADER_BYTES),
      () => closeSync(this.#fd),
      () => rmSync(this.path, { force: true }),
    ]) {
      attempt(step);
    }
  }

  /** What this journal says, read from the file. */
  remains(): Remains {
    const remains = this.#read(readAll(this.#fd));
    // Post has finished, and has wiped what main, who knows better, had written.
    return this.#isSending && remains.kind === "not-sent" ? { kind: "unreadable" } : remains;
  }

  /** For main: whether post is at work already, since the runner takes main for dead. */
  #isTakenOver(): boolean {
    const byte = Buffer.alloc(1);
    readSync(this.#fd, byte, 0, 1, TAKEN_OVER_AT);
    return !this.#isSuccessor && byte[0] !== 0;
  }

  #append(kind: Kind, meta: string, payload: Uint8Array): void {
    const record = this.#seal(kind, meta, payload);
    if (this.#at + record.length > OUTCOME_AT) throw new RangeError("the journal is full");
    writeAll(this.#fd, record, this.#at);
    this.#at += record.length;
  }

  #seal(kind: Kind, meta: string, payload: Uint8Array): Buffer {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv("aes-256-gcm", this.#key, nonce).setAAD(associated(this.#binding, kind));
    const length = Buffer.alloc(LENGTH_BYTES);
    length.writeUInt32BE(Buffer.byteLength(meta));
    const sealed = Buffer.concat([
      nonce,
      cipher.update(Buffer.concat([length, Buffer.from(meta), payload])),
      cipher.final(),
      cipher.getAuthTag(),
    ]);
    const head = Buffer.alloc(LENGTH_BYTES);
    head.writeUInt32BE(sealed.length);
    return Buffer.concat([head, checksum(sealed), sealed]);
  }

  #read(bytes: Buffer): Remains {
    // Emptied by `keep`; what main wipes afterwards gives it its length back, but not its beginning.
    if (bytes.length !== FILE_BYTES || !bytes.subarray(0, MAGIC.length).equals(MAGIC)) return { kind: "unreadable" };
    const outcome = this.#open("outcome", bytes.subarray(OUTCOME_AT));
    if (outcome === "locked") return { kind: "unreadable" };
    if (outcome !== null && outcome !== "torn") return { kind: "concluded", outcome: parse(outcome.meta, isOutcome) };
    const trying = this.#open("trying", bytes.subarray(HEADER_BYTES, SENDING_AT));
    const sending = this.#open("sending", bytes.subarray(SENDING_AT, OUTCOME_AT));
    // A damaged announcement does not say that there was none.
    if (trying === "locked" || sending === "locked" || sending === "torn") return { kind: "unreadable" };
    if (sending === null) {
      const copying = this.#open("copying", bytes.subarray(COPYING_AT, SENDING_AT));
      const canaries = trying === null || trying === "torn" ? [] : parse(trying.meta, isTrying).canaries;
      return { kind: "not-sent", canaries, isCopying: copying !== null };
    }
    const kept = this.#answersAndSaves(bytes.subarray(SENDING_AT + sending.length, OUTCOME_AT));
    return kept === "locked"
      ? { kind: "unreadable" }
      : { kind: "sent", sending: parse(sending.meta, isSending), ...kept };
  }

  /** Of several answers the last whole one counts: the one before it was over its time. */
  #answersAndSaves(bytes: Buffer): Pick<Extract<Remains, { kind: "sent" }>, "reply" | "saved"> | "locked" {
    let reply: SentReply | null = null;
    const saved: SavedRecord[] = [];
    for (let at = 0; at + LENGTH_BYTES <= bytes.length;) {
      const rest = bytes.subarray(at);
      const answer = this.#open("answer", rest);
      const save = answer === "locked" ? this.#open("saved", rest) : null;
      if (answer === null || answer === "torn" || save === "torn") break;
      if (answer !== "locked") reply = { kind: "sent", raw: answer.payload, ...parse(answer.meta, isAnswerMeta) };
      else if (save !== null && save !== "locked") saved.push(parse(save.meta, isSavedRecord));
      // Damage behind a whole answer takes nothing from it.
      else if (reply === null) return "locked";
      else break;
      at += answer === "locked" ? (save?.length ?? 0) : answer.length;
    }
    return { reply, saved };
  }

  /** The record at the start of `bytes`: null if none was begun, "torn" if it is not whole, "locked" if our key does not open it. */
  #open(kind: Kind, bytes: Buffer): { meta: string; payload: Buffer; length: number } | "locked" | "torn" | null {
    const length = bytes.readUInt32BE(0);
    const sealed = bytes.subarray(LENGTH_BYTES + CHECKSUM_BYTES, LENGTH_BYTES + CHECKSUM_BYTES + length);
    const sum = bytes.subarray(LENGTH_BYTES, LENGTH_BYTES + CHECKSUM_BYTES);
    if (length === 0) return null;
    if (length <= NONCE_BYTES + TAG_BYTES || sealed.length !== length || !checksum(sealed).equals(sum)) return "torn";
    try {
      const decipher = createDecipheriv("aes-256-gcm", this.#key, sealed.subarray(0, NONCE_BYTES))
        .setAAD(associated(this.#binding, kind))
        .setAuthTag(sealed.subarray(-TAG_BYTES));
      const plain = Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
      const metaEnd = LENGTH_BYTES + plain.readUInt32BE(0);
      const meta = plain.toString("utf8", LENGTH_BYTES, metaEnd);
      return { meta, payload: plain.subarray(metaEnd), length: LENGTH_BYTES + CHECKSUM_BYTES + length };
    } catch {
      return "locked";
    }
  }
}

type Kind = "trying" | "copying" | "rehearsal" | "sending" | "answer" | "saved" | "outcome";

function associated({ repository, destinations, user, runId, runAttempt }: Binding, kind: Kind): Buffer {
  return Buffer.from(JSON.stringify([kind, repository, destinations, user, runId, runAttempt]));
}

/** Tells a journal of this run from another's without a key. */
function digestOf({ repository, runId, runAttempt }: Binding): Buffer {
  return createHash("sha256")
    .update(JSON.stringify([repository, runId, runAttempt]))
    .digest();
}

/** Both parts are inputs that post is given too, so nothing readable is at rest. Lengths go first, so that no two pairs look alike. */
function derive({ consumerKey, oldSecret }: JournalKey, salt: Uint8Array): Buffer {
  const parts = [consumerKey, oldSecret].flatMap((part) => {
    const bytes = Buffer.from(part.reveal());
    const length = Buffer.alloc(LENGTH_BYTES);
    length.writeUInt32BE(bytes.length);
    return [length, bytes];
  });
  return Buffer.from(hkdfSync("sha256", Buffer.concat(parts), salt, "rotate-snaptrade-user-secret journal", 32));
}

function checksum(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest().subarray(0, CHECKSUM_BYTES);
}

function writeAll(fd: number, bytes: Uint8Array, at: number): number {
  let written = 0;
  while (written < bytes.length) written += writeSync(fd, bytes, written, bytes.length - written, at + written);
  return written;
}

function readAll(fd: number): Buffer {
  const bytes = Buffer.alloc(fstatSync(fd).size);
  for (let at = 0; at < bytes.length;) {
    const read = readSync(fd, bytes, at, bytes.length - at, at);
    if (read === 0) return bytes.subarray(0, at);
    at += read;
  }
  return bytes;
}

/** Our own records are authenticated by a key that only this step has, so their kind is all that is checked. */
function parse<T>(meta: string, isValid: (value: unknown) => value is T): T {
  const value: unknown = JSON.parse(meta);
  if (!isValid(value)) throw new TypeError("a record of another version");
  return value;
}

function isOutcome(value: unknown): value is Outcome {
  return (
    isRecord(value) && typeof value["result"] === "string" && value["result"] in EXIT_CODES && isRecord(value["reason"])
  );
}

function isSending(value: unknown): value is Sending {
  return isRecord(value) && Array.isArray(value["stores"]);
}

function isTrying(value: unknown): value is { readonly canaries: readonly string[] } {
  return isRecord(value) && Array.isArray(value["canaries"]);
}

function isSavedRecord(value: unknown): value is SavedRecord {
  return isRecord(value) && typeof value["label"] === "string" && typeof value["at"] === "number";
}

function isAnswerMeta(value: unknown): value is Pick<SentReply, "ending" | "sentAt" | "at"> {
  return (
    isRecord(value) &&
    typeof value["ending"] === "string" &&
    typeof value["sentAt"] === "number" &&
    typeof value["at"] === "number"
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function attempt<T>(step: () => T): T | null {
  try {
    return step();
  } catch {
    return null;
  }
}
