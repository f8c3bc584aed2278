import type { Instant } from "../../src/rotation/model";
import type { History } from "./hash";
import type { Fault } from "./scene";
import type { Place, Run, World } from "./world";

/** One way in which a request can go. */
export interface Way<T> {
  /** Tells the answer, times relative to the start of the process: equal labels are equal answers. */
  readonly label: string;
  /** Null for the way in which it should go. */
  readonly fault: Fault | null;
  /** What happens in the world, and what the sender hears of it. */
  readonly happen: () => T;
  /** How long the sender hears nothing. */
  readonly silentMs?: number;
}

/** A request that has been sent and not been answered. */
export interface Pending {
  readonly name: string;
  ways(): readonly { readonly label: string; readonly fault: Fault | null; readonly go: () => void }[];
  /** Its sender died, or left without waiting for it. */
  readonly orphan: ((forMs: number) => void) | null;
}

interface Timer {
  readonly name: string;
  readonly at: Instant;
  readonly wake: () => void;
}

/**
 * One process of a run: the main step or the post step. The real code runs in it; whatever it asks of the
 * world waits here until the scheduler lets it happen.
 *
 * `history` is all that the code has learnt, in its order. The code is deterministic, so two processes with
 * the same history are in the same state: that is what makes it sound to look at each state only once.
 */
export class Actor {
  readonly run: Run;
  readonly role: "main" | "post";
  readonly name: string;
  readonly startedAt: Instant;
  history: History;
  pending: Pending[] = [];
  timers: Timer[] = [];
  alive = true;
  seen: string | null = null;
  /** When the runner loses patience with a process that it has asked to end. */
  killAt: Instant | null = null;
  readonly arrived: Promise<string>;
  #cancel: (signal: string) => void = () => undefined;
  readonly world: World;
  readonly #choices: Choices;

  constructor(run: Run, role: "main" | "post", world: World, choices: Choices) {
    this.history = choices.nothing;
    this.run = run;
    this.role = role;
    this.name = `${run.name}.${role}`;
    this.startedAt = world.now;
    this.world = world;
    this.#choices = choices;
    this.arrived = new Promise((resolve) => (this.#cancel = resolve));
  }

  /** Sends a request. The promise of a process that has died never settles. */
  async ask<T>(name: string, ways: () => readonly Way<T>[], orphan: Pending["orphan"] = null): Promise<T> {
    return await new Promise<T>((resolve) => {
      if (!this.alive) return;
      const pending: Pending = {
        name,
        orphan,
        ways: () =>
          ways().map(({ label, fault, happen, silentMs = 0 }) => ({
            label,
            fault,
            go: () => {
              this.pending = this.pending.filter((other) => other !== pending);
              const answer = happen();
              this.#answer(`${name}=${label}`, silentMs, () => resolve(answer));
            },
          })),
      };
      this.pending.push(pending);
    });
  }

  #answer(event: string, silentMs: number, wake: () => void): void {
    if (silentMs === 0) {
      this.learn(event);
      wake();
    } else {
      this.timers.push({ name: event, at: this.world.now + silentMs, wake });
    }
  }

  /** Something that the process hears of by itself after so long. */
  async later<T>(name: string, ms: number, value: () => T): Promise<T> {
    return await new Promise<T>((resolve) => {
      this.timers.push({ name, at: this.world.now + ms, wake: () => resolve(value()) });
    });
  }

  async sleep(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      if (this.alive) this.timers.push({ name: "sleep", at: this.world.now + ms, wake: resolve });
    });
  }

  /** The first timer that is due, in the order in which Node would run them. */
  due(): Timer | null {
    let first: Timer | null = null;
    for (const timer of this.timers) {
      if (timer.at <= this.world.now && (first === null || timer.at < first.at)) first = timer;
    }
    return first;
  }

  wake(timer: Timer): void {
    this.timers = this.timers.filter((other) => other !== timer);
    this.learn(timer.name);
    timer.wake();
  }

  /** An effect on this machine that happens at once. Returns false where it failed, or nobody is there any more. */
  local(name: string, faults: readonly Fault[]): boolean {
    if (!this.alive) return false;
    const fault = this.#choices.localFault(this, name, faults);
    this.learn(`${name}=${fault ?? "ok"}`);
    return fault === null;
  }

  /** When a place was last written, as this process can tell it: before its start, and if so, as main had noted it or not. */
  written(place: Place): string {
    const noted = this.run.journal.sending?.stores[this.world.places.indexOf(place)]?.updatedAt;
    const isNoted = noted !== null && noted !== undefined && Date.parse(noted) === place.updatedAt;
    return `${place.updatedAt < this.startedAt ? "before" : place.updatedAt - this.startedAt}${isNoted ? "=" : ""}`;
  }

  signal(): void {
    this.seen = "SIGINT";
    this.learn("signal");
    this.#cancel("SIGINT");
  }

  learn(event: string): void {
    this.history = this.history.after(`${event}@${this.world.now - this.startedAt}`);
  }

  /** Whether something is under way that changes the world. */
  get isWriting(): boolean {
    return this.pending.some(({ orphan }) => orphan !== null);
  }

  /** Ends the process. Its requests that are under way may still take effect for so long. */
  end(orphanMs: number): void {
    this.alive = false;
    for (const { orphan } of this.pending) orphan?.(orphanMs);
    this.world.hangUp(this.run);
    this.pending = [];
    this.timers = [];
  }
}

/** Whoever explores decides here. */
export interface Choices {
  /** The history of a process that has learnt nothing yet. */
  readonly nothing: History;
  /** Which fault, if any, strikes at an effect that is local to a process and happens at once. */
  localFault(actor: Actor, name: string, faults: readonly Fault[]): Fault | null;
}
