import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { playStep, type StepRun } from "../../sandbox/runner";
import { admits, evaluateText, type Scope, type Value } from "./expressions";
import type { WorkflowJob, WorkflowStep } from "./file";
import type { WorkflowOptions } from "./types";

/** One step that was played, or passed over because its `if` or an earlier step said so. */
export interface PlayedStep {
  readonly id: string | undefined;
  readonly conclusion: "failure" | "skipped" | "success";
  readonly outputs: Readonly<Record<string, string>>;
  /** Of a step that uses our action it is masked, as GitHub would show it. */
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
  /** `vars`, `inputs` and `needs`. */
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
  const workspace = await mkdtemp(join(tmpdir(), "job-"));
  try {
    const player = new JobPlayer(start, options, workspace);
    await player.playFrom(0);
    return player.end();
  } finally {
    await rm(workspace, { recursive: true, force: true });
  }
}

class JobPlayer {
  readonly #start: JobStart;
  readonly #options: WorkflowOptions;
  readonly #workspace: string;
  readonly #steps: MutableStep[] = [];

  constructor(start: JobStart, options: WorkflowOptions, workspace: string) {
    this.#start = start;
    this.#options = options;
    this.#workspace = workspace;
  }

  /** Our action's post step comes when everything after its main step is over. */
  async playFrom(index: number): Promise<void> {
    const step = this.#start.job.steps[index];
    if (step === undefined) return;
    const played: MutableStep = { id: step.id, conclusion: "skipped", outputs: {}, log: [], run: undefined };
    const isAdmitted = admits(step.if, this.#scope({}));
    this.#steps.push(played);
    const env = this.#textsOf(step.env, this.#scope(this.#start.env));
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
    const outputs = this.#textsOf(job.outputs, this.#scope(this.#start.env));
    return { id: job.id, matrix, conclusion: this.#status(), steps: this.#steps, outputs };
  }

  /** As the runner does where no shell is named. What the script says to the runner is not heard. */
  async #runScript(script: string, env: Readonly<Record<string, string>>, played: MutableStep): Promise<void> {
    const command = evaluateText(script, this.#scope({ ...this.#start.env, ...env }));
    const child = spawn("bash", ["-e", "-c", command], {
      cwd: this.#workspace,
      env: { PATH: process.env["PATH"], ...this.#start.env, ...env },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const ended = new Promise<number | null>((resolve, reject) => {
      child.once("error", reject).once("close", resolve);
    });
    played.log = (await text(child.stdout)).trimEnd().split("\n");
    played.conclusion = (await ended) === 0 ? "success" : "failure";
  }

  async #useOurs(
    step: WorkflowStep,
    env: Readonly<Record<string, string>>,
    played: MutableStep,
    rest: () => Promise<void>,
  ): Promise<void> {
    const { root, node, apiUrl, repository, event, inputs: eventInputs = {}, actionInputs } = this.#options;
    const given = this.#textsOf(step.with, this.#scope({ ...this.#start.env, ...env }));
    const run = await playStep({
      root,
      node,
      apiUrl,
      repository,
      event,
      eventInputs,
      env: { ...this.#start.env, ...env },
      inputs: { ...given, ...actionInputs },
      secrets: Object.values(this.#start.secrets),
      beforePost: async ({ main }) => {
        played.conclusion = main.exitCode === 0 ? "success" : "failure";
        Object.assign(played.outputs, main.outputs);
        await rest();
      },
    });
    played.run = run;
    played.log = [...run.main.log, ...run.post.log];
    if (run.conclusion !== "success") played.conclusion = "failure";
  }

  async #useOther(step: WorkflowStep, played: MutableStep): Promise<void> {
    const [name = ""] = (step.uses ?? "").split("@");
    const standIn = this.#options.otherActions?.[name];
    if (standIn === undefined) throw new Error(`The sandbox has no stand-in for ${name}.`);
    const given = this.#textsOf(step.with, this.#scope(this.#start.env));
    const outputs = await standIn({ with: given, workspace: this.#workspace });
    Object.assign(played.outputs, outputs);
    played.conclusion = "success";
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
