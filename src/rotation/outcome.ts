import type { Secret } from "../text/secret";
import type { Audience, Doubt, Fault, Instant, Said } from "./model";

/** Each result with its exit code. Only a state with 0 here may end green. */
export const EXIT_CODES = {
  rotated: 0,
  skipped: 0,
  checked: 0,
  verified: 0,
  copied: 0,
  finished: 0,
  unchanged: 1,
  dead: 1,
  "saved-unverified": 1,
  "partly-saved": 1,
  unsaved: 1,
  unknown: 1,
  lost: 1,
} as const satisfies Record<string, 0 | 1>;

export type Result = keyof typeof EXIT_CODES;

/** In a fixed order. */
export const RESULTS: readonly Result[] = Object.keys(EXIT_CODES).filter(isResult);

function isResult(name: string): name is Result {
  return name in EXIT_CODES;
}

/** The end of a run: outputs, annotation, summary and exit code are all made from this value. */
export interface Outcome {
  readonly result: Result;
  readonly reason: Reason;
  /** Whether SnapTrade's secret is a new one. */
  readonly rotated: "true" | "false" | "unknown";
  /** When the reset was answered. */
  readonly rotatedAt: Instant | null;
  /** From the last byte of the reset's answer to GitHub's acknowledgement of the primary. */
  readonly atRiskMs: number | null;
  readonly saved: readonly string[];
  readonly unsaved: readonly Unsaved[];
  /** The new secret, encrypted to the recovery recipient. */
  readonly escrow: string | null;
}

/** What is known of a new secret, whatever the result will be. */
export type Known = Omit<Outcome, "result" | "reason" | "rotated">;

/** A destination without the new secret, and the command that saves it there. */
export interface Unsaved {
  readonly label: string;
  readonly command: string;
  /** Why GitHub did not save it, if known. */
  readonly fault?: Fault;
  /** Inputs whose values may be masked in the command. */
  readonly exposed?: readonly string[];
  /** For an organization secret: who may read it after the command. */
  readonly audience?: Audience;
  /** The command restores the old secret in a destination that has the new one. */
  readonly isOld?: true;
}

/** An outcome, and the secret for `export-env`. */
export interface Rotation {
  readonly outcome: Outcome;
  /** The new secret, only if it is saved everywhere and proven. */
  readonly fresh: Secret | null;
}

export function withoutSecret(outcome: Outcome): Rotation {
  return { outcome, fresh: null };
}

/** The run ended before the reset, or there certainly was none. */
export function nothingChanged(result: Result, reason: Reason): Outcome {
  return { ...BLANK, result, reason, rotated: "false" };
}

/** It is unknown whether the reset happened. */
export function undecided(reason: Reason, known: Partial<Outcome> = {}): Outcome {
  return { ...BLANK, rotated: "unknown", ...known, result: "unknown", reason };
}

/** The reset certainly happened. */
export function rotatedOutcome(result: Result, reason: Reason, known: Partial<Outcome>): Outcome {
  return { ...BLANK, ...known, result, reason, rotated: "true" };
}

const BLANK = {
  rotatedAt: null,
  atRiskMs: null,
  saved: [],
  unsaved: [],
  escrow: null,
} as const;

/** Why a run ended as it did. Each code is a heading of docs/recovery.md; report/ has all texts for it. */
export type Reason = ReasonBeforeReset | ReasonAfterReset;

/** The reset was not tried. */
export type ReasonBeforeReset =
  | { readonly code: "ready" }
  | { readonly code: "secret-live" }
  | { readonly code: "young-enough"; readonly label: string }
  | {
      readonly code: "refused-input";
      readonly input: string;
      /** For an input with several lines, from 1. */
      readonly line?: number;
      readonly problem: string;
      readonly expected: string;
    }
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
  /** In `verify` and `finish`: the secret is rejected, and the primary was saved after this job or run read it. */
  | { readonly code: "given-secret-outdated"; readonly label: string; readonly since: "job" | "run" }
  | { readonly code: "destination-missing"; readonly label: string; readonly mustExist: boolean }
  | { readonly code: "destination-unreadable"; readonly label: string; readonly fault: Fault }
  | { readonly code: "token-expiring"; readonly expiresAt: Instant }
  | { readonly code: "canary-refused"; readonly label: string; readonly fault: Fault }
  /** The token's remaining requests do not cover the save and its proof. */
  | {
      readonly code: "github-allowance";
      readonly remaining: number;
      readonly needed: number;
      readonly resetAt: Instant | null;
    }
  /** It changed between the first look and the last one before the reset. */
  | { readonly code: "destination-changed"; readonly label: string; readonly what: "updated-at" | "key" | "audience" }
  /** A made-up answer could not be processed. */
  | { readonly code: "rehearsal-failed"; readonly name: string }
  | { readonly code: "rescue-not-needed" }
  | { readonly code: "rescue-stale"; readonly label: string }
  | { readonly code: "ended-before-reset" }
  | ReasonOfFinish
  // Of mode copy, which sends no reset.
  | { readonly code: "copied" }
  /** SnapTrade no longer accepts the secret; or its answer, or whether the primary is unchanged, is unclear. */
  | { readonly code: "copies-unproven"; readonly doubt: Doubt | null }
  /** Someone else saved the primary while the copies were written. */
  | { readonly code: "primary-moved"; readonly label: string };

/** Of mode finish, which sends no reset and completes an earlier save. */
export type ReasonOfFinish =
  /** Only a later job or run, which reads the saved value, can ask whether it is live. */
  | { readonly code: "finished"; readonly label: string; readonly provenBy: "job" | "run" }
  | { readonly code: "finish-not-needed" }
  /** The primary was saved after the command was printed. */
  | {
      readonly code: "finish-overtaken";
      readonly label: string;
      readonly savedAt: Instant;
      readonly printedAt: Instant;
    }
  | { readonly code: "finish-key-changed"; readonly label: string }
  | { readonly code: "finish-refused"; readonly label: string; readonly fault: Fault }
  /** The write was never acknowledged (`fault` has the reason), or is not visible. */
  | { readonly code: "finish-unproven"; readonly label: string; readonly fault: Fault | null };

/** Why the proofs after a save prove nothing. */
export type Unproven = "old-still-live" | "rolled-back" | "write-not-visible" | "new-undecided" | "old-undecided";

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
      /** SnapTrade's message, if it rejected the reset. */
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
      readonly proof: Unproven;
      readonly doubt: Doubt | null;
    }
  /** The runner's file for the environment variable of later steps could not be written. */
  | { readonly code: "export-failed"; readonly name: string }
  | { readonly code: "superseded" }
  | { readonly code: "kept-undecided" }
  // Only in the post step.
  | { readonly code: "journal-unreadable" }
  | { readonly code: "copies-interrupted" }
  /** The main step may still be running, and could not be ended. */
  | { readonly code: "main-may-live" }
  | { readonly code: "out-of-time" }
  | { readonly code: "internal-error"; readonly before: "reset" | "end"; readonly name: string };

export type ReasonCode = Reason["code"];

/**
 * Whether the primary was saved after the current secret was read: when the run started, or the job. The job's start is
 * not known, except that it lies between the start of its run and this step. In between is "after-run-start".
 */
export type Changed = "after-start" | "after-job-start" | "after-run-start" | "before-start" | "unknown" | "not-asked";

export type Outdated = Extract<Changed, "after-start" | "after-job-start">;

export function isOutdated(changed: Changed): changed is Outdated {
  return changed === "after-start" || changed === "after-job-start";
}
