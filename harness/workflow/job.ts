import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { playStep, type Phase, type StepRun } from "../../sandbox/runner";
import { parseCommand } from "../../sandbox/runner/commands";
import { Masker } from "../../sandbox/runner/masker";
import { runBash } from "./bash";
import { admits, evaluateText, type Scope, type Value } from "./expressions";
import type { WorkflowJob, WorkflowStep } from "./file";
import type { WorkflowOptions } from "./types";

/** One step that was played, or passed over because its `if` or an earlier step said so. */
export interface PlayedStep {
  readonly id: string | undefined;
  readonly conclusion: "failure" | "skipped" | "success";
  readonly outputs: Readonly<Record<string, string>>;
  /** Masked, as GitHub would show it. */
  readonly log: readonly string[];
  /** Of a step that uses our action. */
  readonly run: StepRun | undefined;
}

/** One job that was played; of a matrix each has its own. */
export interface JobRun {
  readonly id: string;
  readonly matrix: Readonly<Record<string, string>>;
  readonly conclusion: "failure" | "skipped" | "success";
  readonly steps: readonly PlayedStep[];
  readonly outputs: Readonly<Record<string, string>>;
}

/** What a job is given when it starts. */
export interface JobStart {
  readonly job: WorkflowJob;
  readonly matrix: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  /** `github`, `vars`, `inputs` and `needs`. */
  readonly contexts: Readonly<Record<string, Value>>;
}

interface MutableStep {
  id: string | undefined;
  conclusion: PlayedStep["conclusion"];
  outputs: Record<string, string>;
  log: readonly string[];
  run: StepRun | undefined;
}

/** Plays the steps of a job in their order, and after them the post steps in the opposite one. */
export async function playJob(start: JobStart, options: WorkflowOptions): Promise<JobRun> {
  const base = await mkdtemp(join(tmpdir(), "job-"));
  try {
    const [workspace, temp] = [join(base, "workspace"), join(base, "temp")];
    for (const folder of [workspace, temp]) await mkdir(folder);
    const player = new JobPlayer(start, options, { workspace, temp });
    await player.playFrom(0);
    return player.end();
  } finally {
    await rm(base, { recursive: true, force: true });
  }
}

class JobPlayer {
  readonly #start: JobStart;
  readonly #options: WorkflowOptions;
  readonly #places: { readonly workspace: string; readonly temp: string };
  readonly #masker = new Masker();
  readonly #exported: Record<string, string> = {};
  readonly #steps: MutableStep[] = [];

  constructor(start: JobStart, options: WorkflowOptions, places: { workspace: string; temp: string }) {
    this.#start = start;
    this.#options = options;
    this.#places = places;
    for (const secret of Object.values(start.secrets)) this.#masker.add(secret);
  }

  /** Our action's post step comes when everything after its main step is over. */
  async playFrom(index: number): Promise<void> {
    const step = this.#start.job.steps[index];
    if (step === undefined) return;
    const played: MutableStep = { id: step.id, conclusion: "skipped", outputs: {}, log: [], run: undefined };
    const isAdmitted = admits(step.if, this.#scope({}));
    this.#steps.push(played);
    const env = this.#textsOf(step.env, this.#scope(this.#jobEnv()));
    if (!isAdmitted) await this.playFrom(index + 1);
    else if (step.run !== undefined) {
      await this.#runScript(step.run, env, played);
      await this.playFrom(index + 1);
    } else if (step.uses?.startsWith(`${this.#options.action}@`) === true) {
      await this.#useOurs(step, env, played, () => this.playFrom(index + 1));
    } else {
      await this.#useOther(step, played);
      await this.playFrom(index + 1);
    }
  }

  end(): JobRun {
    const { job, matrix } = this.#start;
    const outputs = this.#textsOf(job.outputs, this.#scope(this.#jobEnv()));
    return { id: job.id, matrix, conclusion: this.#status(), steps: this.#steps, outputs };
  }

  async #runScript(script: string, env: Readonly<Record<string, string>>, played: MutableStep): Promise<void> {
    const { path = [], apiUrl, repository } = this.#options;
    const { exitCode, told } = await runBash({
      script: evaluateText(script, this.#scope({ ...this.#jobEnv(), ...env })),
      env: {
        PATH: [...path, process.env["PATH"] ?? ""].join(delimiter),
        CI: "true",
        GITHUB_ACTIONS: "true",
        GITHUB_API_URL: apiUrl,
        GITHUB_REPOSITORY: repository,
        ...this.#jobEnv(),
        ...env,
      },
      ...this.#places,
      masker: this.#masker,
    });
    played.conclusion = exitCode === 0 && !told.failed ? "success" : "failure";
    played.log = told.log;
    Object.assign(played.outputs, told.outputs);
    Object.assign(this.#exported, told.exportedEnv);
  }

  async #useOurs(
    step: WorkflowStep,
    env: Readonly<Record<string, string>>,
    played: MutableStep,
    rest: () => Promise<void>,
  ): Promise<void> {
    const {
      root,
      node,
      apiUrl,
      repository,
      event,
      inputs: eventInputs = {},
      actionInputs,
      secretsMasked,
    } = {
      secretsMasked: [...this.#masker.values],
      ...this.#options,
    };
    const given = this.#textsOf(step.with, this.#scope({ ...this.#jobEnv(), ...env }));
    const run = await playStep({
      root,
      node,
      apiUrl,
      repository,
      event,
      eventInputs,
      env: { ...this.#jobEnv(), ...env },
      inputs: { ...given, ...actionInputs },
      secrets: secretsMasked,
      beforePost: async ({ main }) => {
        this.#note(main, played);
        await rest();
      },
    });
    played.run = run;
    played.log = [...run.main.log, ...run.post.log];
    if (run.conclusion !== "success") played.conclusion = "failure";
  }

  /** What later steps of the job see of main, before its post step. */
  #note(main: Phase, played: MutableStep): void {
    played.conclusion = main.exitCode === 0 ? "success" : "failure";
    Object.assign(played.outputs, main.outputs);
    Object.assign(this.#exported, main.exportedEnv);
    for (const line of main.stdout.split("\n")) {
      const command = parseCommand(line, undefined);
      if (command?.name === "add-mask" && command.data.trim() !== "") this.#masker.add(command.data);
    }
  }

  async #useOther(step: WorkflowStep, played: MutableStep): Promise<void> {
    const [name = ""] = (step.uses ?? "").split("@");
    const standIn = this.#options.otherActions?.[name];
    if (standIn === undefined) throw new Error(`The sandbox has no stand-in for ${name}.`);
    const given = this.#textsOf(step.with, this.#scope(this.#jobEnv()));
    const outputs = await standIn({ with: given, workspace: this.#places.workspace });
    Object.assign(played.outputs, outputs);
    played.conclusion = "success";
  }

  #jobEnv(): Record<string, string> {
    return { ...this.#start.env, ...this.#exported };
  }

  #status(): "failure" | "success" {
    return this.#steps.some(({ conclusion }) => conclusion === "failure") ? "failure" : "success";
  }

  #scope(env: Readonly<Record<string, string>>): Scope {
    const { contexts, secrets, matrix } = this.#start;
    const steps = Object.fromEntries(
      this.#steps.flatMap(({ id, outputs, conclusion }) => (id === undefined ? [] : [[id, { outputs, conclusion }]])),
    );
    return { contexts: { ...contexts, secrets, matrix, env, steps }, status: this.#status() };
  }

  #textsOf(texts: Readonly<Record<string, string>>, scope: Scope): Record<string, string> {
    return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, evaluateText(text, scope)]));
  }
}
