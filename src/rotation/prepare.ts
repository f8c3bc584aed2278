import type { Context } from "./context";
import { awaitAllowance, proveGiven } from "./given";
import type { Acknowledgement, Attempt, Destination, Fault, Instant, Ports, SealingKey, Task } from "./ports";
import { stop } from "./stopped";
import type { Stopped } from "./stopped";

/** A destination that is proven to take what we write, and what is known of it. */
export interface Store {
  readonly destination: Destination;
  readonly key: SealingKey;
  readonly updatedAt: string | null;
}

export interface Ready {
  readonly kind: "ready";
  readonly primary: Store;
  readonly copies: readonly Store[];
  /** When a process that was ended may have left a write under way; null if there was none. */
  readonly unansweredSince: Instant | null;
}

/** A token that expires within the save timeout and this much more is not one to start with. */
const TOKEN_MARGIN_MS = 60_000;
/** GitHub's documentation: a request that takes longer is terminated, so none lands later than this. */
const GITHUB_REQUEST_MAX_MS = 10_000;
/** Tries of one preparing request to GitHub; nothing has happened yet, so stopping costs nothing. */
const PREPARING_TRIES_MAX = 4;
/** How long GitHub's limits are waited for. */
const RATE_LIMIT_WAIT_MAX_MS = 120_000;

/**
 * Everything that can fail harmlessly: proves the secret given, the oracle that will judge the new
 * one, and every destination. Nothing here writes to a destination's own name.
 */
export async function prepare(context: Context): Promise<Ready | Stopped> {
  const { task, ports } = context;
  // Before the reset a signal ends the run at once: nothing has changed.
  const found = await Promise.race([ask(context), ports.cancellation.arrived]);
  if (typeof found === "string") return cancelled(found);
  if (found.kind === "stopped") return found;
  const stores = [found.primary, ...found.copies];
  const refusal = task.canary ? await proveAllWritable(stores, task, ports) : null;
  // The trial writes may have waited for a rate limit, and the token has to outlast the save.
  return refusal ?? tokenExpiring(stores, task, ports) ?? { ...found, kind: "ready", unansweredSince: null };
}

/** All that is asked before anything is written, the canary included. */
async function ask(context: Context): Promise<Found | Stopped> {
  const { task, ports } = context;
  const [proof, found] = await Promise.all([proveGiven(context), ports.equip().then(() => surveyAll(task, ports))]);
  if (proof.kind === "stopped") return proof;
  if (found.kind === "stopped") return found;
  const { primary } = found;
  if (task.mode === "rotate" && task.minAgeMs !== null && isYoung(primary, task.minAgeMs, ports.clock.now())) {
    return stop("skipped", { code: "young-enough", label: primary.destination.label });
  }
  if (task.mode === "check") return found;
  const allowed = await awaitAllowance(proof.given, context);
  if (allowed.kind === "stopped") return allowed;
  // A rescue has taken a while to be sure that the secret is dead.
  const latest = allowed.hasWaited || task.mode === "rescue" ? await surveyAll(task, ports) : found;
  if (latest.kind === "stopped") return latest;
  const calm = await awaitCalm(latest, task, ports);
  if (calm.kind === "stopped") return calm;
  if (task.mode === "rescue" && (await rescueIsStale(calm.primary, ports))) {
    return stop("dead", { code: "rescue-stale", label: calm.primary.destination.label });
  }
  return calm;
}

/**
 * A destination that was written a moment ago may have been written by a run that was ended, and another
 * write of that run may still be under way. Whatever it is lands first: after ours it would destroy ours.
 */
async function awaitCalm(found: Found, task: Task, ports: Ports): Promise<Found | Stopped> {
  const calmMs = landsWithinMs(task);
  const ages = [found.primary, ...found.copies].map((store) => ageOf(store, ports.clock.now()));
  const waitMs = Math.min(calmMs, calmMs - Math.min(...ages));
  if (waitMs <= 0) return found;
  ports.operator.say({ code: "recent-write", waitMs });
  await ports.clock.sleep(waitMs);
  return await surveyAll(task, ports);
}

/** How long a write whose client is gone may still take to land, in ms. */
function landsWithinMs({ settleMs }: Task): number {
  return Math.min(settleMs, GITHUB_REQUEST_MAX_MS);
}

/** By GitHub's clock, in ms. */
function ageOf({ updatedAt, aheadMs }: Surveyed, now: Instant): number {
  return updatedAt === null ? Infinity : now + aheadMs - Date.parse(updatedAt);
}

function tokenExpiring(stores: readonly Surveyed[], task: Task, { clock }: Ports): Stopped | null {
  const neededMs = task.saveTimeoutMs + TOKEN_MARGIN_MS;
  for (const { tokenExpiresAt, aheadMs } of stores) {
    if (tokenExpiresAt !== null && tokenExpiresAt < clock.now() + aheadMs + neededMs)
      return stop("unchanged", { code: "token-expiring", expiresAt: tokenExpiresAt });
  }
  return null;
}

function cancelled(signal: string): Stopped {
  return stop("unchanged", { code: "cancelled", signal });
}

async function proveAllWritable(stores: readonly Surveyed[], task: Task, ports: Ports): Promise<Stopped | null> {
  try {
    ports.journal.trying();
  } catch {
    return stop("unchanged", { code: "journal-unavailable" });
  }
  // A signal does not cut this short, or a canary would be left behind. Where the runner does not wait, post takes it away.
  const refusals = (await Promise.all(stores.map((store) => proveWritable(store, task, ports)))).filter(
    (refusal) => refusal !== null,
  );
  return ports.cancellation.seen === null ? (refusals[0] ?? null) : cancelled(ports.cancellation.seen);
}

async function rescueIsStale(primary: Store, ports: Ports): Promise<boolean> {
  if (primary.updatedAt === null) return false;
  const startedAt = await ports.run.startedAt();
  return startedAt !== null && Date.parse(primary.updatedAt) >= startedAt;
}

interface Found {
  readonly kind: "found";
  readonly primary: Surveyed;
  readonly copies: readonly Surveyed[];
}

async function surveyAll(task: Task, ports: Ports): Promise<Found | Stopped> {
  const [primary, ...others] = await Promise.all([
    survey(ports.primary, task, ports),
    ...ports.copies.map((destination) => survey(destination, task, ports)),
  ]);
  if (primary.kind === "stopped") return primary;
  const copies: Surveyed[] = [];
  for (const copy of others) {
    if (copy.kind === "stopped") return copy;
    copies.push(copy);
  }
  return { kind: "found", primary, copies };
}

interface Surveyed extends Store {
  readonly kind: "surveyed";
  /** GitHub's clock minus ours. */
  readonly aheadMs: number;
  readonly tokenExpiresAt: Instant | null;
  readonly isCanaryTaken: boolean;
}

/** Step 4, the reading half: does it exist, when was it written, what is its key, will the token last. */
async function survey(destination: Destination, task: Task, ports: Ports): Promise<Surveyed | Stopped> {
  const [found, taken] = await Promise.all([
    persist(() => destination.survey(), task, ports),
    task.canary ? persist(() => destination.isCanaryTaken(), task, ports) : NO_CANARY,
  ]);
  const label = destination.label;
  if (!found.ok) return stop("unchanged", { code: "destination-unreadable", label, fault: found.fault });
  if (!taken.ok) return stop("unchanged", { code: "destination-unreadable", label, fault: taken.fault });
  const { updatedAt, key, serverTime, tokenExpiresAt } = found.value;
  if (updatedAt === null && (destination.mustExist || !task.create)) {
    return stop("unchanged", { code: "destination-missing", label, mustExist: destination.mustExist });
  }
  const now = ports.clock.now();
  const aheadMs = (serverTime ?? now) - now;
  const isCanaryTaken = taken.value;
  const surveyed = { kind: "surveyed", destination, key, updatedAt, aheadMs, tokenExpiresAt, isCanaryTaken } as const;
  return tokenExpiring([surveyed], task, ports) ?? surveyed;
}

const NO_CANARY = { ok: true, value: false } as const;

function isYoung(primary: Surveyed, minAgeMs: number, now: Instant): boolean {
  return ageOf(primary, now) < minAgeMs;
}

/** Step 4, the writing half. Reading a key proves only read access; nothing but a write proves write access. */
async function proveWritable(store: Store, task: Task, ports: Ports): Promise<Stopped | null> {
  const { destination, key } = store;
  const tries = { unanswered: 0 };
  const canary = destination.canaryName();
  const write = async (): Promise<Attempt<Acknowledgement>> => {
    const written = await destination.writeCanary(canary, key);
    if (!written.ok && !written.fault.answered) tries.unanswered += 1;
    return written;
  };
  const written = await persist(write, task, ports);
  // A write that was not plainly refused may have happened, so the canary is taken away in any case.
  const mayLandLate = tries.unanswered > 0;
  const mayExist = written.ok || mayLandLate || written.fault.cause === "malformed";
  const looksAgain = mayLandLate ? "always" : "never";
  if (mayExist) await removeCanary(destination, canary, looksAgain, task, ports);
  const label = destination.label;
  if (!written.ok) return stop("unchanged", { code: "canary-refused", label, fault: written.fault });
  ports.operator.say({ code: "destination-proven", label });
  return null;
}

/**
 * Takes a canary away. A write of it without an answer may still be on its way, so it is looked for once more when that
 * has landed.
 * One that stays is told of and is in nobody's way.
 */
export async function removeCanary(
  destination: Destination,
  name: string,
  looksAgain: "always" | "if-missing" | "never",
  task: Task,
  ports: Ports,
): Promise<void> {
  const remove = async (): Promise<Attempt<Acknowledgement>> =>
    await persist(() => destination.deleteCanary(name), task, ports);
  let removed = await remove();
  const isMissing = !removed.ok && removed.fault.cause === "missing";
  if (looksAgain === "always" || (looksAgain === "if-missing" && isMissing)) {
    await ports.clock.sleep(landsWithinMs(task));
    removed = await remove();
  }
  if (removed.ok || removed.fault.cause === "missing") return;
  ports.operator.say({ code: "canary-left", label: destination.label, name, fault: removed.fault });
}

/** Repeats a request that may be repeated, while the cause is one that passes. */
async function persist<T>(
  request: () => Promise<Attempt<T>>,
  task: Task,
  { clock, operator, cancellation }: Ports,
): Promise<Attempt<T>> {
  let waitedMs = 0;
  for (let tries = 1; ; tries += 1) {
    const attempt = await request();
    if (attempt.ok || !passes(attempt.fault) || tries >= PREPARING_TRIES_MAX) return attempt;
    if (cancellation.seen !== null) return attempt;
    const waitMs = attempt.fault.retryAfterMs ?? (task.settleMs / 10) * tries;
    waitedMs += waitMs;
    if (waitedMs > RATE_LIMIT_WAIT_MAX_MS) return attempt;
    if (attempt.fault.cause === "throttled")
      operator.say({ code: "waiting-for-rate-limit", service: "GitHub", waitMs, isResetSent: false });
    await clock.sleep(waitMs);
  }
}

function passes(fault: Fault): boolean {
  switch (fault.cause) {
    case "network":
    case "server":
    case "conflict":
    case "throttled":
      return true;
    case "box-refused":
    case "quota":
    case "unauthorized":
    case "forbidden-permission":
    case "policy":
    case "sso":
    case "ip-list":
    case "archived":
    case "suspended":
    case "forbidden":
    case "missing":
    case "moved":
    case "login-page":
    case "malformed":
      return fault.repeatable ?? false;
  }
}
