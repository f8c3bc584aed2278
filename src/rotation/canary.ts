import type { Context } from "./context";
import type { Acknowledgement, Attempt, Fault, Instant } from "./model";
import { fewAtATime, persist } from "./persist";
import type { Destination } from "./ports";
import { stop, Stop, stopIfCancelled, unlessStopped } from "./stop";
import { landsWithinMs } from "./survey";
import type { Surveyed } from "./survey";
import { ANNOUNCED_FROM_MS } from "./waiting";

/** Write checks at the same time. */
const AT_A_TIME = 3;
/** GitHub allows 80 writes a minute; some are left to others. */
const WRITES_A_MINUTE = 75;
const MINUTE_MS = 60_000;
/** For how long the deletion of a canary is tried, in ms: what is left blocks nothing. */
const DELETING_MS = 5_000;
const DELETE_PAUSE_MS = 500;
/** So many of a destination's are deleted in one run: a later run deletes the others. */
const STALE_MAX = 10;
/** For how long the list of what earlier runs have left is waited for, in ms. */
const LISTING_MAX_MS = 3_000;

/** A store, and the name of the throw-away secret that is written next to it. */
interface Trial {
  readonly store: Surveyed;
  readonly canary: string;
}

/**
 * Step 4, the writing half. Reading a key proves only read access; nothing but a write proves write access. The
 * destination's own name is not written: if user-secret is stale, that would destroy the only copy of a newer one.
 * Afterwards the minute has room for the save.
 */
export async function proveAllWritable(checked: readonly Surveyed[], context: Context): Promise<void> {
  const { ports } = context;
  const trials = checked.map((store) => ({ store, canary: store.destination.canaryName() }));
  try {
    ports.journal.trying(trials.map(({ canary }) => canary));
  } catch {
    stop("unchanged", { code: "journal-unavailable" });
  }
  const budget = new WriteBudget(context);
  // A signal does not cut this short, or a canary would be left behind. Where the runner does not wait, post deletes it.
  const proving = fewAtATime(trials, AT_A_TIME, async (trial) => await proveWritable(trial, budget, context));
  const proved = await unlessStopped(proving);
  stopIfCancelled(context);
  if (proved instanceof Stop) throw proved;
  // What the canaries have used up of the minute is waited for here, and not with the new secret at risk.
  await budget.reserve(Math.min(trials.length, WRITES_A_MINUTE));
}

async function proveWritable(trial: Trial, budget: WriteBudget, context: Context): Promise<void> {
  stopIfCancelled(context);
  const { destination, key } = trial.store;
  await deleteStale(trial.store, budget, context);
  await budget.reserve(2);
  // It may have waited for a minute, and nothing of this trial stands yet.
  stopIfCancelled(context);
  let unanswered = 0;
  const write = async (): Promise<Attempt<Acknowledgement>> => {
    const written = await destination.writeCanary(trial.canary, key);
    if (!written.ok && mayLand(written.fault)) unanswered += 1;
    return written;
  };
  const written = await persist(write, context);
  // A write that was not plainly refused may have happened, so the canary is deleted in any case.
  const mayExist = written.ok || unanswered > 0 || written.fault.cause === "malformed";
  if (mayExist) {
    await removeCanary({ destination, canary: trial.canary }, unanswered > 0 ? "may land late" : "is there", context);
  }
  const label = destination.label;
  if (!written.ok) stop("unchanged", { code: "canary-refused", label, fault: written.fault });
  context.ports.operator.say({ code: "destination-proven", label });
}

function mayLand({ answered, network }: Fault): boolean {
  return !answered && network?.sent !== false;
}

/** Canaries of ours that an earlier run could not delete. Whatever goes wrong with them, or with their list, blocks nothing. */
async function deleteStale({ destination, stale }: Surveyed, budget: WriteBudget, { ports }: Context): Promise<void> {
  const listed = await Promise.race([stale, ports.clock.sleep(LISTING_MAX_MS).then(() => null)]);
  if (listed?.ok !== true) return;
  for (const name of listed.value.slice(0, STALE_MAX)) {
    await budget.reserve(1);
    if (ports.cancellation.seen !== null) return;
    await destination.deleteCanary(name);
  }
}

/**
 * Deletes a canary. One that GitHub does not find may not be shown yet, so it is looked for again; a write of it without
 * an answer may still be on its way, so it is looked for when that has landed. One that stays is reported, and no more:
 * its name says whose it is, and a later run deletes it.
 */
export async function removeCanary(
  { destination, canary }: { readonly destination: Destination; readonly canary: string },
  known: "is there" | "may land late" | "may be there",
  context: Context,
): Promise<void> {
  const { ports } = context;
  let removed = await deleteFor(destination, canary, known === "is there", context);
  if (known === "may land late" || (known === "may be there" && !removed.ok && removed.fault.cause === "missing")) {
    const waitMs = landsWithinMs(context);
    if (waitMs > ANNOUNCED_FROM_MS) ports.operator.say({ code: "settling", waitMs });
    await ports.clock.sleep(waitMs);
    removed = await deleteFor(destination, canary, false, context);
  }
  if (removed.ok || (removed.fault.cause === "missing" && known !== "is there")) return;
  ports.operator.remark({ code: "canary-left", label: destination.label, name: canary, fault: removed.fault });
}

/** Every fault may pass; a limit that asks for longer than we try is not waited for. */
async function deleteFor(
  destination: Destination,
  canary: string,
  isThere: boolean,
  { ports }: Context,
): Promise<Attempt<Acknowledgement>> {
  const deadline = ports.clock.now() + DELETING_MS;
  // A deletion without an answer may have been done.
  let mayBeGone = !isThere;
  for (;;) {
    const removed = await destination.deleteCanary(canary);
    if (removed.ok) return removed;
    if (removed.fault.cause === "missing" && mayBeGone) return isThere ? GONE : removed;
    mayBeGone ||= !removed.fault.answered;
    const waitMs = Math.max(DELETE_PAUSE_MS, removed.fault.retryAfterMs ?? 0);
    if (ports.clock.now() + waitMs > deadline) return removed;
    await ports.clock.sleep(waitMs);
  }
}

const GONE = { ok: true, value: { serverTime: null } } as const;

/** Keeps our own writes within what GitHub allows in a minute. */
class WriteBudget {
  readonly #context: Context;
  #writes: Instant[] = [];

  constructor(context: Context) {
    this.#context = context;
  }

  /** Waits until so many writes fit into the last minute, and counts them. */
  async reserve(writes: number): Promise<void> {
    const { clock, operator } = this.#context.ports;
    for (;;) {
      const now = clock.now();
      this.#writes = this.#writes.filter((at) => at > now - MINUTE_MS);
      const excess = this.#writes.length + writes - WRITES_A_MINUTE;
      const freeing = this.#writes[excess - 1];
      if (freeing === undefined) break;
      const waitMs = freeing + MINUTE_MS - now;
      operator.say({ code: "waiting-for-writes", waitMs });
      await clock.sleep(waitMs);
    }
    const now = clock.now();
    this.#writes.push(...Array.from({ length: writes }, () => now));
  }
}
