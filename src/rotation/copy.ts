import { proveAllWritable } from "./canary";
import type { Context } from "./context";
import { deadBecause, reasonForDoubt } from "./given";
import { unsavedOf } from "./conclude";
import type { Outcome } from "./outcome";
import { nothingChanged } from "./outcome";
import { saveCopies } from "./save";
import type { Saved } from "./save";
import { awaitCalm, surveyAll } from "./survey";
import type { Found, Surveyed } from "./survey";

/** Copies that were last saved before the primary, by GitHub's clock, or are not there yet. */
export function copiesBehind({ primary, copies }: Found): readonly Surveyed[] {
  const savedAt = (updatedAt: string | null): number => (updatedAt === null ? -Infinity : Date.parse(updatedAt));
  return copies.filter(({ updatedAt }) => savedAt(updatedAt) < savedAt(primary.updatedAt));
}

/** `mode: copy`: the live secret goes to every copy, without a reset. */
export async function copyEverywhere(context: Context): Promise<Outcome> {
  const { ports } = context;
  ports.operator.begin("prepare");
  const [unproven, found] = await Promise.all([
    provenLive(context),
    ports.equip().then(() => surveyAll(context, "first")),
  ]);
  if (unproven !== null) return unproven;
  if (found.kind === "stopped") return found.outcome;
  return await copyTo(found.copies, found, context);
}

/**
 * Step 9 alone. A stale server, or a rotation elsewhere, must not spread a dead secret: so it has to be accepted three
 * times in a row, no sooner than `settle-time` after the primary's last save, and once more afterwards, and the primary
 * must not have moved.
 */
export async function copyTo(behind: readonly Surveyed[], before: Found, context: Context): Promise<Outcome> {
  const { task, ports } = context;
  const settled = await settle(before, context);
  if (settled !== null) return settled;
  const calm = await awaitCalm({ ...before, copies: behind }, context);
  if (calm.kind === "stopped") return calm.outcome;
  const chosen = calm.copies.filter(({ destination }) => behind.some((one) => one.destination === destination));
  const writable = task.canary ? await proveAllWritable({ ...calm, copies: chosen }, context) : null;
  if (writable !== null) return writable.outcome;
  const unproven = await provenLive(context);
  if (unproven !== null) return unproven;

  ports.operator.begin("save");
  const now = ports.clock.now();
  try {
    ports.journal.copying();
  } catch {
    return nothingChanged("unchanged", { code: "journal-unavailable" });
  }
  if (ports.cancellation.seen !== null) {
    return nothingChanged("unchanged", { code: "cancelled", signal: ports.cancellation.seen });
  }
  ports.operator.say({ code: "copying", labels: chosen.map(({ destination }) => destination.label) });
  const effort = { secret: task.secret, answeredAt: now, deadline: now + task.saveTimeoutMs, context };
  const saved = await saveCopies(chosen, effort);
  for (const one of saved) {
    if (one.kind === "saved") ports.operator.say({ code: "saved", label: one.store.destination.label });
  }
  ports.operator.begin("prove");
  return await judge(saved, calm, context);
}

/** Null where the secret given is live, accepted three times in a row. */
async function provenLive({ task, ports, oracle }: Context): Promise<Outcome | null> {
  const [given, altered] = await Promise.all([oracle.askForCertain(task.secret), oracle.askAboutAltered(task.secret)]);
  if (altered.kind === "live") return nothingChanged("unchanged", { code: "any-secret-accepted" });
  if (given.kind === "dead") return deadBecause(await oracle.control(), "not-asked").outcome;
  for (const belief of [given, altered]) {
    if (belief.kind === "cannot-tell") {
      return nothingChanged("unchanged", await reasonForDoubt(belief.doubt, ports.issuer));
    }
  }
  return null;
}

/** Waits until the primary's last save is `settle-time` ago, by GitHub's clock. */
async function settle({ primary }: Found, { ports, oracle }: Context): Promise<Outcome | null> {
  if (primary.updatedAt === null) return null;
  const ageMs = ports.clock.now() + primary.aheadMs - Date.parse(primary.updatedAt);
  const waitMs = Math.min(oracle.settleMs, oracle.settleMs - ageMs);
  if (waitMs <= 0) return null;
  ports.operator.say({ code: "recent-write", waitMs });
  const signal = await Promise.race([ports.clock.sleep(waitMs), ports.cancellation.arrived]);
  return typeof signal === "string" ? nothingChanged("unchanged", { code: "cancelled", signal }) : null;
}

async function judge(saved: readonly Saved[], { primary }: Found, { task, oracle }: Context): Promise<Outcome> {
  const unsaved = saved.flatMap((one) => (one.kind === "unsaved" ? [unsavedOf(one)] : []));
  const labels = saved.filter(({ kind }) => kind === "saved").map(({ store }) => store.destination.label);
  const known = { saved: [primary.destination.label, ...labels], unsaved };
  const [given, updatedAt] = await Promise.all([oracle.ask(task.secret), primary.destination.updatedAt()]);
  const isMoved = updatedAt.ok && updatedAt.value !== primary.updatedAt;
  if (isMoved || given.kind !== "live") {
    const label = primary.destination.label;
    return { ...nothingChanged("saved-unverified", { code: "primary-moved", label }), ...known };
  }
  if (unsaved.length > 0) return { ...nothingChanged("partly-saved", { code: "copies-not-saved" }), ...known };
  return { ...nothingChanged("copied", { code: "copied" }), ...known };
}
