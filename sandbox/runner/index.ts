import { rm } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { type ActionDefinition, inputEnvironment, readAction, unexpectedInputs } from "./action";
import { type Places, jobEnvironment, leftBehind, makePlaces } from "./environment";
import { openCommandFiles } from "./files";
import { StepLog, type Told } from "./log";
import { Masker } from "./masker";
import { runNode } from "./process";
import { NOT_RUN, type Phase, type StepOptions, type StepRun } from "./types";

export type { CommandFiles } from "./files";
export type { LeftFile } from "./left";
export type { Annotation, Level } from "./log";
export type { Cancel } from "./process";
export type { Phase, StepOptions, StepRun } from "./types";

/** What main and post of one step share. */
interface Job {
  readonly options: StepOptions;
  readonly action: ActionDefinition;
  readonly places: Places;
  readonly masker: Masker;
}

/** A phase and what only the runner needs of it. */
interface Played {
  readonly phase: Phase;
  readonly told: Told;
  readonly cancelled: boolean;
}

/** Plays one step of a Node action as GitHub's runner does: main, and then post whatever became of main. */
export async function playStep(options: StepOptions): Promise<StepRun> {
  const action = await readAction(options.root);
  const places = await makePlaces(options);
  const masker = new Masker();
  options.secrets?.forEach((secret) => {
    masker.add(secret);
  });
  const job: Job = { options, action, places, masker };
  try {
    const main = await playMain(job);
    await options.beforePost?.({ runnerTemp: places.runnerTemp, main: main.phase });
    const post = await playPost(job, main.told);
    const { left } = post?.phase ?? main.phase;
    return {
      main: main.phase,
      post: post?.phase ?? NOT_RUN,
      conclusion: conclusionOf(main, post),
      masks: [...masker.values],
      filesLeft: left.filter((file) => file.place === "RUNNER_TEMP").map((file) => file.name),
    };
  } finally {
    await rm(places.base, { recursive: true, force: true });
  }
}

async function playMain(job: Job): Promise<Played> {
  const { options, action } = job;
  const log = newLog(job, "main");
  const warning = unexpectedInputs(action.defaults, options.inputs);
  if (warning !== undefined) log.annotate("warning", warning);
  return playPhase(job, log, {
    script: action.main,
    env: { ...jobEnvironment(options, job.places), ...inputEnvironment(action.defaults, options.inputs) },
    wrap: options.wrap ?? [],
    cancel: options.cancel,
    kill: options.kill,
    breakStdout: options.breakStdout,
  });
}

/** Its inputs are evaluated anew, and it has what main exported and kept as state. */
async function playPost(job: Job, main: Told): Promise<Played | undefined> {
  const { options, action } = job;
  if (action.post === undefined || options.runnerLost === true) return undefined;
  const jobEnv = jobEnvironment(options, job.places);
  const path = [...main.addedPath.toReversed(), ...(jobEnv["PATH"] === undefined ? [] : [jobEnv["PATH"]])];
  const state = Object.entries(main.state).map(([name, value]): [string, string] => [`STATE_${name}`, value]);
  return playPhase(job, newLog(job, "post"), {
    script: action.post,
    env: {
      ...main.exportedEnv,
      ...jobEnv,
      PATH: path.join(delimiter),
      ...inputEnvironment(action.defaults, options.postInputs ?? options.inputs),
      ...Object.fromEntries(state),
    },
    wrap: options.wrapPost ?? [],
    cancel: undefined,
    kill: options.killPost,
    breakStdout: undefined,
  });
}

function newLog(job: Job, phase: "main" | "post"): StepLog {
  const { masker, options } = job;
  return new StepLog({ masker, debug: options.debug === true, onLine: (line) => options.onLine?.(line, phase) });
}

interface Script extends Pick<Parameters<typeof runNode>[0], "env" | "wrap" | "cancel" | "kill" | "breakStdout"> {
  /** Relative to the action's folder. */
  readonly script: string;
}

async function playPhase(job: Job, log: StepLog, script: Script): Promise<Played> {
  const { options, places } = job;
  const files = await openCommandFiles(places.runnerTemp);
  const { cancelled, ...ended } = await runNode({
    ...script,
    node: options.node,
    nodeArgs: options.nodeArgs ?? [],
    script: join(options.root, script.script),
    cwd: places.workspace,
    env: { ...script.env, ...files.env },
    onLine: (line) => {
      log.line(line);
    },
  });
  const texts = await files.collect();
  log.files(texts);
  const { log: lines, annotations, summary, outputs, state, exportedEnv } = log.told;
  const phase: Phase = {
    ran: true,
    ...ended,
    log: lines,
    annotations,
    summary,
    outputs,
    state,
    exportedEnv,
    files: texts,
    left: await leftBehind(places),
  };
  return { phase, told: log.told, cancelled };
}

function conclusionOf(main: Played, post: Played | undefined): StepRun["conclusion"] {
  if (main.cancelled) return "cancelled";
  const isGreen = (played: Played): boolean => played.phase.exitCode === 0 && !played.told.failed;
  return isGreen(main) && (post === undefined || isGreen(post)) ? "success" : "failure";
}
