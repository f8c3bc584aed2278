import type { Secret } from "../text/secret";

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
  /** Someone on the way wants a login first. */
  | "login-page"
  | "malformed";

/** A secret of the same name in a nearer scope. */
export interface Hiding {
  /** Of the destination that is hidden. */
  readonly label: string;
  /** Of the secret that workflows read in its place. */
  readonly by: string;
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

export type Part = "prepare" | "reset" | "save" | "prove" | "resolve";
