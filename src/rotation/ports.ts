import type { Notice } from "./notices";
import type { Outcome, Result } from "./outcome";
import type { Secret } from "./secret";

/** Milliseconds since 1970, monotonic within one process. */
export type Instant = number;

/** What the operator asked for, as far as the protocol is concerned. */
export interface Task {
  readonly mode: "rotate" | "check" | "rescue" | "copy" | "finish";
  readonly secret: Secret;
  readonly create: boolean;
  readonly canary: boolean;
  readonly minAgeMs: number | null;
  readonly saveTimeoutMs: number;
  readonly settleMs: number;
}

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

export interface Probe {
  readonly verdict: Verdict;
  readonly allowance: Allowance | null;
}

export type Verdict =
  { readonly kind: "live" } | { readonly kind: "refused" } | { readonly kind: "cannot-tell"; readonly doubt: Doubt };

/** One answer to the control question. */
export type Control =
  /** The user is listed, so client id and consumer key are right too. */
  | { readonly kind: "known" }
  /** A complete list without the user. */
  | { readonly kind: "no-such-user" }
  | { readonly kind: "client-rejected"; readonly said: Said }
  | { readonly kind: "no-answer"; readonly doubt: Doubt };

/** What SnapTrade said in an answer that is no success. */
export interface Said {
  readonly status: number;
  /** SnapTrade's own error code, such as 1083. */
  readonly code: string | null;
  /** Its sentence, safe to print; null if it gave none, or one that must not be printed. */
  readonly sentence: string | null;
}

/** Why SnapTrade's answers say nothing about the secret. */
export type Doubt =
  | { readonly kind: "signature"; readonly said: Said }
  /** It rejects the client id, or cannot verify the client at all. */
  | { readonly kind: "client"; readonly said: Said }
  /** `waitedMs` is how long its limits were waited for in vain. */
  | { readonly kind: "throttled"; readonly retryAfterMs: number | null; readonly waitedMs: number }
  | { readonly kind: "no-answer"; readonly why: string }
  | { readonly kind: "strange-answer"; readonly said: Said }
  /** Its servers answered the same question differently. */
  | { readonly kind: "contradiction" }
  /** The user is not known under this client id. */
  | { readonly kind: "no-such-user" }
  /** A refusal of the secret that may be about client or user: the control question had no answer. */
  | { readonly kind: "unchecked" };

/** SnapTrade's rate limit as its last answer told it. */
export interface Allowance {
  readonly limit: number | null;
  readonly remaining: number;
  readonly resetMs: number;
}

export type Reply = { readonly kind: "not-sent"; readonly why: string } | SentReply;

export interface SentReply {
  readonly kind: "sent";
  /** Every byte that came back, whatever an HTTP parser thinks of them. */
  readonly raw: Uint8Array;
  readonly ending: "complete" | "cut" | "deadline" | "overflow";
  /** When the request went out. */
  readonly sentAt: Instant;
  /** When the last byte arrived. */
  readonly at: Instant;
  /** After a deadline: all that has come when the answer ends after all. */
  readonly rest?: Promise<SentReply>;
}

export type Reading =
  /** A complete and well-formed answer for our user, with one new secret. */
  | { readonly kind: "granted"; readonly secret: Secret }
  /** Something that may be the new secret was found; whichever is live is the right one. */
  | { readonly kind: "candidates"; readonly status: number | null; readonly secrets: readonly Secret[] }
  /** The new secret is one that no GitHub secret can hold. */
  | {
      readonly kind: "unholdable";
      readonly status: number | null;
      readonly why: "too-long" | "not-unicode";
      readonly secret: Secret;
    }
  /** A complete refusal, which a gateway may have written: it says that nothing was done. */
  | {
      readonly kind: "refused";
      readonly said: Said;
      /** Whether it says that the old secret is not live. */
      readonly isAboutSecret: boolean;
      readonly requestId?: string;
    }
  | { readonly kind: "unanswered"; readonly status: number | null; readonly requestId?: string };

// GitHub, which stores them.

export interface Destination {
  /** For people, e.g. `SNAPTRADE_USER_SECRET in environment production of octo-org/brokerage`. */
  readonly label: string;
  /** When later jobs see what is saved here. */
  readonly visible: "next-run" | "next-job" | "elsewhere";
  /** Organization secrets: who may read one is somebody's decision, so it has to exist. */
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

/** How one write travels. */
export interface Passage {
  /**
   * Over the connection that is free and warm, as by default; or, for a box that is sent again, over the one that this
   * destination's last write did not take: that write may still be waiting for its answer.
   */
  readonly over?: "free" | "other";
  /** By then it has settled, in milliseconds. */
  readonly timeoutMs?: number;
}

export interface Survey {
  readonly updatedAt: string | null;
  readonly key: SealingKey;
  /** GitHub's clock. */
  readonly serverTime: Instant | null;
  readonly tokenExpiresAt: Instant | null;
  readonly allowance?: GitHubAllowance;
}

/** What is left of the token's requests. By GitHub's clock, which its `Date` header tells. */
export interface GitHubAllowance {
  readonly remaining: number;
  /** When it is full again. */
  readonly resetAt: Instant | null;
}

/** The public key of one scope, and for organizations who may read the secret, so that it stays. */
export interface SealingKey {
  readonly keyId: string;
  readonly publicKey: string;
  readonly audience: Audience | null;
}

export interface Audience {
  readonly visibility: "all" | "private" | "selected";
  readonly selectedRepositoryIds: readonly number[] | null;
}

/** A secret that only GitHub can open. */
export interface Box {
  readonly keyId: string;
  readonly sealed: string;
  readonly audience: Audience | null;
  /** By GitHub's clock. */
  readonly sealedAt: Instant;
}

/** What a command tells that an earlier run printed: a secret that only GitHub can open. */
export interface Printed extends Pick<Box, "keyId" | "sealed"> {
  /** By GitHub's clock. */
  readonly printedAt: Instant;
}

export interface Acknowledgement {
  readonly serverTime: Instant | null;
  readonly allowance?: GitHubAllowance;
}

export type Attempt<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly fault: Fault };

export interface Fault {
  readonly cause: FaultCause;
  /** False when GitHub never said what became of the request, which may still take effect. */
  readonly answered: boolean;
  /** As told, from when the answer arrived. May be 0: how soon is too soon is the caller's to know. */
  readonly retryAfterMs: number | null;
  /** What GitHub said, already safe to print. */
  readonly detail: string;
  /** The permission that would be accepted, as GitHub's forms call it, if anybody says which. */
  readonly permission: string | null;
  /** Absent where no status came. */
  readonly status?: number;
  /** Why no status came; absent where one did. */
  readonly network?: NetworkTrouble;
  /** The same request may well get another answer in a moment: what came was no answer of GitHub's, or only a part of one. */
  readonly repeatable?: true;
  readonly allowance?: GitHubAllowance;
  /** Where the token is authorized for single sign-on, on the server's own host. */
  readonly ssoUrl?: string;
}

/** Why a request got no status. */
export interface NetworkTrouble {
  readonly cause:
    | "dns"
    | "refused"
    | "unreachable"
    | "reset"
    | "tls"
    /** Everything up to and including a proxy's answer to CONNECT. */
    | "proxy"
    | "time-out"
    /** What came back is no HTTP. */
    | "garbled"
    /** This process has nothing more to do. */
    | "ended"
    | "other";
  /** E.g. `ENOTFOUND`, `UNABLE_TO_GET_ISSUER_CERT_LOCALLY`, or the status that a proxy answered with. */
  readonly code: string | null;
  /** False where certainly not one byte of the request went out, so that nothing of it can still take effect. */
  readonly sent: boolean;
}

export type FaultCause =
  | "network"
  | "server"
  | "conflict"
  | "throttled"
  | "box-refused"
  | "quota"
  | "unauthorized"
  /** GitHub says that the token lacks a permission. */
  | "forbidden-permission"
  /** A rule of the organization or enterprise about tokens. */
  | "policy"
  | "sso"
  | "ip-list"
  | "archived"
  | "suspended"
  /** Any other 403. */
  | "forbidden"
  | "missing"
  /** The repository has another name now. */
  | "moved"
  /** Somebody on the way wants a login first. */
  | "login-page"
  | "malformed";

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

/** A secret of the same name in a nearer scope. */
export interface Hiding {
  /** Of the destination that is hidden. */
  readonly label: string;
  /** Of the secret that workflows read in its place. */
  readonly by: string;
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

/** A write of ours to a destination goes out, or GitHub has answered it. */
export interface WriteRecord {
  readonly label: string;
  readonly is: "sent" | "refused" | "acknowledged";
  readonly at: Instant;
  /** GitHub's, where it has answered. */
  readonly serverTime: Instant | null;
}

/** A save that GitHub has acknowledged. */
export interface SavedRecord {
  readonly label: string;
  readonly at: Instant;
  readonly serverTime: Instant | null;
}

/** What post has to know of a reset that main sent. */
export interface Sending {
  /** In the order of the destinations, so that post can print a command before it asks anybody. */
  readonly stores: readonly SurveyedStore[];
  /** How far GitHub's clock was ahead of main's. */
  readonly aheadMs?: number;
}

export interface SurveyedStore {
  /** When GitHub said that the secret was last written, before the reset. */
  readonly updatedAt: string | null;
  readonly key: SealingKey;
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
  /** Says it, and once more where the end is told: it does not stop the run, and somebody should know of it. */
  remark(notice: Notice): void;
  /** Says it in the summary alone. */
  note(notice: Notice): void;
  /** A part of the work begins; the one before it is over. */
  begin(part: Part): void;
}

export type Part = "prepare" | "reset" | "save" | "prove" | "resolve";

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
