import { SAVE_FIRST_PAUSE_SHARE, SAVE_PAUSE_MAX_MS } from "../timing";
import { commandOf } from "./commands";
import type { Context } from "./context";
import { deadBecause, outdated, sinceRead, stopIfInDoubt } from "./given";
import type { Box, Fault, Instant, Printed } from "./model";
import { isOutdated, nothingChanged, undecided } from "./outcome";
import type { Outcome } from "./outcome";
import { patienceMs } from "./persist";
import { invisibleAmong } from "./prove";
import { allOf, outcomeOf, stop, Stop, unlessCancelled } from "./stop";
import { surveyAll } from "./survey";
import type { Surveyed } from "./survey";

/**
 * `mode: finish` completes a save that an earlier run could not. The sealed value cannot be opened here, so it is only
 * written where nothing can be lost: over a dead secret that was not saved since the command was printed.
 */
export async function complete(printed: Printed, context: Context): Promise<Outcome> {
  return await outcomeOf(completeOrStop(printed, context));
}

async function completeOrStop(printed: Printed, context: Context): Promise<Outcome> {
  const { ports } = context;
  ports.operator.begin("prepare");
  const ready = await unlessCancelled(prepare(printed, context), context);
  const { keyId, sealed, printedAt: sealedAt } = printed;
  // The readers of an organization secret come from GitHub, not from a pasted line.
  const box: Box = { keyId, sealed, sealedAt, audience: ready.key.audience };
  ports.operator.begin("save");
  try {
    return await save(box, ready, context);
  } catch {
    // Whatever the error was, the write may have been sent.
    return undecided({ code: "finish-unproven", label: ready.destination.label, fault: null });
  }
}

async function prepare(printed: Printed, context: Context): Promise<Surveyed> {
  await allOf(proveDead(context), context.ports.equip());
  // Last, right before the write.
  const { primary } = await surveyAll(context);
  await refuseObstacle(primary, printed, context);
  return primary;
}

/** Stops unless user-secret is dead, and client and user are known to be right. */
async function proveDead({ task, ports, oracle }: Context): Promise<void> {
  const [given, altered] = await Promise.all([oracle.ask(task.secret), oracle.askAboutAltered(task.secret)]);
  if (altered.kind === "live") stop("unchanged", { code: "any-secret-accepted" });
  // guard: dead before finish
  if (given.kind === "live") stop("unchanged", { code: "finish-not-needed" });
  await stopIfInDoubt([given, altered], ports.issuer);
  const control = await oracle.control();
  if (control.kind === "known") return;
  if (control.kind !== "no-answer") throw new Stop(deadBecause(control, "not-asked"));
  stop("unchanged", { code: "snaptrade-undecided", doubt: { kind: "unchecked" }, skewMs: null });
}

/** Stops if the primary was saved after the command was printed or user-secret was read, or if its key has changed. */
async function refuseObstacle(
  { destination, updatedAt, key }: Surveyed,
  { printedAt, keyId }: Printed,
  { ports }: Context,
): Promise<void> {
  const { label } = destination;
  if (updatedAt !== null && /* guard: unmoved before finish */ Date.parse(updatedAt) > printedAt) {
    stop("unchanged", { code: "finish-overtaken", label, savedAt: Date.parse(updatedAt), printedAt });
  }
  const changed = updatedAt === null ? "unknown" : await sinceRead(updatedAt, ports);
  if (isOutdated(changed)) stop("unchanged", outdated(changed, label));
  if (key.keyId !== keyId) stop("unchanged", { code: "finish-key-changed", label });
}

/** The result of the write. `unansweredAt` is when the last request to GitHub stayed unanswered. */
interface Written {
  readonly failed: Fault | null;
  readonly at: Instant;
  readonly serverTime: Instant | null;
  readonly unansweredAt: Instant | null;
}

async function save(box: Box, store: Surveyed, context: Context): Promise<Outcome> {
  const { ports } = context;
  const { label, visible } = store.destination;
  const { failed, ...written } = await write(box, store, context);
  await settle(written.unansweredAt, context);
  const known = { unsaved: [commandOf(store.destination, box)] };
  if (failed !== null) {
    return written.unansweredAt === null
      ? { ...nothingChanged("unchanged", { code: "finish-refused", label, fault: failed }), ...known }
      : undecided({ code: "finish-unproven", label, fault: failed }, known);
  }
  ports.operator.say({ code: "saved", label });
  ports.operator.begin("prove");
  const invisible = await invisibleAmong([{ kind: "saved", store, box, ...written }], context);
  if (invisible.length > 0) return undecided({ code: "finish-unproven", label, fault: null }, known);
  const provenBy = visible === "next-job" ? "job" : "run";
  return { ...nothingChanged("finished", { code: "finished", label, provenBy }), saved: [label] };
}

/** Retries until the write is acknowledged or rejected. Repeating it changes nothing, because it is the same write. */
async function write(box: Box, { destination }: Surveyed, { task, ports }: Context): Promise<Written> {
  const { clock, operator } = ports;
  const begin = clock.now();
  let unansweredAt: Instant | null = null;
  let pauseMs = Math.max(1, task.saveTimeoutMs * SAVE_FIRST_PAUSE_SHARE);
  for (let isFirst = true; ; isFirst = false) {
    const timeoutMs = Math.max(1, begin + task.saveTimeoutMs - clock.now());
    const attempt = await destination.put(box, { timeoutMs });
    const at = clock.now();
    if (attempt.ok) return { failed: null, at, serverTime: attempt.value.serverTime, unansweredAt };
    const { fault } = attempt;
    // If nothing of a request was sent, it cannot take effect later.
    if (!fault.answered && fault.network?.sent !== false) unansweredAt = at;
    if (isFirst) operator.say({ code: "sealed-command", sure: true, ...commandOf(destination, box) });
    const waitMs = Math.max(pauseMs, fault.retryAfterMs ?? 0);
    if (at - begin + waitMs > patienceFor(fault, task.saveTimeoutMs)) {
      return { failed: fault, at, serverTime: null, unansweredAt };
    }
    operator.say({ code: "save-failed", label: destination.label, fault, waitMs });
    await clock.sleep(waitMs);
    pauseMs = Math.min(pauseMs * 2, SAVE_PAUSE_MAX_MS);
  }
}

/** A rejected write is not retried for long, because nothing new is at risk. */
function patienceFor(fault: Fault, saveTimeoutMs: number): number {
  const isForLong = !fault.answered || fault.cause === "throttled";
  return isForLong ? saveTimeoutMs : Math.min(saveTimeoutMs, patienceMs(fault));
}

/** A late write could overwrite that of a later run. */
async function settle(unansweredAt: Instant | null, { ports, oracle }: Context): Promise<void> {
  if (unansweredAt === null) return;
  const waitMs = unansweredAt + oracle.settleMs - ports.clock.now();
  if (waitMs <= 0) return;
  ports.operator.say({ code: "settling", waitMs });
  await ports.clock.sleep(waitMs);
}
