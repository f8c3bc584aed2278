import type { StepOptions } from "./runner";
import type { Stage, StageOptions } from "./stage";

/** What a fault changes about the step itself. */
export type StepChange = Partial<
  Pick<
    StepOptions,
    "apiUrl" | "cancel" | "env" | "event" | "eventInputs" | "inputs" | "kill" | "nodeArgs" | "postInputs" | "runnerLost"
  >
>;

/** Something that befalls the world around a run, and may need a stage of its own. */
export interface WorldFault {
  /** What happens in the world, one sentence. */
  readonly says: string;
  /** What is otherwise from the start: inputs, TLS, the token. Its inputs win over the short waits. */
  readonly stage?: StageOptions;
  /** Sets the stage, and returns what is different about the step. */
  readonly apply: (stage: Stage) => StepChange | Promise<StepChange>;
}
