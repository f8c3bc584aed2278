import type { Secret } from "../text/secret";

/** Milliseconds since 1970, monotonic within one process. */
export type Instant = number;

/** The operator's request, as far as the protocol is concerned. */
export interface Task {
  readonly mode: "rotate" | "check" | "rescue" | "copy" | "finish";
  readonly secret: Secret;
  readonly create: boolean;
  readonly canary: boolean;
  readonly minAgeMs: number | null;
  readonly saveTimeoutMs: number;
  readonly settleMs: number;
}

export interface Probe {
  readonly verdict: Verdict;
  readonly allowance: Allowance | null;
}

export type Verdict =
  { readonly kind: "live" } | { readonly kind: "refused" } | { readonly kind: "cannot-tell"; readonly doubt: Doubt };

/** One answer to the control question. */
export type Control =
  /** The user is listed, so client ID and consumer key are right too. */
  | { readonly kind: "known" }
  /** A complete list without the user. */
  | { readonly kind: "no-such-user" }
  | { readonly kind: "client-rejected"; readonly said: Said }
  | { readonly kind: "no-answer"; readonly doubt: Doubt };

/** SnapTrade's error message. */
export interface Said {
  readonly status: number;
  /** SnapTrade's own error code, such as 1083. */
  readonly code: string | null;
  /** Safe to print; null if there is none, or if it must not be printed. */
  readonly sentence: string | null;
}

/** Why SnapTrade's answers say nothing about the secret. */
export type Doubt =
  | { readonly kind: "signature"; readonly said: Said }
  /** It rejects the client ID, or cannot verify the client at all. */
  | { readonly kind: "client"; readonly said: Said }
  /** `waitedMs` is how long its limits were waited for in vain. */
  | { readonly kind: "throttled"; readonly retryAfterMs: number | null; readonly waitedMs: number }
  | { readonly kind: "no-answer"; readonly why: string }
  | { readonly kind: "strange-answer"; readonly said: Said }
  /** Its servers answered the same question differently. */
  | { readonly kind: "contradiction" }
  /** The user is not known under this client ID. */
  | { readonly kind: "no-such-user" }
  /** The rejection may be about client or user, because the control question had no answer. */
  | { readonly kind: "unchecked" };

/** SnapTrade's rate limit, from its last answer. */
export interface Allowance {
  readonly limit: number | null;
  readonly remaining: number;
  readonly resetMs: number;
}

export type Reply = { readonly kind: "not-sent"; readonly why: string } | SentReply;

export interface SentReply {
  readonly kind: "sent";
  /** Every received byte, whatever an HTTP parser makes of it. */
  readonly raw: Uint8Array;
  readonly ending: "complete" | "cut" | "deadline" | "overflow";
  /** When the request was sent. */
  readonly sentAt: Instant;
  /** When the last byte arrived. */
  readonly at: Instant;
  /** After a deadline: the whole answer, once it ends. */
  readonly rest?: Promise<SentReply>;
}

export type Reading =
  /** A complete and well-formed answer for our user, with one new secret. */
  | { readonly kind: "granted"; readonly secret: Secret }
  /** It may contain the new secret; whichever candidate is live is the right one. */
  | { readonly kind: "candidates"; readonly status: number | null; readonly secrets: readonly Secret[] }
  /** The new secret does not fit into a GitHub secret. */
  | {
      readonly kind: "unholdable";
      readonly status: number | null;
      readonly why: "too-long" | "not-unicode";
      readonly secret: Secret;
    }
  /** A complete rejection, perhaps by a gateway: it claims that nothing was changed. */
  | {
      readonly kind: "refused";
      readonly said: Said;
      /** Whether it says that the old secret is not live. */
      readonly isAboutSecret: boolean;
      readonly requestId?: string;
    }
  | { readonly kind: "unanswered"; readonly status: number | null; readonly requestId?: string };

/** Options of one write. */
export interface Passage {
  /**
   * By default over a connection that is free and warm. A box that is sent again goes over the other one, because the
   * destination's last write may still be waiting for its answer.
   */
  readonly over?: "free" | "other";
  /** The write settles within this, in milliseconds. */
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

/** What is left of the token's requests, by GitHub's clock. */
export interface GitHubAllowance {
  readonly remaining: number;
  /** When it is full again. */
  readonly resetAt: Instant | null;
}

/** The public key of one scope, and for organizations the readers of the secret, which every write must repeat. */
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

/** The content of a command that an earlier run printed: a secret that only GitHub can open. */
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
  /** False if GitHub did not answer, so that the request may still take effect. */
  readonly answered: boolean;
  /** As GitHub gives it, from the arrival of the answer. May be 0: the caller sets the minimum. */
  readonly retryAfterMs: number | null;
  /** GitHub's message, safe to print. */
  readonly detail: string;
  /** The permission that would be enough, as GitHub's forms call it, if it is known. */
  readonly permission: string | null;
  /** Absent without an answer. */
  readonly status?: number;
  /** Why there was no answer; absent if there was one. */
  readonly network?: NetworkTrouble;
  /** The answer was incomplete, or not from GitHub, so the same request may succeed in a moment. */
  readonly repeatable?: true;
  readonly allowance?: GitHubAllowance;
  /** Where to authorize the token for single sign-on, on the server's own host. */
  readonly ssoUrl?: string;
}

/** Why a request got no answer. */
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
    /** The answer was not HTTP. */
    | "garbled"
    /** The process has no more work. */
    | "ended"
    | "other";
  /** E.g. `ENOTFOUND`, `UNABLE_TO_GET_ISSUER_CERT_LOCALLY`, or the status of a proxy's answer. */
  readonly code: string | null;
  /** False if certainly nothing of the request was sent, so that it cannot take effect later. */
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
  /** The repository was renamed. */
  | "moved"
  /** A server on the way requires a login. */
  | "login-page"
  | "malformed";

/** A secret of the same name in a nearer scope. */
export interface Hiding {
  /** The hidden destination. */
  readonly label: string;
  /** The secret that workflows read instead. */
  readonly by: string;
}

/** A write was sent, or GitHub has answered it. */
export interface WriteRecord {
  readonly label: string;
  readonly is: "sent" | "refused" | "acknowledged";
  readonly at: Instant;
  /** GitHub's time, if it has answered. */
  readonly serverTime: Instant | null;
}

/** A save that GitHub has acknowledged. */
export interface SavedRecord {
  readonly label: string;
  readonly at: Instant;
  readonly serverTime: Instant | null;
}

/** What the post step must know of a reset that was sent. */
export interface Sending {
  /** In the order of the destinations, so that the post step can print a command before any request. */
  readonly stores: readonly SurveyedStore[];
  /** GitHub's clock minus that of the main step. */
  readonly aheadMs?: number;
}

export interface SurveyedStore {
  /** GitHub's time of the last write before the reset. */
  readonly updatedAt: string | null;
  readonly key: SealingKey;
}

export type Part = "prepare" | "reset" | "save" | "prove" | "resolve";
