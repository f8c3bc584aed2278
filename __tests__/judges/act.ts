import { execFileSync, spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { NODE_24 } from "../../harness/play";
import { descendantThatRuns } from "../../sandbox/runner/proc";
import { filesUnder } from "../../sandbox/runner/left";

/** What a run of a workflow under act is made of. */
export interface ActPlay {
  /** The workflow's file. */
  readonly text: string;
  readonly event: string;
  readonly repository: string;
  /** Where `GITHUB_API_URL` points. */
  readonly apiUrl: string;
  /** Folders of actions, by how the file names them: `OWNER/NAME@REF`. */
  readonly actions: Readonly<Record<string, string>>;
  /** One set for the whole run: act does not tell environments apart. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly vars: Readonly<Record<string, string>>;
  readonly inputs?: Readonly<Record<string, string>>;
  /** Only this job, and those that it needs. */
  readonly job?: string;
  /** Folders in front of PATH, for the programs that steps start. */
  readonly path?: readonly string[];
  /** Of the machine, and so of every step. */
  readonly env?: Readonly<Record<string, string>>;
  /** Puts files into the repository that is checked out. */
  readonly fill?: (folder: string) => Promise<unknown>;
  /** The action's process is killed when this is kept. */
  readonly kill?: Promise<unknown>;
}

/** Main or post of a step, as act has run it. */
export interface ActPhase {
  readonly job: string;
  readonly step: string;
  readonly stage: string;
  readonly result: string;
  /** What act has read of it, for the steps that come later. */
  readonly outputs: Readonly<Record<string, string>>;
  /** What the step itself has printed, masked. */
  readonly log: string;
}

export interface ActRun {
  /** Everything that act shows to a person. */
  readonly shown: string;
  readonly exitCode: number | null;
  /** How each job has ended, by its name, such as `rotate`, or `rotate customer-1` of a matrix. One that did not run is not there. */
  readonly jobs: Readonly<Record<string, string>>;
  /** In the order in which they ended. */
  readonly phases: readonly ActPhase[];
  /** Files that lie on the machine when all is over, without what act was given. */
  readonly left: Readonly<Record<string, Buffer>>;
}

/** Longer than any of these runs takes on a busy machine. */
const PATIENCE_MS = 50_000;

/** Runs a workflow as a person does who has cloned the repository: by act, and on this machine. */
export async function runByAct(act: string, play: ActPlay): Promise<ActRun> {
  const base = await mkdtemp(join(tmpdir(), "act-"));
  try {
    const { file, repository } = await furnish(base, play);
    const env = { ...environmentIn(base, play.path ?? []), ...play.env };
    const child = spawn(act, argumentsFor(play, { file, cache: join(base, "cache") }), {
      cwd: repository,
      env,
      stdio: ["ignore", "pipe", "pipe"],
      timeout: PATIENCE_MS,
      killSignal: "SIGKILL",
    });
    const texts = { stdout: "", stderr: "" };
    child.stdout.setEncoding("utf8").on("data", (text: string) => (texts.stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (texts.stderr += text));
    const { pid } = child;
    void play.kill?.then(() => {
      if (pid !== undefined) killNodeUnder(pid);
    });
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject).once("close", resolve);
    });
    return { ...readLog(texts.stdout, texts.stderr), exitCode, left: await leftIn(base) };
  } finally {
    await rm(base, { recursive: true, force: true });
  }
}

/** The action's process is the only one under act that runs this Node. */
function killNodeUnder(pid: number): void {
  const main = descendantThatRuns(pid, NODE_24);
  if (main !== undefined) process.kill(main, "SIGKILL");
}

/** A repository whose origin names it, since act takes the name from there. */
async function furnish(base: string, play: ActPlay): Promise<{ readonly file: string; readonly repository: string }> {
  const [file, repository] = [join(base, "workflow.yml"), join(base, "repository")];
  for (const folder of ["home", "tmp", "repository"]) await mkdir(join(base, folder));
  await writeFile(file, play.text);
  await play.fill?.(repository);
  const options = { cwd: repository, env: environmentIn(base, []), stdio: "pipe" } as const;
  const git = (...words: readonly string[]): unknown => execFileSync("git", words, options);
  git("init", "--quiet", "--initial-branch=main");
  git("remote", "add", "origin", `https://github.com/${play.repository}.git`);
  git("-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "--quiet", "--allow-empty", "--message=Begin");
  return { file, repository };
}

/** Nothing of the machine's own but where its programs are. */
function environmentIn(base: string, path: readonly string[]): Record<string, string> {
  const folders = [...path, dirname(NODE_24), process.env["PATH"] ?? ""];
  const [home, tmp] = [join(base, "home"), join(base, "tmp")];
  return { PATH: folders.join(delimiter), HOME: home, TMPDIR: tmp, LANG: "C.UTF-8" };
}

function argumentsFor(play: ActPlay, { file, cache }: { readonly file: string; readonly cache: string }): string[] {
  const { event, actions, secrets, vars, inputs = {}, job, apiUrl } = play;
  const each = (flag: string, pairs: Readonly<Record<string, string>>): string[] =>
    Object.entries(pairs).flatMap(([name, value]) => [flag, `${name}=${value}`]);
  return [
    ...[event, "--json", "--no-cache-server", "--workflows", file, "--action-cache-path", cache],
    ...["--platform", "ubuntu-latest=-self-hosted", "--env", `GITHUB_API_URL=${apiUrl}`],
    ...(job === undefined ? [] : ["--job", job]),
    ...each("--local-repository", actions),
    ...each("--secret", secrets),
    ...each("--var", vars),
    ...each("--input", inputs),
  ];
}

async function leftIn(base: string): Promise<Record<string, Buffer>> {
  const files = await filesUnder("TMPDIR", base);
  const isGiven = (name: string): boolean => /^repository\/|^workflow\.yml$|\/act\/actions\//u.test(name);
  return Object.fromEntries(files.filter(({ name }) => !isGiven(name)).map(({ name, content }) => [name, content]));
}

type Fields = Readonly<Record<string, unknown>>;

/** Each line that act prints is JSON, and its `msg` is what it prints to a person who has not asked for JSON. */
function readLog(stdout: string, stderr: string): Pick<ActRun, "jobs" | "phases" | "shown"> {
  const lines = stdout
    .split("\n")
    .map((line): Fields => (line.startsWith("{") ? fieldsOf(JSON.parse(line)) : { msg: line }));
  const jobs = lines
    .filter((line) => line["jobResult"] !== undefined)
    .map((line): [string, string] => [jobOf(line), text(line, "jobResult")]);
  const endings = lines.filter((line) => line["stepResult"] !== undefined && line["stage"] !== undefined);
  return {
    shown: [...lines.map((line) => text(line, "msg")), stderr].join("\n"),
    jobs: Object.fromEntries(jobs),
    phases: endings.map((ending) => phaseOf(ending, lines)),
  };
}

/** All that belongs to the phase which ends with this line. act reads and prints its outputs only after that. */
function phaseOf(ending: Fields, lines: readonly Fields[]): ActPhase {
  const marks = ["job", "stage", "stepID"];
  const own = lines.filter((line) => marks.every((mark) => String(line[mark]) === String(ending[mark])));
  const outputs = own.filter((line) => line["command"] === "set-output");
  return {
    job: jobOf(ending),
    step: text(ending, "step"),
    stage: text(ending, "stage"),
    result: text(ending, "stepResult"),
    outputs: Object.fromEntries(outputs.map((line): [string, string] => [text(line, "name"), text(line, "arg")])),
    log: own
      .filter((line) => line["raw_output"] === true)
      .map((line) => text(line, "msg"))
      .join(""),
  };
}

/** Its name in the file, and what it was given of a matrix. */
function jobOf(line: Fields): string {
  return [text(line, "jobID"), ...Object.values(fieldsOf(line["matrix"]))].join(" ");
}

function text(line: Fields, key: string): string {
  const value = line[key];
  return typeof value === "string" ? value : "";
}

function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
