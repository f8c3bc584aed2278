import { appendFileSync } from "node:fs";
import type { Outcome } from "../rotation/outcome";

/** Names of the state entries that main leaves for post. */
const JOURNAL = "journal";
const CONCLUDED = "concluded";

export interface State {
  /** Path of the journal; null if main never came so far. */
  readonly journal: string | null;
  readonly concluded: boolean;
}

export function readState(env: Readonly<Record<string, string | undefined>>): State {
  return { journal: env[`STATE_${JOURNAL}`] ?? null, concluded: env[`STATE_${CONCLUDED}`] !== undefined };
}

/** @throws if the runner's file cannot be written: without it post would not know of the journal. */
export function saveJournalPath(file: string): void {
  appendState(JOURNAL, file);
}

/** Main has said all there is to say, so post keeps quiet. */
export function saveConcluded(outcome: Outcome): void {
  appendState(CONCLUDED, outcome.result);
}

/** One line in one write: of an entry over several lines a kill could leave half, and the runner would drop it. */
function appendState(name: string, value: string): void {
  const file = process.env["GITHUB_STATE"];
  if (file === undefined || /[\r\n]/.test(value)) throw new Error("GITHUB_STATE is missing");
  appendFileSync(file, `${name}=${value}\n`);
}
