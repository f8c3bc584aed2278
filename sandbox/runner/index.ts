import { rm } from "node:fs/promises";
import { readAction } from "./action";
import { makePlaces } from "./environment";
import { Masker } from "./masker";
import type { Job } from "./phase";
import { PlayedStep } from "./step";
import type { OtherStep, StepOptions, StepRun } from "./types";

export type { Cancel, StepKind } from "./cancel";
export type { CausingRun, EventFlaw } from "./types";
export type { CommandFiles, FileFlaws } from "./files";
export type { LeftFile } from "./left";
export type { Annotation, Level } from "./log";
export type { Between, OtherStep, OtherSteps, Phase, StepOptions, StepRun } from "./types";

/**
 * Plays one step of a Node action as GitHub's runner does: main, and then post whatever became of main. Where there are
 * other steps of the action in the job, their post steps come first, the last one's before all.
 */
export async function playStep(options: StepOptions): Promise<StepRun> {
  const action = await readAction(options.root);
  const job: Job = { places: await makePlaces(options), masker: new Masker(), exported: {}, path: [] };
  for (const secret of options.secrets ?? []) job.masker.add(secret);
  const first = new PlayedStep(options, action, job);
  const others = (options.others?.steps ?? []).map((one) => new PlayedStep(besides(options, one), action, job));
  const steps = [first, ...others];
  try {
    if (options.others?.when === "meanwhile") await Promise.all(steps.map((step) => step.playMain()));
    else for (const step of steps) await step.playMain();
    for (const step of steps.toReversed()) await step.playPost();
    for (const step of steps) await step.close();
    return await first.run(await Promise.all(others.map((step) => step.run([]))));
  } finally {
    for (const step of steps) await step.close();
    await rm(job.places.base, { recursive: true, force: true });
  }
}

/** Another step of the same job: the same action on the same machine, and nothing of what happens to the first. */
function besides(options: StepOptions, other: OtherStep): StepOptions {
  const { root, node, repository, event, runId, runAttempt, serverUrl, debug, nodeArgs } = options;
  const shared = { root, node, repository, event, runId, runAttempt, serverUrl, debug, nodeArgs };
  const given = Object.entries(shared).filter(([, value]) => value !== undefined);
  return { root, node, ...Object.fromEntries(given), ...other };
}
