import { appendFileSync } from "node:fs";

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
