import { atRiskOf, commandFor } from "./conclude";
import type { Context } from "./context";
import type { SavedRecord, SentReply } from "./model";
import { nothingChanged, rotatedOutcome, undecided } from "./outcome";
import type { Known, Outcome, Reason } from "./outcome";
import type { Remains } from "./ports";
import type { Store } from "./survey";
import { escrowsOf, understand } from "./understand";
import type { Understood } from "./understand";

/** Whether one unfenced write may be tried. */
type MayWrite = "nothing" | "once";

/**
 * Prints every recovery command and asks nothing, for when nothing can be relied on any more.
 * @param mayWrite "once" if the primary may be written, unfenced, because no one can have rotated since.
 */
export async function leave(remains: Remains, reason: Reason, mayWrite: MayWrite, context: Context): Promise<Outcome> {
  if (remains.kind === "not-sent") {
    // Only an unknown copy is open, and the post step would send no request for it.
    return remains.isCopying
      ? nothingChanged("partly-saved", { code: "copies-interrupted" })
      : nothingChanged("unchanged", reason);
  }
  if (remains.kind !== "sent" || remains.reply === null) return undecided(reason);
  const { reply, saved } = remains;
  const { ports } = context;
  await ports.equip();
  ports.githubClock.assume(remains.sending.aheadMs ?? 0);
  const [facts] = remains.sending.stores;
  if (facts === undefined) return undecided(reason);
  const primary: Store = { ...facts, destination: ports.primary };
  const understood = await understand(reply, context);
  const known = knownOf(understood, primary, saved);
  const sure = understood.reading.kind === "granted";
  for (const one of known.unsaved) ports.operator.say({ code: "sealed-command", sure, ...one });
  if (!sure) return undecided(reason, known);
  const { label } = primary.destination;
  const savedAs = (saved: readonly string[], unsaved: Known["unsaved"]): Outcome => {
    const isEverywhere = ports.copies.every((copy) => saved.includes(copy.label));
    return rotatedOutcome(isEverywhere ? "saved-unverified" : "partly-saved", reason, { ...known, saved, unsaved });
  };
  if (known.saved.includes(label)) return savedAs(known.saved, []);
  if (mayWrite === "once" && (await writesOnce(reply, understood, primary, context))) {
    ports.operator.say({ code: "saved", label });
    return savedAs([label, ...known.saved], []);
  }
  return rotatedOutcome("unsaved", reason, known);
}

function knownOf({ reply, reading, candidates }: Understood, primary: Store, saves: readonly SavedRecord[]): Known {
  const saved = saves.map(({ label }) => label);
  const canBeSaved = reading.kind === "granted" || reading.kind === "candidates";
  const isOpen = canBeSaved && !saved.includes(primary.destination.label);
  return {
    rotatedAt: reply.raw.byteLength > 0 ? reply.at : null,
    atRiskMs: atRiskOf(reply, saves, primary),
    saved,
    unsaved: isOpen ? candidates.map(({ secret }) => commandFor(secret, primary)) : [],
    escrow: escrowsOf(candidates),
  };
}

async function writesOnce(
  reply: SentReply,
  { candidates }: Understood,
  { destination, key }: Store,
  { ports: { clock, journal }, oracle }: Context,
): Promise<boolean> {
  const [fresh] = candidates;
  if (fresh === undefined || clock.now() >= reply.at + oracle.settleMs) return false;
  const { label } = destination;
  journal.wrote({ label, is: "sent", at: clock.now(), serverTime: null });
  const written = await destination.put(destination.seal(fresh.secret, key));
  if (!written.ok) return false;
  journal.wrote({ label, is: "acknowledged", at: clock.now(), serverTime: written.value.serverTime });
  return true;
}
