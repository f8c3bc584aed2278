import type { Secret } from "../text/secret";
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
import { ANNOUNCED_FROM_MS, poll } from "./waiting";

/** The main step whose work is finished. */
export interface Predecessor {
  /** What its journal says now. */
  remains(): Remains;
  /** Whether it may still do something. */
  mayLive(): boolean;
  /** Ends it, where that is certain to hit no other process, and waits until it is gone or time is up. */
  end(): Promise<void>;
  /** The same, unless it announces its reset until then: it is frozen while that is looked at, and then goes on. */
  endUnlessSent(): Promise<void>;
}

/** How long a main step that still lives is left alone. */
export interface Hearing {
  /** From the sending of the reset: its answer may take so long, and the settling behind it. In ms. */
  readonly afterSendingMs: number;
  /** So much of post's own time is kept for what has to be done then, in ms. */
  readonly reserveMs: number;
}

/** What is known when time runs out. */
interface Progress {
  /** How the run ends if main did not send the reset; null if it did, or may. */
  unsent: Outcome | null;
  /** When SnapTrade's answer arrived that main kept. */
  answeredAt: Instant | null;
  /** Main kept something that is, or may be, the new secret; `sure` tells which. */
  kept: { readonly known: Known; readonly sure: boolean } | null;
  /** Set when the primary is saved and only proofs and copies are open. */
  saved: Known | null;
}

/** So much of its time post tries to save at most. What it could not do is told better by what shut the way than by the time. */
const SAVING_SHARE = 0.9;

/** How often is looked whether a main step that still lives has heard something. */
const LOOK_EVERY_MS = 200;

/** What came of main's work; or, where main turns out to have finished it, the result that it has told everybody. */
export type Finished = Rotation | { readonly told: Result };

/** What the pieces below have in common. */
interface Work extends Context {
  readonly main: Predecessor;
  readonly hearing: Hearing;
  readonly deadline: Instant;
  readonly progress: Progress;
}

/**
 * Goes on where main ended: never replays the reset, and believes nothing that main did not keep. A main that still lives
 * is ended first; but where it waits for the answer it is heard out, since nobody else can hear it any more.
 * What is still open after `limitMs` is reported as open.
 */
export async function finish(
  main: Predecessor,
  { task, ports, hearing }: { readonly task: Task; readonly ports: Ports; readonly hearing: Hearing },
  limitMs: number,
): Promise<Finished> {
  const progress: Progress = { unsent: null, answeredAt: null, kept: null, saved: null };
  const bounded = { ...task, saveTimeoutMs: Math.min(task.saveTimeoutMs, limitMs * SAVING_SHARE) };
  const context = contextOf(bounded, ports);
  // Whatever main sent, it is not before the reset any more.
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
  // Asked first: what a main that lives then writes before it is gone is not in what remains now.
  const hasLived = main.mayLive();
  let remains = main.remains();
  // What was kept is printed before anything else is done, and what is still awaited only main can hear.
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
  // Post's own questions are asked meanwhile: answers so long after the sending count.
  const settling = resolveUnkept(sentAt, ready, work);
  if (hasLived && (await hearsMore(remains, work))) return await finishUnbounded(work);
  return withoutSecret(withMain(await settling, main));
}

/** As long as main may hear an answer, or act on one, nobody can say that there is none. */
function withMain(outcome: Outcome, main: Predecessor): Outcome {
  const isClaim = outcome.result === "unchanged" || outcome.result === "lost";
  return isClaim && main.mayLive() ? undecided({ code: "main-may-live" }) : outcome;
}

/** An answer that was over its time may still become whole. */
function isWhole({ ending }: SentReply): boolean {
  return ending !== "deadline";
}

/** Gives a main that lives the time that its reset may need, then ends it. Whether it has written anything new. */
async function hearsMore({ sentAt, reply }: Sent, work: Work): Promise<boolean> {
  const { main, hearing, deadline } = work;
  const { clock } = work.ports;
  const isNew = (now: Remains): boolean => now.kind !== "sent" || now.reply?.at !== reply?.at;
  const until = Math.min((sentAt ?? clock.now()) + hearing.afterSendingMs, deadline - hearing.reserveMs);
  const forMs = until - clock.now();
  if (forMs > ANNOUNCED_FROM_MS) work.ports.operator.say({ code: "hearing-main", forMs });
  await poll(() => (!main.mayLive() || isNew(main.remains()) ? "over" : null), {
    clock,
    everyMs: LOOK_EVERY_MS,
    until,
  });
  await main.end();
  return isNew(main.remains());
}

/** Main was ended before it sent the reset. Only a canary may have been left, if main came so far; and copies, if it was saving them. */
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
  // Where only some destinations were written, the canaries' own names say where they stand.
  await Promise.all(
    canaries.flatMap((canary) =>
      destinations
        .filter((destination) => destination.isOwnCanary(canary))
        .map(async (destination) => await removeCanary({ destination, canary }, "may be there", context)),
    ),
  );
  // It may send the reset yet.
  return main.mayLive() ? undecided({ code: "main-may-live" }) : unsent;
}

/** Nothing of the answer was kept. Where main has not noted when it sent the reset, all of the settle time is waited for. */
async function resolveUnkept(sentAt: Instant | null, { primary }: Ready, context: Context): Promise<Outcome> {
  const reading = { kind: "unanswered", status: null } as const;
  const lost = { reading, answeredAt: null, primaryUpdatedAt: primary.updatedAt, escrow: null };
  return await resolve({ ...lost, sentAt: sentAt ?? context.ports.clock.now() }, context);
}

/** The destinations as main found them; null where there are others now. */
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

/** What main found, and which saves GitHub has acknowledged to it. */
type Resumed = Ready & Pick<Required<Ready>, "saved">;

/**
 * Main kept the answer. Before anybody is asked, the log holds what finishes the save. Post cannot know whether
 * main saved it too, or whether someone rotated since, so its first write is fenced as a retry is.
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
  // It has come to its end meanwhile.
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

/** What main has saved, and the commands for what it has not. */
function knownSaved(known: Known, { copies, saved }: Resumed, secret: Secret): Known {
  const labels = saved.map(({ label }) => label);
  const open = copies.filter(({ destination }) => !labels.includes(destination.label));
  return { ...known, saved: labels, unsaved: open.map((copy) => commandFor(secret, copy)) };
}

/** Main has saved the primary, and nobody can say now whether the copies may still be written. */
function savedUnproven(fence: Exclude<Fence, "open">, saved: Known): Outcome {
  if (fence === "superseded") return superseded(saved);
  return saved.unsaved.length > 0
    ? rotatedOutcome("partly-saved", { code: "copies-not-saved" }, saved)
    : rotatedOutcome("saved-unverified", { code: "out-of-time" }, saved);
}
