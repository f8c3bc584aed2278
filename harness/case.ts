import type { GitHubRequest } from "../sandbox/github";
import type { Row } from "./tables/row";
import type { Later, Played, StepChanges } from "./play";

/** A line of the log, and when it came by `performance.now()`. */
export interface TimedLine {
  readonly at: number;
  readonly line: string;
}

/** What a check is told beside what was played. */
export interface Told extends Played {
  readonly lines: readonly TimedLine[];
  /** Log, annotations and summary of both phases. */
  readonly words: string;
  /** The PUTs of the destinations themselves, oldest first. */
  readonly puts: readonly Readonly<GitHubRequest>[];
}

/** One case that somebody has reported, with what has to be so. */
export interface OutsideCase {
  /** What was reported. */
  readonly about: string;
  /** The named fault that plays it. */
  readonly fault: string;
  /** Where it is not the fault's own. */
  readonly row?: Row;
  readonly inputs?: Readonly<Record<string, string>>;
  /** What is to be read in log, annotations or summary. */
  readonly says?: readonly RegExp[];
  readonly saysNot?: readonly RegExp[];
  /** Changes the world before the fault does. */
  readonly before?: (stage: Played["stage"]) => void;
  /** What is different about the step, beside what the fault makes of it. */
  readonly prepare?: (stage: Played["stage"], later: Later) => StepChanges;
  /** Sentences about what is wrong. */
  readonly check?: (told: Told) => readonly string[] | Promise<readonly string[]>;
}

/** What is wrong with a run by what its case wants beside the row. */
export async function wrongBy(one: OutsideCase, played: Played, lines: readonly TimedLine[]): Promise<string[]> {
  const told = { ...played, lines, words: wordsOf(played), puts: putsOf(played) };
  return [
    ...(one.says ?? []).filter((said) => !said.test(told.words)).map((said) => `does not say ${String(said)}`),
    ...(one.saysNot ?? []).filter((said) => said.test(told.words)).map((said) => `says ${String(said)}`),
    ...((await one.check?.(told)) ?? []),
  ];
}

export function wordsOf({ run: { main, post } }: Pick<Played, "run">): string {
  const texts = [main, post].flatMap(({ log, annotations, summary }) => [
    ...log,
    ...annotations.flatMap(({ title, message }) => [title, message]),
    summary,
  ]);
  return texts.join("\n");
}

function putsOf({ stage }: Played): readonly Readonly<GitHubRequest>[] {
  return stage.github.requests.filter(({ which }) => which === "put");
}

/** Says what is wrong unless something is so. */
export function must(isSo: boolean, otherwise: string): string[] {
  return isSo ? [] : [otherwise];
}

/** When SnapTrade had answered the one reset; for ever if it never did. */
export function resetAnsweredAt({ stage }: Played): number {
  return stage.snapTrade.requests.find(({ method }) => method === "POST")?.answeredAt ?? Infinity;
}

/** When the command was printed for the first time. */
export function commandAt({ lines }: Told): number {
  return lines.find(({ line }) => /gh api --method PUT/.test(line))?.at ?? Infinity;
}
