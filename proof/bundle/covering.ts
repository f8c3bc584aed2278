import type { Exclusion } from "./exclusion";
import type { Policy, Task } from "./world-policies";

/** One world: what the run is for, and all that is wrong meanwhile. */
export interface World {
  readonly task: Task;
  readonly policies: readonly Policy[];
}

export interface Deck {
  readonly policies: readonly Policy[];
  readonly tasks: readonly Task[];
  readonly exclusion: Exclusion;
  readonly draw: () => number;
}

interface Pair {
  readonly of: readonly [Policy, Policy];
  played: number;
}

/** Four policies are six pairs, so worlds of four are frequent. */
const SIZES = [2, 3, 3, 4, 4];

/** Draws worlds in which each pair of policies of different sources comes up about as often as any other. */
export class Covering {
  readonly #deck: Deck;
  readonly #pairs: readonly Pair[];

  constructor(deck: Deck) {
    this.#deck = deck;
    const { policies } = deck;
    this.#pairs = policies.flatMap((one, index) =>
      policies.slice(index + 1).flatMap((other) => (this.#fits(one, [other]) ? [{ of: [one, other], played: 0 }] : [])),
    );
  }

  /** How often each pair that can be has come up in a run that resets. */
  get played(): readonly number[] {
    return this.#pairs.map(({ played }) => played);
  }

  next(): World {
    const { policies, tasks } = this.#deck;
    const task = this.#oneOf(tasks);
    const size = this.#oneOf(SIZES);
    const suited = policies.filter((policy) => this.#suits(policy, task));
    const pairs = this.#pairs.filter(({ of }) => of.every((policy) => suited.includes(policy)));
    const chosen = [...this.#rarest(pairs, ({ played }) => played).of];
    while (chosen.length < size) {
      const fitting = suited.filter((policy) => this.#fits(policy, chosen));
      if (fitting.length === 0) break;
      chosen.push(this.#rarest(fitting, (policy) => this.#playedWith(policy, chosen)));
    }
    if (task.resets) for (const pair of this.#within(chosen)) pair.played += 1;
    return { task, policies: policies.filter((policy) => chosen.includes(policy)) };
  }

  #suits(policy: Policy, task: Task): boolean {
    return this.#deck.exclusion.between(policy, task).length === 0;
  }

  #fits(policy: Policy, others: readonly Policy[]): boolean {
    const { exclusion } = this.#deck;
    return others.every((other) => policy.source !== other.source && exclusion.between(policy, other).length === 0);
  }

  #within(chosen: readonly Policy[]): Pair[] {
    return this.#pairs.filter(({ of }) => of.every((policy) => chosen.includes(policy)));
  }

  #playedWith(policy: Policy, chosen: readonly Policy[]): number {
    const pairs = this.#within([policy, ...chosen]).filter(({ of }) => of.includes(policy));
    return pairs.reduce((sum, { played }) => sum + played, 0);
  }

  /** Among those that have come up as seldom the lot decides. */
  #rarest<T>(items: readonly T[], timesOf: (item: T) => number): T {
    const fewest = Math.min(...items.map(timesOf));
    return this.#oneOf(items.filter((item) => timesOf(item) === fewest));
  }

  #oneOf<T>(items: readonly T[]): T {
    const item = items[Math.floor(this.#deck.draw() * items.length)];
    if (item === undefined) throw new Error("There is nothing to draw from.");
    return item;
  }
}
