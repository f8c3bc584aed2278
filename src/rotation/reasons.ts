import type { Changed } from "./given";
import type { Result } from "./outcome";
import type { Doubt, Fault, Instant, Said } from "./ports";
import type { Proof } from "./prove";

/**
 * Why a run ended as it did. Each code is a heading of docs/recovery.md; the words for it stand in
 * words.ts and nowhere else.
 */
export type Reason = ReasonBeforeReset | ReasonAfterReset;

/** The reset was not tried. */
export type ReasonBeforeReset =
  | { readonly code: "ready" }
  | { readonly code: "secret-live" }
  | { readonly code: "young-enough"; readonly label: string }
  | { readonly code: "refused-input"; readonly input: string; readonly problem: string; readonly expected: string }
  | { readonly code: "refused-setting"; readonly setting: string; readonly problem: string; readonly expected: string }
  | { readonly code: "journal-unavailable" }
  | { readonly code: "sealing-unavailable" }
  | { readonly code: "cancelled"; readonly signal: string }
  | { readonly code: "any-secret-accepted" }
  | { readonly code: "snaptrade-undecided"; readonly doubt: Doubt; readonly skewMs: number | null }
  | { readonly code: "client-rejected"; readonly said: Said }
  | { readonly code: "no-such-user" }
  | {
      readonly code: "given-secret-dead";
      readonly changed: Changed;
      /** Whether SnapTrade confirmed that it knows client and user. */
      readonly isChecked: boolean;
    }
  /** In `verify` and `finish`: refused, and the primary was saved since this job or run began, which read it before. */
  | { readonly code: "given-secret-outdated"; readonly label: string; readonly since: "job" | "run" }
  | { readonly code: "destination-missing"; readonly label: string; readonly mustExist: boolean }
  | { readonly code: "destination-unreadable"; readonly label: string; readonly fault: Fault }
  | { readonly code: "token-expiring"; readonly expiresAt: Instant }
  | { readonly code: "canary-refused"; readonly label: string; readonly fault: Fault }
  /** What is left of the token's requests does not cover the save and what proves it. */
  | {
      readonly code: "github-allowance";
      readonly remaining: number;
      readonly needed: number;
      readonly resetAt: Instant | null;
    }
  /** Somebody changed it between the first look and the last one before the reset. */
  | { readonly code: "destination-changed"; readonly label: string; readonly what: "updated-at" | "key" | "audience" }
  /** A made-up answer could not be taken the whole way. */
  | { readonly code: "rehearsal-failed"; readonly name: string }
  | { readonly code: "rescue-not-needed" }
  | { readonly code: "rescue-stale"; readonly label: string }
  | { readonly code: "ended-before-reset" }
  | ReasonOfFinish
  // Of mode copy, which sends no reset.
  | { readonly code: "copied" }
  /** SnapTrade no longer accepts the secret, or cannot tell; or GitHub does not show whether the primary has moved. */
  | { readonly code: "copies-unproven"; readonly doubt: Doubt | null }
  /** Somebody else saved the primary while the copies were written. */
  | { readonly code: "primary-moved"; readonly label: string };

/** Of mode finish, which sends no reset and completes the save of an earlier one. */
export type ReasonOfFinish =
  /** Whether it is live can be asked only by a job or a run that is handed it. */
  | { readonly code: "finished"; readonly label: string; readonly provenBy: "job" | "run" }
  | { readonly code: "finish-not-needed" }
  /** Somebody has saved the primary since the command was printed. */
  | {
      readonly code: "finish-overtaken";
      readonly label: string;
      readonly savedAt: Instant;
      readonly printedAt: Instant;
    }
  | { readonly code: "finish-key-changed"; readonly label: string }
  | { readonly code: "finish-refused"; readonly label: string; readonly fault: Fault }
  /** The write was never acknowledged (`fault` tells why), or does not show. */
  | { readonly code: "finish-unproven"; readonly label: string; readonly fault: Fault | null };

/** The reset was tried. */
export type ReasonAfterReset =
  | { readonly code: "reset-not-sent"; readonly why: string }
  | { readonly code: "reset-refused"; readonly said: Said }
  | { readonly code: "rescue-refused"; readonly said: Said }
  | { readonly code: "refused-and-not-live"; readonly said: Said }
  | { readonly code: "reset-did-not-happen"; readonly status: number | null }
  | { readonly code: "answer-lost"; readonly status: number | null }
  | {
      readonly code: "answer-lost-undecided";
      readonly status: number | null;
      /** What SnapTrade said, where it refused the reset. */
      readonly said: Said | null;
      readonly doubt: Doubt;
    }
  | { readonly code: "answer-lost-and-written"; readonly status: number | null; readonly label: string }
  | { readonly code: "rescue-unanswered"; readonly status: number | null }
  | { readonly code: "unholdable"; readonly why: "too-long" | "not-unicode"; readonly escrowed: boolean }
  // There is a new secret.
  | { readonly code: "rotated" }
  | { readonly code: "candidate-unproven" }
  | { readonly code: "primary-not-saved"; readonly label: string; readonly fault: Fault }
  | { readonly code: "copies-not-saved" }
  | {
      readonly code: "proof-failed";
      readonly proof: Exclude<Proof["kind"], "proven" | "superseded">;
      readonly doubt: Doubt | null;
    }
  /** The runner's file for the environment variable that later steps were to get could not be written. */
  | { readonly code: "export-failed"; readonly name: string }
  | { readonly code: "superseded" }
  | { readonly code: "kept-undecided" }
  // Only post says these.
  | { readonly code: "journal-unreadable" }
  | { readonly code: "copies-interrupted" }
  /** Main's process may live, and could not be ended. */
  | { readonly code: "main-may-live" }
  | { readonly code: "out-of-time" }
  | { readonly code: "internal-error"; readonly before: "reset" | "end"; readonly name: string };

export type ReasonCode = Reason["code"];

/** The results that each reason can stand behind. */
export const RESULTS_OF = {
  rotated: ["rotated"],
  ready: ["checked"],
  "secret-live": ["verified"],
  "young-enough": ["skipped"],
  "refused-input": ["unchanged"],
  // Afterwards only post says so, of what a later step has set.
  "refused-setting": ["unchanged", "partly-saved", "saved-unverified", "unsaved", "unknown"],
  "journal-unavailable": ["unchanged"],
  "sealing-unavailable": ["unchanged"],
  cancelled: ["unchanged"],
  "any-secret-accepted": ["unchanged"],
  "snaptrade-undecided": ["unchanged"],
  "client-rejected": ["unchanged"],
  "no-such-user": ["unchanged"],
  "given-secret-dead": ["dead"],
  "given-secret-outdated": ["unchanged"],
  "destination-missing": ["unchanged"],
  "destination-unreadable": ["unchanged"],
  "token-expiring": ["unchanged"],
  "canary-refused": ["unchanged"],
  "github-allowance": ["unchanged"],
  "destination-changed": ["unchanged"],
  "rehearsal-failed": ["unchanged"],
  "rescue-not-needed": ["unchanged"],
  "rescue-stale": ["dead"],
  "ended-before-reset": ["unchanged"],
  finished: ["finished"],
  "finish-not-needed": ["unchanged"],
  "finish-overtaken": ["unchanged"],
  "finish-key-changed": ["unchanged"],
  "finish-refused": ["unchanged"],
  "finish-unproven": ["unknown"],
  copied: ["copied"],
  "copies-unproven": ["saved-unverified"],
  "primary-moved": ["saved-unverified"],
  "reset-not-sent": ["unchanged"],
  "reset-refused": ["unchanged"],
  "rescue-refused": ["dead"],
  "refused-and-not-live": ["unknown"],
  "reset-did-not-happen": ["unchanged"],
  "answer-lost": ["lost"],
  "answer-lost-undecided": ["unknown"],
  "answer-lost-and-written": ["unknown"],
  "rescue-unanswered": ["unknown"],
  unholdable: ["lost", "unsaved"],
  "candidate-unproven": ["unsaved", "unknown"],
  "primary-not-saved": ["unsaved"],
  "copies-not-saved": ["partly-saved"],
  "proof-failed": ["saved-unverified"],
  "export-failed": ["saved-unverified"],
  superseded: ["unknown"],
  "kept-undecided": ["unsaved", "unknown"],
  "journal-unreadable": ["unknown"],
  "copies-interrupted": ["partly-saved"],
  "main-may-live": ["unknown"],
  "out-of-time": ["saved-unverified", "unsaved", "unknown"],
  "internal-error": ["unchanged", "partly-saved", "saved-unverified", "unsaved", "unknown"],
} as const satisfies Record<ReasonCode, readonly Result[]>;
