import { believe, REFUSALS_TO_BE_DEAD } from "./believe";
import { concludeReply, guard, saveAndProve } from "./conclude";
import type { Fresh } from "./conclude";
import type { Known, Outcome, Unsaved } from "./outcome";
import { nothingChanged, rotatedOutcome, undecided } from "./outcome";
import type { Ports, Remains, Sending, SentReply, Task } from "./ports";
import type { Ready, Store } from "./prepare";
import { resolve } from "./resolve";
import { sayCommand } from "./save";

/** What main left behind when it was killed, cancelled or timed out, as far as it is known when time runs out. */
interface Progress {
  fresh: { readonly unsaved: Unsaved; readonly escrow: string | null; readonly reply: SentReply } | null;
  /** Set when the primary is saved and only proofs and copies are open. */
  saved: Known | null;
}

/**
 * Goes on where main ended: never replays the reset, and believes nothing that main did not keep.
 * What is still open after `limitMs` is reported as open.
 */
export async function finish(remains: Remains, task: Task, ports: Ports, limitMs: number): Promise<Outcome> {
  const progress: Progress = { fresh: null, saved: null };
  const bounded = { ...task, saveTimeoutMs: Math.min(task.saveTimeoutMs, limitMs) };
  const timeUp = ports.clock.sleep(limitMs).then(() => outOfTime(progress));
  return await Promise.race([finishUnbounded(remains, bounded, ports, progress), timeUp]);
}

function outOfTime({ fresh, saved }: Progress): Outcome {
  if (saved !== null) {
    return saved.unsaved.length > 0
      ? rotatedOutcome("partly-saved", { code: "copies-not-saved" }, saved)
      : rotatedOutcome("saved-unverified", { code: "proof-failed", proof: "new-undecided" }, saved);
  }
  if (fresh === null) return undecided({ code: "out-of-time" });
  const { unsaved, escrow, reply } = fresh;
  return rotatedOutcome("unsaved", { code: "out-of-time" }, { rotatedAt: reply.at, unsaved: [unsaved], escrow });
}

async function finishUnbounded(remains: Remains, task: Task, ports: Ports, progress: Progress): Promise<Outcome> {
  switch (remains.kind) {
    case "concluded":
      return remains.outcome;
    case "unreadable":
      return undecided({ code: "journal-unreadable" });
    case "not-sent":
      return await endBeforeReset(task, ports);
    case "sent": {
      await ports.equip();
      const ready = readyAgain(remains.sending, ports);
      if (ready === null) return undecided({ code: "journal-unreadable" });
      return remains.reply === null
        ? await resolveUnkept(ready, task, ports)
        : await saveKept(remains.reply, ready, task, ports, progress);
    }
  }
}

/** Main was ended before it sent the reset. Only a canary may have been left. */
async function endBeforeReset(task: Task, ports: Ports): Promise<Outcome> {
  if (task.canary) await Promise.all([ports.primary, ...ports.copies].map((destination) => destination.deleteCanary()));
  return nothingChanged("unchanged", { code: "ended-before-reset" });
}

async function resolveUnkept({ primary }: Ready, task: Task, ports: Ports): Promise<Outcome> {
  const { updatedAt: primaryUpdatedAt } = primary;
  return await resolve(
    { status: null, answeredAt: null, primaryUpdatedAt, unholdable: null, escrow: null },
    task,
    ports,
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

/**
 * Main kept the answer. Post cannot know whether main saved it too, or whether somebody rotated
 * since, so its first write is fenced as a retry is.
 */
async function saveKept(
  reply: SentReply,
  ready: Ready,
  task: Task,
  ports: Ports,
  progress: Progress,
): Promise<Outcome> {
  const reading = ports.issuer.read(reply, task.secret);
  if (reading.kind !== "granted") return (await concludeReply(reply, ready, task, ports)).outcome;

  const [escrow = null] = await guard([reading.secret], ports);
  const fresh: Fresh = { secret: reading.secret, escrow };
  const { primary } = ready;
  const box = primary.destination.seal(fresh.secret, primary.key);
  const unsaved = { label: primary.destination.label, command: primary.destination.command(box) };
  progress.fresh = { unsaved, escrow, reply };
  sayCommand(primary, box, ports);

  const known = { rotatedAt: reply.at, unsaved: [unsaved], escrow };
  const save = async (): Promise<Outcome> => {
    const rotation = await saveAndProve(fresh, reply, ready, task, ports, (saved) => (progress.saved = saved));
    return rotation.outcome;
  };
  const belief = await believe(fresh.secret, REFUSALS_TO_BE_DEAD, { ...ports, settleMs: task.settleMs });
  switch (belief.kind) {
    case "live":
      return await save();
    case "dead":
      return undecided({ code: "superseded" }, { ...known, rotated: "true", unsaved: [] });
    case "cannot-tell": {
      const updatedAt = await primary.destination.updatedAt();
      const unmoved = updatedAt.ok && updatedAt.value === primary.updatedAt;
      if (unmoved) return await save();
      return rotatedOutcome("unsaved", { code: "kept-undecided" }, known);
    }
  }
}
