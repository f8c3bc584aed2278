import type { Belief } from "./belief";
import type { Context } from "./context";
import type { Attempt, Doubt, Instant, Reading } from "./model";
import { nothingChanged, rotatedOutcome, undecided } from "./outcome";
import type { Outcome } from "./outcome";

/** How often to read `updated_at`, on which `lost` depends. */
const READS_MAX = 3;
/** With SnapTrade's own code, these rejections of a reset are not from a gateway. */
const OWN_REFUSALS: readonly number[] = [400, 401, 403, 404];

/** What is known of a reset whose answer contained no secret that could be saved. */
export interface LostAnswer {
  readonly reading: Extract<Reading, { kind: "refused" | "unanswered" | "unholdable" | "candidates" }>;
  readonly sentAt: Instant;
  /** When the last byte of the answer arrived; null if none did. */
  readonly answeredAt: Instant | null;
  readonly primaryUpdatedAt: string | null;
  /** Of a new secret that does not fit into a GitHub secret. */
  readonly escrow: string | null;
}

/**
 * The reset may have happened whatever its answer says, because a gateway may have written it. A live old secret only
 * means "not yet" while the request may be in a queue, so the first question waits until `settle-time` is over. Then
 * `unchanged` and `lost` both need equal answers, spread over another `settle-time`. A false `lost` is as destructive
 * as a loss, because the operator deletes the user. So it also needs a valid client and user, and an unchanged primary.
 */
export async function resolve(lost: LostAnswer, context: Context): Promise<Outcome> {
  const { task, ports, oracle } = context;
  ports.operator.begin("resolve");
  const waitMs = lost.sentAt + oracle.settleMs - ports.clock.now();
  ports.operator.say({ code: "settling", waitMs: Math.max(0, waitMs) + oracle.settleMs });
  // guard: settle
  if (/* guard: settling of refusals */ waitMs > 0) await ports.clock.sleep(waitMs);
  const [old, altered] = await Promise.all([
    oracle.askSpread(task.secret),
    oracle.askAboutAlteredForCertain(task.secret),
  ]);
  const doubt = doubtOf(old) ?? (altered.kind === "live" ? ({ kind: "contradiction" } as const) : doubtOf(altered));
  if (doubt !== null) return stillUndecided(doubt, lost);
  return old.kind === "live" ? didNotHappen(lost) : await isDead(lost, context);
}

function doubtOf(belief: Belief): Doubt | null {
  return belief.kind === "cannot-tell" ? belief.doubt : null;
}

function statusOf({ reading }: LostAnswer): number | null {
  return reading.kind === "refused" ? reading.said.status : reading.status;
}

function knownOf({ answeredAt, escrow }: LostAnswer): Partial<Outcome> {
  return { rotatedAt: answeredAt, escrow };
}

function stillUndecided(doubt: Doubt, lost: LostAnswer): Outcome {
  const said = lost.reading.kind === "refused" ? lost.reading.said : null;
  return undecided({ code: "answer-lost-undecided", status: statusOf(lost), said, doubt }, knownOf(lost));
}

function didNotHappen(lost: LostAnswer): Outcome {
  const { reading } = lost;
  return reading.kind === "refused"
    ? nothingChanged("unchanged", { code: "reset-refused", said: reading.said })
    : nothingChanged("unchanged", { code: "reset-did-not-happen", status: reading.status });
}

/** The old secret is dead because of this reset, or of someone else's. */
async function isDead(lost: LostAnswer, { task, ports, oracle }: Context): Promise<Outcome> {
  const { reading, escrow, primaryUpdatedAt } = lost;
  const [status, known] = [statusOf(lost), knownOf(lost)];
  if (reading.kind === "unholdable" && escrow !== null) {
    return rotatedOutcome("unsaved", { code: "unholdable", why: reading.why, escrowed: true }, known);
  }
  if (task.mode === "rescue") return afterRescue(lost);
  const doubt = await oracle.doubtAboutRefusal();
  if (doubt !== null) return stillUndecided(doubt, lost);
  // The old secret was dead before the reset, because of another rotation, or of a gateway that sent ours twice.
  if (reading.kind === "refused" && reading.isAboutSecret) {
    return undecided({ code: "refused-and-not-live", said: reading.said }, known);
  }
  const updatedAt = await readUpdatedAt({ task, ports, oracle });
  if (!updatedAt.ok || updatedAt.value !== primaryUpdatedAt) {
    return undecided({ code: "answer-lost-and-written", status, label: ports.primary.label }, known);
  }
  return reading.kind === "unholdable"
    ? rotatedOutcome("lost", { code: "unholdable", why: reading.why, escrowed: false }, known)
    : rotatedOutcome("lost", { code: "answer-lost", status }, known);
}

/** The old secret was dead before, too, so only SnapTrade's own rejection shows that nothing happened. */
function afterRescue(lost: LostAnswer): Outcome {
  const { reading } = lost;
  const isOwn = reading.kind === "refused" && reading.said.code !== null && OWN_REFUSALS.includes(reading.said.status);
  return isOwn
    ? nothingChanged("dead", { code: "rescue-refused", said: reading.said })
    : undecided({ code: "rescue-unanswered", status: statusOf(lost) }, knownOf(lost));
}

/** A single missing answer must not turn a certainty into a doubt. */
async function readUpdatedAt({ ports: { primary, clock }, oracle }: Context): Promise<Attempt<string | null>> {
  for (let tries = 1; ; tries += 1) {
    const attempt = await primary.updatedAt();
    if (attempt.ok || tries >= READS_MAX) return attempt;
    await clock.sleep(oracle.pauseMs);
  }
}
