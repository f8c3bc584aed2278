import type { Belief } from "./believe";
import { believe, REFUSALS_TO_BE_DEAD } from "./believe";
import type { Known, Outcome, Rotation, Unsaved } from "./outcome";
import { rotatedOutcome, undecided, withoutSecret } from "./outcome";
import type { Ports, Reading, SentReply, Task } from "./ports";
import type { Ready, Store } from "./prepare";
import type { Proof } from "./prove";
import { prove } from "./prove";
import type { LostAnswer } from "./resolve";
import { resolve, resolveRefusal } from "./resolve";
import type { Saved, StillShut } from "./save";
import { saveEverywhere } from "./save";
import type { Secret } from "./secret";

/** Step 7 after the bytes are kept, and all that follows: understand, mask, escrow, save, prove. */
export async function concludeReply(reply: SentReply, ready: Ready, task: Task, ports: Ports): Promise<Rotation> {
  const reading = ports.issuer.read(reply, task.secret);
  const escrows = await guard(secretsOf(reading), ports);
  return await concludeReading({ reading, escrows }, reply, ready, task, ports);
}

/** An answer that is understood, its secrets masked and encrypted to the recovery recipient. */
export interface Guarded {
  readonly reading: Reading;
  readonly escrows: readonly (string | null)[];
}

export async function concludeReading(
  { reading, escrows }: Guarded,
  reply: SentReply,
  ready: Ready,
  task: Task,
  ports: Ports,
): Promise<Rotation> {
  if ("requestId" in reading) ports.operator.say({ code: "no-secret-in-answer", requestId: reading.requestId });
  switch (reading.kind) {
    case "granted":
      return await saveAndProve({ secret: reading.secret, escrow: escrows[0] ?? null }, reply, ready, task, ports);
    case "candidates":
      return await saveTheLiveOne(reading, escrows, reply, ready, task, ports);
    case "refused":
      return withoutSecret(await resolveRefusal({ ...reading, answeredAt: reply.at }, task, ports));
    case "unholdable": {
      const lost = lostAnswer(reply, ready, {
        status: reading.status,
        unholdable: reading.why,
        escrow: escrowsOf(escrows),
      });
      return withoutSecret(await resolve(lost, task, ports));
    }
    case "unanswered":
      return withoutSecret(await resolve(lostAnswer(reply, ready, { status: reading.status }), task, ports));
  }
}

export function secretsOf(reading: Reading): readonly Secret[] {
  switch (reading.kind) {
    case "granted":
    case "unholdable":
      return [reading.secret];
    case "candidates":
      return reading.secrets;
    case "refused":
    case "unanswered":
      return [];
  }
}

/** Before anything can print or fail: the runner masks the new secret, and the recovery recipient has it. */
export async function guard(secrets: readonly Secret[], ports: Ports): Promise<readonly (string | null)[]> {
  for (const secret of secrets) ports.operator.mask(secret);
  const { escrow } = ports;
  if (escrow === null) return [];
  return await Promise.all(
    secrets.map(async (secret) => {
      try {
        const text = await escrow.encrypt(secret);
        ports.operator.say({ code: "escrow", text });
        return text;
      } catch {
        ports.operator.say({ code: "escrow-failed" });
        return null;
      }
    }),
  );
}

function lostAnswer(
  reply: SentReply,
  ready: Ready,
  known: Pick<LostAnswer, "status"> & Partial<LostAnswer>,
): LostAnswer {
  return {
    answeredAt: reply.raw.byteLength > 0 ? reply.at : null,
    primaryUpdatedAt: ready.primary.updatedAt,
    unholdable: null,
    escrow: null,
    ...known,
  };
}

/**
 * A strange answer, in which something was found that may be the new secret. Whichever is live is the
 * right one; writing one that is not could destroy an old secret that still works.
 */
async function saveTheLiveOne(
  { secrets: candidates, status }: Extract<Reading, { kind: "candidates" }>,
  escrows: readonly (string | null)[],
  reply: SentReply,
  ready: Ready,
  task: Task,
  ports: Ports,
): Promise<Rotation> {
  let asked = askAll(candidates, task, ports);
  let live = await firstLive(asked);
  let fallback: Outcome | null = null;
  if (live < 0) {
    fallback = await resolve(lostAnswer(reply, ready, { status }), task, ports);
    if (fallback.result === "unchanged") return withoutSecret(fallback);
    asked = askAll(candidates, task, ports);
    live = await firstLive(asked);
  }
  const secret = candidates[live];
  if (secret !== undefined) {
    return await saveAndProve({ secret, escrow: escrows[live] ?? null }, reply, ready, task, ports);
  }
  const beliefs = await Promise.all(asked);
  const isOpen = (index: number): boolean => beliefs[index]?.kind === "cannot-tell";
  const open = candidates.filter((_, index) => isOpen(index));
  if (fallback !== null && open.length === 0) return withoutSecret(fallback);
  const unsaved = open.map((candidate) => commandFor(candidate, ready.primary));
  for (const one of unsaved) ports.operator.say({ code: "sealed-command", sure: false, ...one });
  const escrow = escrowsOf(escrows.filter((_, index) => isOpen(index)));
  const known = { rotatedAt: reply.at, unsaved, escrow };
  return withoutSecret(
    fallback?.rotated === "true"
      ? rotatedOutcome("unsaved", { code: "candidate-unproven" }, known)
      : undecided({ code: "candidate-unproven" }, known),
  );
}

/** The age texts of all that may be the new secret, null if there is none. */
export function escrowsOf(escrows: readonly (string | null)[]): string | null {
  const texts = escrows.filter((text) => text !== null);
  return texts.length === 0 ? null : texts.join("\n");
}

function askAll(candidates: readonly Secret[], task: Task, ports: Ports): readonly Promise<Belief>[] {
  return candidates.map((one) => believe(one, REFUSALS_TO_BE_DEAD, { ...ports, settleMs: task.settleMs }));
}

/** The place of the first that proves live; -1 if none does. Nobody waits until the others are dead. */
async function firstLive(asked: readonly Promise<Belief>[]): Promise<number> {
  const found = asked.map(async (belief, index) =>
    (await belief).kind === "live" ? index : Promise.reject(new Error()),
  );
  return await Promise.any(found).catch(() => -1);
}

/** The command that brings a secret to a destination, for people. */
export function commandFor(secret: Secret, { destination, key }: Store): Unsaved {
  return { label: destination.label, command: destination.command(destination.seal(secret, key)) };
}

/** A new secret that is worth saving, and its encrypted copy in the log if there is a recipient. */
export interface Fresh {
  readonly secret: Secret;
  readonly escrow: string | null;
}

/** Steps 8 to 10, and what they add up to. `onProgress` is told what is known as soon as the primary is saved. */
export async function saveAndProve(
  fresh: Fresh,
  reply: SentReply,
  ready: Ready,
  task: Task,
  ports: Ports,
  onProgress: (known: Known) => void = () => undefined,
): Promise<Rotation> {
  ports.operator.begin("save");
  const knownOf = (all: readonly Saved[], open: readonly Unsaved[]): Known => ({
    rotatedAt: reply.at,
    atRiskMs: all[0]?.kind === "saved" ? all[0].at - reply.at : null,
    saved: all.filter(({ kind }) => kind === "saved").map(({ store }) => store.destination.label),
    unsaved: open,
    escrow: fresh.escrow,
  });
  const { primary, copies } = await saveEverywhere(fresh.secret, ready.primary, ready.copies, task, ports, (saved) => {
    const open = ready.copies.map((copy) => commandFor(fresh.secret, copy));
    onProgress(knownOf([saved], open));
  });
  const all = [primary, ...copies];
  for (const one of all) {
    if (one.kind === "saved") ports.operator.say({ code: "saved", label: one.store.destination.label });
  }
  const known = knownOf(
    all,
    // What the fence has proven dead must not be written anywhere any more.
    all.flatMap((one) => (one.kind === "unsaved" && one.why !== "superseded" ? [unsavedOf(one)] : [])),
  );
  if (primary.kind === "unsaved") return withoutSecret(primaryNotSaved(primary, known));
  onProgress(known);
  const proof = await prove(fresh.secret, task.secret, all, ready.unansweredSince, task, ports);
  const outcome = addUp(copies, proof, known);
  return { outcome, fresh: outcome.result === "rotated" ? fresh.secret : null };
}

function unsavedOf({ store, box }: Extract<Saved, { kind: "unsaved" }>): Unsaved {
  return { label: store.destination.label, command: store.destination.command(box) };
}

function primaryNotSaved({ store, why, fault }: Extract<Saved, { kind: "unsaved" }>, known: Partial<Outcome>): Outcome {
  switch (why) {
    case "superseded":
      return superseded(known);
    case "undecided":
    case "old-still-live":
      return keptUndecided(why, known);
    case "refused":
    case "out-of-time":
      return rotatedOutcome("unsaved", { code: "primary-not-saved", label: store.destination.label, fault }, known);
  }
}

/** What we hold could not be proven in time. Where the old secret is live, it may even be that nothing was reset. */
export function keptUndecided(why: StillShut, known: Partial<Outcome>): Outcome {
  const reason = { code: "kept-undecided" } as const;
  return why === "old-still-live" ? undecided(reason, known) : rotatedOutcome("unsaved", reason, known);
}

/** Somebody rotated after us: whatever we hold is dead, and must not be written anywhere, so no way to it is shown. */
export function superseded(known: Partial<Outcome>): Outcome {
  return undecided({ code: "superseded" }, { ...known, rotated: "true", unsaved: [], escrow: null });
}

function addUp(copies: readonly Saved[], proof: Proof, known: Partial<Outcome>): Outcome {
  if (copies.some(({ kind }) => kind === "unsaved")) {
    return rotatedOutcome("partly-saved", { code: "copies-not-saved" }, known);
  }
  switch (proof) {
    case "proven":
      return rotatedOutcome("rotated", { code: "rotated" }, known);
    case "superseded":
      return superseded(known);
    case "new-undecided":
    case "old-still-live":
    case "old-undecided":
    case "write-not-visible":
      return rotatedOutcome("saved-unverified", { code: "proof-failed", proof }, known);
  }
}
