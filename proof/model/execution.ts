import { Actor } from "./actor";
import type { Choices } from "./actor";
import type { Chooser, Labelled } from "./choices";
import { History } from "./hash";
import { judgeEnd } from "./judge";
import { keyOf } from "./key";
import { CANCEL_LADDER_MS } from "./scene";
import type { Fault, Scene } from "./scene";
import { play } from "./step";
import { START, World } from "./world";
import type { Flight, Run } from "./world";

/** What can strike a process at any moment. */
const STRIKES = ["SIGKILL", "machine-loss", "signal"] as const;

interface Option extends Labelled {
  readonly go: () => void;
}

/** One line of what happened: when (milliseconds from the start), and what. */
export interface Event {
  readonly at: number;
  readonly label: string;
  /** What would have happened if nothing had gone wrong; the same as `label` if nothing has. */
  readonly instead: string;
  /** The how-many-eth time it was that this would have happened. */
  readonly nth: number;
}

/**
 * One execution: the real code is let go until all of it waits, then one thing happens, and so on until
 * nothing is left to happen. Code that waits for a promise cannot be forked, so each execution begins at the start.
 */
export class Execution implements Choices {
  readonly world: World;
  readonly nothing: History;
  readonly events: Event[] = [];
  readonly #chooser: Chooser;
  readonly #asked = new Map<string, number>();
  #actors: Actor[] = [];
  #stopped = false;
  /** When the next run of the group may start. */
  #startableAt: number;

  constructor(scene: Scene, chooser: Chooser, nothing = new History()) {
    this.nothing = nothing;
    this.world = new World(scene);
    this.#chooser = chooser;
    this.#startableAt = this.world.now;
  }

  /** @returns whether it came to its end; false if the chooser stopped it. */
  async run(): Promise<boolean> {
    this.#start(this.world.inForce);
    for (;;) {
      // Runs after all microtasks: then every process waits for something.
      await new Promise<void>((resolve) => process.nextTick(resolve));
      if (this.#hasStopped()) return false;
      const options = this.#options();
      if (options.length === 0) break;
      const option = this.#choose(options);
      if (option === null) return false;
      option.go();
    }
    judgeEnd(this.world);
    return true;
  }

  #hasStopped(): boolean {
    return this.#stopped;
  }

  localFault(actor: Actor, name: string, faults: readonly Fault[]): Fault | null {
    const possible = this.#stopped ? [] : faults.filter((fault) => this.#allows(fault));
    if (possible.length === 0) return null;
    const options: Option[] = [
      { label: `${actor.name} ${name}`, cost: 0, go: () => undefined },
      ...possible.map((fault) => ({
        label: `${fault} at ${actor.name} ${name}`,
        cost: 1,
        go: () => this.#strike(actor, fault),
      })),
    ];
    const option = this.#choose(options, `${actor.name} ${name}`);
    if (option === null) {
      this.#stopped = true;
      actor.end(0);
      return "SIGKILL";
    }
    option.go();
    return possible[options.indexOf(option) - 1] ?? null;
  }

  #choose(options: readonly Option[], at = ""): Option | null {
    const place = this.#chooser.choose(options, () => keyOf(this.world, this.#actors, this.#startableAt, at));
    const option = place === null ? undefined : options[place];
    if (option === undefined) return null;
    this.world.faultsLeft -= option.cost;
    const instead = options[0]?.label ?? "";
    const nth = (this.#asked.get(instead) ?? 0) + 1;
    this.#asked.set(instead, nth);
    this.events.push({ at: this.world.now - START, label: option.label, instead, nth });
    return option;
  }

  #allows(fault: Fault): boolean {
    return this.world.faultsLeft > 0 && this.world.scene.kinds.includes(fault);
  }

  #strike(actor: Actor, fault: Fault, orphanMs?: number): void {
    switch (fault) {
      case "SIGKILL":
        this.#over(actor, orphanMs);
        break;
      case "machine-loss":
        actor.run.machineLost = true;
        this.#over(actor, orphanMs);
        break;
      case "signal":
        actor.signal();
        actor.killAt = this.world.now + CANCEL_LADDER_MS;
        break;
      case "disk-full":
        actor.run.diskFull = true;
        break;
      default:
        throw new Error(`${fault} is no fault of a machine`);
    }
  }

  #start(given: string): void {
    this.#spawn(this.world.begin(given), "main");
  }

  #spawn(run: Run, role: "main" | "post"): void {
    const actor = new Actor(run, role, this.world, this);
    this.#actors.push(actor);
    play(actor).then(
      () => this.#over(actor),
      (error: unknown) => {
        this.world.violate("threw", `${actor.name}: ${error instanceof Error ? error.message : typeof error}`);
        this.#over(actor);
      },
    );
  }

  /** A process has ended, by itself or not. After main comes post, unless there is no machine any more or nothing to do. */
  #over(actor: Actor, orphanMs = this.world.scene.orphanMs): void {
    if (!actor.alive) return;
    actor.end(orphanMs);
    this.#actors = this.#actors.filter((other) => other !== actor);
    const { run, role } = actor;
    if (role === "main" && !run.machineLost && !run.concluded) {
      run.phase = "post";
      this.#spawn(run, "post");
      return;
    }
    run.phase = "over";
    const { nextRunAfterMs, lossNoticedAfterMs } = this.world.scene;
    this.#startableAt = this.world.now + (run.machineLost ? lossNoticedAfterMs : nextRunAfterMs);
  }

  #options(): Option[] {
    const ready = this.#actors.filter((actor) => actor.killAt !== null && actor.killAt <= this.world.now);
    const [overdue] = ready;
    if (overdue !== undefined) {
      return [{ label: `the runner kills ${overdue.name}`, cost: 0, go: () => this.#over(overdue) }];
    }
    const steps = this.#actors.flatMap((actor) => this.#stepsOf(actor));
    const usual = steps.filter(({ cost }) => cost === 0);
    const waits = usual.length === 0 || this.world.scene.stalls ? this.#wait() : [];
    const landings = this.world.flights.map((flight) => ({
      label: `lands late: ${nameOf(flight)}`,
      cost: 0,
      go: () => this.world.land(flight),
    }));
    return [...usual, ...this.#starts(), ...waits, ...landings, ...steps.filter(({ cost }) => cost > 0)];
  }

  /** Whether nothing but one process can change anything: then the order of its own questions does not matter. */
  #isQuiet(): boolean {
    const { scene, flights, runs } = this.world;
    const mayStart = !scene.group && runs.length < scene.runs;
    return scene.order === "reduced" && this.#actors.length === 1 && flights.length === 0 && !mayStart;
  }

  #stepsOf(actor: Actor): Option[] {
    const timer = actor.due();
    const step = timer === null ? (actor.pending[0]?.name ?? "asleep") : "wakes";
    const label = `${actor.name} ${step}`;
    const strikes = this.#strikesAt(actor, label);
    if (timer !== null) return [{ label, cost: 0, go: () => actor.wake(timer) }, ...strikes];
    const asked = this.#isQuiet() ? actor.pending.slice(0, 1) : actor.pending;
    const ways = asked.flatMap((pending) =>
      pending
        .ways()
        .filter(({ fault }) => fault === null || this.#allows(fault))
        .map(({ label: way, fault, go }) => ({
          label: `${actor.name} ${pending.name}: ${way}`,
          cost: fault === null ? 0 : 1,
          go,
        })),
    );
    return [...ways, ...strikes];
  }

  #strikesAt(actor: Actor, label: string): Option[] {
    const { scene, faultsLeft } = this.world;
    const lateMs = actor.pending.some(({ name }) => name === "reset") ? scene.lateMs : scene.lateWriteMs;
    const isLate = actor.isWriting && faultsLeft > 1 && (this.#allows("put-late") || this.#allows("commit-late"));
    return STRIKES.filter((fault) => this.#allows(fault)).flatMap((fault): Option[] => {
      if (fault === "signal" && (actor.role === "post" || actor.seen !== null)) return [];
      const strike = { label: `${fault} before ${label}`, cost: 1, go: () => this.#strike(actor, fault) };
      if (fault === "signal" || !isLate) return [strike];
      const late = `${fault} before ${label}, which may be done late`;
      return [strike, { label: late, cost: 2, go: () => this.#strike(actor, fault, lateMs) }];
    });
  }

  #starts(): Option[] {
    const { scene, runs, now, givable } = this.world;
    if (runs.length >= scene.runs) return [];
    if (scene.group && (this.#actors.length > 0 || now < this.#startableAt)) return [];
    const values = scene.secretRead === "started" ? [this.world.primary().value] : [...givable].reverse();
    return values.map((given) => ({
      label: `run${runs.length + 1} starts with ${given}`,
      cost: 0,
      go: () => this.#start(given),
    }));
  }

  /** Nothing goes on without time, so it jumps to the next moment at which somebody wakes. */
  #wait(): Option[] {
    const { world } = this;
    const moments = this.#actors.flatMap(({ timers, killAt }) => [
      ...timers.map(({ at }) => at),
      ...(killAt === null ? [] : [killAt]),
    ]);
    const someoneWaits =
      this.#actors.length === 0 && world.runs.length < world.scene.runs && world.now < this.#startableAt;
    if (someoneWaits) moments.push(this.#startableAt);
    if (moments.length === 0) {
      if (this.world.scene.stalls && this.#actors.length > 0) return [];
      if (this.#actors.length > 0) throw new Error("a process waits for nothing");
      if (world.flights.length === 0 || world.runs.length < world.scene.runs) return [];
      return [{ label: "what is under way never arrives", cost: 0, go: () => (world.flights = []) }];
    }
    const next = Math.min(...moments);
    return [{ label: `${next - world.now} ms pass`, cost: 0, go: () => world.passUntil(next) }];
  }
}

function nameOf(flight: Flight): string {
  const what = flight.kind === "reset" ? `reset with ${flight.given}` : `put to ${flight.place.label}`;
  return `${what} of ${flight.run.name}`;
}
