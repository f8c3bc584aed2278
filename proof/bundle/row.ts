import type { Share } from "../../harness/share";

/** How a row is to be run. */
export interface Setting {
  readonly share: Share;
  /** What is drawn at random is drawn from this, so that a failure can be played again. */
  readonly seed: number;
  /** Told after each play. */
  readonly onPlayed?: (played: number) => void;
}

/** One case of a row that went wrong. */
export interface Violation {
  /** Enough to play it again. */
  readonly of: string;
  readonly says: string;
}

/** What became of one row. */
export interface RowReport {
  readonly name: string;
  readonly played: number;
  readonly ms: number;
  readonly violations: readonly Violation[];
  /** What the plays came to: result → how often. */
  readonly results: Readonly<Record<string, number>>;
  /** What else is to be said of it, a line each. */
  readonly notes?: readonly string[];
  /** Why this machine could not play it; then it counts as failed. */
  readonly refused?: string;
}

/** One way of breaking the bundle, in all its places. */
export interface Row {
  readonly name: string;
  run(setting: Setting): Promise<RowReport>;
}

/** A generator of numbers that gives the same ones for the same seed (mulberry32). */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A sample without repetition, in the order of the items; all of them if there are no more. */
export function sample<T>(items: readonly T[], count: number, draw: () => number): T[] {
  const left = items.map((item, index) => ({ item, index, lot: draw() }));
  const drawn = left.sort((a, b) => a.lot - b.lot).slice(0, count);
  return drawn.sort((a, b) => a.index - b.index).map(({ item }) => item);
}
