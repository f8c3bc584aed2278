import { execFile } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { parse } from "yaml";
import type { WorkflowInputs } from "../sandbox/github";

export const root = join(import.meta.dirname, "..");

/** What the checks look at in a job; a workflow may hold more. */
export interface Job {
  readonly "timeout-minutes"?: number;
  readonly needs?: unknown;
  readonly permissions?: unknown;
  readonly environment?: unknown;
  readonly concurrency?: unknown;
  readonly strategy?: { readonly "fail-fast"?: boolean };
  readonly steps?: readonly Step[];
}

export interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, string>>;
}

export interface Workflow {
  readonly name?: string;
  readonly on: unknown;
  readonly permissions?: unknown;
  readonly concurrency?: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

/** Paths of the workflow files in a folder of the repository, from its root; none if there is no such folder. */
export function workflowFiles(folder: string): string[] {
  try {
    const names = readdirSync(join(root, folder)).filter((name) => /\.ya?ml$/.test(name));
    return names.sort().map((name) => `${folder}/${name}`);
  } catch {
    return [];
  }
}

export function readText(file: string): string {
  return readFileSync(join(root, file), "utf8");
}

export function parseWorkflow(text: string): Workflow {
  const document: unknown = parse(text);
  if (!isWorkflow(document)) throw new Error("not a workflow");
  return document;
}

function isWorkflow(document: unknown): document is Workflow {
  return typeof document === "object" && document !== null && "jobs" in document && "on" in document;
}

/** What people may choose when they start a workflow manually; undefined if they cannot. */
export function manualInputsOf({ on }: Workflow): WorkflowInputs | undefined {
  const dispatch = isRecord(on) && "workflow_dispatch" in on ? (on["workflow_dispatch"] ?? {}) : undefined;
  if (!isRecord(dispatch)) return undefined;
  const inputs = isRecord(dispatch["inputs"]) ? dispatch["inputs"] : {};
  return Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, manualInput(input)]));
}

function manualInput(input: unknown): WorkflowInputs[string] {
  if (!isRecord(input)) return {};
  const isRequired = input["required"] === true;
  return Array.isArray(input["options"]) ? { isRequired, options: input["options"].map(String) } : { isRequired };
}

/** The environment that a job names, in either form; undefined if it names none. */
export function environmentOf(job: Job): { readonly name: string; readonly isDeployment: boolean } | undefined {
  const { environment } = job;
  if (typeof environment === "string") return { name: environment, isDeployment: true };
  if (!isRecord(environment)) return undefined;
  return { name: String(environment["name"]), isDeployment: environment["deployment"] !== false };
}

/** The steps that use this action. */
export function ourSteps(job: Job): readonly Step[] {
  return (job.steps ?? []).filter(({ uses }) => uses?.startsWith("OWNER/rotate-snaptrade-user-secret@"));
}

/** What GitHub's language service says of each file, by its path from the repository's root. */
export async function lint(paths: readonly string[]): Promise<Readonly<Record<string, readonly string[]>>> {
  const script = join(root, "harness/lint-workflows.mjs");
  const { stdout } = await promisify(execFile)(process.execPath, [
    script,
    root,
    ...paths.map((path) => join(root, path)),
  ]);
  const found: unknown = JSON.parse(stdout);
  if (!isFindings(found)) throw new Error("the language service said something else");
  return found;
}

function isFindings(value: unknown): value is Readonly<Record<string, readonly string[]>> {
  return typeof value === "object" && value !== null && Object.values(value).every(Array.isArray);
}

/** Each input of action.yml with its default, empty if it has none. */
export function inputsOfOurAction(): Readonly<Record<string, string>> {
  const document: unknown = parse(readText("action.yml"), { schema: "failsafe" });
  const inputs = isRecord(document) ? document["inputs"] : undefined;
  if (!isRecord(inputs)) throw new Error("action.yml has no inputs");
  return Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, defaultOf(input)]));
}

function defaultOf(input: unknown): string {
  const value = isRecord(input) ? input["default"] : undefined;
  return typeof value === "string" ? value : "";
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
