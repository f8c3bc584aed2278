import { parse } from "yaml";
import { type Value, textOf, valueOf } from "./expressions";

export interface WorkflowStep {
  readonly id: string | undefined;
  readonly if: string | undefined;
  readonly uses: string | undefined;
  readonly run: string | undefined;
  readonly with: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
}

export interface WorkflowJob {
  readonly id: string;
  readonly needs: readonly string[];
  readonly if: string | undefined;
  readonly environment: string | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string>>;
  readonly matrix: Readonly<Record<string, Value>> | undefined;
  /** How many jobs of the matrix run at a time. */
  readonly parallelMax: number;
  readonly failFast: boolean;
  readonly steps: readonly WorkflowStep[];
}

export interface WorkflowFile {
  readonly env: Readonly<Record<string, string>>;
  readonly jobs: readonly WorkflowJob[];
}

type Fields = Readonly<Record<string, Value>>;

/** A step with any other key, such as `background`, would run otherwise than here. */
const PLAYED_KEYS: readonly string[] = ["env", "id", "if", "name", "run", "uses", "with"];

/** Reads what the sandbox plays of a workflow; events, permissions and concurrency are for whoever starts it. */
export function readWorkflow(text: string): WorkflowFile {
  const document = fieldsOf(valueOf(parse(text)));
  const jobs = Object.entries(fieldsOf(document["jobs"])).map(([id, job]) => readJob(id, fieldsOf(job)));
  return { env: textsOf(document["env"]), jobs };
}

function readJob(id: string, job: Fields): WorkflowJob {
  const strategy = fieldsOf(job["strategy"]);
  const environment = job["environment"];
  return {
    id,
    needs: listOf(job["needs"]).map(textOf),
    if: optionalText(job["if"]),
    environment: optionalText(isFields(environment) ? environment["name"] : environment),
    env: textsOf(job["env"]),
    outputs: textsOf(job["outputs"]),
    matrix: strategy["matrix"] === undefined ? undefined : fieldsOf(strategy["matrix"]),
    parallelMax: Number(strategy["max-parallel"] ?? Number.POSITIVE_INFINITY),
    failFast: strategy["fail-fast"] !== false,
    steps: listOf(job["steps"]).map((step) => readStep(fieldsOf(step))),
  };
}

function readStep(step: Fields): WorkflowStep {
  const unknown = Object.keys(step).find((key) => !PLAYED_KEYS.includes(key));
  if (unknown !== undefined) throw new Error(`The sandbox does not play "${unknown}" of a step.`);
  return {
    id: optionalText(step["id"]),
    if: optionalText(step["if"]),
    uses: optionalText(step["uses"]),
    run: optionalText(step["run"]),
    with: textsOf(step["with"]),
    env: textsOf(step["env"]),
  };
}

function isFields(value: Value | undefined): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function fieldsOf(value: Value | undefined): Fields {
  return isFields(value) ? value : {};
}

function listOf(value: Value | undefined): readonly Value[] {
  if (value === undefined || value === null) return [];
  return isList(value) ? value : [value];
}

function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

function optionalText(value: Value | undefined): string | undefined {
  return value === undefined || value === null ? undefined : textOf(value);
}

function textsOf(value: Value | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(fieldsOf(value)).map(([name, one]) => [name, textOf(one)]));
}
