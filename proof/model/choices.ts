import type { Actor } from "./actor";
import type { History } from "./hash";
import type { Fault } from "./scene";

/** Whoever explores decides here. */
export interface Choices {
  /** The history of a process that has learnt nothing yet. */
  readonly nothing: History;
  /** Which fault, if any, strikes at an effect that is local to a process and happens at once. */
  localFault(actor: Actor, name: string, faults: readonly Fault[]): Fault | null;
}

/** Picks one of the options by its place; null ends the execution here, because this state has been seen. */
export interface Chooser {
  choose(options: readonly Labelled[], key: () => number): number | null;
}

export interface Labelled {
  readonly label: string;
  /** What it takes from the number of faults. */
  readonly cost: number;
}
