import type { Place } from "./scopes";

/** Where variables are that a workflow of one repository reads. */
export type VariablePlace = Exclude<Place, { readonly kind: "organization" }>;

/** What only a person's own commands ask of GitHub, when a repository is set up or a run is started manually. */
export type SetUpStep =
  | { readonly kind: "variables"; readonly place: VariablePlace }
  | { readonly kind: "variable"; readonly place: VariablePlace; readonly name: string }
  | { readonly kind: "environment"; readonly environment: string }
  | { readonly kind: "workflows" }
  | { readonly kind: "workflow"; readonly workflow: string }
  | { readonly kind: "dispatch"; readonly workflow: string }
  | { readonly kind: "runs" };

const METHODS = {
  variables: ["GET", "POST"],
  variable: ["GET", "PATCH", "DELETE"],
  environment: ["PUT"],
  workflows: ["GET"],
  workflow: ["GET"],
  dispatch: ["POST"],
  runs: ["GET"],
} as const satisfies Record<SetUpStep["kind"], readonly string[]>;

/** Reads what is below a repository in a path; `undefined` if it is none of these steps. */
export function findSetUp(method: string, repository: string, below: readonly string[]): SetUpStep | undefined {
  const step = stepOf(repository, below);
  const methods: readonly string[] = step === undefined ? [] : METHODS[step.kind];
  return methods.includes(method) ? step : undefined;
}

function stepOf(repository: string, below: readonly string[]): SetUpStep | undefined {
  const [area, second = "", third = "", fourth = ""] = below;
  if (area === "environments" && third === "variables") {
    return variableStep({ kind: "environment", repository, environment: second, app: "actions" }, below.slice(3));
  }
  if (area === "environments" && below.length === 2) return { kind: "environment", environment: second };
  if (area !== "actions") return undefined;
  if (second === "variables") return variableStep({ kind: "repository", repository, app: "actions" }, below.slice(2));
  if (second === "runs" && below.length === 2) return { kind: "runs" };
  if (second === "workflows" && below.length === 2) return { kind: "workflows" };
  if (second === "workflows" && below.length === 3) return { kind: "workflow", workflow: third };
  const isDispatch = second === "workflows" && fourth === "dispatches" && below.length === 4;
  return isDispatch ? { kind: "dispatch", workflow: third } : undefined;
}

function variableStep(place: VariablePlace, [name, ...more]: readonly string[]): SetUpStep | undefined {
  if (more.length > 0) return undefined;
  return name === undefined ? { kind: "variables", place } : { kind: "variable", place, name };
}
