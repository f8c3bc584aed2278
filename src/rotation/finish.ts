import { commandFor, concludeReply, escrowsOf, keptUndecided, saveAndProve, superseded, understand } from "./conclude";
import { contextOf } from "./context";
import type { Context } from "./context";
import type { Known, Outcome, Rotation } from "./outcome";
import { nothingChanged, rotatedOutcome, undecided, withoutSecret } from "./outcome";
import type { Instant, Ports, Remains, Sending, SentReply, Task } from "./ports";
import type { Ready, Store } from "./prepare";
import { removeCanary } from "./canary";
import { resolve } from "./resolve";
import type { Secret } from "./secret";
import { mayWriteAgain } from "./fence";
import type { Fence } from "./fence";

/** What is known when time runs out. */
interface Progress {
  /** Main did not send the reset. */
  readonly isUnsent: boolean;
  /** When SnapTrade's answer arrived that main kept. */
  answeredAt: Instant | null;
  /** Main kept something that is, or may be, the new secret; `sure` tells which. */
  kept: { readonly known: Known; readonly sure: boolean } | null;
  /** Set when the primary is saved and only proofs and copies are open. */
  saved: Known | null;
}

/** So much of its time post tries to save at most. What it could not do is told better by what shut the way than by the time. */
const SAVING_SHARE = 0.9;

/**
 * Goes on where main ended: never replays the reset, and believes nothing that main did not keep.
 * What is still open after `limitMs` is reported as open.
 */
export async function finish(remains: Remains, task: Task, ports: Ports, limitMs: number): Promise<Rotation> {
  const progress: Progress = { isUnsent: remains.kind === "not-sent", answeredAt: null, kept: null, saved: null };
  const bounded = { ...task, saveTimeoutMs: Math.min(task.saveTimeoutMs, limitMs * SAVING_SHARE) };
  const context = contextOf(bounded, ports);
  // Whatever main sent, it is not before the reset any more.
  context.oracle.resetBegins();
  const timeUp = ports.clock.sleep(limitMs).then(() => withoutSecret(outOfTime(progress)));
  return await Promise.race([finishUnbounded(remains, context, progress), timeUp]);
}

function outOfTime({ isUnsent, answeredAt, kept, saved }: Progress): Outcome {
  if (isUnsent) return nothingChanged("unchanged", { code: "ended-before-reset" });
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

async function finishUnbounded(remains: Remains, context: Context, progress: Progress): Promise<Rotation> {
  const { ports } = context;
  switch (remains.kind) {
    case "concluded":
      return withoutSecret(remains.outcome);
    case "unreadable":
      return withoutSecret(undecided({ code: "journal-unreadable" }));
    case "not-sent":
      return withoutSecret(await endBeforeReset(remains, context));
    case "sent": {
      await ports.equip();
      const ready = readyAgain(remains.sending, ports);
      if (ready === null) return withoutSecret(undecided({ code: "journal-unreadable" }));
      return remains.reply === null
        ? withoutSecret(await resolveUnkept(ready, context))
        : await saveKept({ ...remains, reply: remains.reply }, ready, context, progress);
    }
  }
}

/** Main was ended before it sent the reset. Only a canary may have been left, if main came so far; and copies, if it was saving them. */
async function endBeforeReset(
  { canaries, isCopying }: Extract<Remains, { kind: "not-sent" }>,
  context: Context,
): Promise<Outcome> {
  const { primary, copies } = context.ports;
  const destinations = [primary, ...copies];
  // Where only some destinations were written, the canaries' own names say where they stand.
  await Promise.all(
    canaries.flatMap((canary) =>
      destinations
        .filter((destination) => destination.isOwnCanary(canary))
        .map(async (destination) => await removeCanary({ destination, canary }, "may be there", context)),
    ),
  );
  return isCopying
    ? nothingChanged("partly-saved", { code: "copies-interrupted" })
    : nothingChanged("unchanged", { code: "ended-before-reset" });
}

/** Nothing of the answer was kept. The time of sending is not known to this process's clock, so all of it is waited for. */
async function resolveUnkept({ primary }: Ready, context: Context): Promise<Outcome> {
  const reading = { kind: "unanswered", status: null } as const;
  const sentAt = context.ports.clock.now();
  return await resolve(
    { reading, sentAt, answeredAt: null, primaryUpdatedAt: primary.updatedAt, escrow: null },
    context,
  );
}

/** The destinations as main found them; null where the inputs name others now. */
function readyAgain({ stores }: Sending, ports: Ports): Ready | null {
  const destinations = [ports.primary, ...ports.copies];
  const again = stores.flatMap((store, index): Store[] => {
    const destination = destinations[index];
    return destination === undefined ? [] : [{ ...store, destination }];
  });
  const [primary, ...copies] = again;
  return primary === undefined || stores.length !== destinations.length
    ? null
    : { kind: "ready", primary, copies, unansweredSince: ports.clock.now() };
}

/** What main kept: an answer, and which saves GitHub has acknowledged. */
type Kept = Pick<Extract<Remains, { kind: "sent" }>, "saved"> & { readonly reply: SentReply };

/**
 * Main kept the answer. Before anybody is asked, the log holds what finishes the save. Post cannot know whether
 * main saved it too, or whether somebody rotated since, so its first write is fenced as a retry is.
 */
async function saveKept({ reply, saved }: Kept, ready: Ready, context: Context, progress: Progress): Promise<Rotation> {
  const { task, ports } = context;
  progress.answeredAt = reply.raw.byteLength > 0 ? reply.at : null;
  const understood = await understand(reply, context);
  const { reading, candidates } = understood;
  const sure = reading.kind === "granted";
  const canBeSaved = sure || reading.kind === "candidates";
  const unsaved = canBeSaved ? candidates.map(({ secret }) => commandFor(secret, ready.primary)) : [];
  const isSaved = saved.some(({ label }) => label === ready.primary.destination.label);
  if (!isSaved) for (const one of unsaved) ports.operator.say({ code: "sealed-command", sure, ...one });
  const known: Known = {
    rotatedAt: reply.at,
    atRiskMs: null,
    saved: saved.map(({ label }) => label),
    unsaved,
    escrow: escrowsOf(candidates),
  };
  if (candidates.length > 0) progress.kept = { known, sure };
  const [fresh] = candidates;
  if (reading.kind !== "granted" || fresh === undefined) return await concludeReply(understood, ready, context);

  const resume = { ...ready, saved };
  if (isSaved) progress.saved = knownSaved(known, resume, fresh.secret);
  const onSaved = (known: Known): void => {
    progress.saved = known;
  };
  const deadline = ports.clock.now() + task.saveTimeoutMs;
  const effort = { secret: fresh.secret, answeredAt: reply.at, deadline, context };
  const fence = await mayWriteAgain(ready.primary, effort);
  if (fence === "open") return await saveAndProve(fresh, reply, resume, context, onSaved);
  if (isSaved) return withoutSecret(savedUnproven(fence, knownSaved(known, resume, fresh.secret)));
  switch (fence) {
    case "superseded":
      return withoutSecret(superseded(known));
    case "undecided":
    case "out-of-time":
    case "old-still-live":
      return withoutSecret(keptUndecided(fence, known));
  }
}

/** What main has saved, and the commands for what it has not. */
function knownSaved(known: Known, { copies, saved }: Ready & Pick<Required<Ready>, "saved">, secret: Secret): Known {
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
