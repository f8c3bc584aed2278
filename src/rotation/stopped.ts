import { nothingChanged } from "./outcome";
import type { Outcome, Reason } from "./outcome";

/** A run that ends before the reset. */
export interface Stopped {
  readonly kind: "stopped";
  readonly outcome: Outcome;
}

export function stop(result: "unchanged" | "dead" | "skipped", reason: Reason): Stopped {
  return { kind: "stopped", outcome: nothingChanged(result, reason) };
}
