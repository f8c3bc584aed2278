import { at, firstSaveIsCut } from "../instants";
import type { StepChange, WorldFault } from "../named-fault";
import type { OtherStep } from "../runner";
import { type Stage, startStage } from "../stage";

type Catalogue = Readonly<Record<string, WorldFault>>;

const neighbourStages = new WeakMap<Stage, Stage>();

/** The world of the second step: another user of the same client, at services of its own. */
export function neighbourOf(stage: Stage): Stage | undefined {
  return neighbourStages.get(stage);
}

async function neighbour(stage: Stage): Promise<Stage> {
  const waits = Object.entries(stage.inputs).filter(([name]) => /-(time|timeout)$/.test(name));
  const other = await startStage({
    userId: "customer-2",
    consumerKey: stage.consumerKey,
    inputs: Object.fromEntries(waits),
  });
  stage.later(() => other.close());
  neighbourStages.set(stage, other);
  return other;
}

/** All steps inside a composite action are called as the step that uses it. */
const INSIDE_COMPOSITE = { GITHUB_ACTION: "deploy" };

function stepOn({ github, inputs }: Stage, env: Readonly<Record<string, string>>): OtherStep {
  return { apiUrl: github.url, inputs, env };
}

function killedAtSave(stage: Stage): StepChange {
  firstSaveIsCut(stage);
  return { kill: at(stage, "put-arrived") };
}

/** Two steps that use the action in one job, on one machine. */
export const neighbours: Catalogue = {
  "twice-in-one-composite": {
    says: "The action is used twice inside one composite action, for two users, and the first is killed before the save.",
    apply: async (stage) => ({
      ...killedAtSave(stage),
      env: INSIDE_COMPOSITE,
      others: { when: "afterwards", steps: [stepOn(await neighbour(stage), INSIDE_COMPOSITE)] },
    }),
  },
  "killed-and-verified-afterwards": {
    says: "The step is killed before the save, and a later step verifies the same secret all the same.",
    apply: (stage) => {
      const verifies = stepOn(stage, { GITHUB_ACTION: "verify" });
      const inputs = { ...verifies.inputs, mode: "verify" };
      return { ...killedAtSave(stage), others: { when: "afterwards", steps: [{ ...verifies, inputs }] } };
    },
  },
  "twice-in-one-composite-for-one-user": {
    says: "The action is used twice inside one composite action, with the same inputs, and the first is killed before the save.",
    apply: (stage) => ({
      ...killedAtSave(stage),
      env: INSIDE_COMPOSITE,
      others: { when: "afterwards", steps: [stepOn(stage, INSIDE_COMPOSITE)] },
    }),
  },
  "twice-in-one-composite-and-both-killed": {
    says: "The action is used twice inside one composite action, for two users, and both are killed before the save.",
    apply: async (stage) => {
      const other = await neighbour(stage);
      const second = { ...stepOn(other, INSIDE_COMPOSITE), ...killedAtSave(other) };
      return { ...killedAtSave(stage), env: INSIDE_COMPOSITE, others: { when: "afterwards", steps: [second] } };
    },
  },
  "two-users-in-parallel": {
    says: "Two steps rotate two users at the same time in one job, and the first is killed before the save.",
    apply: async (stage) => {
      const second = stepOn(await neighbour(stage), { GITHUB_ACTION: "rotate_2" });
      return { ...killedAtSave(stage), others: { when: "meanwhile", steps: [second] } };
    },
  },
  "two-users-in-parallel-and-both-killed": {
    says: "Two steps rotate two users at the same time in one job, and both are killed before the save.",
    apply: async (stage) => {
      const other = await neighbour(stage);
      const second = { ...stepOn(other, { GITHUB_ACTION: "rotate_2" }), ...killedAtSave(other) };
      return { ...killedAtSave(stage), others: { when: "meanwhile", steps: [second] } };
    },
  },
};
