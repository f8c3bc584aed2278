import type { Belief } from "./believe";
import { believe, RATE_LIMIT_WAIT_MAX_MS, REFUSALS_TO_BE_DEAD, REFUSALS_TO_BE_REFUSED } from "./believe";
import type { Outcome } from "./outcome";
import { nothingChanged } from "./outcome";
import type {
  Acknowledgement,
  Allowance,
  Attempt,
  Destination,
  Doubt,
  Fault,
  Instant,
  Ports,
  SealingKey,
  Task,
} from "./ports";
import type { Reason } from "./reasons";

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

export interface Stopped {
  readonly kind: "stopped";
  readonly outcome: Outcome;
}

/** Requests to SnapTrade that the reset and its proofs need: itself, the new secret, the old one. */
const REQUESTS_NEEDED = 3;
/** What runs side by side, each of which sees the same number remaining, may need together. */
const REQUESTS_SIDE_BY_SIDE = 48;
/** No more than this share of the whole allowance is held back for them. */
const RESERVED_SHARE = 0.2;
/** SnapTrade tells the wait in whole seconds, so that it may say 0 where some of a second is left. */
const RATE_LIMIT_WAIT_MIN_MS = 1_000;
/** A token that expires within the save timeout and this much more is not one to start with. */
const TOKEN_MARGIN_MS = 60_000;
/** GitHub's documentation: a request that takes longer is terminated, so none lands later than this. */
const GITHUB_REQUEST_MAX_MS = 10_000;
/** Tries of one preparing request to GitHub; nothing has happened yet, so stopping costs nothing. */
const PREPARING_TRIES_MAX = 4;

/**
 * Everything that can fail harmlessly: proves the secret given, the oracle that will judge the new
 * one, and every destination. Nothing here writes to a destination's own name.
 */
export async function prepare(task: Task, ports: Ports): Promise<Ready | Stopped> {
  // Before the reset a signal ends the run at once: nothing has changed.
  const found = await Promise.race([ask(task, ports), ports.cancellation.arrived]);
  if (typeof found === "string") return cancelled(found);
  if (found.kind === "stopped") return found;
  const stores = [found.primary, ...found.copies];
  const refusal = task.canary ? await proveAllWritable(stores, task, ports) : null;
  // The trial writes may have waited for a rate limit, and the token has to outlast the save.
  return refusal ?? tokenExpiring(stores, task, ports) ?? { ...found, kind: "ready", unansweredSince: null };
}

/** All that is asked before anything is written, the canary included. */
async function ask(task: Task, ports: Ports): Promise<Found | Stopped> {
  const [proof, found] = await Promise.all([
    proveSecret(task, ports),
    ports.equip().then(() => surveyAll(task, ports)),
  ]);
  if (proof.kind === "stopped") return proof;
  if (found.kind === "stopped") return found;
  const { primary } = found;
  if (task.mode === "rotate" && task.minAgeMs !== null && isYoung(primary, task.minAgeMs, ports.clock.now())) {
    return stop("skipped", { code: "young-enough", label: primary.destination.label });
  }
  if (task.mode === "check") return found;
  const allowed = await awaitAllowance(proof.given, task, ports);
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
  const taken = stores.filter(({ isCanaryTaken }) => isCanaryTaken).map(({ destination }) => destination.label);
  if (taken.length > 0) return stop("unchanged", { code: "canary-taken", label: taken.join(" and ") });
  try {
    ports.journal.trying();
  } catch {
    return stop("unchanged", { code: "journal-unavailable" });
  }
  // A signal does not cut this short, or a canary would be left behind. Where the runner does not wait, post takes it away.
  const refusals = (await Promise.all(stores.map((store) => proveWritable(store, task, ports)))).filter(
    (refusal) => refusal !== null,
  );
  const left = refusals.find(({ outcome }) => outcome.reason.code === "canary-left");
  if (left !== undefined) return left;
  return ports.cancellation.seen === null ? (refusals[0] ?? null) : cancelled(ports.cancellation.seen);
}

function stop(result: "unchanged" | "dead" | "skipped", reason: Reason): Stopped {
  return { kind: "stopped", outcome: nothingChanged(result, reason) };
}

interface Proven {
  readonly kind: "proven";
  readonly given: Belief;
}

/** Step 3: the secret given is live (in a rescue: dead), and SnapTrade can tell one secret from another. */
async function proveSecret(task: Task, ports: Ports): Promise<Proven | Stopped> {
  const asking = { issuer: ports.issuer, clock: ports.clock, settleMs: task.settleMs };
  const [given, altered] = await Promise.all([
    believe(task.secret, REFUSALS_TO_BE_DEAD, asking),
    believe(task.secret.altered(), REFUSALS_TO_BE_REFUSED, asking),
  ]);
  if (altered.kind === "live") return stop("unchanged", { code: "any-secret-accepted" });
  const stopped = await judgeGiven(given, task, ports);
  if (stopped !== null) return stopped;
  if (altered.kind === "cannot-tell") return stop("unchanged", await explainDoubt(altered.doubt, ports));
  if (task.mode !== "rescue") ports.operator.say({ code: "secret-proven" });
  return { kind: "proven", given };
}

/** Null where the secret given is what the mode needs. */
async function judgeGiven(given: Belief, task: Task, ports: Ports): Promise<Stopped | null> {
  switch (given.kind) {
    case "live":
      return task.mode === "rescue" ? stop("unchanged", { code: "rescue-not-needed" }) : null;
    case "dead":
      if (task.mode === "rescue") return null;
      return stop("dead", { code: "given-secret-dead", changed: await changedSinceStart(ports) });
    case "cannot-tell":
      return stop("unchanged", await explainDoubt(given.doubt, ports));
  }
}

/** Signature trouble is mostly a clock; the skew is named where SnapTrade tells the time. */
export async function explainDoubt(doubt: Doubt, ports: Pick<Ports, "issuer">): Promise<Reason> {
  const skewMs = doubt.kind === "signature" ? await ports.issuer.skewMs() : null;
  return { code: "snaptrade-undecided", doubt, skewMs };
}

/**
 * Waits here, where nothing has happened yet, until SnapTrade's rate limit covers the reset and its proofs, and
 * for as long as there is time also those of the runs that go on beside this one. Two minutes at most, the
 * questions in between included.
 */
async function awaitAllowance(
  given: Belief,
  task: Task,
  ports: Ports,
): Promise<{ readonly kind: "allowed"; readonly hasWaited: boolean } | Stopped> {
  const { clock } = ports;
  const deadline = clock.now() + RATE_LIMIT_WAIT_MAX_MS;
  let latest = given;
  for (let rounds = 0; ; rounds += 1) {
    const stopped = await judgeGiven(latest, task, ports);
    if (stopped !== null) return stopped;
    const allowed = { kind: "allowed", hasWaited: rounds > 0 } as const;
    if (latest.kind === "cannot-tell" || latest.allowance === null) return allowed;
    const { allowance } = latest;
    if (allowance.remaining >= wishedFor(allowance)) return allowed;
    const waitMs = Math.max(allowance.resetMs, RATE_LIMIT_WAIT_MIN_MS);
    if (clock.now() + waitMs > deadline) {
      if (allowance.remaining >= REQUESTS_NEEDED) return allowed;
      return stop("unchanged", await explainDoubt({ kind: "throttled", retryAfterMs: waitMs }, ports));
    }
    ports.operator.say({ code: "waiting-for-rate-limit", service: "SnapTrade", waitMs });
    await clock.sleep(waitMs);
    const patienceMs = Math.max(0, deadline - clock.now());
    latest = await believe(task.secret, REFUSALS_TO_BE_DEAD, { ...ports, settleMs: task.settleMs, patienceMs });
  }
}

/** Runs side by side see the same remainder, so a share of it is left to them. */
function wishedFor({ limit }: Allowance): number {
  return Math.max(REQUESTS_NEEDED, Math.min(REQUESTS_SIDE_BY_SIDE, Math.floor((limit ?? 0) * RESERVED_SHARE)));
}

/** Whether the primary was written after this run began: then the run was handed a stale secret. */
async function changedSinceStart(ports: Ports): Promise<"after-start" | "before-start" | "unknown"> {
  const [startedAt, updatedAt] = await Promise.all([ports.run.startedAt(), ports.primary.updatedAt()]);
  if (startedAt === null || !updatedAt.ok || updatedAt.value === null) return "unknown";
  return Date.parse(updatedAt.value) >= startedAt ? "after-start" : "before-start";
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
  const left = mayExist ? await removeCanary(destination, canary, looksAgain, task, ports) : null;
  if (left !== null) return left;
  const label = destination.label;
  if (!written.ok) return stop("unchanged", { code: "canary-refused", label, fault: written.fault });
  ports.operator.say({ code: "destination-proven", label });
  return null;
}

/**
 * Takes a canary away. A write of it without an answer may still be on its way, so it is looked for once more when that
 * has landed.
 * @returns null where none is left.
 */
export async function removeCanary(
  destination: Destination,
  name: string,
  looksAgain: "always" | "if-missing" | "never",
  task: Task,
  ports: Ports,
): Promise<Stopped | null> {
  const remove = async (): Promise<Attempt<Acknowledgement>> =>
    await persist(() => destination.deleteCanary(name), task, ports);
  let removed = await remove();
  const isMissing = !removed.ok && removed.fault.cause === "missing";
  if (looksAgain === "always" || (looksAgain === "if-missing" && isMissing)) {
    await ports.clock.sleep(landsWithinMs(task));
    removed = await remove();
  }
  if (removed.ok || removed.fault.cause === "missing") return null;
  return stop("unchanged", { code: "canary-left", label: destination.label, fault: removed.fault });
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
      operator.say({ code: "waiting-for-rate-limit", service: "GitHub", waitMs });
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
