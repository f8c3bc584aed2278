import type { Context } from "./context";
import { stop } from "./stop";
import { storesOf, surveyAll } from "./survey";
import type { Found, Surveyed } from "./survey";

/** Requests to GitHub for one destination: the save, its proof; and before them the write check and its deletion. */
const TO_SAVE = 2;
const TO_CHECK = 4;
/** For retries, each with the question that goes before it. */
const TO_SPARE = 6;
/** How long the token's own allowance is waited for, in ms. */
const WAIT_MAX_MS = 120_000;
/** Its reset is told in whole seconds. */
const MARGIN_MS = 1_000;

/**
 * A bot's token can run dry in the middle of a job. What would not cover the saves, their proofs and some retries is
 * waited for here, where nothing has happened yet, or the run stops.
 */
export async function awaitGitHubAllowance(
  found: Found,
  next: "write checks" | "reset",
  context: Context,
): Promise<Found> {
  const { ports } = context;
  const stores = storesOf(found);
  const needed = stores.length * (TO_SAVE + (next === "write checks" ? TO_CHECK : 0)) + TO_SPARE;
  const scarcest = scarcestOf(stores);
  // guard: GitHub's allowance
  if (scarcest === null || scarcest.remaining >= needed) return found;
  const { remaining, resetAt } = scarcest;
  const waitMs = resetAt === null ? Infinity : resetAt - (ports.clock.now() + scarcest.aheadMs) + MARGIN_MS;
  if (waitMs > WAIT_MAX_MS) stop("unchanged", { code: "github-allowance", remaining, needed, resetAt });
  ports.operator.say({ code: "waiting-for-rate-limit", service: "GitHub", waitMs, isResetSent: false });
  await ports.clock.sleep(Math.max(0, waitMs));
  const again = await surveyAll(context, next === "write checks" ? "first" : "again");
  const left = scarcestOf(storesOf(again));
  if (left === null || left.remaining >= needed) return again;
  return stop("unchanged", { code: "github-allowance", remaining: left.remaining, needed, resetAt: left.resetAt });
}

interface Scarcest {
  readonly remaining: number;
  readonly resetAt: number | null;
  readonly aheadMs: number;
}

/** The requests are counted for the token, so that the answer with the lowest number is the latest. */
function scarcestOf(stores: readonly Surveyed[]): Scarcest | null {
  const known = stores.flatMap(({ allowance, aheadMs }) => (allowance === null ? [] : [{ ...allowance, aheadMs }]));
  return known.sort((a, b) => a.remaining - b.remaining)[0] ?? null;
}
