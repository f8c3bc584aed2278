import type { Doubt, Fault, Hiding, Instant } from "./model";
import type { Result, Unsaved } from "./outcome";

/** Every line of the log during the run; only the outcome is not a notice. */
export type Notice =
  | { readonly code: "secret-proven" }
  | { readonly code: "destination-proven"; readonly label: string }
  | {
      readonly code: "waiting-for-rate-limit";
      readonly service: "SnapTrade" | "GitHub";
      readonly waitMs: number;
      readonly isResetSent: boolean;
    }
  /** SnapTrade is asked again, for at most this long. */
  | {
      readonly code: "asking-on";
      readonly why: Doubt | "old-still-live" | "new-not-known";
      readonly forMs: number;
    }
  /** Before the reset, when the write checks fill GitHub's limit per minute. */
  | { readonly code: "waiting-for-writes"; readonly waitMs: number }
  /** `name` is the canary's. It blocks nothing. */
  | { readonly code: "canary-left"; readonly label: string; readonly name: string; readonly fault: Fault }
  | { readonly code: "token-expires-soon"; readonly expiresAt: Instant }
  /** Workflows read another secret instead. */
  | { readonly code: "destination-hidden"; readonly hidden: readonly Hiding[] }
  /** Inputs that a recovery command could not avoid. */
  | { readonly code: "id-exposed"; readonly inputs: readonly string[] }
  | { readonly code: "resetting" }
  /** SnapTrade's support can find an answer by its X-Request-ID. */
  | { readonly code: "no-secret-in-answer"; readonly requestId: string }
  | { readonly code: "escrow"; readonly text: string }
  | { readonly code: "escrow-failed" }
  | { readonly code: "journal-failed" }
  /** `sure` is false if it only may be the new secret. */
  | ({ readonly code: "sealed-command"; readonly sure: boolean } & Command)
  /** SnapTrade reverted to the old secret, which is in no destination any more. */
  | ({ readonly code: "old-sealed-command" } & Command)
  | { readonly code: "save-failed"; readonly label: string; readonly fault: Fault; readonly waitMs: number }
  | { readonly code: "saved"; readonly label: string }
  /** The readers of an organization secret have changed since before the save. */
  | { readonly code: "audience-changed"; readonly label: string }
  /** Their dates show that they do not have the live secret yet. */
  | { readonly code: "copies-behind"; readonly labels: readonly string[] }
  | { readonly code: "copying"; readonly labels: readonly string[] }
  | { readonly code: "settling"; readonly waitMs: number }
  /** GitHub acknowledged this write but still shows an older one. It is asked again for at most this long. */
  | { readonly code: "not-shown-yet"; readonly label: string; readonly forMs: number }
  /** A running main step gets at most this much time. */
  | { readonly code: "hearing-main"; readonly forMs: number }
  | { readonly code: "recent-write"; readonly waitMs: number }
  | { readonly code: "signal"; readonly signal: string }
  | { readonly code: "uncaught"; readonly name: string }
  | { readonly code: "broken"; readonly name: string }
  | { readonly code: "post-finishes" }
  /** The main step has reported it already. */
  | { readonly code: "post-repeats"; readonly result: Result }
  | { readonly code: "summary-failed" };

/** A notice that does not stop the run, but needs attention. */
export type Remark = Extract<
  Notice,
  { code: "audience-changed" | "canary-left" | "destination-hidden" | "id-exposed" | "token-expires-soon" }
>;

/** A command that a person may have to copy, and the notes for it. */
type Command = Pick<Unsaved, "label" | "command" | "audience" | "exposed">;
