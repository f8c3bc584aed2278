import type { Secret } from "../text/secret";
import { VISIBLE_WITHIN_MS } from "../timing";
import type { Belief } from "./belief";
import type { Context } from "./context";
import type { Doubt, Instant } from "./model";
import type { Saved } from "./save";
import { isSameAudience } from "./survey";
import { poll } from "./waiting";

/** What the proof after a save shows. */
export type Proof =
  | { readonly kind: "proven" | "old-still-live" | "superseded" }
  /** SnapTrade keeps rejecting the new secret and accepting the old one, as if there had been no reset. */
  | { readonly kind: "rolled-back" }
  /** GitHub acknowledged these writes, but does not show them. */
  | { readonly kind: "write-not-visible"; readonly invisible: readonly SavedOne[] }
  | { readonly kind: "new-undecided" | "old-undecided"; readonly doubt: Doubt };

type SavedOne = Extract<Saved, { kind: "saved" }>;

/**
 * Step 10: the new secret is live, the old one is rejected, and GitHub shows the write. An unanswered write, or one
 * whose process was ended, may still take effect with an older value, so then everything is proven once more after the
 * settle time.
 */
export async function prove(
  fresh: Secret,
  saved: readonly Saved[],
  unansweredSince: Instant | null,
  context: Context,
): Promise<Proof> {
  context.ports.operator.begin("prove");
  const proof = await proveOnce(fresh, saved, context);
  if (!REPEATED.includes(proof.kind) || !(await settleWrites(saved, unansweredSince, context))) return proof;
  return await proveOnce(fresh, saved, context);
}

/**
 * Waits until an unanswered write has taken effect, or never will.
 * @returns whether there was one.
 */
export async function settleWrites(
  saved: readonly Saved[],
  unansweredSince: Instant | null,
  { ports, oracle }: Context,
): Promise<boolean> {
  const silentSince = Math.max(
    ...[unansweredSince, ...saved.map((one) => one.unansweredAt)].map((at) => at ?? -Infinity),
  );
  if (silentSince === -Infinity) return false;
  const waitMs = silentSince + oracle.settleMs - ports.clock.now();
  if (waitMs > 0) {
    ports.operator.say({ code: "settling", waitMs });
    await ports.clock.sleep(waitMs);
  }
  return true;
}

/** The proofs that have consequences. If a write may still take effect, only the one after it counts. */
const REPEATED: readonly Proof["kind"][] = ["proven", "rolled-back"];

async function proveOnce(fresh: Secret, saved: readonly Saved[], context: Context): Promise<Proof> {
  const { task, oracle } = context;
  const [ours, old, invisible] = await Promise.all([
    oracle.awaitLife(fresh),
    oracle.awaitDeath(task.secret),
    invisibleAmong(saved, context),
  ]);
  if (ours.kind === "cannot-tell") return { kind: "new-undecided", doubt: ours.doubt };
  if (ours.kind === "dead") return await whyRefused(old, context);
  if (old.kind === "cannot-tell") return { kind: "old-undecided", doubt: old.doubt };
  if (old.kind === "live") return { kind: "old-still-live" };
  return invisible.length === 0 ? { kind: "proven" } : { kind: "write-not-visible", invisible };
}

/** The new secret is still rejected: someone rotated after us, the reset was undone, or it is not about the secret. */
async function whyRefused(old: Belief, { oracle }: Context): Promise<Proof> {
  if (old.kind === "live") return { kind: "rolled-back" };
  if (old.kind === "cannot-tell") return { kind: "new-undecided", doubt: old.doubt };
  const doubt = await oracle.doubtAboutRefusal();
  return doubt === null ? { kind: "superseded" } : { kind: "new-undecided", doubt };
}

/** The saves that GitHub acknowledged but does not show. */
export async function invisibleAmong(saved: readonly Saved[], context: Context): Promise<readonly SavedOne[]> {
  const acknowledged = saved.filter((one) => one.kind === "saved");
  const shown = await Promise.all(acknowledged.map((one) => isVisible(one, context)));
  return acknowledged.filter((_, index) => shown[index] === false);
}

/**
 * GitHub's `updated_at` has changed. It has whole seconds, so two writes within one second leave it as it is; then it
 * must not be before the second of the acknowledgement.
 */
async function isVisible(saved: SavedOne, { ports, oracle }: Context): Promise<boolean> {
  const { clock, operator } = ports;
  const { store, serverTime } = saved;
  const { label } = store.destination;
  const look = async (): Promise<true | null> => {
    const found = await store.destination.updatedAt();
    if (!found.ok || found.value === null) return null;
    return isLater(found.value, store.updatedAt) || covers(found.value, serverTime) ? true : null;
  };
  const shown = await poll(look, {
    clock,
    everyMs: Math.max(1, oracle.pauseMs),
    until: clock.now() + Math.max(VISIBLE_WITHIN_MS, oracle.settleMs),
    announce: (forMs) => operator.say({ code: "not-shown-yet", label, forMs }),
  });
  if (shown === null) return false;
  await compareAudience(saved, { ports });
  return true;
}

/** The readers of an organization secret are written as they were before the reset, so a change since then is lost. */
async function compareAudience({ store }: SavedOne, { ports }: Pick<Context, "ports">): Promise<void> {
  const { destination, key } = store;
  if (key.audience === null) return;
  const found = await destination.survey();
  if (found.ok && !isSameAudience(found.value.key.audience, key.audience)) {
    ports.operator.remark({ code: "audience-changed", label: destination.label });
  }
}

/** A lagging replica may show an older write than the one that we saw before the reset. */
function isLater(updatedAt: string, before: string | null): boolean {
  return before === null || Date.parse(updatedAt) > Date.parse(before);
}

function covers(updatedAt: string, acknowledged: Instant | null): boolean {
  return acknowledged !== null && Date.parse(updatedAt) >= Math.floor(acknowledged / 1000) * 1000;
}
