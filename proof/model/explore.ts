import type { Chooser, Labelled } from "./choices";
import { Execution } from "./execution";
import type { Event } from "./execution";
import { History, Met } from "./hash";
import type { Scene } from "./scene";
import type { World } from "./world";

/** A sequence of choices, shared with all that begin alike. */
interface Path {
  readonly before: Path | null;
  readonly choice: number;
  readonly length: number;
}

export interface Finding {
  readonly kind: string;
  readonly detail: string;
  /** How many executions ended with it. */
  count: number;
  /** The shortest of them. */
  events: readonly Event[];
}

export interface Exploration {
  readonly executions: number;
  /** Different states in which something was about to happen. */
  readonly states: number;
  /** Executions that came to their end; the others met a state that had been seen. */
  readonly endings: number;
  /** Steps of the longest execution. */
  readonly depth: number;
  readonly ms: number;
  /** False if it ended with a finding before everything in the bound was seen. */
  readonly exhausted: boolean;
  readonly results: Readonly<Record<string, number>>;
  readonly findings: readonly Finding[];
}

export interface Limits {
  /** Ends the exploration with the first finding of this kind. */
  readonly until?: string;
}

/** Every execution of a scene, each state looked at once, depth first. */
export async function explore(scene: Scene, { until }: Limits = {}): Promise<Exploration> {
  const began = performance.now();
  const met = new Met();
  const open: (Path | null)[] = [null];
  const tally = new Tally();
  const nothing = new History();
  let executions = 0;
  while (open.length > 0 && !tally.has(until)) {
    await new Promise((resolve) => setImmediate(resolve));
    const path = open.pop() ?? null;
    const chooser = new Descent(path, met, open);
    const execution = new Execution(scene, chooser, nothing);
    chooser.faultsLeft = () => execution.world.faultsLeft;
    executions += 1;
    const ended = await execution.run();
    tally.add(execution, ended);
  }
  const ms = Math.round(performance.now() - began);
  return { executions, states: met.size, ...tally.totals(), ms, exhausted: open.length === 0 };
}

/** Goes where a path leads, and from its end on the first way, leaving the others for later. */
class Descent implements Chooser {
  readonly #choices: Int32Array;
  readonly #met: Met;
  readonly #open: (Path | null)[];
  #path: Path | null;
  #taken = 0;
  faultsLeft: () => number = () => 0;

  constructor(path: Path | null, met: Met, open: (Path | null)[]) {
    this.#choices = choicesOf(path);
    this.#path = path;
    this.#met = met;
    this.#open = open;
  }

  choose(options: readonly Labelled[], key: () => number): number | null {
    if (this.#taken < this.#choices.length) {
      if (options.length === 1) return 0;
      const choice = this.#choices[this.#taken] ?? 0;
      this.#taken += 1;
      if (choice >= options.length) throw new Error("the same choices led to another state");
      return choice;
    }
    if (this.#met.covers(key(), this.faultsLeft())) return null;
    if (options.length === 1) return 0;
    const length = (this.#path?.length ?? 0) + 1;
    for (let choice = options.length - 1; choice > 0; choice -= 1) {
      this.#open.push({ before: this.#path, choice, length });
    }
    this.#path = { before: this.#path, choice: 0, length };
    return 0;
  }
}

function choicesOf(path: Path | null): Int32Array {
  const choices = new Int32Array(path?.length ?? 0);
  for (let at = path; at !== null; at = at.before) choices[at.length - 1] = at.choice;
  return choices;
}

/** What is remembered of the executions. */
export class Tally {
  #endings = 0;
  #depth = 0;
  readonly #results: Record<string, number> = {};
  readonly #findings = new Map<string, Finding>();

  add({ world, events }: Execution, ended: boolean): void {
    this.#depth = Math.max(this.#depth, events.length);
    if (ended) {
      this.#endings += 1;
      const results = resultsOf(world);
      this.#results[results] = (this.#results[results] ?? 0) + 1;
    }
    for (const { kind, detail } of world.violations) {
      const known = this.#findings.get(kind);
      if (known === undefined) this.#findings.set(kind, { kind, detail, count: 1, events: [...events] });
      else {
        known.count += 1;
        if (unusual(events) < unusual(known.events))
          this.#findings.set(kind, { ...known, detail, events: [...events] });
      }
    }
  }

  has(kind: string | undefined): boolean {
    return kind !== undefined && this.#findings.has(kind);
  }

  totals(): Pick<Exploration, "endings" | "depth" | "results" | "findings"> {
    return {
      endings: this.#endings,
      depth: this.#depth,
      results: this.#results,
      findings: [...this.#findings.values()],
    };
  }
}

function unusual(events: readonly Event[]): number {
  return events.filter(({ label, instead }) => label !== instead).length;
}

function resultsOf({ runs }: World): string {
  return runs.map(({ saidByMain, saidByPost }) => (saidByPost ?? saidByMain)?.result ?? "nothing").join(" ");
}
