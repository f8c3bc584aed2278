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

/** Everything the protocol needs of the world. */
export interface Ports {
  /** Loads what the rest of the run needs, while the first question is already on its way to SnapTrade. */
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
  /** Asks once whether SnapTrade takes this secret now. Never throws for what a server or a network can do. */
  probe(candidate: Secret): Promise<Probe>;
  /** Asks once whether client and user stand, which needs no secret of the user's. */
  control(): Promise<Control>;
  /** The one request that cannot be repeated. Sent at most once; returns whatever came back. */
  /** `onSend` is called with the time at which its first byte goes out, which is never if it cannot be sent. */
  reset(current: Secret, onSend: (at: Instant) => void): Promise<Reply>;
  /** A plain answer as SnapTrade would give it, with a secret that is none. */
  madeUpReply(): SentReply;
  /** What the bytes of an answer mean. Pure, so that post can read what main kept. */
  read(reply: SentReply, current: Secret): Reading;
  /** SnapTrade's clock minus this machine's in milliseconds, or null if it does not tell. */
  skewMs(): Promise<number | null>;
}

// GitHub, which stores them.

export interface Destination {
  /** For people, e.g. `SNAPTRADE_USER_SECRET in environment production of octo-org/brokerage`. */
  readonly label: string;
  /** When later jobs see what is saved here. */
  readonly visible: "next-run" | "next-job" | "elsewhere";
  /** Organization secrets: who may read one is someone's decision, so it has to exist. */
  readonly mustExist: boolean;
  /**
   * Inputs that are no secrets and whose values stand in the command, or in nearly every box: `user-id`, `client-id`.
   * Where one is kept as a secret, GitHub masks it there.
   */
  readonly exposed: readonly string[];
  survey(): Promise<Attempt<Survey>>;
  /** GitHub's own statement of when the secret was last written, null if it does not exist. */
  updatedAt(): Promise<Attempt<string | null>>;
  key(): Promise<Attempt<SealingKey>>;
  seal(secret: Secret, key: SealingKey): Box;
  /** Builds the request that `put` would send, and sends nothing. Throws where it cannot be built. */
  rehearse(box: Box): void;
  put(box: Box, passage?: Passage): Promise<Attempt<Acknowledgement>>;
  /** A new name for a write check, which nobody else's secret can have. */
  canaryName(): string;
  /** Whether a name is one that `canaryName` gave to this destination, in this run or an earlier one. */
  isOwnCanary(name: string): boolean;
  /** Canaries of this destination that earlier runs left: older than this, an hour if not said, and never written twice. */
  staleCanaries(olderThanMs?: number): Promise<Attempt<readonly string[]>>;
  writeCanary(name: string, key: SealingKey): Promise<Attempt<Acknowledgement>>;
  /** @throws {TypeError} for a name that is not `isOwnCanary`. */
  deleteCanary(name: string): Promise<Attempt<Acknowledgement>>;
  /** The complete shell command that finishes the save with nothing but the box. */
  command(box: Box): string;
}

/** GitHub's clock, by which a printed command tells when it was made. */
export interface GitHubClock {
  /** How far it is ahead of this machine's, as far as its answers have told that. */
  readonly aheadMs: number;
  /** What main was told, until GitHub has told it to this process. */
  assume(aheadMs: number): void;
}

export interface Run {
  /** When the workflow run started, null where the token may not read it. */
  startedAt(): Promise<Instant | null>;
  /**
   * Secrets that hide a destination from this repository's workflows and are no destinations themselves, as far as the
   * token may read that within a few seconds. Once `isWanted` is false no further request is made.
   */
  hiding(isWanted: () => boolean): Promise<readonly Hiding[]>;
  /** When the process of this step started, by GitHub's clock as far as its answers have told it. */
  stepStartedAt(): Instant;
}

// The machine that we run on.

export interface Journal {
  /** Notes the names of the canaries that are about to be written, in the order of the destinations, so that post can delete them. Throws where it cannot be noted. */
  trying(canaries: readonly string[]): void;
  /** Takes a made-up answer as it would take a real one, and forgets it. Throws where it cannot. */
  rehearse(reply: SentReply): void;
  /** Notes that copies of the live secret are about to be written. Throws where it cannot be noted. */
  copying(): void;
  /** Notes that the reset is about to leave. Throws where it cannot be noted: nothing has happened yet. */
  sending(facts: Sending): void;
  /** Keeps every byte of the answer. False where it could not; the save goes on all the same. */
  keep(reply: SentReply): boolean;
  /** Notes that the request of the reset goes out now; whatever goes wrong with that delays nothing. */
  sent(at: Instant): void;
  /** Notes what became of a write; whatever goes wrong with that delays nothing. */
  wrote(record: WriteRecord): void;
}

/** What a journal that was left behind says. */
export type Remains =
  | {
      readonly kind: "not-sent";
      /** In the order of the destinations; none if main did not come so far. */
      readonly canaries: readonly string[];
      /** Main was saving copies of the live secret, in a run that resets nothing. */
      readonly isCopying: boolean;
    }
  | {
      readonly kind: "sent";
      readonly sending: Sending;
      /** When the request went out; null where that was not noted. */
      readonly sentAt: Instant | null;
      readonly reply: SentReply | null;
      readonly saved: readonly SavedRecord[];
      /** When the last write was sent that GitHub has not answered; null if it has answered all. */
      readonly unansweredSince: Instant | null;
    }
  /** Main reached this, and may not have told everybody. */
  | { readonly kind: "concluded"; readonly outcome: Outcome }
  /** Main reached this, and said so. */
  | { readonly kind: "told"; readonly result: Result }
  /** A journal of this run that does not open with the inputs given now. */
  | { readonly kind: "unreadable" };

export interface Operator {
  /** From now on the runner shows `***` instead of this value. */
  mask(secret: Secret): void;
  say(notice: Notice): void;
  /** Says it, and once more at the end of the run. */
  remark(remark: Remark): void;
  /** Says it in the summary alone. */
  note(notice: Notice): void;
  /** A part of the work begins; the one before it is over. */
  begin(part: Part): void;
}

export interface Escrow {
  /** The value encrypted to the recovery recipient, as armored text. */
  encrypt(secret: Secret): Promise<string>;
}

export interface Cancellation {
  /** The signal that asked for the end of the run, null while there was none. */
  readonly seen: string | null;
  /** Settles when the first signal arrives. */
  readonly arrived: Promise<string>;
}
