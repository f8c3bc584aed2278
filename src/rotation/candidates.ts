import type { Secret } from "../text/secret";
import { ANNOUNCED_FROM_MS } from "../timing";
import type { Context } from "./context";
import type { Instant } from "./model";

/** A value that is, or may be, the new secret, and its age-encrypted text if there is a recipient. */
export interface Candidate {
  readonly secret: Secret;
  readonly escrow: string | null;
  /** When SnapTrade's answer with it arrived. */
  readonly answeredAt: Instant;
}

export interface Tried {
  /** The candidate that proved to be the new secret. */
  readonly live: Candidate | null;
  /** Candidates with unclear answers, or that SnapTrade accepts together with the old secret. */
  readonly open: readonly Candidate[];
  /** Whether one of them was accepted, so that a reset must have happened. */
  readonly isOneAccepted: boolean;
}

/**
 * Tries the candidates in turn. A new secret may not be known everywhere yet, and a broken server rejects anything, so
 * rejected ones are tried again, in rounds, until `settle-time` is over.
 * @param rounds "once" if that time has passed already.
 */
export async function proveCandidates(
  candidates: readonly Candidate[],
  context: Context,
  rounds: "until settled" | "once" = "until settled",
): Promise<Tried> {
  const { ports, oracle } = context;
  const deadline = rounds === "once" ? -Infinity : ports.clock.now() + oracle.settleMs;
  for (let round = 1; ; round += 1) {
    const open: Candidate[] = [];
    let isOneAccepted = false;
    for (const candidate of candidates) {
      const answer = await isTheNewOne(candidate, context);
      // If SnapTrade accepts anything, its acceptance means nothing.
      if (answer === "anything goes") return { live: null, open: candidates, isOneAccepted: false };
      if (answer === "proven") return { live: candidate, open: [], isOneAccepted: true };
      if (answer !== "refused") open.push(candidate);
      if (answer === "accepted") isOneAccepted = true;
    }
    const forMs = deadline - ports.clock.now();
    if (forMs <= 0) return { live: null, open, isOneAccepted };
    if (round === 1 && forMs > ANNOUNCED_FROM_MS) {
      ports.operator.say({ code: "asking-on", why: "new-not-known", forMs });
    }
    await ports.clock.sleep(oracle.pauseMs);
  }
}

/** "proven" if it is live three times, and both its altered form and the old secret are rejected. */
async function isTheNewOne(
  candidate: Candidate,
  { task, oracle }: Context,
): Promise<"proven" | "accepted" | "refused" | "cannot tell" | "anything goes"> {
  const { verdict } = await oracle.once(candidate.secret);
  if (verdict.kind !== "live")
    return /* guard: proof of candidates */ verdict.kind === "refused" ? "refused" : "cannot tell";
  const [itself, altered, old] = await Promise.all([
    oracle.askForCertain(candidate.secret),
    oracle.askAboutAlteredForCertain(candidate.secret),
    oracle.ask(task.secret),
  ]);
  if (altered.kind === "live") return "anything goes";
  if (itself.kind !== "live" || altered.kind !== "dead") return "cannot tell";
  return old.kind === "dead" ? "proven" : "accepted";
}
