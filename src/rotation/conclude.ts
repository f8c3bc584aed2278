import type { Secret } from "../text/secret";
import { proveCandidates } from "./candidates";
import type { Candidate } from "./candidates";
import { commandOf } from "./commands";
import type { Context } from "./context";
import type { StillShut } from "./fence";
import type { Reading, SavedRecord, SentReply } from "./model";
import { rotatedOutcome, undecided, withoutSecret } from "./outcome";
import type { Known, Outcome, Reason, Rotation, Unsaved } from "./outcome";
import { prove, settleWrites } from "./prove";
import type { Proof } from "./prove";
import { resolve } from "./resolve";
import type { LostAnswer } from "./resolve";
import { saveEverywhere } from "./save";
import type { Saved } from "./save";
import type { Ready, Store } from "./survey";
import { escrowsOf, understand } from "./understand";
import type { Understood } from "./understand";

/** What follows from an answer: a secret to save, or the end of the run. */
type Conclusion =
  { readonly kind: "save"; readonly fresh: Candidate } | { readonly kind: "end"; readonly outcome: Outcome };

/** Steps 7 to 10. An answer that missed its deadline is awaited until there is a result, and counts like any other. */
export async function concludeReply(understood: Understood, ready: Ready, context: Context): Promise<Rotation> {
  const conclusion = await concludeFirst(understood, ready, context);
  return conclusion.kind === "save"
    ? await saveAndProve(conclusion.fresh, ready, context)
    : withoutSecret(conclusion.outcome);
}

async function concludeFirst(understood: Understood, ready: Ready, context: Context): Promise<Conclusion> {
  const { reply } = understood;
  const concluded = concludeReading(understood, ready, context);
  if (reply.rest === undefined) return await concluded;
  const first = await Promise.race([concluded, reply.rest]);
  if (first.kind !== "sent") return first;
  if (!context.ports.journal.keep(first)) context.ports.operator.say({ code: "journal-failed" });
  const whole = await understand(first, context);
  // An incomplete answer is still being tried, and the complete one contains everything that it had.
  return await concludeFirst(whole, ready, context);
}

async function concludeReading(understood: Understood, ready: Ready, context: Context): Promise<Conclusion> {
  const { reading, candidates, reply } = understood;
  switch (reading.kind) {
    case "granted":
      return { kind: "save", fresh: { secret: reading.secret, escrow: escrowsOf(candidates), answeredAt: reply.at } };
    case "candidates":
      return await concludeCandidates({ ...understood, reading }, ready, context);
    case "unholdable":
    case "refused":
    case "unanswered": {
      const lost = { ...lostAnswer(reply, ready), reading, escrow: escrowsOf(candidates) };
      return { kind: "end", outcome: await resolve(lost, context) };
    }
  }
}

export function lostAnswer(reply: SentReply, ready: Ready): Omit<LostAnswer, "reading" | "escrow"> {
  return {
    sentAt: reply.sentAt,
    answeredAt: reply.raw.byteLength > 0 ? reply.at : null,
    primaryUpdatedAt: ready.primary.updatedAt,
  };
}

/**
 * Tries the possible new secrets of a strange answer. Only a live one is saved, because writing a wrong one could
 * destroy an old secret that still works.
 */
async function concludeCandidates(
  { reply, reading, candidates }: Understood & { readonly reading: Extract<Reading, { kind: "candidates" }> },
  ready: Ready,
  context: Context,
): Promise<Conclusion> {
  const found = await proveCandidates(candidates, context);
  if (found.live !== null) return { kind: "save", fresh: found.live };
  const outcome = await resolve({ ...lostAnswer(reply, ready), reading, escrow: null }, context);
  if (outcome.result === "unchanged" && !found.isOneAccepted) return { kind: "end", outcome };
  const again = await proveCandidates(candidates, context, "once");
  if (again.live !== null) return { kind: "save", fresh: again.live };
  const open = again.open.length > 0 ? again.open : found.isOneAccepted ? found.open : [];
  return {
    kind: "end",
    outcome: open.length === 0 ? outcome : candidatesOpen(open, outcome, reply, { ready, context }),
  };
}

/** While one of them may be the new secret, nothing is lost: the command and the age-encrypted secret recover it. */
function candidatesOpen(
  open: readonly Candidate[],
  { rotated }: Outcome,
  reply: SentReply,
  { ready, context: { ports } }: { readonly ready: Ready; readonly context: Context },
): Outcome {
  const unsaved = open.map(({ secret }) => commandFor(secret, ready.primary));
  for (const one of unsaved) ports.operator.say({ code: "sealed-command", sure: false, ...one });
  const known = { rotatedAt: reply.at, unsaved, escrow: escrowsOf(open) };
  return rotated === "true"
    ? rotatedOutcome("unsaved", { code: "candidate-unproven" }, known)
    : undecided({ code: "candidate-unproven" }, known);
}

/** From the last byte of the answer to GitHub's acknowledgement of the primary, if an ended process recorded it. */
export function atRiskOf({ at }: SentReply, saved: readonly SavedRecord[], { destination }: Store): number | null {
  const record = saved.find(({ label }) => label === destination.label);
  return record === undefined ? null : Math.max(0, record.at - at);
}

/** The recovery command for a secret and a destination. */
export function commandFor(secret: Secret, { destination, key }: Store): Unsaved {
  return commandOf(destination, destination.seal(secret, key));
}

/** Steps 8 to 10, and their result. `onProgress` gets what is known as soon as the primary is saved. */
export async function saveAndProve(
  fresh: Candidate,
  ready: Ready,
  context: Context,
  onProgress: (known: Known) => void = () => undefined,
): Promise<Rotation> {
  const { ports } = context;
  ports.operator.begin("save");
  const knownOf = (all: readonly Saved[], open: readonly Unsaved[]): Known => ({
    rotatedAt: fresh.answeredAt,
    atRiskMs: all[0]?.kind === "saved" ? all[0].at - fresh.answeredAt : null,
    saved: all.filter(({ kind }) => kind === "saved").map(({ store }) => store.destination.label),
    unsaved: open,
    escrow: fresh.escrow,
  });
  const { primary, copies } = await saveEverywhere(fresh, ready, context, (saved) => {
    const before = (ready.saved ?? []).map(({ label }) => label);
    const open = ready.copies.filter(({ destination }) => !before.includes(destination.label));
    const known = knownOf(
      [saved],
      open.map((copy) => commandFor(fresh.secret, copy)),
    );
    onProgress({ ...known, saved: [...new Set([...known.saved, ...before])] });
  });
  const all = [primary, ...copies];
  for (const one of all) {
    if (one.kind === "saved") ports.operator.say({ code: "saved", label: one.store.destination.label });
  }
  const known = knownOf(
    all,
    all.flatMap((one) => (one.kind === "unsaved" ? [unsavedOf(one)] : [])),
  );
  if (primary.kind === "unsaved") {
    // A late write could overwrite that of a later run.
    await settleWrites(all, null, context);
    return withoutSecret(primaryNotSaved(primary, known));
  }
  onProgress(known);
  const proof = await prove(fresh.secret, all, ready.unansweredSince, context);
  const invisible = proof.kind === "write-not-visible" ? proof.invisible.map(invisibleOf) : [];
  for (const one of invisible) ports.operator.say({ code: "sealed-command", sure: true, ...one });
  const old = proof.kind === "rolled-back" ? [bringBack(ready.primary, context)] : [];
  const outcome = addUp(copies, proof, { ...known, unsaved: [...known.unsaved, ...invisible, ...old] });
  return { outcome, fresh: outcome.result === "rotated" ? fresh.secret : null };
}

/** The saved secret is dead, and the old one, which is live, is in no destination any more. */
function bringBack(primary: Store, { task, ports }: Context): Unsaved {
  const old = commandFor(task.secret, primary);
  ports.operator.say({ code: "old-sealed-command", ...old });
  return { ...old, isOld: true };
}

export function unsavedOf({ store, box, fault }: Extract<Saved, { kind: "unsaved" }>): Unsaved {
  return { ...commandOf(store.destination, box), fault };
}

/** The command for a write that GitHub acknowledged but does not show, so it may have been dropped. */
export function invisibleOf({ store, box }: Extract<Saved, { kind: "saved" }>): Unsaved {
  return commandOf(store.destination, box);
}

function primaryNotSaved({ store, why, fault }: Extract<Saved, { kind: "unsaved" }>, known: Partial<Outcome>): Outcome {
  switch (why) {
    case "superseded":
      return superseded(known);
    case "undecided":
    case "old-still-live":
      return keptUndecided(why, known);
    case "out-of-time":
      return rotatedOutcome("unsaved", { code: "primary-not-saved", label: store.destination.label, fault }, known);
  }
}

/** The secret could not be proven in time. If the old one is live, perhaps nothing was reset. */
export function keptUndecided(why: StillShut, known: Partial<Outcome>): Outcome {
  const reason = { code: "kept-undecided" } as const;
  return why === "old-still-live" ? undecided(reason, known) : rotatedOutcome("unsaved", reason, known);
}

/** Someone may have rotated after us. Our secret seems dead, so it is not written any more. */
export function superseded(known: Partial<Outcome>): Outcome {
  return undecided({ code: "superseded" }, { ...known, rotated: "true" });
}

function addUp(copies: readonly Saved[], proof: Proof, known: Partial<Outcome>): Outcome {
  // Unsaved copies outweigh any proof.
  if (copies.some(({ kind }) => kind === "unsaved")) {
    return rotatedOutcome("partly-saved", { code: "copies-not-saved" }, known);
  }
  switch (proof.kind) {
    case "proven":
      return rotatedOutcome("rotated", { code: "rotated" }, known);
    case "superseded":
      return superseded(known);
    case "old-still-live":
    case "rolled-back":
    case "write-not-visible":
      return unverified({ code: "proof-failed", proof: proof.kind, doubt: null }, known);
    case "new-undecided":
    case "old-undecided":
      return unverified({ code: "proof-failed", proof: proof.kind, doubt: proof.doubt }, known);
  }
}

function unverified(reason: Extract<Reason, { code: "proof-failed" }>, known: Partial<Outcome>): Outcome {
  return rotatedOutcome("saved-unverified", reason, known);
}
