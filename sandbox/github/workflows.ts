import type { operations } from "@octokit/openapi-types";
import { type Answer, json, notFound, refusal, type Schemas } from "./answers";
import { membersIn } from "./bodies";
import type { Call } from "./calls";
import type { Clock } from "./clock";
import { page } from "./pages";
import { minimalRepository, workflowRun } from "./repositories";
import type { Repository, WorkflowInputs, World } from "./world";

type DispatchBody = operations["actions/create-workflow-dispatch"]["requestBody"]["content"]["application/json"];
type Workflows = operations["actions/list-repo-workflows"]["responses"]["200"]["content"]["application/json"];
type Runs = operations["actions/list-workflow-runs-for-repo"]["responses"]["200"]["content"]["application/json"];

const PERMITTED: readonly string[] = ["ref", "inputs", "return_run_details"] satisfies (keyof DispatchBody)[];
const DOCS = "https://docs.github.com/rest/actions/workflows#create-a-workflow-dispatch-event";
const DEFAULT_BRANCH = "main";

/** Workflows that can be started manually, and the runs that were. */
export class WorkflowEndpoints {
  readonly #world: World;
  readonly #clock: Clock;
  readonly #startedAt: Date[] = [];

  constructor(world: World, clock: Clock) {
    this.#world = world;
    this.#clock = clock;
  }

  list(repository: Repository, { query, path, root }: Call): Answer {
    const all = [...repository.workflows.keys()];
    const { items, headers } = page(all, query, new URL(root).origin + path);
    const workflows = items.map((file) => described(repository, file, root));
    const listed: Workflows = { total_count: all.length, workflows };
    return json(200, listed, headers);
  }

  /** A workflow is asked for by its file's name, or by its number. */
  show(repository: Repository, asked: string, root: string): Answer {
    const file = fileOf(repository, asked);
    return file === undefined ? notFound() : json(200, described(repository, file, root));
  }

  dispatch(repository: Repository, asked: string, root: string, body: string): Answer {
    const file = fileOf(repository, asked);
    const declared = repository.workflows.get(file ?? "");
    if (file === undefined || declared === undefined) return notFound();
    const members = membersIn(body);
    if (members === undefined) return refusal(400, "Problems parsing JSON", {}, DOCS);
    const stranger = [...members.keys()].find((name) => !PERMITTED.includes(name));
    if (stranger !== undefined) return refusal(422, `"${stranger}" is not a permitted key.`, {}, DOCS);
    const ref = members.get("ref");
    if (ref !== DEFAULT_BRANCH && ref !== `refs/heads/${DEFAULT_BRANCH}`) {
      return refusal(422, `No ref found for: ${String(ref)}`, {}, DOCS);
    }
    const inputs = textsOf(members.get("inputs") ?? {});
    if (inputs === undefined) return refusal(422, "Invalid inputs", {}, DOCS);
    const wrong = whatIsWrong(declared, inputs);
    if (wrong !== undefined) return refusal(422, wrong, {}, DOCS);
    const id = this.#world.dispatches.push({ repository: repository.fullName, workflow: file, inputs });
    this.#startedAt.push(this.#clock.now());
    if (members.get("return_run_details") !== true) return { status: 204 };
    const run = this.#run(repository, id, root);
    const details: Schemas["workflow-dispatch-response"] = {
      workflow_run_id: id,
      run_url: run.url,
      html_url: run.html_url,
    };
    return json(200, details);
  }

  /** The newest first, as GitHub lists them. */
  runs(repository: Repository, { query, path, root }: Call): Answer {
    const own = this.#world.dispatches.flatMap((dispatch, index) =>
      dispatch.repository === repository.fullName ? [this.#run(repository, index + 1, root)] : [],
    );
    const { items, headers } = page(own.reverse(), query, new URL(root).origin + path);
    const runs: Runs = { total_count: own.length, workflow_runs: items };
    return json(200, runs, headers);
  }

  #run(repository: Repository, id: number, root: string): Schemas["workflow-run"] {
    const startedManually = this.#world.dispatches[id - 1]?.workflow ?? "";
    const began = this.#clock.iso(this.#startedAt[id - 1] ?? this.#clock.now());
    const run = workflowRun({ id, repository, began, startedManually }, root);
    return { ...run, workflow_id: numberOf(repository, startedManually) };
  }
}

function fileOf({ workflows }: Repository, asked: string): string | undefined {
  return workflows.has(asked) ? asked : [...workflows.keys()][Number(asked) - 1];
}

function numberOf({ workflows }: Repository, file: string): number {
  return [...workflows.keys()].indexOf(file) + 1;
}

function textsOf(inputs: unknown): Record<string, string> | undefined {
  if (typeof inputs !== "object" || inputs === null) return undefined;
  const entries = Object.entries(inputs).flatMap(([name, value]: [string, unknown]): [string, string][] =>
    typeof value === "string" ? [[name, value]] : [],
  );
  return entries.length === Object.keys(inputs).length ? Object.fromEntries(entries) : undefined;
}

/** GitHub compares what is given with the file's `on.workflow_dispatch.inputs`. */
function whatIsWrong(declared: WorkflowInputs, given: Readonly<Record<string, string>>): string | undefined {
  const strangers = Object.keys(given).filter((name) => declared[name] === undefined);
  if (strangers.length > 0) return `Unexpected inputs provided: ${JSON.stringify(strangers)}`;
  for (const [name, { isRequired = false, options }] of Object.entries(declared)) {
    const value = given[name];
    if (value === undefined && isRequired) return `Required input '${name}' not provided`;
    if (value !== undefined && options?.includes(value) === false) {
      return `Provided value '${value}' for input '${name}' not in the list of allowed values`;
    }
  }
  return undefined;
}

function described(repository: Repository, file: string, root: string): Schemas["workflow"] {
  const { url, html_url: page } = minimalRepository(repository, root);
  const [id, long] = [numberOf(repository, file), "2026-01-01T00:00:00Z"];
  return {
    id,
    node_id: `W_${id}`,
    name: file,
    path: `.github/workflows/${file}`,
    state: "active",
    created_at: long,
    updated_at: long,
    url: `${url}/actions/workflows/${id}`,
    html_url: `${page}/blob/${DEFAULT_BRANCH}/.github/workflows/${file}`,
    badge_url: `${page}/workflows/${file}/badge.svg`,
  };
}
