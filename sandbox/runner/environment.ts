import { mkdir, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { isCommandFile } from "./files";
import { type LeftFile, filesUnder } from "./left";
import type { StepOptions } from "./types";

/** The folders of a job. */
export interface Places {
  /** Holds all that is the runner's own, to be removed at the end. */
  readonly base: string;
  readonly runnerTemp: string;
  readonly home: string;
  readonly workspace: string;
  readonly tmp: string;
  readonly eventPath: string;
}

export function repositoryOf(options: Pick<StepOptions, "repository">): string {
  return options.repository ?? "octo-org/brokerage";
}

export async function makePlaces(options: StepOptions): Promise<Places> {
  const base = await mkdtemp(join(tmpdir(), "runner-"));
  const runnerTemp = options.runnerTemp ?? join(base, "temp");
  const eventPath = join(runnerTemp, "_github_workflow", "event.json");
  const [home, workspace, tmp] = [join(base, "home"), join(base, "workspace"), join(base, "tmp")];
  for (const folder of [runnerTemp, home, workspace, tmp]) await mkdir(folder, { recursive: true });
  return { base, runnerTemp, home, workspace, tmp, eventPath };
}

/** Of our own environment only what no program can do without. */
function inheritedEnvironment(): Record<string, string> {
  const inherited: Record<string, string> = {};
  for (const name of ["PATH", "SYSTEMROOT"]) {
    const value = process.env[name];
    if (value !== undefined) inherited[name] = value;
  }
  return inherited;
}

/** What every step of the job finds in its environment. */
export function jobEnvironment(options: StepOptions, places: Places): Record<string, string> {
  const repository = repositoryOf(options);
  return {
    ...inheritedEnvironment(),
    HOME: places.home,
    TMPDIR: places.tmp,
    CI: "true",
    GITHUB_ACTION: "rotate",
    GITHUB_ACTIONS: "true",
    GITHUB_ACTOR: "octocat",
    GITHUB_API_URL: options.apiUrl,
    GITHUB_EVENT_NAME: options.event ?? "workflow_dispatch",
    GITHUB_EVENT_PATH: places.eventPath,
    GITHUB_JOB: "rotate",
    GITHUB_REF: "refs/heads/main",
    GITHUB_REPOSITORY: repository,
    GITHUB_REPOSITORY_OWNER: repository.split("/")[0] ?? repository,
    GITHUB_RUN_ATTEMPT: options.runAttempt ?? "1",
    GITHUB_RUN_ID: options.runId ?? "1000000001",
    GITHUB_RUN_NUMBER: "1",
    GITHUB_SERVER_URL: options.serverUrl ?? "https://github.com",
    GITHUB_SHA: "0123456789abcdef0123456789abcdef01234567",
    GITHUB_WORKFLOW: "rotate",
    GITHUB_WORKSPACE: places.workspace,
    RUNNER_ARCH: "X64",
    RUNNER_NAME: "sandbox",
    RUNNER_OS: "Linux",
    RUNNER_TEMP: places.runnerTemp,
    ...(options.debug === true ? { RUNNER_DEBUG: "1" } : {}),
    ...options.env,
  };
}

/** Every file of the steps in any folder that they may write to. */
export async function leftBehind(places: Places): Promise<LeftFile[]> {
  const event = relative(places.runnerTemp, places.eventPath);
  const inTemp = await filesUnder("RUNNER_TEMP", places.runnerTemp);
  return [
    ...inTemp.filter(({ name }) => name !== event && !isCommandFile(name)),
    ...(await filesUnder("HOME", places.home)),
    ...(await filesUnder("TMPDIR", places.tmp)),
    ...(await filesUnder("GITHUB_WORKSPACE", places.workspace)),
  ];
}
