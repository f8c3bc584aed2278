import type { Audience, Fault, Instant } from "./ports";
import type { Reason } from "./reasons";
import type { Secret } from "./secret";

/** Each result with its exit code. Only a state that is listed as 0 here may end green. */
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

/** What became of a run: the one value that outputs, annotation, summary and exit code are made of. */
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
  /** The new secret encrypted to the recovery recipient. */
  readonly escrow: string | null;
}

/** What is known of a new secret, whatever the result will be. */
export type Known = Omit<Outcome, "result" | "reason" | "rotated">;

/** A destination that does not hold the new secret, and the command that brings it there. */
export interface Unsaved {
  readonly label: string;
  readonly command: string;
  /** Why GitHub did not take it, where that is known. */
  readonly fault?: Fault;
  /** Inputs whose values may be masked in the command. */
  readonly exposed?: readonly string[];
  /** Of an organization's secret: whom the command lets read it. */
  readonly audience?: Audience;
  /** It brings the old secret back to a destination that holds the new one. */
  readonly isOld?: true;
}

/** An outcome, and with it what only `export-env` hands on. */
export interface Rotation {
  readonly outcome: Outcome;
  /** The new secret, only where it is saved everywhere and proven. */
  readonly fresh: Secret | null;
}

export function withoutSecret(outcome: Outcome): Rotation {
  return { outcome, fresh: null };
}

/** The run ended before the reset, or in the certainty that there was none. */
export function nothingChanged(result: Result, reason: Reason): Outcome {
  return { ...BLANK, result, reason, rotated: "false" };
}

/** Nobody can say whether the reset happened. */
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
