import type { StepRun } from "../../sandbox/runner";
import type { Stage, StageOptions } from "../../sandbox/stage";
import { inPool, resultOf, withPlayed, type StepChanges } from "../../harness/play";
import { judge } from "../../harness/judge";
import type { Allowances } from "../../harness/contract";
import type { RowReport, Setting, Violation } from "./row";

/** One break of one run. */
export interface Case {
  /** Enough to play it again. */
  readonly of: string;
  /** What is otherwise about the world from the start; its inputs win over the usual waits. */
  readonly stage?: StageOptions;
  /** Breaks the world, and returns what is different about the step. */
  readonly prepare: (stage: Stage) => StepChanges | Promise<StepChanges>;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly allowed?: Allowances;
  /** A process that is hindered in its own machine may end in Node's crash text; leaks are looked for all the same. */
  readonly mayCrash?: boolean;
  /** What the judge cannot know to be right in this case. */
  readonly excused?: RegExp;
  /** What else is wrong with a run of this case. */
  readonly alsoWrong?: (run: StepRun, stage: Stage) => readonly string[];
}

/** What became of a case. */
export interface CasePlayed {
  readonly run: StepRun;
  readonly result: string;
  readonly violations: readonly string[];
}

/** So many plays at a time: most of a play is waiting, and no service may be late because the machine is busy. */
const AT_A_TIME = 6;

/** Long enough that what a service does late because the machine is busy is still within it. */
const WAITS = { "settle-time": "600ms", "save-timeout": "3s", "reset-timeout": "1500ms" };

export async function playCase(one: Case): Promise<CasePlayed> {
  const { prepare, allowed, mayCrash, excused, alsoWrong } = one;
  const options = { ...one.stage, inputs: { ...WAITS, ...one.stage?.inputs, ...one.inputs } };
  return await withPlayed({ stage: options, prepare }, async ({ stage, run }) => {
    const said = await judge(stage, run, allowed);
    const ours = said.filter(
      (says) => excused?.test(says) !== true && !isExcused(says, run, mayCrash === true, allowed?.unheard === true),
    );
    const violations = [...ours, ...unwiped(run), ...forgotten(stage, run), ...(alsoWrong?.(run, stage) ?? [])];
    return { run, result: nameOf(run), violations };
  });
}

/** Whoever sends the secret to GitHub has kept it before, so that nothing that comes afterwards can make it lost. */
function forgotten({ github }: Stage, run: StepRun): string[] {
  const isSent = github.requests.some(({ which }) => which === "put");
  return isSent && resultOf(run).result === "lost" ? ["false lost: the secret was on its way to GitHub"] : [];
}

/** The journal's header, which says nothing of any secret. */
const HEADER_BYTES = 169;

/** Where a kill leaves the journal's file behind although all has been said, at least nothing stands in it any more. */
function unwiped(run: StepRun): string[] {
  const { left } = run.post.ran ? run.post : run.main;
  const said = resultOf(run).by !== "nobody" || run.post.stdout !== "";
  const full = left.filter(
    ({ name, content }) => name.endsWith(".journal") && content.subarray(HEADER_BYTES).some((byte) => byte !== 0),
  );
  return said ? full.map(({ name }) => `${name} is left behind with something in it`) : [];
}

/** Node's crash text, what a process leaves unsaid that cannot write, and what one that is struck down has not come to. */
function isExcused(violation: string, { main }: StepRun, mayCrash: boolean, unheard: boolean): boolean {
  if (mayCrash && /^(main|post) wrote to stderr: /.test(violation)) return true;
  // A signal that comes while Node itself is starting meets nobody who could catch it.
  if (main.signal === "SIGINT" && main.stdout === "" && violation === "main set no result") return true;
  const isCutShort = unheard || main.signal === "SIGKILL";
  return isCutShort && /^(at-risk-ms|rotated-at|rotated) is "?"? on |^post was not silent /.test(violation);
}

function nameOf(run: StepRun): string {
  const { result, by } = resultOf(run);
  if (by === "nobody") return "nothing said";
  return by === "post" ? `${result} (by post)` : result;
}

/** How the cases of a row are played. */
export interface Manner {
  readonly atATime?: number;
  /** Told of each case that was played. */
  readonly onCase?: (one: Case, played: CasePlayed) => void;
}

/** Plays all cases, some at a time, and adds them up. */
export async function playAll(
  name: string,
  cases: readonly Case[],
  { onPlayed }: Setting,
  { atATime = AT_A_TIME, onCase }: Manner = {},
): Promise<RowReport> {
  const start = performance.now();
  const tally = new Tally();
  await inPool(
    cases,
    async (one) => {
      const played = await playCase(one).catch((error: unknown) => {
        throw new Error(`${one.of}: ${String(error)}`, { cause: error });
      });
      tally.add(one.of, played);
      onCase?.(one, played);
      onPlayed?.(tally.played);
    },
    atATime,
  );
  return tally.report(name, start);
}

/** Adds up what the plays of a row came to. */
export class Tally {
  played = 0;
  readonly #violations: Violation[] = [];
  readonly #results = new Map<string, number>();

  add(of: string, { result, violations }: CasePlayed): void {
    this.played += 1;
    this.#results.set(result, (this.#results.get(result) ?? 0) + 1);
    this.#violations.push(...violations.map((says) => ({ of, says })));
  }

  report(name: string, start: number): RowReport {
    return {
      name,
      played: this.played,
      ms: performance.now() - start,
      violations: this.#violations,
      results: Object.fromEntries([...this.#results].sort()),
    };
  }
}
