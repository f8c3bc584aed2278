import type { Secret } from "../text/secret";
import { ANNOUNCED_FROM_MS, HEARING_EVERY_MS, POST_SAVING_SHARE } from "../timing";
import { removeCanary } from "./canary";
import { atRiskOf, commandFor, concludeReply, keptUndecided, saveAndProve, superseded } from "./conclude";
import { contextOf } from "./context";
import type { Context } from "./context";
import { mayWriteAgain } from "./fence";
import type { Fence } from "./fence";
import type { Instant, Sending, SentReply, Task } from "./model";
import { nothingChanged, rotatedOutcome, undecided, withoutSecret } from "./outcome";
import type { Known, Outcome, Result, Rotation } from "./outcome";
import type { Ports, Remains } from "./ports";
import { resolve } from "./resolve";
import type { Ready, Store } from "./survey";
import { escrowsOf, understand } from "./understand";
import { poll } from "./waiting";

/** The main step that is finished here. */
export interface Predecessor {
  /** The current content of its journal. */
  remains(): Remains;
  /** Whether it may still be running. */
  mayLive(): boolean;
  /** Ends its process, if that certainly hits no other one, and waits until it is gone or the time is up. */
  end(): Promise<void>;
  /** The same, unless it announces its reset before: it is frozen while its journal is read, and then continues. */
  endUnlessSent(): Promise<void>;
}

/** How long a running main step is left alone. */
export interface Hearing {
  /** From the sending of the reset, including the time for its answer and for settling. In ms. */
  readonly afterSendingMs: number;
  /** How much of the post step's time is reserved for the work after it, in ms. */
  readonly reserveMs: number;
}

/** What is known when time runs out. */
interface Progress {
  /** The outcome if the main step did not send the reset; null if it did, or may have. */
  unsent: Outcome | null;
  /** When the answer arrived that the main step kept. */
  answeredAt: Instant | null;
  /** What the main step kept of the new secret; `sure` is false if it only may be that. */
  kept: { readonly known: Known; readonly sure: boolean } | null;
  /** Set once the primary is saved, and only proofs and copies are open. */
  saved: Known | null;
}

/** The outcome; or, if the main step turns out to have finished, the result that it reported. */
export type Finished = Rotation | { readonly told: Result };

interface Work extends Context {
  readonly main: Predecessor;
  readonly hearing: Hearing;
  readonly deadline: Instant;
  readonly progress: Progress;
}

/**
 * Continues the work of a main step that was ended. It never repeats the reset, and relies only on what the main step
 * kept. A main step that is still running is ended first, unless it is waiting for the answer, which only it can
 * receive. What is open after `limitMs` is reported as open.
 */
export async function finish(
  main: Predecessor,
  { task, ports, hearing }: { readonly task: Task; readonly ports: Ports; readonly hearing: Hearing },
  limitMs: number,
): Promise<Finished> {
  const progress: Progress = { unsent: null, answeredAt: null, kept: null, saved: null };
  const bounded = { ...task, saveTimeoutMs: Math.min(task.saveTimeoutMs, limitMs * POST_SAVING_SHARE) };
  const context = contextOf(bounded, ports);
  // The main step may have sent the reset, so no notice may claim that nothing has changed.
  context.oracle.resetBegins();
  const deadline = ports.clock.now() + limitMs;
  const timeUp = ports.clock.sleep(limitMs).then(() => withoutSecret(outOfTime(progress, main)));
  return await Promise.race([finishUnbounded({ ...context, main, hearing, deadline, progress }), timeUp]);
}

function outOfTime({ unsent, answeredAt, kept, saved }: Progress, main: Predecessor): Outcome {
  if (unsent !== null && !main.mayLive()) return unsent;
  if (saved !== null) {
    return saved.unsaved.length > 0
      ? rotatedOutcome("partly-saved", { code: "copies-not-saved" }, saved)
      : rotatedOutcome("saved-unverified", { code: "out-of-time" }, saved);
  }
  if (kept === null) return undecided({ code: "out-of-time" }, { rotatedAt: answeredAt });
  return kept.sure
    ? rotatedOutcome("unsaved", { code: "out-of-time" }, kept.known)
    : undecided({ code: "out-of-time" }, kept.known);
}

async function finishUnbounded(work: Work): Promise<Finished> {
  const { main } = work;
  // Checked first, because a running main step may write more after its journal is read.
  const hasLived = main.mayLive();
  let remains = main.remains();
  // A kept answer is printed before anything else, and an awaited one can only be received by the main step.
  if (remains.kind !== "sent" && hasLived) {
    await main.endUnlessSent();
    remains = main.remains();
  }
  switch (remains.kind) {
    case "concluded":
      return withoutSecret(remains.outcome);
    case "told":
      return { told: remains.result };
    case "unreadable":
      return withoutSecret(undecided({ code: "journal-unreadable" }));
    case "not-sent":
      return withoutSecret(await endBeforeReset(remains, work));
    case "sent":
      return await finishSent(remains, hasLived, work);
  }
}

type Sent = Extract<Remains, { kind: "sent" }>;

async function finishSent(remains: Sent, hasLived: boolean, work: Work): Promise<Finished> {
  const { main, ports } = work;
  await ports.equip();
  ports.githubClock.assume(remains.sending.aheadMs ?? 0);
  const ready = readyAgain(remains, work);
  if (ready === null) return withoutSecret(undecided({ code: "journal-unreadable" }));
  const { reply, sentAt } = remains;
  if (reply !== null) {
    const hasMore = !isWhole(reply) && hasLived && (await hearsMore(remains, work));
    return hasMore ? await finishUnbounded(work) : await saveKept(reply, ready, work);
  }
  // The post step asks SnapTrade in the meantime, because answers this long after the sending count.
  const settling = resolveUnkept(sentAt, ready, work);
  if (hasLived && (await hearsMore(remains, work))) return await finishUnbounded(work);
  return withoutSecret(withMain(await settling, main));
}

/** While the main step may receive an answer, or act on one, it is not certain that there is none. */
function withMain(outcome: Outcome, main: Predecessor): Outcome {
  const isClaim = outcome.result === "unchanged" || outcome.result === "lost";
  return isClaim && main.mayLive() ? undecided({ code: "main-may-live" }) : outcome;
}

/** An answer that was cut off at the deadline may still become complete. */
function isWhole({ ending }: SentReply): boolean {
  return ending !== "deadline";
}

/** Gives a running main step the time that its reset may need, then ends it. Returns whether it wrote anything new. */
async function hearsMore({ sentAt, reply }: Sent, work: Work): Promise<boolean> {
  const { main, hearing, deadline } = work;
  const { clock } = work.ports;
  const isNew = (now: Remains): boolean => now.kind !== "sent" || now.reply?.at !== reply?.at;
  const until = Math.min((sentAt ?? clock.now()) + hearing.afterSendingMs, deadline - hearing.reserveMs);
  const forMs = until - clock.now();
  if (forMs > ANNOUNCED_FROM_MS) work.ports.operator.say({ code: "hearing-main", forMs });
  await poll(() => (!main.mayLive() || isNew(main.remains()) ? "over" : null), {
    clock,
    everyMs: HEARING_EVERY_MS,
    until,
  });
  await main.end();
  return isNew(main.remains());
}

/** The main step was ended before it sent the reset. It may have left canaries, and copies if it was saving them. */
async function endBeforeReset(
  { canaries, isCopying }: Extract<Remains, { kind: "not-sent" }>,
  { main, progress, ...context }: Work,
): Promise<Outcome> {
  const { primary, copies } = context.ports;
  const unsent = isCopying
    ? nothingChanged("partly-saved", { code: "copies-interrupted" })
    : nothingChanged("unchanged", { code: "ended-before-reset" });
  progress.unsent = unsent;
  const destinations = [primary, ...copies];
  // The canaries' names show their destinations, even if only some were written.
  await Promise.all(
    canaries.flatMap((canary) =>
      destinations
        .filter((destination) => destination.isOwnCanary(canary))
        .map(async (destination) => await removeCanary({ destination, canary }, "may be there", context)),
    ),
  );
  // It may still send the reset.
  return main.mayLive() ? undecided({ code: "main-may-live" }) : unsent;
}

/** Nothing of the answer was kept. If the time of sending is unknown, the full settle time is waited for. */
async function resolveUnkept(sentAt: Instant | null, { primary }: Ready, context: Context): Promise<Outcome> {
  const reading = { kind: "unanswered", status: null } as const;
  const lost = { reading, answeredAt: null, primaryUpdatedAt: primary.updatedAt, escrow: null };
  return await resolve({ ...lost, sentAt: sentAt ?? context.ports.clock.now() }, context);
}

/** The destinations as the main step found them; null if the inputs name others now. */
function readyAgain({ sending, saved, unansweredSince }: Sent, { ports }: Context): Resumed | null {
  const { stores }: Sending = sending;
  const destinations = [ports.primary, ...ports.copies];
  const again = stores.flatMap((store, index): Store[] => {
    const destination = destinations[index];
    return destination === undefined ? [] : [{ ...store, destination }];
  });
  const [primary, ...copies] = again;
  return primary === undefined || stores.length !== destinations.length
    ? null
    : { kind: "ready", primary, copies, unansweredSince, saved };
}

/** What the main step found, and which saves GitHub has acknowledged. */
type Resumed = Ready & Pick<Required<Ready>, "saved">;

/**
 * The main step kept the answer. The recovery command is printed before any request. The post step cannot know whether
 * the main step saved the secret too, or whether someone rotated since, so its first write is fenced like a retry.
 */
async function saveKept(reply: SentReply, found: Resumed, work: Work): Promise<Finished> {
  const { main, progress, task, ports } = work;
  const context: Context = work;
  progress.answeredAt = reply.raw.byteLength > 0 ? reply.at : null;
  const understood = await understand(reply, context);
  const { reading, candidates } = understood;
  const sure = reading.kind === "granted";
  const canBeSaved = sure || reading.kind === "candidates";
  const unsaved = canBeSaved ? candidates.map(({ secret }) => commandFor(secret, found.primary)) : [];
  if (!holdsPrimary(found)) for (const one of unsaved) ports.operator.say({ code: "sealed-command", sure, ...one });
  await main.end();
  const now = main.remains();
  const ready = now.kind === "sent" ? readyAgain(now, work) : null;
  // The main step has finished in the meantime.
  if (ready === null) return await finishUnbounded(work);
  const { saved } = ready;
  const isSaved = holdsPrimary(ready);
  const known: Known = {
    rotatedAt: reply.at,
    atRiskMs: atRiskOf(reply, saved, ready.primary),
    saved: saved.map(({ label }) => label),
    unsaved,
    escrow: escrowsOf(candidates),
  };
  if (candidates.length > 0) progress.kept = { known, sure };
  const [fresh] = candidates;
  if (reading.kind !== "granted" || fresh === undefined) {
    const { outcome, fresh: secret } = await concludeReply(understood, ready, context);
    return { outcome: withMain(outcome, main), fresh: secret };
  }

  if (isSaved) progress.saved = knownSaved(known, ready, fresh.secret);
  const onSaved = (known: Known): void => {
    progress.saved = known;
  };
  const deadline = ports.clock.now() + task.saveTimeoutMs;
  const effort = { secret: fresh.secret, answeredAt: reply.at, deadline, context };
  const fence = await mayWriteAgain(ready.primary, effort);
  if (fence === "open") return await saveAndProve(fresh, ready, context, onSaved);
  if (isSaved) return withoutSecret(savedUnproven(fence, knownSaved(known, ready, fresh.secret)));
  switch (fence) {
    case "superseded":
      return withoutSecret(superseded(known));
    case "undecided":
    case "out-of-time":
    case "old-still-live":
      return withoutSecret(keptUndecided(fence, known));
  }
}

function holdsPrimary({ saved, primary }: Resumed): boolean {
  return saved.some(({ label }) => label === primary.destination.label);
}

/** What the main step saved, and the commands for the rest. */
function knownSaved(known: Known, { copies, saved }: Resumed, secret: Secret): Known {
  const labels = saved.map(({ label }) => label);
  const open = copies.filter(({ destination }) => !labels.includes(destination.label));
  return { ...known, saved: labels, unsaved: open.map((copy) => commandFor(secret, copy)) };
}

/** The main step saved the primary, but it is uncertain whether the copies may still be written. */
function savedUnproven(fence: Exclude<Fence, "open">, saved: Known): Outcome {
  if (fence === "superseded") return superseded(saved);
  return saved.unsaved.length > 0
    ? rotatedOutcome("partly-saved", { code: "copies-not-saved" }, saved)
    : rotatedOutcome("saved-unverified", { code: "out-of-time" }, saved);
}
