import { delimiter } from "node:path";
import { type ActionDefinition, inputEnvironment, unexpectedInputs } from "./action";
import { environmentOf, type Job, PlayedPhase } from "./phase";
import { type Conclusion, NOT_RUN, type Phase, type StepOptions, type StepRun } from "./types";

/** One step of a job, from its main to its post. */
export class PlayedStep {
  readonly #options: StepOptions;
  readonly #action: ActionDefinition;
  readonly #job: Job;
  #main: PlayedPhase | undefined;
  #mainEnd: Promise<Phase> | undefined;
  #isLeftBehind = false;
  #post: PlayedPhase | undefined;
  #postEnd: Phase = NOT_RUN;

  constructor(options: StepOptions, action: ActionDefinition, job: Job) {
    this.#options = options;
    this.#action = action;
    this.#job = job;
  }

  /** Until the runner goes on, which may be before the process is at its end. */
  async playMain(): Promise<void> {
    const [options, job, { defaults, main: script }] = [this.#options, this.#job, this.#action];
    const { kind = "foreground", wrap = [], cancel, kill, breakStdout, nodeArgs = [] } = options;
    const own = { kind, wrap, cancel, kill, breakStdout, nodeArgs };
    const env = { ...environmentOf(options, job), ...inputEnvironment(defaults, options.inputs) };
    const files = { eventFile: options.eventFile, fileFlaws: options.fileFlaws ?? {} };
    const warning = unexpectedInputs(defaults, options.inputs);
    const main = await PlayedPhase.start(options, { name: "main", script, env, ...own, ...files }, job, warning);
    this.#main = main;
    await main.running.over;
    this.#isLeftBehind = !main.running.hasEnded();
    if (!this.#isLeftBehind) this.#mainEnd = main.end();
    else if (kind === "container") await main.leaveBehind();
    await this.#mainEnd;
    Object.assign(job.exported, main.told.exportedEnv);
    job.path.unshift(...main.told.addedPath.toReversed());
  }

  /** Its inputs are evaluated anew, and it has what steps exported and what main kept as state. */
  async playPost(): Promise<void> {
    const { beforePost, postInputs, runnerLost } = this.#options;
    const [main, { post: script, defaults }] = [this.#main, this.#action];
    if (main === undefined) return;
    const { runnerTemp } = this.#job.places;
    await beforePost?.({ runnerTemp, main: (await this.#mainEnd) ?? main.soFar(), pid: main.pid });
    if (script === undefined || runnerLost === true) return;
    const inputs = postInputs === "none" ? {} : inputEnvironment(defaults, postInputs ?? this.#options.inputs);
    const { nodeArgs = [], wrapPost = [], killPost, postEventFile } = this.#options;
    this.#post = await PlayedPhase.start(
      this.#options,
      {
        name: "post",
        script,
        env: { ...this.#postEnvironment(), ...inputs, ...this.#state(main) },
        kind: "foreground",
        wrap: wrapPost,
        cancel: undefined,
        kill: killPost,
        breakStdout: undefined,
        nodeArgs,
        eventFile: postEventFile,
        fileFlaws: {},
      },
      this.#job,
    );
    this.#postEnd = await this.#post.end();
  }

  /** The end of the job, which no process outlives. */
  async close(): Promise<void> {
    await this.#main?.running.close();
    await this.#post?.running.close();
  }

  async run(others: readonly StepRun[]): Promise<StepRun> {
    const main = (await (this.#mainEnd ?? this.#main?.end())) ?? NOT_RUN;
    const post = this.#postEnd;
    const { left } = post.ran ? post : main;
    return {
      main,
      post,
      cancelled: this.#main?.running.isCancelled() === true,
      leftBehind: this.#isLeftBehind,
      others,
      conclusion: worst([this.#conclusion(main, post), ...others.map(({ conclusion }) => conclusion)]),
      masks: [...this.#job.masker.values],
      filesLeft: left.filter((file) => file.place === "RUNNER_TEMP").map((file) => file.name),
    };
  }

  #postEnvironment(): Record<string, string> {
    const [options, job] = [this.#options, this.#job];
    const own = environmentOf(options, job);
    const path = [...job.path, ...(own["PATH"] === undefined ? [] : [own["PATH"]])];
    return { ...own, ...options.postEnv, PATH: path.join(delimiter) };
  }

  #state({ told }: PlayedPhase): Record<string, string> {
    if (this.#options.stateLost === true) return {};
    return Object.fromEntries(Object.entries(told.state).map(([name, value]) => [`STATE_${name}`, value]));
  }

  #conclusion(main: Phase, post: Phase): Conclusion {
    const isCancelled = this.#main?.running.isCancelled() === true;
    if (isCancelled && this.#options.cancel?.what !== "step") return "cancelled";
    const isGreen = (phase: Phase, played: PlayedPhase | undefined): boolean =>
      !phase.ran || (phase.exitCode === 0 && played?.told.failed !== true);
    return (isCancelled || isGreen(main, this.#main)) && isGreen(post, this.#post) ? "success" : "failure";
  }
}

/** A job is as red as its reddest step. */
function worst(conclusions: readonly Conclusion[]): Conclusion {
  const order: readonly Conclusion[] = ["cancelled", "failure", "success"];
  return order.find((one) => conclusions.includes(one)) ?? "success";
}
