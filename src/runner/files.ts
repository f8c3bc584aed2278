import { accessSync, appendFileSync, constants } from "node:fs";

/** What main tells post through the runner: of each the digits in its journal's name. */
export interface State {
  /** There is a journal. */
  readonly journal: string | null;
  /** The reset may have been sent. */
  readonly announced: string | null;
  /** Main has said all there is to say. */
  readonly concluded: string | null;
}

export function readState(env: Readonly<Record<string, string | undefined>>): State {
  const stateOf = (name: keyof State): string | null => env[`STATE_${name}`] ?? null;
  return { journal: stateOf("journal"), announced: stateOf("announced"), concluded: stateOf("concluded") };
}

/**
 * One line in one write: of an entry over several lines a kill could leave half, and the runner would drop it.
 * @throws if the runner's file cannot be written.
 */
export function saveState(name: keyof State, id: string): void {
  const file = process.env["GITHUB_STATE"];
  if (file === undefined) throw new Error("GITHUB_STATE is missing");
  appendFileSync(file, `${name}=${id}\n`);
}

/** The files that the end of the run has to write, found out before the reset. Returns the variable of one that cannot be written. */
export function unwritableFile(exportEnv: string | null): string | null {
  const needed = ["GITHUB_STATE", "GITHUB_OUTPUT", ...(exportEnv === null ? [] : ["GITHUB_ENV"])];
  return needed.find((name) => !isWritable(process.env[name])) ?? null;
}

function isWritable(file: string | undefined): boolean {
  try {
    accessSync(file ?? "", constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
