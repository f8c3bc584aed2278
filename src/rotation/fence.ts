import type { Secret } from "../text/secret";
import { ANNOUNCED_FROM_MS, FENCE_PAUSE_GROWTH, FENCE_PAUSE_MAX_MS } from "../timing";
import type { Context } from "./context";
import type { Doubt, Instant, SavedRecord, Verdict } from "./model";
import type { Store } from "./survey";

/** What the destinations of one save have in common. */
export interface Effort {
  readonly secret: Secret;
  /** When SnapTrade's answer with the secret arrived. */
  readonly answeredAt: Instant;
  readonly deadline: Instant;
  readonly context: Context;
  /** What an ended process has saved already. */
  readonly saved?: readonly SavedRecord[];
}

export type Fence = "open" | "superseded" | StillShut;

/**
 * Why the fence stays shut: SnapTrade accepts the old secret and not the new one; or its answer was unclear, and the
 * destination may have been written; or the time was up before any answer.
 */
export type StillShut = "old-still-live" | "undecided" | "out-of-time";

/** After this many rejections of both secrets in a row, another rotation is possible. */
const BOTH_REFUSED = 3;

/**
 * The fence before each retry: if someone rotated after us, writing our secret would destroy theirs. That is impossible
 * while the old secret is live; then ours is not known everywhere yet, and the fence waits. If SnapTrade's answer is
 * unclear, the destination must at least be unchanged.
 */
export async function mayWriteAgain(store: Store, effort: Effort): Promise<Fence> {
  const { deadline, context } = effort;
  const { clock } = context.ports;
  const latest: { shut: StillShut } = { shut: "out-of-time" };
  const timeUp = clock.sleep(Math.max(0, deadline - clock.now()));
  // An unresponsive SnapTrade must not extend the save.
  return await Promise.race([askAtFence(store, effort, latest), timeUp.then(() => latest.shut)]);
}

async function askAtFence(store: Store, effort: Effort, latest: { shut: StillShut }): Promise<Fence> {
  const { task, ports, oracle } = effort.context;
  const settledAt = effort.answeredAt + oracle.settleMs;
  let bothRefused = 0;
  let isAnnounced = false;
  let { pauseMs } = oracle;
  while (ports.clock.now() < effort.deadline) {
    const [fresh, updatedAt] = await Promise.all([oracle.once(effort.secret), store.destination.updatedAt()]);
    const isUnmoved = updatedAt.ok && updatedAt.value === store.updatedAt;
    if (fresh.verdict.kind === "live") return "open";
    // Once the old secret was live, an unclear answer does not change that.
    if (latest.shut === "out-of-time") latest.shut = "undecided";
    if (fresh.verdict.kind === "cannot-tell") {
      // One unclear answer is enough: a retry is fenced again, and waiting for more of them is time at risk.
      const isLimit = fresh.verdict.doubt.kind === "throttled" && latest.shut === "old-still-live";
      if (/* guard: updated_at in the fence */ isUnmoved && !isLimit) return "open";
      bothRefused = 0;
    } else {
      const old = (await oracle.once(task.secret)).verdict.kind;
      if (old === "live") latest.shut = "old-still-live";
      bothRefused = old === "refused" ? bothRefused + 1 : 0;
      // Before `settle-time` is over, our secret may not be known everywhere.
      if (bothRefused >= BOTH_REFUSED && ports.clock.now() >= settledAt) {
        if ((await oracle.doubtAboutRefusal()) === null) return "superseded";
        // The control question may have taken a while.
        const latestUpdate = await store.destination.updatedAt();
        if (latestUpdate.ok && latestUpdate.value === store.updatedAt) return "open";
      }
    }
    const forMs = effort.deadline - ports.clock.now();
    if (!isAnnounced && forMs > ANNOUNCED_FROM_MS) {
      isAnnounced = true;
      ports.operator.say({ code: "asking-on", why: whyAskingOn(fresh.verdict, latest.shut), forMs });
    }
    await ports.clock.sleep(pauseMs);
    pauseMs = Math.min(Math.round(pauseMs * FENCE_PAUSE_GROWTH), FENCE_PAUSE_MAX_MS);
  }
  return latest.shut;
}

function whyAskingOn(fresh: Verdict, shut: StillShut): Doubt | "old-still-live" | "new-not-known" {
  if (fresh.kind === "cannot-tell") return fresh.doubt;
  return shut === "old-still-live" ? shut : "new-not-known";
}
