import { admits, evaluate, evaluateText, isList, textOf } from "./expressions";
import type { Scope, Value } from "./expressions";
import { readWorkflow } from "./file";
import type { WorkflowFile, WorkflowJob } from "./file";
import { playJob } from "./job";
import type { JobRun } from "./job";
import { secretsWhenQueued, secretsWhenStarted } from "./secrets";
import type { WorkflowOptions } from "./types";

export type { JobRun, PlayedStep } from "./job";
export type { OtherAction, WorkflowOptions } from "./types";

export interface WorkflowRun {
  readonly conclusion: "failure" | "success";
  /** In the order in which they ended. */
  readonly jobs: readonly JobRun[];
}

/** Plays the jobs of a workflow, each when what it needs is over, with GitHub's rule of when secrets are read. */
export async function playWorkflow(options: WorkflowOptions): Promise<WorkflowRun> {
  const file = readWorkflow(options.text);
  const queued = secretsWhenQueued(options.github, options.repository);
  const playing: Playing = { file, queued, options };
  const ended: JobRun[] = [];
  const open = [...file.jobs];
  while (open.length > 0) {
    const ready = open.filter(({ needs }) => needs.every((id) => !open.some((job) => job.id === id)));
    if (ready.length === 0) throw new Error("The jobs of this workflow wait for each other.");
    const runs = await Promise.all(ready.map((job) => playMatrix(job, ended, playing)));
    ended.push(...runs.flat());
    for (const job of ready) open.splice(open.indexOf(job), 1);
  }
  return { conclusion: conclusionOf(ended), jobs: ended };
}

/** A job that failed makes the run fail; one that was skipped does not. */
function conclusionOf(runs: readonly JobRun[]): "failure" | "success" {
  return runs.some(({ conclusion }) => conclusion === "failure") ? "failure" : "success";
}

/** What all jobs of one run have in common. */
interface Playing {
  readonly file: WorkflowFile;
  readonly queued: Readonly<Record<string, string>>;
  readonly options: WorkflowOptions;
}

async function playMatrix(job: WorkflowJob, ended: readonly JobRun[], playing: Playing): Promise<JobRun[]> {
  const contexts = contextsOf(job, ended, playing.options);
  const before = ended.filter(({ id }) => job.needs.includes(id));
  const status = before.every(({ conclusion }) => conclusion === "success") ? "success" : "failure";
  const scope: Scope = { contexts, status };
  if (!admits(job.if, scope)) return [skipped(job)];
  const waiting = combinations(job, scope);
  const runs: JobRun[] = [];
  const worker = async (): Promise<void> => {
    for (let matrix = waiting.shift(); matrix !== undefined; matrix = waiting.shift()) {
      if (job.failFast && runs.some(({ conclusion }) => conclusion === "failure"))
        runs.push({ ...skipped(job), matrix });
      else runs.push(await playOne(job, matrix, contexts, playing));
    }
  };
  await Promise.all(Array.from({ length: Math.min(job.parallelMax, waiting.length) }, worker));
  return runs;
}

async function playOne(
  job: WorkflowJob,
  matrix: Readonly<Record<string, string>>,
  contexts: Readonly<Record<string, Value>>,
  { file, queued, options }: Playing,
): Promise<JobRun> {
  const scope: Scope = { contexts: { ...contexts, matrix }, status: "success" };
  const environment = job.environment === undefined ? undefined : evaluateText(job.environment, scope);
  const secrets = secretsWhenStarted(options.github, options.repository, environment, queued);
  const withSecrets: Scope = { ...scope, contexts: { ...scope.contexts, secrets } };
  const texts = Object.entries({ ...file.env, ...job.env });
  const env = texts.map(([name, text]): [string, string] => [name, evaluateText(text, withSecrets)]);
  return await playJob({ job, matrix, secrets, env: Object.fromEntries(env), contexts }, options);
}

function contextsOf(job: WorkflowJob, ended: readonly JobRun[], options: WorkflowOptions): Record<string, Value> {
  const needs = ended
    .filter(({ id }) => job.needs.includes(id))
    .map(({ id, outputs, conclusion }): [string, Value] => [id, { outputs, result: conclusion }]);
  return {
    inputs: options.inputs ?? {},
    vars: options.vars ?? {},
    needs: Object.fromEntries(needs),
  };
}

/** Every combination of the matrix's values; a job without a matrix is one combination of none. */
function combinations(job: WorkflowJob, scope: Scope): Record<string, string>[] {
  let found: Record<string, string>[] = [{}];
  for (const [name, given] of Object.entries(job.matrix ?? {})) {
    const values = typeof given === "string" ? evaluate(given, scope) : given;
    if (!isList(values)) throw new Error(`The matrix has no list of ${name}.`);
    found = found.flatMap((one) => values.map((value) => ({ ...one, [name]: textOf(value) })));
  }
  return found;
}

function skipped({ id }: WorkflowJob): JobRun {
  return { id, matrix: {}, conclusion: "skipped", steps: [], outputs: {} };
}
