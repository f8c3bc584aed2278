import { believe, REFUSALS_TO_BE_DEAD, REFUSALS_TO_BE_REFUSED } from "./believe";
import type { Outcome } from "./outcome";
import { nothingChanged, rotatedOutcome, undecided } from "./outcome";
import type { Attempt, Instant, Ports, Task } from "./ports";

/** Tries of the one question to GitHub on which `lost` depends. */
const READS_MAX = 3;

/** What is known of a reset whose answer brought no new secret. */
export interface LostAnswer {
  readonly status: number | null;
  /** When the last byte of the answer arrived, null if none did. */
  readonly answeredAt: Instant | null;
  readonly primaryUpdatedAt: string | null;
  /** Set when the new secret is known but no GitHub secret can hold it. */
  readonly unholdable: "too-long" | "not-unicode" | null;
  readonly escrow: string | null;
}

/** SnapTrade's complete refusal of a reset. */
export interface RefusedReset {
  readonly status: number;
  readonly code: string | null;
  readonly answeredAt: Instant;
}

/**
 * SnapTrade refused the reset: it says that it did nothing. If the old secret is dead all the same,
 * somebody rotated between our proof and our reset.
 */
export async function resolveRefusal(
  { status, code, answeredAt }: RefusedReset,
  task: Task,
  ports: Ports,
): Promise<Outcome> {
  if (task.mode === "rescue") return nothingChanged("dead", { code: "rescue-refused", status, snaptradeCode: code });
  const old = await believe(task.secret, REFUSALS_TO_BE_DEAD, { ...ports, settleMs: task.settleMs });
  return old.kind === "live"
    ? nothingChanged("unchanged", { code: "reset-refused", status, snaptradeCode: code })
    : undecided({ code: "refused-and-not-live", status, snaptradeCode: code }, { rotatedAt: answeredAt });
}

/**
 * The reset may have happened. "The old one still works" means only "not yet" while the request may
 * be in the server, so nothing is believed before the settle time is over. A false `lost` is as
 * destructive as a loss, because the operator deletes the user: it needs a dead secret, and a primary
 * that nobody has written since.
 */
export async function resolve(lost: LostAnswer, task: Task, ports: Ports): Promise<Outcome> {
  ports.operator.begin("resolve");
  ports.operator.say({ code: "settling", waitMs: task.settleMs });
  await ports.clock.sleep(task.settleMs);
  const known = { rotatedAt: lost.answeredAt, escrow: lost.escrow };
  const asking = { ...ports, settleMs: task.settleMs };
  const [old, altered] = await Promise.all([
    believe(task.secret, REFUSALS_TO_BE_DEAD, asking),
    believe(task.secret.altered(), REFUSALS_TO_BE_REFUSED, asking),
  ]);
  if (old.kind === "live" && altered.kind === "dead") {
    return nothingChanged("unchanged", { code: "reset-did-not-happen", status: lost.status });
  }
  // Of an oracle that takes anything, or that cannot be tested, no refusal is believed either.
  if (old.kind !== "dead" || altered.kind !== "dead") {
    return undecided({ code: "answer-lost-undecided", status: lost.status }, known);
  }
  const { unholdable, escrow } = lost;
  if (unholdable !== null && escrow !== null) {
    return rotatedOutcome("unsaved", { code: "unholdable", why: unholdable, escrowed: true }, known);
  }
  if (task.mode === "rescue") return undecided({ code: "rescue-unanswered", status: lost.status }, known);
  const updatedAt = await readUpdatedAt(task, ports);
  if (!updatedAt.ok || updatedAt.value !== lost.primaryUpdatedAt) {
    return undecided({ code: "answer-lost-and-written", status: lost.status, label: ports.primary.label }, known);
  }
  if (unholdable !== null) {
    return rotatedOutcome("lost", { code: "unholdable", why: unholdable, escrowed: false }, known);
  }
  return rotatedOutcome("lost", { code: "answer-lost", status: lost.status }, known);
}

/** One answer that did not come must not turn a certainty into a doubt. */
async function readUpdatedAt(task: Task, { primary, clock }: Ports): Promise<Attempt<string | null>> {
  for (let tries = 1; ; tries += 1) {
    const attempt = await primary.updatedAt();
    if (attempt.ok || tries >= READS_MAX) return attempt;
    await clock.sleep(task.settleMs / 10);
  }
}
