import { join } from "node:path";
import { jobEnvironment, leftBehind, repositoryOf } from "./environment";
import type { Places } from "./environment";
import { writeEvent } from "./event";
import { openCommandFiles } from "./files";
import type { CommandFiles, FileFlaws, OpenedCommandFiles } from "./files";
import { StepLog } from "./log";
import type { Told } from "./log";
import type { Masker } from "./masker";
import { startNode } from "./process";
import type { Ended, ProcessOptions, Running } from "./process";
import { NOT_RUN } from "./types";
import type { EventFlaw, Phase, StepOptions } from "./types";

/** What all steps of a job share. */
export interface Job {
  readonly places: Places;
  readonly masker: Masker;
  /** What steps have set through `GITHUB_ENV`, and put in front of PATH. */
  readonly exported: Record<string, string>;
  readonly path: string[];
}

export interface Script extends Pick<
  ProcessOptions,
  "breakStdout" | "cancel" | "env" | "kill" | "kind" | "nodeArgs" | "wrap"
> {
  readonly name: "main" | "post";
  /** Relative to the action's folder. */
  readonly script: string;
  readonly eventFile: EventFlaw | undefined;
  readonly fileFlaws: FileFlaws;
}

/** One process of the action, as the runner plays and hears it. */
export class PlayedPhase {
  readonly log: StepLog;
  readonly running: Running;
  readonly #job: Job;
  readonly #files: OpenedCommandFiles;
  #texts: CommandFiles | undefined;
  #isHeard = true;
  #pid: number | undefined;

  private constructor(job: Job, log: StepLog, files: OpenedCommandFiles, process: ProcessOptions) {
    this.#job = job;
    this.log = log;
    this.#files = files;
    const onLine = (line: string): void => {
      this.#pid ??= this.running.pid();
      if (this.#isHeard) log.line(line);
    };
    this.running = startNode({ ...process, onLine });
  }

  static async start(options: StepOptions, script: Script, job: Job, warning?: string): Promise<PlayedPhase> {
    const { places, masker } = job;
    const { name, eventFile, fileFlaws, ...rest } = script;
    const debug = options.debug === true;
    const log = new StepLog({ masker, debug, onLine: (line) => options.onLine?.(line, name) });
    if (warning !== undefined) log.annotate("warning", warning);
    const described = { ...options, repository: repositoryOf(options) };
    await writeEvent(places.eventPath, described, eventFile);
    const files = await openCommandFiles(places.runnerTemp, fileFlaws);
    return new PlayedPhase(job, log, files, {
      ...rest,
      node: options.node,
      script: join(options.root, script.script),
      cwd: places.workspace,
      env: { ...script.env, ...files.env },
      onLine: () => undefined,
    });
  }

  /** Node's process number, which it may have no more. */
  get pid(): number | undefined {
    return this.#pid;
  }

  get told(): Told {
    return this.log.told;
  }

  /** The runner has gone on: what comes from a container afterwards it neither hears nor reads. */
  async leaveBehind(): Promise<void> {
    this.#isHeard = false;
    await this.readFiles();
  }

  async readFiles(): Promise<CommandFiles> {
    if (this.#texts === undefined) {
      this.#texts = await this.#files.collect();
      this.log.files(this.#texts);
    }
    return this.#texts;
  }

  /** What is known when the process and its streams are at their end. */
  async end(): Promise<Phase> {
    const ended = await this.running.ended;
    const texts = await this.readFiles();
    return this.#phase(ended, { files: texts, left: await leftBehind(this.#job.places) });
  }

  /** What is known of a process that is still at work. */
  soFar(): Phase {
    const { exitCode, signal, stdout, stderr, ms } = NOT_RUN;
    return this.#phase({ exitCode, signal, stdout, stderr, ms }, NOT_RUN);
  }

  #phase(ended: Ended, { files, left }: Pick<Phase, "files" | "left">): Phase {
    const { log, annotations, summary, outputs, state, exportedEnv } = this.told;
    return { ran: true, ...ended, log, annotations, summary, outputs, state, exportedEnv, files, left };
  }
}

/** The environment that main and post have in common. */
export function environmentOf(options: StepOptions, job: Job): Record<string, string> {
  return { ...job.exported, ...jobEnvironment(options, job.places) };
}
