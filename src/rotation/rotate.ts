import { concludeReply } from "./conclude";
import { contextOf } from "./context";
import type { Context } from "./context";
import { copyTo } from "./copy";
import type { Task } from "./model";
import { nothingChanged, withoutSecret } from "./outcome";
import type { Outcome, Rotation } from "./outcome";
import type { Ports } from "./ports";
import { prepare } from "./prepare";
import type { Young } from "./prepare";
import { stop, Stop, stopIfCancelled, unlessStopped } from "./stop";
import type { Ready } from "./survey";
import { understand } from "./understand";

/**
 * Two services cannot commit together, so the order is the safety argument: everything that can fail harmlessly happens
 * before `reset`; the answer is kept before it is interpreted; and nothing but the save happens between learning the
 * new secret and storing it.
 */
export async function rotate(task: Task, ports: Ports): Promise<Rotation> {
  const context = contextOf(task, ports);
  const ready = await unlessStopped(makeReady(context));
  if (ready instanceof Stop) return withoutSecret(ready.outcome);

  ports.operator.begin("reset");
  context.oracle.resetBegins();
  const reply = /* guard: one reset only */ await ports.issuer.reset(task.secret, (at) => ports.journal.sent(at));
  if (reply.kind === "not-sent") {
    return withoutSecret(nothingChanged("unchanged", { code: "reset-not-sent", why: reply.why }));
  }
  // guard: raw bytes first
  if (!ports.journal.keep(reply)) ports.operator.say({ code: "journal-failed" });
  // guard: raw bytes first (2)
  return await concludeReply(await understand(reply, context), ready, context);
}

/** Everything up to the point of no return. A run without a reset stops here. */
async function makeReady(context: Context): Promise<Ready> {
  const { task, ports } = context;
  ports.operator.begin("prepare");
  const ready = await prepare(context);
  if (ready.kind === "young") throw new Stop(await skip(ready, context));
  if (task.mode === "check") {
    warnOfExposure(ports);
    throw new Stop(nothingChanged("checked", { code: "ready" }));
  }
  announce(ready, context);
  return ready;
}

/** The primary is younger than `min-age`. Copies that are older still get the live secret. */
async function skip({ found, behind }: Young, context: Context): Promise<Outcome> {
  const { label } = found.primary.destination;
  const skipped = nothingChanged("skipped", { code: "young-enough", label });
  if (behind.length === 0) return skipped;
  context.ports.operator.say({ code: "copies-behind", labels: behind.map(({ destination }) => destination.label) });
  const copied = await copyTo(behind, found, context);
  return copied.result === "copied" ? { ...copied, ...skipped, saved: copied.saved } : copied;
}

/** Before the first rotation it is still possible to store an ID differently. */
function warnOfExposure({ primary, copies, operator }: Ports): void {
  const inputs = [...new Set([primary, ...copies].flatMap(({ exposed }) => exposed))];
  if (inputs.length > 0) operator.remark({ code: "id-exposed", inputs });
}

/** The point of no return: the reset is only sent once the journal and the log show that it may be under way. */
function announce(ready: Ready, context: Context): void {
  const { ports } = context;
  const stores = [ready.primary, ...ready.copies];
  try {
    const { aheadMs } = ports.githubClock;
    ports.journal.sending({ stores: stores.map(({ key, updatedAt }) => ({ key, updatedAt })), aheadMs });
  } catch {
    stop("unchanged", { code: "journal-unavailable" });
  }
  stopIfCancelled(context);
  ports.operator.say({ code: "resetting" });
}
