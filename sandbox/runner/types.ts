import type { CommandFiles } from "./files";
import type { LeftFile } from "./left";
import type { Annotation } from "./log";
import type { Cancel } from "./process";

/** One step of a job that uses a Node action, as a workflow would have it. */
export interface StepOptions {
  /** Folder of action.yml. */
  readonly root: string;
  /** Path of the node binary that runs the action. */
  readonly node: string;
  /** Arguments for node itself, of main and post, as when the machine is otherwise than this one. */
  readonly nodeArgs?: readonly string[];
  readonly inputs: Readonly<Record<string, string>>;
  /** What the inputs say when they are evaluated anew for post; the same unless given. */
  readonly postInputs?: Readonly<Record<string, string>>;
  /** Added to the clean environment, for main and post. */
  readonly env?: Readonly<Record<string, string>>;
  /** Default `workflow_dispatch`. */
  readonly event?: string;
  /** What a person entered when starting the run, as the event's file has it. */
  readonly eventInputs?: Readonly<Record<string, string>>;
  /** Default `octo-org/brokerage`. */
  readonly repository?: string;
  readonly runId?: string;
  readonly runAttempt?: string;
  readonly apiUrl: string;
  /** Default `https://github.com`. */
  readonly serverUrl?: string;
  /** A folder of the caller's, which is left as it is; default a new one that is removed afterwards. */
  readonly runnerTemp?: string;
  /** What the job has in `secrets`, masked from its first line on. */
  readonly secrets?: readonly string[];
  /** Step debugging. */
  readonly debug?: boolean;
  readonly cancel?: Cancel;
  /** SIGKILL to main at this instant. */
  readonly kill?: Promise<unknown>;
  /** SIGKILL to post at this instant. */
  readonly killPost?: Promise<unknown>;
  /** At this instant nobody reads main's stdout any more. */
  readonly breakStdout?: Promise<unknown>;
  /** A program with its arguments, put in front of node for main; signals still go to node itself. */
  readonly wrap?: readonly string[];
  readonly wrapPost?: readonly string[];
  /** Played between main and post. */
  readonly beforePost?: (between: { readonly runnerTemp: string; readonly main: Phase }) => void | Promise<void>;
  /** The runner itself is lost after main, so that there is no post. */
  readonly runnerLost?: boolean;
  /** Each line of the log as GitHub would show it, when it is written. */
  readonly onLine?: (line: string, phase: "main" | "post") => void;
}

/** What one process was, and what it told the runner. */
export interface Phase {
  /** Whether there was a process at all. */
  readonly ran: boolean;
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Raw, nothing masked. */
  readonly stdout: string;
  /** Raw, nothing masked. */
  readonly stderr: string;
  /** As GitHub would show it: masked, commands interpreted. */
  readonly log: readonly string[];
  readonly annotations: readonly Annotation[];
  /** Masked, as GitHub would show it. */
  readonly summary: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly state: Readonly<Record<string, string>>;
  readonly exportedEnv: Readonly<Record<string, string>>;
  /** Raw text of the `GITHUB_*` files at the end. */
  readonly files: CommandFiles;
  /** What lay under RUNNER_TEMP, HOME, TMPDIR and the workspace at the end. */
  readonly left: readonly LeftFile[];
  /** From the start of the process to its end. */
  readonly ms: number;
}

export interface StepRun {
  readonly main: Phase;
  readonly post: Phase;
  /** The job's: a post step that fails makes it red, but none makes it green. */
  readonly conclusion: "success" | "failure" | "cancelled";
  /** Values masked in the job, in their order. */
  readonly masks: readonly string[];
  /** Names of the files in RUNNER_TEMP after post. */
  readonly filesLeft: readonly string[];
}

const NOTHING_SAID: CommandFiles = { path: "", env: "", step_summary: "", state: "", output: "" };

/** A phase that the runner did not start. */
export const NOT_RUN: Phase = {
  ran: false,
  exitCode: null,
  signal: null,
  stdout: "",
  stderr: "",
  log: [],
  annotations: [],
  summary: "",
  outputs: {},
  state: {},
  exportedEnv: {},
  files: NOTHING_SAID,
  left: [],
  ms: 0,
};
