import type { Allowance, Clock, Doubt, Issuer } from "./ports";
import type { Secret } from "./secret";

/** What may be believed of a secret after asking often enough. */
export type Belief =
  | { readonly kind: "live"; readonly allowance: Allowance | null }
  | { readonly kind: "dead"; readonly allowance: Allowance | null }
  | { readonly kind: "cannot-tell"; readonly doubt: Doubt };

/** Refusals that make a secret dead where a wrong belief would cost one. */
export const REFUSALS_TO_BE_DEAD = 3;
/** Refusals that are enough where nothing hangs on it: the altered secret, and the old one after a save. */
export const REFUSALS_TO_BE_REFUSED = 1;
/** Answers that say nothing, after which asking ends. */
const DOUBTS_MAX = 4;
/** How long a rate limit is waited for. */
export const RATE_LIMIT_WAIT_MAX_MS = 120_000;

export interface Asking {
  readonly issuer: Issuer;
  readonly clock: Clock;
  readonly settleMs: number;
  /** How long a rate limit is waited for, all waits together; two minutes if not said. */
  readonly patienceMs?: number;
}

/** Asks about a secret, a tenth of the settle time apart, until it is live, or refused often enough, or nobody can tell. */
export async function believe(secret: Secret, refusalsNeeded: number, asking: Asking): Promise<Belief> {
  const { settleMs, patienceMs = RATE_LIMIT_WAIT_MAX_MS } = asking;
  const pauseMs = settleMs / 10;
  let refusals = 0;
  let doubts = 0;
  let throttledMs = 0;
  for (;;) {
    const { verdict, allowance } = await asking.issuer.probe(secret);
    let waitMs = pauseMs;
    switch (verdict.kind) {
      case "live":
        return { kind: "live", allowance };
      case "refused":
        refusals += 1;
        if (refusals >= refusalsNeeded) return { kind: "dead", allowance };
        break;
      case "cannot-tell":
        doubts += 1;
        if (verdict.doubt.kind === "throttled" && verdict.doubt.retryAfterMs !== null) {
          waitMs = Math.max(pauseMs, verdict.doubt.retryAfterMs);
          throttledMs += waitMs;
        }
        if (doubts >= DOUBTS_MAX || throttledMs > patienceMs) {
          return { kind: "cannot-tell", doubt: verdict.doubt };
        }
        break;
    }
    await asking.clock.sleep(waitMs);
  }
}
