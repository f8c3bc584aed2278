import { appendFileSync } from "node:fs";

/** What the main step passes to the post step through the runner: for each entry the digits of its journal's name. */
export interface State {
  /** There is a journal. */
  readonly journal: string | null;
  /** The reset may have been sent. */
  readonly announced: string | null;
  /** The main step has reported everything. */
  readonly concluded: string | null;
}

export function readState(env: Readonly<Record<string, string | undefined>>): State {
  const stateOf = (name: keyof State): string | null => env[`STATE_${name}`] ?? null;
  return { journal: stateOf("journal"), announced: stateOf("announced"), concluded: stateOf("concluded") };
}

/**
 * Writes one line in one write: a kill could leave a half-written multi-line entry, which the runner would drop.
 * @throws if the runner's file cannot be written.
 */
export function saveState(name: keyof State, id: string): void {
  const file = process.env["GITHUB_STATE"];
  if (file === undefined) throw new Error("GITHUB_STATE is missing");
  appendFileSync(file, `${name}=${id}\n`);
}
