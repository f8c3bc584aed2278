import type { NamedFault } from "./faults";
import type { StepChange } from "./named-fault";
import type { Stage, StageOptions } from "./stage";

/** Faults that happen during one run. */
export interface Weather extends Pick<NamedFault, "apply" | "says" | "stage"> {
  readonly name: string;
  /** Whose they are. */
  readonly of: string;
}

/** Faults seldom come alone: one world in which all of these happen. Where two want the same thing otherwise the later one wins. */
export function together(faults: readonly (NamedFault & { readonly name: string })[]): Weather {
  return {
    name: faults.map(({ name }) => name).join(" + "),
    of: [...new Set(faults.map(({ of }) => of))].join(" and "),
    says: faults.map(({ says }) => says).join(" "),
    stage: faults.reduce<StageOptions>((all, { stage }) => stageOfBoth(all, stage), {}),
    apply: async (stage) => {
      let all: StepChange = {};
      for (const fault of faults) all = stepOfBoth(stage, all, await fault.apply(stage));
      return all;
    },
  };
}

function stageOfBoth(one: StageOptions, other: StageOptions): StageOptions {
  const secure = one.secure === true ? true : (other.secure ?? one.secure);
  return {
    ...one,
    ...other,
    ...(secure === undefined ? {} : { secure }),
    inputs: { ...one.inputs, ...other.inputs },
    snapTrade: { ...one.snapTrade, ...other.snapTrade },
    github: { ...one.github, ...other.github },
  };
}

function stepOfBoth({ inputs }: Stage, one: StepChange, other: StepChange): StepChange {
  const changed = Object.entries(other.inputs ?? {}).filter(([name, value]) => inputs[name] !== value);
  return {
    ...one,
    ...other,
    env: { ...one.env, ...other.env },
    postEnv: { ...one.postEnv, ...other.postEnv },
    nodeArgs: [...(one.nodeArgs ?? []), ...(other.nodeArgs ?? [])],
    inputs: { ...inputs, ...one.inputs, ...Object.fromEntries(changed) },
  };
}
