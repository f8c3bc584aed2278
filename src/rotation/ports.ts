import type { Secret } from "../text/secret";
import type {
  Acknowledgement,
  Attempt,
  Box,
  Control,
  Hiding,
  Instant,
  Part,
  Passage,
  Probe,
  Reading,
  Reply,
  SavedRecord,
  SealingKey,
  Sending,
  SentReply,
  Survey,
  WriteRecord,
} from "./model";
import type { Notice, Remark } from "./notices";
import type { Outcome, Result } from "./outcome";

/** Everything that the protocol needs from outside. */
export interface Ports {
  /** Loads what the rest of the run needs, while the first question to SnapTrade is under way. */
  equip(): Promise<void>;
  readonly issuer: Issuer;
  readonly primary: Destination;
  readonly copies: readonly Destination[];
  readonly run: Run;
  readonly githubClock: GitHubClock;
  readonly journal: Journal;
  readonly operator: Operator;
  readonly escrow: Escrow | null;
  readonly cancellation: Cancellation;
  readonly clock: Clock;
}

export interface Clock {
  now(): Instant;
  sleep(ms: number): Promise<void>;
}

// SnapTrade, which issues the secrets.

export interface Issuer {
  /** Asks once whether SnapTrade accepts this secret now. Never throws because of a server or a network. */
  probe(candidate: Secret): Promise<Probe>;
  /** Asks once whether client and user are valid, without the user's secret. */
  control(): Promise<Control>;
  /**
   * The one request that must not be repeated. Sends it at most once, and returns whatever was received. `onSend` gets
   * the time right before its first byte is sent.
   */
  reset(current: Secret, onSend: (at: Instant) => void): Promise<Reply>;
  /** A valid answer in SnapTrade's form, with a made-up secret. */
  madeUpReply(): SentReply;
  /** Interprets the bytes of an answer. Pure, so that the post step can read what the main step kept. */
  read(reply: SentReply, current: Secret): Reading;
  /** SnapTrade's clock minus this machine's in milliseconds; null if it does not send the time. */
  skewMs(): Promise<number | null>;
}

// GitHub, which stores the secrets.

export interface Destination {
  /** For people, e.g. `SNAPTRADE_USER_SECRET in environment production of octo-org/brokerage`. */
  readonly label: string;
  /** When later jobs see a saved value. */
  readonly visible: "next-run" | "next-job" | "elsewhere";
  /** An organization secret must exist, because a person decides who may read it. */
  readonly mustExist: boolean;
  /**
   * Inputs that are not secret, and whose values appear in the command or in nearly every box: `user-id`, `client-id`.
   * If one is stored as a secret, GitHub masks it there.
   */
  readonly exposed: readonly string[];
  survey(): Promise<Attempt<Survey>>;
  /** GitHub's time of the secret's last write; null if it does not exist. */
  updatedAt(): Promise<Attempt<string | null>>;
  key(): Promise<Attempt<SealingKey>>;
  seal(secret: Secret, key: SealingKey): Box;
  /** Builds the request of `put` without sending it. Throws if that fails. */
  rehearse(box: Box): void;
  put(box: Box, passage?: Passage): Promise<Attempt<Acknowledgement>>;
  /** A new name for a write check, which no other secret can have. */
  canaryName(): string;
  /** Whether `canaryName` gave this name to this destination, in this run or an earlier one. */
  isOwnCanary(name: string): boolean;
  /** Canaries that earlier runs left here: older than this (an hour by default), and written only once. */
  staleCanaries(olderThanMs?: number): Promise<Attempt<readonly string[]>>;
  writeCanary(name: string, key: SealingKey): Promise<Attempt<Acknowledgement>>;
  /** @throws {TypeError} unless the name is an `isOwnCanary`. */
  deleteCanary(name: string): Promise<Attempt<Acknowledgement>>;
  /** The complete shell command for the save, which needs only the box. */
  command(box: Box): string;
}

/** GitHub's clock, which dates a printed command. */
export interface GitHubClock {
  /** GitHub's clock minus this machine's, estimated from its answers. */
  readonly aheadMs: number;
  /** Sets the estimate of the main step, until GitHub answers this process. */
  assume(aheadMs: number): void;
}

export interface Run {
  /** When the workflow run started; null if the token may not read it. */
  startedAt(): Promise<Instant | null>;
  /**
   * Secrets that hide a destination from this repository's workflows and are no destinations themselves, as far as the
   * token can read them within a few seconds. No further request is made once `isWanted` is false.
   */
  hiding(isWanted: () => boolean): Promise<readonly Hiding[]>;
  /** When this step's process started, by GitHub's clock. */
  stepStartedAt(): Instant;
}

// The machine that this runs on.

export interface Journal {
  /**
   * Records the canaries that are about to be written, in the order of the destinations, so that the post step can
   * delete them. Throws if it cannot.
   */
  trying(canaries: readonly string[]): void;
  /** Records a made-up answer like a real one, and erases it. Throws if it cannot. */
  rehearse(reply: SentReply): void;
  /** Records that copies of the live secret are about to be written. Throws if it cannot. */
  copying(): void;
  /** Records that the reset is about to be sent. Throws if it cannot; nothing has changed yet. */
  sending(facts: Sending): void;
  /** Keeps every byte of the answer. Returns false if it cannot; the save continues all the same. */
  keep(reply: SentReply): boolean;
  /** Records when the reset was sent. A failure is ignored. */
  sent(at: Instant): void;
  /** Records a write, or its answer. A failure is ignored. */
  wrote(record: WriteRecord): void;
}

/** The content of a journal that was left behind. */
export type Remains =
  | {
      readonly kind: "not-sent";
      /** In the order of the destinations; none if the main step had not written any. */
      readonly canaries: readonly string[];
      /** The main step was saving copies of the live secret, in a run without a reset. */
      readonly isCopying: boolean;
    }
  | {
      readonly kind: "sent";
      readonly sending: Sending;
      /** When the request was sent; null if that was not recorded. */
      readonly sentAt: Instant | null;
      readonly reply: SentReply | null;
      readonly saved: readonly SavedRecord[];
      /** When the last unanswered write was sent; null if all were answered. */
      readonly unansweredSince: Instant | null;
    }
  /** The main step reached this outcome, but may not have reported it. */
  | { readonly kind: "concluded"; readonly outcome: Outcome }
  /** The main step reached this result, and reported it. */
  | { readonly kind: "told"; readonly result: Result }
  /** A journal of this run that does not open with the current inputs. */
  | { readonly kind: "unreadable" };

export interface Operator {
  /** From now on the runner shows `***` instead of this value. */
  mask(secret: Secret): void;
  say(notice: Notice): void;
  /** Prints a remark, and repeats it at the end of the run. */
  remark(remark: Remark): void;
  /** Shows a notice only in the summary. */
  note(notice: Notice): void;
  /** Starts a part of the work, and ends the one before. */
  begin(part: Part): void;
}

export interface Escrow {
  /** The value encrypted to the recovery recipient, as armored text. */
  encrypt(secret: Secret): Promise<string>;
}

export interface Cancellation {
  /** The signal that asked the run to end; null if there was none. */
  readonly seen: string | null;
  /** Settles when the first signal arrives. */
  readonly arrived: Promise<string>;
}
