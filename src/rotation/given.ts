import { LIMIT_WAIT_MIN_MS } from "../timing";
import type { Belief } from "./belief";
import type { Context } from "./context";
import type { Allowance, Control, Doubt, Instant } from "./model";
import { nothingChanged } from "./outcome";
import type { Changed, Outcome, Outdated, Reason } from "./outcome";
import { persist } from "./persist";
import type { Issuer, Ports } from "./ports";
import { stop, Stop } from "./stop";

/** Requests for the reset and its proofs: the reset, the new secret, the old one three times, and a spare one. */
const REQUESTS_NEEDED = 6;

/** What parallel runs, which all see the same remaining number, may need together. */
const REQUESTS_SIDE_BY_SIDE = 48;

/** At most this share of the whole allowance is reserved for them. */
const RESERVED_SHARE = 0.2;

/** Step 3: user-secret is live (in a rescue: dead), and SnapTrade can distinguish secrets. */
export async function proveGiven(context: Context): Promise<Belief> {
  const { task, ports, oracle } = context;
  const [given, altered] = await Promise.all([oracle.ask(task.secret), oracle.askAboutAltered(task.secret)]);
  // guard: oracle check
  if (altered.kind === "live") stop("unchanged", { code: "any-secret-accepted" });
  await judgeGiven(given, context);
  await stopIfInDoubt([altered], ports.issuer);
  if (task.mode !== "rescue") ports.operator.say({ code: "secret-proven" });
  return given;
}

/** Stops unless user-secret is what the mode needs. */
async function judgeGiven(given: Belief, { task, ports, oracle }: Context): Promise<void> {
  const isRescue = task.mode === "rescue";
  switch (given.kind) {
    case "live":
      if (isRescue) stop("unchanged", { code: "rescue-not-needed" });
      return;
    case "dead": {
      // guard: prove old first
      const control = /* guard: control question before dead */ await oracle.control();
      // A missing user or an unanswered question does not stop a rescue, because the reset itself will show it.
      if (isRescue && control.kind !== "client-rejected") return;
      throw new Stop(deadBecause(control, isRescue ? "not-asked" : await changedSinceRead(ports)));
    }
    case "cannot-tell":
      stop("unchanged", await reasonForDoubt(given.doubt, ports.issuer));
  }
}

/** The current secret was replaced by a newer one. */
export function outdated(changed: Outdated, label: string): Reason {
  return { code: "given-secret-outdated", label, since: changed === "after-job-start" ? "job" : "run" };
}

/** A rejected secret is only dead if client and user are not the cause. */
export function deadBecause(control: Control, changed: Changed): Outcome {
  switch (control.kind) {
    case "known":
      return nothingChanged("dead", { code: "given-secret-dead", changed, isChecked: true });
    case "no-answer":
      return nothingChanged("dead", { code: "given-secret-dead", changed, isChecked: false });
    case "no-such-user":
      return nothingChanged("unchanged", { code: "no-such-user" });
    case "client-rejected":
      return nothingChanged("unchanged", { code: "client-rejected", said: control.said });
  }
}

/** A signature is usually rejected because of a wrong clock, so the skew is included if SnapTrade sends the time. */
export async function reasonForDoubt(doubt: Doubt, issuer: Pick<Issuer, "skewMs">): Promise<Reason> {
  if (doubt.kind === "client") return { code: "client-rejected", said: doubt.said };
  const skewMs = doubt.kind === "signature" ? await issuer.skewMs() : null;
  return { code: "snaptrade-undecided", doubt, skewMs };
}

/** Stops if the answers about one of them were unclear. */
export async function stopIfInDoubt(beliefs: readonly Belief[], issuer: Pick<Issuer, "skewMs">): Promise<void> {
  for (const belief of beliefs) {
    if (belief.kind === "cannot-tell") stop("unchanged", await reasonForDoubt(belief.doubt, issuer));
  }
}

/**
 * Waits here, before any change, until SnapTrade's rate limit covers the reset and its proofs, and if there is time
 * also those of parallel runs.
 * @returns whether there was a wait.
 */
export async function awaitAllowance(given: Belief, context: Context): Promise<boolean> {
  const { task, ports, oracle } = context;
  let latest = given;
  for (let rounds = 0; ; rounds += 1) {
    const hasWaited = rounds > 0;
    if (hasWaited) await judgeGiven(latest, context);
    if (latest.kind === "cannot-tell" || latest.allowance === null) return hasWaited;
    const { allowance } = latest;
    if (allowance.remaining >= wishedFor(allowance)) return hasWaited;
    const waitMs = Math.max(allowance.resetMs, LIMIT_WAIT_MIN_MS);
    if (!(await oracle.waitForLimit(waitMs))) {
      if (allowance.remaining >= neededOf(allowance)) return hasWaited;
      const doubt = { kind: "throttled", retryAfterMs: waitMs, waitedMs: 0 } as const;
      stop("unchanged", await reasonForDoubt(doubt, ports.issuer));
    }
    latest = await oracle.ask(task.secret);
  }
}

/** What the reset and its proofs need; with a lower limit, all that one request leaves of it. */
function neededOf({ limit }: Allowance): number {
  return Math.min(REQUESTS_NEEDED, Math.max(1, (limit ?? Infinity) - 1));
}

/** Parallel runs see the same remaining number, so a share is left for them. */
function wishedFor(allowance: Allowance): number {
  const share = Math.min(REQUESTS_SIDE_BY_SIDE, Math.floor((allowance.limit ?? 0) * RESERVED_SHARE));
  return Math.max(neededOf(allowance), share);
}

type Asked = Pick<Ports, "run" | "primary" | "clock" | "operator" | "cancellation">;

/** Whether the primary was saved after the current secret was read, so that the run has an outdated one. */
export async function changedSinceRead(ports: Asked): Promise<Changed> {
  const updatedAt = await persist(() => ports.primary.updatedAt(), { ports });
  return updatedAt.ok && updatedAt.value !== null ? await sinceRead(updatedAt.value, ports) : "unknown";
}

/** GitHub reads an environment's secrets when the job starts, and all others when the run is queued. */
export async function sinceRead(updatedAt: string, { primary, run }: Pick<Ports, "run" | "primary">): Promise<Changed> {
  const isOfJob = primary.visible === "next-job";
  if (isOfJob && !isBefore(updatedAt, run.stepStartedAt())) return "after-job-start";
  const runStartedAt = await run.startedAt();
  if (runStartedAt === null) return "unknown";
  if (isBefore(updatedAt, runStartedAt)) return "before-start";
  return isOfJob ? "after-run-start" : "after-start";
}

/** `updated_at` has whole seconds. */
function isBefore(updatedAt: string, at: Instant): boolean {
  return Date.parse(updatedAt) < Math.floor(at / 1000) * 1000;
}
