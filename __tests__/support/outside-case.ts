import { faults } from "../../sandbox/faults";
import type { GitHubRequest } from "../../sandbox/github";
import { FAULT_ALLOWANCES, FAULT_TABLE, type Row } from "../bundle/fault-table";
import { type Later, type Played, type StepChanges, withPlayed } from "./bundle";
import { faultsOf } from "./expect-row";

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
  readonly prepare?: (played: Played["stage"], later: Later) => StepChanges;
  /** Whatever takes longer than this does not end at all; default 45 s. */
  readonly patienceMs?: number;
  /** Sentences about what is wrong. */
  readonly check?: (told: Told) => readonly string[] | Promise<readonly string[]>;
}

/** Post may take as long again, and a test has two minutes and a half for all of it. */
const PATIENCE_MS = 45_000;

/** Plays a case on the bundle, and returns what is wrong with it. */
export async function wrongWith(one: OutsideCase): Promise<string[]> {
  const fault = faults.get(one.fault);
  if (fault === undefined) return [`${one.fault} is no fault`];
  const lines: TimedLine[] = [];
  const play = {
    patienceMs: one.patienceMs ?? PATIENCE_MS,
    stage: { ...fault.stage, inputs: { ...fault.stage.inputs, ...one.inputs } },
    prepare: async (stage: Played["stage"], later: Later): Promise<StepChanges> => {
      const changes = { ...(await fault.apply(stage)), ...one.prepare?.(stage, later) };
      return { ...changes, onLine: (line) => lines.push({ at: performance.now(), line }) };
    },
  };
  return await withPlayed(play, async (played) => {
    const told = { ...played, lines, words: wordsOf(played), puts: putsOf(played) };
    const unlike = [
      ...(one.says ?? []).filter((said) => !said.test(told.words)).map((said) => `does not say ${String(said)}`),
      ...(one.saysNot ?? []).filter((said) => said.test(told.words)).map((said) => `says ${String(said)}`),
      ...((await one.check?.(told)) ?? []),
    ];
    return [...unlike, ...(await faultsOf(played, one.row ?? FAULT_TABLE[one.fault], FAULT_ALLOWANCES[one.fault]))];
  });
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
