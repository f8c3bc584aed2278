import { ANNOUNCED_FROM_MS, DELETE_PAUSE_MS, DELETING_MS, LISTING_MAX_MS } from "../timing";
import type { Context } from "./context";
import type { Acknowledgement, Attempt, Fault, Instant } from "./model";
import { fewAtATime, persist } from "./persist";
import type { Destination } from "./ports";
import { stop, Stop, stopIfCancelled, unlessStopped } from "./stop";
import { landsWithinMs } from "./survey";
import type { Surveyed } from "./survey";

/** Write checks at the same time. */
const AT_A_TIME = 3;
/** GitHub allows 80 writes a minute; some are left for others. */
const WRITES_A_MINUTE = 75;
const MINUTE_MS = 60_000;
/** Per destination and run: a later run deletes the rest. */
const STALE_MAX = 10;

/** A store, and the name of the throw-away secret written next to it. */
interface Trial {
  readonly store: Surveyed;
  readonly canary: string;
}

/**
 * Step 4, the writing half. Reading a key only proves read access, so only a write proves write access. The
 * destination's own name is not written, because if user-secret is stale, that would destroy the only copy of a newer
 * one. Afterwards the write limit has room for the save.
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
  // A signal does not interrupt this, so that no canary is left. If the runner does not wait, the post step deletes it.
  const proving = fewAtATime(trials, AT_A_TIME, async (trial) => await proveWritable(trial, budget, context));
  const proved = await unlessStopped(proving);
  stopIfCancelled(context);
  if (proved instanceof Stop) throw proved;
  // The wait for the canaries' share of the write limit happens here, while no new secret is at risk.
  await budget.reserve(Math.min(trials.length, WRITES_A_MINUTE));
}

async function proveWritable(trial: Trial, budget: WriteBudget, context: Context): Promise<void> {
  stopIfCancelled(context);
  const { destination, key } = trial.store;
  await deleteStale(trial.store, budget, context);
  await budget.reserve(2);
  // The reservation may have waited for a minute, and no canary of this trial exists yet.
  stopIfCancelled(context);
  let unanswered = 0;
  const write = async (): Promise<Attempt<Acknowledgement>> => {
    const written = await destination.writeCanary(trial.canary, key);
    if (!written.ok && mayLand(written.fault)) unanswered += 1;
    return written;
  };
  const written = await persist(write, context);
  // Unless the write was clearly rejected it may have happened, so the canary is deleted.
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

/** Deletes canaries that an earlier run could not delete. Failures, also of the list, block nothing. */
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
 * Deletes a canary. If GitHub does not find it, it may not be visible yet, so it is tried again; an unanswered write
 * may still be under way, so it is tried again after that. One that remains is reported; a later run recognizes it by
 * its name and deletes it.
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

/** Retries after every fault, but does not wait for a limit that lasts longer. */
async function deleteFor(
  destination: Destination,
  canary: string,
  isThere: boolean,
  { ports }: Context,
): Promise<Attempt<Acknowledgement>> {
  const deadline = ports.clock.now() + DELETING_MS;
  // An unanswered deletion may have succeeded.
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

/** Keeps our writes within GitHub's limit per minute. */
class WriteBudget {
  readonly #context: Context;
  #writes: Instant[] = [];

  constructor(context: Context) {
    this.#context = context;
  }

  /** Waits until this many writes fit into the last minute, and counts them. */
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
