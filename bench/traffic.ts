import type { Stage } from "../sandbox/stage";

/** One request of a run, whichever service it went to, by the client's clock. */
export interface Trip {
  /** `SnapTrade probe`, `GitHub put` and so on. */
  readonly what: string;
  /** When it was sent, or its connection asked for. */
  readonly sentAt: number;
  /** When the last byte of its answer was there. */
  readonly heardAt: number;
  /** Whether its connection had served a request before; one that had not costs a round trip more. */
  readonly isWarm: boolean;
}

const SNAPTRADE_CALLS: Readonly<Record<string, string>> = {
  "/authorizations": "probe",
  "/snapTrade/resetUserSecret": "reset",
};

interface Seen {
  readonly at: number;
  readonly connectedAt: number;
  readonly index: number;
  readonly answeredAt?: number | undefined;
}

/** Everything that was sent to either service and answered, in the order of sending. */
export function tripsOf({ snapTrade, github }: Pick<Stage, "github" | "snapTrade">, delayMs: number): Trip[] {
  const trip = (what: string, { at, connectedAt, index, answeredAt = Number.POSITIVE_INFINITY }: Seen): Trip => ({
    what,
    // A relay accepts a connection at once and lets its first bytes wait for as long as the set-up would have taken.
    sentAt: index > 0 ? at - delayMs : connectedAt,
    heardAt: answeredAt + delayMs,
    isWarm: index > 0,
  });
  const trips = [
    ...snapTrade.requests.map((one) => trip(`SnapTrade ${SNAPTRADE_CALLS[one.path] ?? one.path}`, one)),
    ...github.requests.map((one) => trip(`GitHub ${one.which}`, one)),
  ];
  return trips.sort((a, b) => a.sentAt - b.sentAt);
}

/** Sorts requests into rounds: one belongs to a later round if it was sent when an answer of the one before was there. */
export function roundsOf(trips: readonly Trip[]): Trip[][] {
  const rounds: Trip[][] = [];
  const roundOf = new Map<Trip, number>();
  for (const trip of trips) {
    const before = trips.filter(({ heardAt }) => heardAt <= trip.sentAt);
    const round = Math.max(-1, ...before.map((one) => roundOf.get(one) ?? -1)) + 1;
    roundOf.set(trip, round);
    (rounds[round] ??= []).push(trip);
  }
  return rounds;
}

/** How often the network is crossed and back, one after the other: a round that opens a connection counts twice. */
export function roundTripsOf(rounds: readonly (readonly Trip[])[]): number {
  return rounds.reduce((sum, round) => sum + (round.some(({ isWarm }) => !isWarm) ? 2 : 1), 0);
}

/** `GitHub key + GitHub metadata + SnapTrade probe ×2` */
export function roundTold(round: readonly Trip[]): string {
  const counts = new Map<string, number>();
  for (const { what } of round) counts.set(what, (counts.get(what) ?? 0) + 1);
  return [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([what, count]) => (count === 1 ? what : `${what} ×${count}`))
    .join(" + ");
}

/**
 * From the last byte of the reset's answer to GitHub's acknowledgement of the save, both as they leave the services: both
 * have the same way to go, so that it is as long for whoever waits for them.
 */
export function windowMs({ snapTrade, github }: Pick<Stage, "github" | "snapTrade">): number {
  const reset = snapTrade.requests.find(({ committedAt }) => committedAt !== undefined);
  const save = github.requests.find(({ which, status }) => which === "put" && (status === 201 || status === 204));
  if (reset?.answeredAt === undefined || save?.answeredAt === undefined) throw new Error("nothing was saved");
  return save.answeredAt - reset.answeredAt;
}
