import { LANDS_WITHIN_MAX_MS, LOOK_PAUSE_MS, TOKEN_MARGIN_MS } from "../timing";
import type { Context } from "./context";
import type { Attempt, Audience, GitHubAllowance, Instant, SavedRecord, SealingKey } from "./model";
import { fewAtATime, persist } from "./persist";
import type { Destination } from "./ports";
import { allOf, stop } from "./stop";

/** A destination that is ready for a write, and what is known of it. */
export interface Store {
  readonly destination: Destination;
  readonly key: SealingKey;
  readonly updatedAt: string | null;
}

export interface Surveyed extends Store {
  /** GitHub's clock minus ours. */
  readonly aheadMs: number;
  readonly tokenExpiresAt: Instant | null;
  readonly allowance: GitHubAllowance | null;
  /** Canaries that an earlier run could not delete, once GitHub has listed them. */
  readonly stale: Promise<Attempt<readonly string[]>>;
}

/** The first look also lists leftovers of earlier runs. A failure of that blocks nothing. */
type Look = "first" | "again";

export interface Found {
  readonly primary: Surveyed;
  readonly copies: readonly Surveyed[];
}

/** Destinations that are read at the same time, each with several requests. */
const AT_A_TIME = 5;
/** How often to look for a secret before it counts as missing, because reads lag behind a create. */
const LOOKS_MAX = 3;

/** Step 4, the reading half, for all destinations. */
export async function surveyAll(context: Context, look: Look = "again"): Promise<Found> {
  const { ports } = context;
  const [primary, copies] = await allOf(
    survey(ports.primary, look, context),
    fewAtATime(ports.copies, AT_A_TIME - 1, async (copy) => await survey(copy, look, context)),
  );
  return { primary, copies };
}

export function storesOf({ primary, copies }: Pick<Found, "primary" | "copies">): readonly Surveyed[] {
  return [primary, ...copies];
}

/** Reads whether it exists, when it was written, its key, and whether the token will last. */
async function survey(destination: Destination, look: Look, context: Context): Promise<Surveyed> {
  const { task, ports } = context;
  const label = destination.label;
  // A copy needs an original.
  const isOriginal = task.mode === "copy" && destination === ports.primary;
  const mayBeMade = task.create && !destination.mustExist && !isOriginal;
  const stale = look === "first" && task.canary ? destination.staleCanaries() : NOTHING_STALE;
  for (let looks = 1; ; looks += 1) {
    const found = await persist(() => destination.survey(), context);
    if (!found.ok) stop("unchanged", { code: "destination-unreadable", label, fault: found.fault });
    const { updatedAt, key, serverTime, tokenExpiresAt, allowance = null } = found.value;
    if (updatedAt === null && !mayBeMade) {
      const { mustExist } = destination;
      if (looks >= LOOKS_MAX) stop("unchanged", { code: "destination-missing", label, mustExist });
      await ports.clock.sleep(LOOK_PAUSE_MS);
      continue;
    }
    const now = ports.clock.now();
    const aheadMs = (serverTime ?? now) - now;
    const surveyed = { destination, key, updatedAt, aheadMs, tokenExpiresAt, allowance, stale };
    stopIfExpiring([surveyed], context);
    return surveyed;
  }
}

const NOTHING_STALE: Surveyed["stale"] = Promise.resolve({ ok: true, value: [] });

/** The token must outlast the save. */
export function stopIfExpiring(stores: readonly Surveyed[], { task, ports }: Context): void {
  const neededMs = task.saveTimeoutMs + TOKEN_MARGIN_MS;
  for (const { tokenExpiresAt, aheadMs } of stores) {
    if (tokenExpiresAt !== null && tokenExpiresAt < ports.clock.now() + aheadMs + neededMs)
      stop("unchanged", { code: "token-expiring", expiresAt: tokenExpiresAt });
  }
}

/** By GitHub's clock, in ms. */
export function ageOf({ updatedAt, aheadMs }: Surveyed, now: Instant): number {
  return updatedAt === null ? Infinity : now + aheadMs - Date.parse(updatedAt);
}

export function landsWithinMs({ oracle }: Context): number {
  return Math.min(oracle.settleMs, LANDS_WITHIN_MAX_MS);
}

/**
 * A recently written destination may have been written by a run that was ended, and another write of that run, or its
 * second send, may still be under way. Waits until it has taken effect, because after our write it would destroy our
 * secret.
 */
export async function awaitCalm(found: Found, context: Context): Promise<Found> {
  const { ports } = context;
  const calmMs = landsWithinMs(context);
  const ages = storesOf(found).map((store) => ageOf(store, ports.clock.now()));
  const waitMs = Math.min(calmMs, calmMs - Math.min(...ages));
  if (waitMs <= 0) return found;
  ports.operator.say({ code: "recent-write", waitMs });
  await ports.clock.sleep(waitMs);
  return await surveyAll(context, "first");
}

/** What has changed between the first look and the last; null if nothing. */
export function differenceBetween(before: Store, after: Store): "updated-at" | "key" | "audience" | null {
  if (before.updatedAt !== after.updatedAt) return "updated-at";
  if (before.key.keyId !== after.key.keyId || before.key.publicKey !== after.key.publicKey) return "key";
  return isSameAudience(before.key.audience, after.key.audience) ? null : "audience";
}

export function isSameAudience(one: Audience | null, other: Audience | null): boolean {
  return JSON.stringify(told(one)) === JSON.stringify(told(other));
}

/** GitHub lists repositories in no fixed order. */
function told(audience: Audience | null): unknown {
  const ids = audience?.selectedRepositoryIds ?? null;
  return [audience?.visibility, ids === null ? null : [...ids].sort((a, b) => a - b)];
}

/** Copies that were last saved before the primary, by GitHub's clock, or do not exist yet. */
export function copiesBehind({ primary, copies }: Found): readonly Surveyed[] {
  const savedAt = (updatedAt: string | null): number => (updatedAt === null ? -Infinity : Date.parse(updatedAt));
  return copies.filter(({ updatedAt }) => savedAt(updatedAt) < savedAt(primary.updatedAt));
}

export interface Ready {
  readonly kind: "ready";
  readonly primary: Store;
  readonly copies: readonly Store[];
  /** When an ended process may have left a write under way; null if there was none. */
  readonly unansweredSince: Instant | null;
  /** What an ended process has saved already. */
  readonly saved?: readonly SavedRecord[];
}
