import { awaitGitHubAllowance } from "./allowance";
import { proveAllWritable } from "./canary";
import type { Context } from "./context";
import { awaitAllowance, proveGiven, sinceRead } from "./given";
import { hidingLook, surveyBeside } from "./hiding";
import type { HidingLook } from "./hiding";
import { isOutdated } from "./outcome";
import type { Ports } from "./ports";
import { rehearse } from "./rehearse";
import { allOf, stop, unlessCancelled } from "./stop";
import { ageOf, awaitCalm, copiesBehind, differenceBetween, stopIfExpiring, storesOf, surveyAll } from "./survey";
import type { Found, Ready, Store, Surveyed } from "./survey";

/** The primary is younger than `min-age`, so nothing is reset. */
export interface Young {
  readonly kind: "young";
  readonly found: Found;
  /** Copies that were last saved before the primary, or do not exist yet. */
  readonly behind: readonly Surveyed[];
}

/** A token that expires this soon deserves a warning. In ms. */
const TOKEN_SOON_MS = { from: 86_400_000, to: 14 * 86_400_000 } as const;

/**
 * Everything that can fail harmlessly: proves user-secret, the oracle that will judge the new one, and every
 * destination. Nothing here writes to a destination's own name.
 */
export async function prepare(context: Context): Promise<Ready | Young> {
  const hiding = hidingLook(context);
  try {
    const prepared = await prepareBeside(hiding, context);
    if (prepared.kind !== "ready" || context.task.mode !== "check") return prepared;
    return await unlessCancelled(
      hiding.wait().then(() => prepared),
      context,
    );
  } finally {
    // The search must not delay the reset and the save.
    hiding.end();
  }
}

async function prepareBeside(hiding: HidingLook, context: Context): Promise<Ready | Young> {
  const { task, ports } = context;
  const found = await unlessCancelled(ask(hiding, context), context);
  if ("behind" in found) return found;
  rehearse(found, context);
  if (task.canary) await proveAllWritable(storesOf(found), context);
  const latest = await unlessCancelled(lookAgain(found, context), context);
  warnOfToken(latest.primary, ports);
  return { ...latest, kind: "ready", unansweredSince: null };
}

/** Every question before the first write, which may be a write check. */
async function ask(hiding: HidingLook, context: Context): Promise<Found | Young> {
  const { task, ports } = context;
  const [given, found] = await allOf(proveGiven(context), surveyBeside(hiding, context));
  if (task.mode === "rotate" && task.minAgeMs !== null && ageOf(found.primary, ports.clock.now()) < task.minAgeMs) {
    return { kind: "young", found, behind: copiesBehind(found) };
  }
  const affordable = await awaitGitHubAllowance(found, task.canary ? "write checks" : "reset", context);
  if (task.mode === "check") return affordable;
  const hasWaited = await awaitAllowance(given, context);
  // A rescue takes a while until it is sure that the secret is dead.
  const latest = hasWaited || task.mode === "rescue" ? await surveyAll(context, "first") : affordable;
  const calm = /* guard: calm */ await awaitCalm(latest, context);
  if (task.mode === "rescue" && (await rescueIsStale(calm.primary, ports))) {
    stop("dead", { code: "rescue-stale", label: calm.primary.destination.label });
  }
  return calm;
}

/**
 * Right before the reset, reads everything once more: a change since the first look would be overwritten, or the secret
 * saved with an outdated key or audience.
 */
export async function lookAgain(before: Found, context: Context): Promise<Found> {
  const after = await surveyAll(context);
  // Reads everything again if it waits.
  const affordable = await awaitGitHubAllowance(after, "reset", context);
  const latest = storesOf(affordable);
  for (const store of storesOf(before)) {
    const { destination } = store;
    const changes = latest
      .filter((one) => /* guard: last look */ one.destination === destination)
      .map((one) => differenceBetween(store, one));
    const what = changes.find((change) => change !== null);
    if (what !== undefined) stop("unchanged", { code: "destination-changed", label: destination.label, what });
  }
  // The write checks may have waited for a limit, and the token must outlast the save.
  stopIfExpiring(storesOf(affordable), context);
  return affordable;
}

export function warnOfToken({ tokenExpiresAt, aheadMs }: Surveyed, { clock, operator }: Ports): void {
  if (tokenExpiresAt === null) return;
  const leftMs = tokenExpiresAt - clock.now() - aheadMs;
  if (leftMs > TOKEN_SOON_MS.from && leftMs < TOKEN_SOON_MS.to) {
    operator.remark({ code: "token-expires-soon", expiresAt: tokenExpiresAt });
  }
}

/** A rescue would invalidate what someone else saved, so it stops unless the job has certainly read that. */
async function rescueIsStale({ updatedAt }: Store, ports: Ports): Promise<boolean> {
  if (updatedAt === null) return false;
  const changed = await sinceRead(updatedAt, ports);
  return isOutdated(changed) || changed === "after-run-start";
}
