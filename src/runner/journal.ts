import { randomBytes } from "node:crypto";
import { closeSync, constants, ftruncateSync, openSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import type { Sending, SentReply, WriteRecord } from "../rotation/model";
import type { Outcome } from "../rotation/outcome";
import type { Journal, Remains } from "../rotation/ports";
import { flush, readAll, writeAll } from "./disk";
import * as layout from "./layout";
import type { Binding, Header, Said } from "./layout";
import { thisProcess } from "./process";
import type { ProcessId } from "./process";
import { parseMeta, Records } from "./records";
import type { JournalKey, Kind } from "./records";
import { remainsIn } from "./remains";

export type { JournalKey } from "./records";
export type { Binding } from "./layout";

export interface NewJournal {
  readonly binding: Binding;
  readonly key: JournalKey;
  /** Everything that the post step needs, except the two keys. */
  readonly facts: object;
  /** Saves for the post step that the reset may be sent. Throws if that fails. */
  readonly onAnnounced: () => void;
}

/** Windows has no such flag. */
const NO_FOLLOW = process.platform === "win32" ? 0 : constants.O_NOFOLLOW;
/** This process's clock minus the machine's monotonic one, in ms, so that another process can convert our instants. */
const CLOCK_OFFSET_MS = performance.timeOrigin + performance.now() - Number(process.hrtime.bigint()) / 1e6;

/**
 * The recovery journal: the file that contains the new secret between its arrival and its save, encrypted with a key
 * that only this step's inputs can derive. Its space is reserved before the reset. Records are written with
 * `writeSync`, and outlive the process once that returns.
 */
export class JournalFile implements Journal {
  readonly path: string;
  readonly #fd: number;
  readonly #records: Records;
  readonly #binding: Binding;
  readonly #main: ProcessId;
  readonly #onAnnounced: () => void;
  #at = layout.SENDING_AT;
  #isSending = false;
  #isCopying = false;
  /** Added to the instants that the main step has written. */
  #shiftMs = 0;

  private constructor(
    file: { readonly path: string; readonly fd: number },
    records: Records,
    made: Pick<NewJournal, "binding" | "onAnnounced">,
    main: ProcessId,
  ) {
    this.path = file.path;
    this.#fd = file.fd;
    this.#records = records;
    this.#binding = made.binding;
    this.#onAnnounced = made.onAnnounced;
    this.#main = main;
  }

  /** @throws if the folder is missing, read-only or full. */
  static create(folder: string, made: NewJournal): JournalFile {
    const file = path.join(folder, `${prefixOf(made.binding)}${randomBytes(8).toString("hex")}${SUFFIX}`);
    // Renamed only when complete, so that a kill leaves no partial journal.
    const unnamed = `${file}.new`;
    const fd = openSync(unnamed, constants.O_CREAT | constants.O_EXCL | constants.O_RDWR | NO_FOLLOW, 0o600);
    try {
      const salt = randomBytes(32);
      const records = new Records(made.key, salt, made.binding);
      const bytes = layout.blankJournal(made.binding, salt, records.ownerSeal(), thisProcess());
      const facts = records.seal("facts", { facts: made.facts, clockOffsetMs: CLOCK_OFFSET_MS });
      if (facts.length > layout.FACTS_BYTES) throw new RangeError("too many facts");
      facts.copy(bytes, layout.FACTS_AT);
      writeAll(fd, bytes, 0);
      flush(fd);
      renameSync(unnamed, file);
      return new JournalFile({ path: file, fd }, records, made, thisProcess());
    } catch (error) {
      closeSync(fd);
      rmSync(unnamed, { force: true });
      throw error;
    }
  }

  /**
   * Opens the journal that a main step of this run left at `file`.
   * @returns "damaged" if it is not a complete journal of this run; "locked" with its header if the keys do not open
   * it.
   */
  static open(file: string, binding: Binding, key: JournalKey | null): LeftJournal {
    let fd: number;
    let header: Header | null;
    try {
      fd = openSync(file, constants.O_RDWR | NO_FOLLOW);
      header = layout.headerOf(readAll(fd), binding);
    } catch {
      return { kind: "damaged", file };
    }
    if (header === null) {
      closeSync(fd);
      return { kind: "damaged", file };
    }
    const records = key === null ? null : new Records(key, header.salt, binding);
    if (records?.owns(header.owner) !== true) {
      closeSync(fd);
      return { kind: "locked", file, header };
    }
    const journal = new JournalFile(
      { path: file, fd },
      records,
      { binding, onAnnounced: () => undefined },
      header.main,
    );
    journal.#at = layout.OUTCOME_AT;
    return { kind: "opened", file, header, journal };
  }

  /** Identifies this journal within its run. */
  get id(): string {
    return idOf(this.path);
  }

  /** Whether the reset may have been sent: after that a signal or an error does not end the work. */
  get isSending(): boolean {
    return this.#isSending;
  }

  get isCopying(): boolean {
    return this.#isCopying;
  }

  /** The process that created this journal. */
  get main(): ProcessId {
    return this.#main;
  }

  /** What the main step left for the post step, apart from the records; null if it does not open. */
  facts(): unknown {
    const record = this.#records.open("facts", readAll(this.#fd).subarray(layout.FACTS_AT, layout.TRYING_AT));
    if (record === null || record === "torn" || record === "locked") return null;
    const { facts, clockOffsetMs } = parseMeta(record.meta, isFactsMeta);
    this.#shiftMs = CLOCK_OFFSET_MS - clockOffsetMs;
    return facts;
  }

  trying(canaries: readonly string[]): void {
    const record = this.#records.seal("trying", { canaries });
    if (record.length > layout.TRYING_BYTES) throw new RangeError("too many canaries");
    writeAll(this.#fd, record, layout.TRYING_AT);
  }

  rehearse({ raw, ending, sentAt, at }: SentReply): void {
    const record = this.#records.seal("rehearsal", { ending, sentAt, at }, raw);
    writeAll(this.#fd, record, layout.REHEARSAL_AT);
    writeAll(this.#fd, Buffer.alloc(record.length), layout.REHEARSAL_AT);
  }

  copying(): void {
    this.#isCopying = true;
    writeAll(this.#fd, this.#records.seal("copying", {}), layout.COPYING_AT);
    writeAll(this.#fd, layout.COPYING, layout.ANNOUNCED_AT);
  }

  /** @throws also if the file is gone, because the post step could not find anything in it. */
  sending(facts: Sending): void {
    statSync(this.path);
    this.#append("sending", facts);
    writeAll(this.#fd, layout.SET, layout.ANNOUNCED_AT);
    flush(this.#fd);
    this.#onAnnounced();
    this.#isSending = true;
  }

  sent(sentAt: number): void {
    attempt(() => this.#append("sent", { sentAt }));
  }

  keep({ raw, ending, sentAt, at }: SentReply): boolean {
    try {
      this.#append("answer", { ending, sentAt, at }, raw);
      return true;
    } catch {
      // Emptied, because the post step would otherwise conclude that no answer came.
      attempt(() => ftruncateSync(this.#fd, 0));
      return false;
    }
  }

  wrote(record: WriteRecord): void {
    // Copies of a live secret are written without an announcement.
    if (this.#isSending) attempt(() => this.#append("write", record));
  }

  /** Stores the outcome for the post step, in case it is never reported, and wipes everything about the secret. */
  conclude(outcome: Outcome): void {
    const whole = this.#records.seal("outcome", outcome);
    const fits = whole.length <= layout.OUTCOME_BYTES;
    const record = fits ? whole : this.#records.seal("outcome", { ...outcome, unsaved: [], escrow: null });
    writeAll(this.#fd, record, layout.OUTCOME_AT);
    this.#say({ result: outcome.result, isTold: false });
    writeAll(this.#fd, Buffer.alloc(layout.OUTCOME_AT - layout.TRYING_AT), layout.TRYING_AT);
  }

  /** Marks the result as reported, and wipes everything else. */
  told({ result }: Outcome): void {
    this.#say({ result, isTold: true });
    writeAll(this.#fd, Buffer.alloc(layout.FILE_BYTES - layout.HEADER_BYTES), layout.HEADER_BYTES);
  }

  /** Wipes and unlinks. Errors are ignored, because the content is encrypted. */
  remove(): void {
    for (const step of [
      () => writeAll(this.#fd, Buffer.alloc(layout.FILE_BYTES - layout.HEADER_BYTES), layout.HEADER_BYTES),
      () => closeSync(this.#fd),
      () => rmSync(this.path, { force: true }),
    ]) {
      attempt(step);
    }
  }

  remains(): Remains {
    return remainsIn(readAll(this.#fd), { binding: this.#binding, records: this.#records, shiftMs: this.#shiftMs });
  }

  #say(said: Said): void {
    writeAll(this.#fd, layout.byteFor(said), layout.RESULT_AT);
  }

  #append(kind: Kind, meta: object, payload?: Uint8Array): void {
    const record = this.#records.seal(kind, meta, payload);
    if (this.#at + record.length > layout.OUTCOME_AT) throw new RangeError("the journal is full");
    writeAll(this.#fd, record, this.#at);
    this.#at += record.length;
  }
}

/** A journal as the post step finds it. */
export type LeftJournal =
  | { readonly kind: "opened"; readonly file: string; readonly header: Header; readonly journal: JournalFile }
  | { readonly kind: "locked"; readonly file: string; readonly header: Header }
  | { readonly kind: "damaged"; readonly file: string };

const SUFFIX = ".journal";

/** The unencrypted header as it is now; null if the file is not a complete journal of this run. */
export function headerIn(file: string, binding: Binding): Header | null {
  try {
    return layout.headerOf(readFileSync(file), binding);
  } catch {
    return null;
  }
}

/** Removes a journal that is no longer needed and that our keys do not open. */
export function discard(file: string): void {
  attempt(() => rmSync(file, { force: true }));
}

/** The prefix of the names of all journals of a run. */
export function prefixOf({ runId, runAttempt }: Binding): string {
  const plain = (text: string): string => text.replaceAll(/[^\w-]/g, "_").slice(0, 40);
  return `rotate-snaptrade-user-secret-${plain(runId)}-${plain(runAttempt)}-`;
}

/** The random digits in a journal's name. */
export function idOf(file: string): string {
  return path.basename(file, SUFFIX).split("-").at(-1) ?? "";
}

function isFactsMeta(value: unknown): value is { readonly facts: unknown; readonly clockOffsetMs: number } {
  return (
    typeof value === "object" && value !== null && "clockOffsetMs" in value && typeof value.clockOffsetMs === "number"
  );
}

function attempt(step: () => void): void {
  try {
    step();
  } catch {
    // The work continues without it.
  }
}
