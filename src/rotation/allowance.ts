import { ALLOWANCE_MARGIN_MS, LIMITS_WAIT_MAX_MS } from "../timing";
import type { Context } from "./context";
import { stop } from "./stop";
import { storesOf, surveyAll } from "./survey";
import type { Found, Surveyed } from "./survey";

/** Requests to GitHub per destination: the save and its proof, and before them the write check and its deletion. */
const TO_SAVE = 2;
const TO_CHECK = 4;
/** For retries, each of which asks once before it writes. */
const TO_SPARE = 6;

/**
 * A bot's token can run out in the middle of a job. If the allowance does not cover the saves, their proofs and some
 * retries, the run waits here, before any change, or stops.
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
  const waitMs = resetAt === null ? Infinity : resetAt - (ports.clock.now() + scarcest.aheadMs) + ALLOWANCE_MARGIN_MS;
  if (waitMs > LIMITS_WAIT_MAX_MS) stop("unchanged", { code: "github-allowance", remaining, needed, resetAt });
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

/** The count belongs to the token, so the lowest number is the latest. */
function scarcestOf(stores: readonly Surveyed[]): Scarcest | null {
  const known = stores.flatMap(({ allowance, aheadMs }) => (allowance === null ? [] : [{ ...allowance, aheadMs }]));
  return known.sort((a, b) => a.remaining - b.remaining)[0] ?? null;
}
