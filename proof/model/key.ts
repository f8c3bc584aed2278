import type { Actor } from "./actor";
import { hashOf } from "./hash";
import type { Flight, Place, Run, World } from "./world";

/**
 * One number for all that can influence what happens from here on, and what will be judged at the end:
 * the world, what outlives each process, and for each living process all that it has learnt. Times count
 * from now, and beside that only the phase within a second matters (GitHub's updated_at counts whole ones), so
 * states that differ only in when they were reached are one.
 * Two executions that come to the same key have the same future; the number of faults left is kept beside
 * the key, and whoever has more left has every future of whoever has less.
 */
export function keyOf(world: World, actors: readonly Actor[], startableAt: number, at: string): number {
  const { now } = world;
  const oldest = actors.length === 0 ? Infinity : Math.min(...actors.map(({ startedAt }) => startedAt));
  const places = world.places.map(({ value, updatedAt }) =>
    updatedAt < oldest ? value : `${value}@${now - updatedAt}`,
  );
  const keys = world.places.map(({ publicKey }) => publicKey);
  const down = [world.downUntil.snaptrade, world.downUntil.github].map((until) => Math.max(0, until - now));
  const parts = [
    world.inForce,
    places.join(),
    keys.join(),
    down.join(),
    String(now % 1000),
    servers(world),
    String(Math.max(0, world.tokenForgottenUntil - now)),
    world.flights.map((flight) => flightKey(flight, now)).join(),
    world.givable.join(),
    world.runs.map((run) => runKey(run, world)).join(),
    actors.map((actor) => actorKey(actor, now)).join(),
    String(actors.length === 0 ? Math.max(0, startableAt - now) : 0),
    world.violations.map(({ kind }) => kind).join(),
    at,
  ];
  return hashOf(parts.join("/"));
}

/** What decides how SnapTrade answers. A reset that every server knows of is one however long ago it was. */
function servers({ now, scene, previous, committedAt, staleUntil, clientOff, isControlSilent }: World): string {
  const age = Math.min(now - committedAt, scene.staleMs);
  const before = age < scene.staleMs ? (previous ?? "") : "";
  const staleFor = Math.max(0, staleUntil - now);
  return `${before}:${age}:${staleFor}:${clientOff ?? ""}:${isControlSilent ? "silent" : ""}`;
}

function flightKey(flight: Flight, now: number): string {
  const left = flight.latestAt - now;
  return flight.kind === "reset"
    ? `${flight.run.name} reset ${flight.given} ${left}`
    : `${flight.run.name} put ${flight.box.sealed} ${flight.place.label} ${left}`;
}

function runKey(run: Run, { places, now }: World): string {
  const said = `${run.saidByMain?.result ?? ""}:${run.saidByPost?.result ?? ""}`;
  const truth = `${run.made.join("+")}:${[...run.printed.keys(), ...run.escrowed].join("+")}:${run.resetsSent}`;
  const flags = [run.announced, run.green, run.diskFull, run.concluded, run.machineLost].map(Number).join("");
  if (run.phase === "over") return `over:${said}:${truth}:${flags}`;
  const { canaries, sending, sentAt, reply, saved, open, outcome, removed } = run.journal;
  const kept = reply === null ? "" : `${Buffer.from(reply.raw).toString()}:${reply.ending}:${now - reply.at}`;
  const facts = places.map((place, index) => factKey(sending?.stores[index]?.updatedAt, place, now)).join("+");
  return `${run.phase}:${run.given}:${said}:${truth}:${flags}:${facts}:${kept}:${outcome?.result ?? ""}${removed ? "-" : ""}${canaries.length > 0 ? "c" : ""}${saved.map(({ label, at }) => `${label}@${now - at}`).join("+")}${open.map(({ label, at }) => `${label}?${now - at}`).join("+")}:${sentAt === null ? "" : now - sentAt}`;
}

/** Of what main noted, post only asks whether it is still so; and a write in this very second would look like none. */
function factKey(noted: string | null | undefined, { updatedAt }: Place, now: number): string {
  if (noted === null || noted === undefined) return "";
  const at = Date.parse(noted);
  return at === updatedAt ? `same${at === now ? "now" : ""}` : `moved${at === now ? "now" : ""}`;
}

function actorKey(actor: Actor, now: number): string {
  const kill = actor.killAt === null ? "" : String(actor.killAt - now);
  return `${actor.name}:${now - actor.startedAt}:${actor.history.id}:${kill}`;
}
