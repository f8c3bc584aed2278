import type { Doubt, Fault, Hiding, Instant } from "./model";
import type { Result, Unsaved } from "./outcome";

/** What is said while the run goes on. Every line that the log can contain apart from the outcome is made here. */
export type Notice =
  | { readonly code: "secret-proven" }
  | { readonly code: "destination-proven"; readonly label: string }
  | {
      readonly code: "waiting-for-rate-limit";
      readonly service: "SnapTrade" | "GitHub";
      readonly waitMs: number;
      readonly isResetSent: boolean;
    }
  /** SnapTrade is asked the same again, for so long at most. */
  | {
      readonly code: "asking-on";
      readonly why: Doubt | "old-still-live" | "new-not-known";
      readonly forMs: number;
    }
  /** Before the reset, so many destinations that their writes fill GitHub's minute. */
  | { readonly code: "waiting-for-writes"; readonly waitMs: number }
  /** `name` is the write check's own. It is in nobody's way. */
  | { readonly code: "canary-left"; readonly label: string; readonly name: string; readonly fault: Fault }
  | { readonly code: "token-expires-soon"; readonly expiresAt: Instant }
  /** Workflows read something else in their place. */
  | { readonly code: "destination-hidden"; readonly hidden: readonly Hiding[] }
  /** Inputs that a recovery command could not avoid. */
  | { readonly code: "id-exposed"; readonly inputs: readonly string[] }
  | { readonly code: "resetting" }
  /** SnapTrade's support finds an answer by its X-Request-ID. */
  | { readonly code: "no-secret-in-answer"; readonly requestId: string }
  | { readonly code: "escrow"; readonly text: string }
  | { readonly code: "escrow-failed" }
  | { readonly code: "journal-failed" }
  /** `sure` is false where it is only what may be the new secret. */
  | ({ readonly code: "sealed-command"; readonly sure: boolean } & Command)
  /** SnapTrade went back to the old secret, which no destination has any more. */
  | ({ readonly code: "old-sealed-command" } & Command)
  | { readonly code: "save-failed"; readonly label: string; readonly fault: Fault; readonly waitMs: number }
  | { readonly code: "saved"; readonly label: string }
  /** Who may read an organization's secret is not what it was before the save. */
  | { readonly code: "audience-changed"; readonly label: string }
  /** These have no live secret yet, as their dates tell. */
  | { readonly code: "copies-behind"; readonly labels: readonly string[] }
  | { readonly code: "copying"; readonly labels: readonly string[] }
  | { readonly code: "settling"; readonly waitMs: number }
  /** GitHub acknowledged this write, and shows an older one yet. It is asked for so long at most. */
  | { readonly code: "not-shown-yet"; readonly label: string; readonly forMs: number }
  /** A main step that still runs is given so much time at most. */
  | { readonly code: "hearing-main"; readonly forMs: number }
  | { readonly code: "recent-write"; readonly waitMs: number }
  | { readonly code: "signal"; readonly signal: string }
  | { readonly code: "uncaught"; readonly name: string }
  | { readonly code: "broken"; readonly name: string }
  | { readonly code: "post-finishes" }
  /** Main has told everybody already. */
  | { readonly code: "post-repeats"; readonly result: Result }
  | { readonly code: "summary-failed" };

/** What does not stop a run, and someone should know of. */
export type Remark = Extract<
  Notice,
  { code: "audience-changed" | "canary-left" | "destination-hidden" | "id-exposed" | "token-expires-soon" }
>;

/** A command that a person may have to copy, and what to know next to it. */
type Command = Pick<Unsaved, "label" | "command" | "audience" | "exposed">;
