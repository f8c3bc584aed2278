/** Picks one of the options by its place; null ends the execution here, because this state has been seen. */
export interface Chooser {
  choose(options: readonly Labelled[], key: () => number): number | null;
}

export interface Labelled {
  readonly label: string;
  /** What it takes from the number of faults. */
  readonly cost: number;
}
