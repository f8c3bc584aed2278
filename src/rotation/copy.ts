import { awaitGitHubAllowance } from "./allowance";
import { proveAllWritable } from "./canary";
import { invisibleOf, unsavedOf } from "./conclude";
import type { Context } from "./context";
import { changedSinceRead, deadBecause, stopIfInDoubt } from "./given";
import { hidingLook, surveyBeside } from "./hiding";
import type { HidingLook } from "./hiding";
import { nothingChanged } from "./outcome";
import type { Outcome, Reason } from "./outcome";
import { persist } from "./persist";
import { lookAgain, warnOfToken } from "./prepare";
import { invisibleAmong } from "./prove";
import { saveCopies } from "./save";
import type { Saved } from "./save";
import { allOf, outcomeOf, stop, Stop, stopIfCancelled, unlessCancelled } from "./stop";
import { ageOf, awaitCalm, surveyAll } from "./survey";
import type { Found, Surveyed } from "./survey";

/** `mode: copy` saves the live secret in every copy, without a reset. */
export async function copyEverywhere(context: Context): Promise<Outcome> {
  return await outcomeOf(copyToAll(context));
}

async function copyToAll(context: Context): Promise<Outcome> {
  const { ports } = context;
  ports.operator.begin("prepare");
  const hiding = hidingLook(context);
  const found = await unlessCancelled(look(hiding, context), context).finally(() => hiding.end());
  return await copyTo(found.copies, found, context);
}

async function look(hiding: HidingLook, context: Context): Promise<Found> {
  const { ports } = context;
  const [, found] = await allOf(proveLive(context), surveyBeside(hiding, context));
  ports.operator.say({ code: "secret-proven" });
  return found;
}

/**
 * Step 9 alone. To keep a stale server, or another rotation, from spreading a dead secret, it must be accepted three
 * times in a row, `settle-time` after the primary's last save or later, and once more afterwards, and the primary must
 * be unchanged.
 */
export async function copyTo(behind: readonly Surveyed[], before: Found, context: Context): Promise<Outcome> {
  const { task, ports } = context;
  const prepared = await unlessCancelled(settle({ ...before, copies: behind }, context), context);
  const chosen = { ...prepared, copies: prepared.copies.filter((one) => isAmong(one, behind)) };
  if (task.canary) await proveAllWritable(chosen.copies, context);
  const ready = await unlessCancelled(proveOnceMore(chosen, context), context);
  warnOfToken(ready.primary, ports);

  const copies = ready.copies.filter((one) => isAmong(one, behind));
  announce(context);
  ports.operator.say({ code: "copying", labels: copies.map(({ destination }) => destination.label) });
  ports.operator.begin("save");
  const now = ports.clock.now();
  const effort = { secret: task.secret, answeredAt: now, deadline: now + task.saveTimeoutMs, context };
  const saved = await saveCopies(copies, effort);
  for (const one of saved) {
    if (one.kind === "saved") ports.operator.say({ code: "saved", label: one.store.destination.label });
  }
  ports.operator.begin("prove");
  return await judge(saved, ready, context);
}

function isAmong({ destination }: Surveyed, stores: readonly Surveyed[]): boolean {
  return stores.some((one) => one.destination === destination);
}

/** The post step must know that copies may have been written. */
function announce(context: Context): void {
  try {
    context.ports.journal.copying();
  } catch {
    stop("unchanged", { code: "journal-unavailable" });
  }
  stopIfCancelled(context);
}

/** Stops unless user-secret is accepted three times in a row. */
async function proveLive({ task, ports, oracle }: Context): Promise<void> {
  const [given, altered] = await Promise.all([
    oracle.askForCertain(task.secret),
    oracle.askAboutAlteredForCertain(task.secret),
  ]);
  if (altered.kind === "live") stop("unchanged", { code: "any-secret-accepted" });
  if (given.kind === "dead") throw new Stop(deadBecause(await oracle.control(), await changedSinceRead(ports)));
  await stopIfInDoubt([given, altered], ports.issuer);
}

/** Waits until the primary's last save is `settle-time` ago, and the copies are calm. Looks again after each wait. */
async function settle(found: Found, context: Context): Promise<Found> {
  const { task, ports, oracle } = context;
  let latest = await awaitGitHubAllowance(found, task.canary ? "write checks" : "reset", context);
  let waitedFor: string | null = null;
  for (;;) {
    latest = await awaitCalm(latest, context);
    const waitMs = Math.min(oracle.settleMs, oracle.settleMs - ageOf(latest.primary, ports.clock.now()));
    // A save with a time in the future is waited for once.
    if (waitMs <= 0 || latest.primary.updatedAt === waitedFor) return latest;
    waitedFor = latest.primary.updatedAt;
    ports.operator.say({ code: "recent-write", waitMs });
    await ports.clock.sleep(waitMs);
    latest = await surveyAll(context, "first");
  }
}

/** Right before the first write: nothing has changed since the first look, and the secret is live now. */
async function proveOnceMore(before: Found, context: Context): Promise<Found> {
  const latest = await lookAgain(before, context);
  await proveLive(context);
  return latest;
}

async function judge(saved: readonly Saved[], { primary }: Found, context: Context): Promise<Outcome> {
  const { task, oracle } = context;
  const { destination } = primary;
  const invisible = await invisibleAmong(saved, context);
  const unsaved = [
    ...saved.flatMap((one) => (one.kind === "unsaved" ? [unsavedOf(one)] : [])),
    ...invisible.map(invisibleOf),
  ];
  const missing = unsaved.map(({ label }) => label);
  const labels = saved.map(({ store }) => store.destination.label).filter((label) => !missing.includes(label));
  const known = { saved: [destination.label, ...labels], unsaved };
  const [given, updatedAt] = await Promise.all([
    oracle.ask(task.secret),
    persist(() => destination.updatedAt(), context),
  ]);
  const doubt: Reason | null =
    updatedAt.ok && updatedAt.value !== primary.updatedAt
      ? { code: "primary-moved", label: destination.label }
      : given.kind === "cannot-tell"
        ? { code: "copies-unproven", doubt: given.doubt }
        : given.kind === "dead" || !updatedAt.ok
          ? { code: "copies-unproven", doubt: null }
          : null;
  // Unsaved copies outweigh any proof.
  if (unsaved.length > 0) return { ...nothingChanged("partly-saved", { code: "copies-not-saved" }), ...known };
  return doubt === null
    ? { ...nothingChanged("copied", { code: "copied" }), ...known }
    : { ...nothingChanged("saved-unverified", doubt), ...known };
}
