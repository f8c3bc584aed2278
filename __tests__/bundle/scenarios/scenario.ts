import type { Play } from "../../support/bundle";
import type { Allowances } from "../../support/contract";
import type { Row } from "../row";

/** Something that may befall a run and that has no name in the sandbox's catalogue, with what becomes of the run. */
export interface Scenario {
  /** What happens in the world, one sentence. */
  readonly says: string;
  readonly row: Row;
  readonly play: Play;
  readonly allowed?: Allowances;
  /** A program from outside npm that plays it. */
  readonly needs?: string;
}

export type Scenarios = Readonly<Record<string, Scenario>>;
