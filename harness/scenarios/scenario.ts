import type { Play } from "../play";
import type { Allowances } from "../contract";
import type { Row } from "../tables/row";

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
