import type { Cancel, StepKind } from "./cancel";
import type { CommandFiles, FileFlaws } from "./files";
import type { LeftFile } from "./left";
import type { Annotation } from "./log";

/** One step of a job that uses a Node action, as a workflow would have it. */
export interface StepOptions {
  /** Folder of action.yml. */
  readonly root: string;
  /** Path of the node binary that runs the action. */
  readonly node: string;
  /** Arguments for node itself, of main and post, as when the machine is otherwise than this one. */
  readonly nodeArgs?: readonly string[];
  readonly inputs: Readonly<Record<string, string>>;
  /** What the inputs say when they are evaluated anew for post, which may be given none at all; the same unless given. */
  readonly postInputs?: Readonly<Record<string, string>> | "none";
  /** Added to the clean environment, for main and post. */
  readonly env?: Readonly<Record<string, string>>;
  /** What a later step of the job has set through `GITHUB_ENV`, so that only post has it. */
  readonly postEnv?: Readonly<Record<string, string>>;
  /** Default `foreground`. */
  readonly kind?: StepKind;
  /** Default `workflow_dispatch`. */
  readonly event?: string;
  /** What a person entered when starting the run, as the event's file has it. */
  readonly eventInputs?: Readonly<Record<string, string>>;
  /** Of a `workflow_run`; default a push to this repository. */
  readonly causedBy?: CausingRun;
  /** What is wrong with the event's file, which is written anew for main and for post. */
  readonly eventFile?: EventFlaw;
  readonly postEventFile?: EventFlaw;
  /** What is wrong with the files through which main speaks to the runner. */
  readonly fileFlaws?: FileFlaws;
  /** What main has left in `GITHUB_STATE` does not get to post. */
  readonly stateLost?: boolean;
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
  readonly beforePost?: (between: Between) => void | Promise<void>;
  /** The runner itself is lost after main, so that there is no post. */
  readonly runnerLost?: boolean;
  /** More steps that use the action in the same job; their post steps come before this one's. */
  readonly others?: OtherSteps;
  /** Each line of the log as GitHub would show it, when it is written. */
  readonly onLine?: (line: string, phase: "main" | "post") => void;
}

/** What there is between main and post. */
export interface Between {
  readonly runnerTemp: string;
  /** As far as the runner knows it: a main that it has left behind is still at work. */
  readonly main: Phase;
  /** The process number that main has, or had. */
  readonly pid: number | undefined;
}

export interface OtherSteps {
  /** One after another when main is over, or all at the same time as main. */
  readonly when: "afterwards" | "meanwhile";
  /** What is not given is as in the first step, except what happens to it. */
  readonly steps: readonly OtherStep[];
}

export type OtherStep = Pick<StepOptions, "apiUrl" | "inputs"> &
  Partial<Pick<StepOptions, "cancel" | "env" | "kill" | "kind" | "postInputs">>;

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

export type Conclusion = "success" | "failure" | "cancelled";

export interface StepRun {
  readonly main: Phase;
  readonly post: Phase;
  /** Whether main was cancelled while it ran: then its exit code counts for nothing. */
  readonly cancelled: boolean;
  /** Whether the runner went on to post while main was still at work. */
  readonly leftBehind: boolean;
  /** Of the other steps, in the order in which they were given. */
  readonly others: readonly StepRun[];
  /** The job's: a post step that fails makes it red, but none makes it green. */
  readonly conclusion: Conclusion;
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

/** What may be wrong with the file in which the runner describes the event. */
export type EventFlaw = "empty" | "missing" | "torn" | { readonly tornForMs: number };

/** The run that has caused a `workflow_run`. */
export interface CausingRun {
  /** By which event it was started itself. */
  readonly event: string;
  /** The repository that its commit is of: a fork's, for a pull request from outside. */
  readonly headRepository: string;
}
