import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";

/** What the runner takes from an action.yml of a Node action. */
export interface ActionDefinition {
  readonly main: string;
  /** The script of the post step, if there is one. */
  readonly post: string | undefined;
  /** Defaults by input name; an input without one has the empty string, as the runner has it. */
  readonly defaults: Readonly<Record<string, string>>;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The runner reads every scalar as a string, as it is written. */
function text(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
}

/**
 * Reads `action.yml` in the folder given.
 * @throws Error where it is not a Node action with a `main`
 */
export async function readAction(root: string): Promise<ActionDefinition> {
  const document: unknown = parse(await readFile(join(root, "action.yml"), "utf8"), { schema: "failsafe" });
  const runs = isRecord(document) ? document["runs"] : undefined;
  if (!isRecord(document) || !isRecord(runs)) throw new Error("action.yml has no `runs`.");
  const main = text(runs["main"]);
  if (main === undefined || text(runs["using"])?.startsWith("node") !== true) {
    throw new Error("action.yml does not describe a Node action.");
  }
  const defaults: Record<string, string> = {};
  const inputs = isRecord(document["inputs"]) ? document["inputs"] : {};
  for (const [name, input] of Object.entries(inputs)) {
    defaults[name] = (isRecord(input) ? text(input["default"]) : undefined) ?? "";
  }
  return { main, post: text(runs["post"]), defaults };
}

/**
 * `INPUT_*` as the runner makes them: upper case, spaces turned to underscores, hyphens kept.
 * Names are matched without regard to case, as in a workflow's `with:`.
 */
export function inputEnvironment(
  defaults: Readonly<Record<string, string>>,
  given: Readonly<Record<string, string>>,
): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const [name, value] of [...Object.entries(defaults), ...Object.entries(given)]) {
    environment[`INPUT_${name.replaceAll(" ", "_").toUpperCase()}`] = value;
  }
  return environment;
}

/** The runner's warning about inputs that action.yml does not declare. */
export function unexpectedInputs(
  defaults: Readonly<Record<string, string>>,
  given: Readonly<Record<string, string>>,
): string | undefined {
  const declared = Object.keys(defaults);
  const known = new Set(declared.map((name) => name.toLowerCase()));
  const unknown = Object.keys(given).filter((name) => !known.has(name.toLowerCase()));
  if (unknown.length === 0) return undefined;
  const quoted = (names: readonly string[]): string => names.map((name) => `'${name}'`).join(", ");
  return `Unexpected input(s) ${quoted(unknown)}, valid inputs are [${quoted(declared)}]`;
}
