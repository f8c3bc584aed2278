import type { Belief } from "./believe";
import { believe, REFUSALS_TO_BE_DEAD, REFUSALS_TO_BE_REFUSED } from "./believe";
import type { Instant, Ports, Task } from "./ports";
import type { Saved } from "./save";
import type { Secret } from "./secret";

/** What the world says afterwards. */
export type Proof =
  "proven" | "new-undecided" | "old-still-live" | "old-undecided" | "write-not-visible" | "superseded";

/** How long GitHub may take to show a write, however short the settle time is: its reads are eventually consistent. */
const VISIBLE_WITHIN_MS = 10_000;
/** The pause between two questions about it. */
const VISIBLE_PAUSE_MAX_MS = 1_000;

/**
 * Step 10: the new secret is live, the old one is refused, GitHub shows the write. A write that got
 * no answer (or whose process was ended) may still land, and with it whatever it carries, so then all is proven once more after the settle time.
 */
export async function prove(
  fresh: Secret,
  old: Secret,
  saved: readonly Saved[],
  unansweredSince: Instant | null,
  task: Task,
  ports: Ports,
): Promise<Proof> {
  ports.operator.begin("prove");
  const proof = await proveOnce(fresh, old, saved, task, ports);
  const silentSince = Math.max(
    ...[unansweredSince, ...saved.map((one) => one.unansweredAt)].map((at) => at ?? -Infinity),
  );
  if (silentSince === -Infinity || proof !== "proven") return proof;
  const waitMs = silentSince + task.settleMs - ports.clock.now();
  if (waitMs > 0) {
    ports.operator.say({ code: "settling", waitMs });
    await ports.clock.sleep(waitMs);
  }
  return await proveOnce(fresh, old, saved, task, ports);
}

async function proveOnce(
  fresh: Secret,
  old: Secret,
  saved: readonly Saved[],
  task: Task,
  ports: Ports,
): Promise<Proof> {
  const [freshBelief, oldVerdict, visible] = await Promise.all([
    comeAlive(fresh, task, ports),
    outlive(old, task, ports),
    Promise.all(saved.map((one) => isVisible(one, task, ports))),
  ]);
  if (freshBelief.kind === "dead") return oldVerdict === "old-still-live" ? oldVerdict : "superseded";
  if (freshBelief.kind === "cannot-tell") return "new-undecided";
  if (oldVerdict !== "refused") return oldVerdict;
  return visible.every(Boolean) ? "proven" : "write-not-visible";
}

/** Asks about the new secret until it is taken, or the settle time is over: not every server need know it at once. */
async function comeAlive(fresh: Secret, task: Task, ports: Ports): Promise<Belief> {
  const deadline = ports.clock.now() + task.settleMs;
  for (;;) {
    const belief = await believe(fresh, REFUSALS_TO_BE_DEAD, { ...ports, settleMs: task.settleMs });
    if (belief.kind !== "dead" || ports.clock.now() >= deadline) return belief;
    await ports.clock.sleep(task.settleMs / 10);
  }
}

/** Asks about the old secret until it is refused, or the settle time is over. */
async function outlive(old: Secret, task: Task, ports: Ports): Promise<"refused" | "old-still-live" | "old-undecided"> {
  const deadline = ports.clock.now() + task.settleMs;
  for (;;) {
    const belief = await believe(old, REFUSALS_TO_BE_REFUSED, { ...ports, settleMs: task.settleMs });
    if (belief.kind === "dead") return "refused";
    if (belief.kind === "cannot-tell") return "old-undecided";
    if (ports.clock.now() >= deadline) return "old-still-live";
    await ports.clock.sleep(task.settleMs / 10);
  }
}

/**
 * GitHub's `updated_at` has moved. It counts whole seconds, so a write in the same second as the one
 * before leaves it where it was: then it has to lie at or after the second of the acknowledgement.
 */
async function isVisible(saved: Saved, task: Task, ports: Ports): Promise<boolean> {
  if (saved.kind === "unsaved") return true;
  const { store, serverTime } = saved;
  const deadline = ports.clock.now() + Math.max(VISIBLE_WITHIN_MS, task.settleMs);
  for (;;) {
    const found = await store.destination.updatedAt();
    if (found.ok && found.value !== null && (found.value !== store.updatedAt || covers(found.value, serverTime)))
      return true;
    if (ports.clock.now() >= deadline) return false;
    await ports.clock.sleep(Math.min(Math.max(1, task.settleMs / 10), VISIBLE_PAUSE_MAX_MS));
  }
}

function covers(updatedAt: string, acknowledged: Instant | null): boolean {
  return acknowledged !== null && Date.parse(updatedAt) >= Math.floor(acknowledged / 1000) * 1000;
}
