import { once } from "node:events";
import { readlinkSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { canChooseNumbers, occupy } from "../../sandbox/process-number";
import { type StepOptions, type StepRun, playStep } from "../../sandbox/runner";
import { openCommandFiles } from "../../sandbox/runner/files";
import { fakeAction, removeFakeActions } from "../support/fake-action";

afterAll(removeFakeActions);

async function play(main: string, post = "", options: Partial<StepOptions> = {}): Promise<StepRun> {
  const root = await fakeAction(main, post);
  return playStep({ root, node: process.execPath, inputs: {}, apiUrl: "http://127.0.0.1:1", ...options });
}

/** A promise that is kept when a line of the log says so. */
function whenSaid(text: string): { said: Promise<void>; onLine: (line: string) => void } {
  let keep: () => void = () => undefined;
  const said = new Promise<void>((resolve) => (keep = resolve));
  return { said, onLine: (line) => (line.includes(text) ? keep() : undefined) };
}

const append = (kind: string, text: string): string =>
  `require("node:fs").appendFileSync(process.env.GITHUB_${kind}, ${JSON.stringify(`${text}\n`)});`;

/** Says which signals it gets, writes state at once and an output when it is told to end. */
const DEAF = `
  ${append("STATE", "journal=/a/path")}
  for (const name of ["SIGINT", "SIGTERM"]) process.on(name, () => console.log(name));
  setInterval(() => {}, 1000);
  console.log("ready " + process.pid);`;

const SHORT = { sigintMs: 300, sigtermMs: 30_000 };

/** Prints the state of the process whose number main has printed into a file, and its own state variables. */
const LOOK = `
  const fs = require("node:fs");
  const pid = fs.readFileSync(process.env.RUNNER_TEMP + "/pid", "utf8");
  let state = "gone";
  try { state = fs.readFileSync("/proc/" + pid + "/stat", "utf8").split(") ")[1][0]; } catch {}
  console.log(state === "gone" || state === "Z" ? state : "lives", process.env.STATE_journal ?? "no state");`;

const NOTE_PID = `require("node:fs").writeFileSync(process.env.RUNNER_TEMP + "/pid", String(process.pid));`;

describe("a step in the background", () => {
  it("is signalled when it is cancelled, and post begins beside it and without its state", async () => {
    const { said, onLine } = whenSaid("ready");
    const cancel = { when: said, what: "step", ...SHORT } as const;
    const run = await play(`${NOTE_PID}${DEAF}`, LOOK, { kind: "background", cancel, onLine });
    expect(run.post.log).toEqual(["lives no state"]);
    expect(run.main.log.slice(1)).toEqual(["SIGINT", "SIGTERM"]);
    // With the job it ends, and then its files are read.
    expect(run.main).toMatchObject({ signal: "SIGKILL", state: { journal: "/a/path" } });
    expect(run).toMatchObject({ conclusion: "success", cancelled: true, leftBehind: true });
  });

  it("is killed at the end of the ladder", async () => {
    const { said, onLine } = whenSaid("ready");
    const cancel = { when: said, what: "step", sigintMs: 100, sigtermMs: 100 } as const;
    // The job does not end before, so that it is not its end that kills main.
    const post = `setInterval(() => {
      const stat = "/proc/" + require("node:fs").readFileSync(process.env.RUNNER_TEMP + "/pid", "utf8") + "/stat";
      if (!require("node:fs").existsSync(stat)) process.exit();
    }, 10);`;
    const run = await play(`${NOTE_PID}${DEAF}`, post, { kind: "background", cancel, onLine });
    expect([run.main.signal, run.post.exitCode]).toEqual(["SIGKILL", 0]);
  });

  it("hands on its state when it ends in time, its exit code counting for nothing", async () => {
    const { said, onLine } = whenSaid("ready");
    const main = `${append("STATE", "journal=/a/path")} process.on("SIGINT", () => process.exit(1));
      setInterval(() => {}, 1000); console.log("ready");`;
    const post = `console.log(process.env.STATE_journal);`;
    const cancel = { when: said, what: "step" } as const;
    const run = await play(main, post, { kind: "background", cancel, onLine });
    expect(run.post.log).toEqual(["/a/path"]);
    expect(run).toMatchObject({ conclusion: "success", cancelled: true, leftBehind: false });
    const red = await play(main, `process.exit(1)`, { kind: "background", cancel: { when: 300, what: "step" } });
    expect(red.conclusion).toBe("failure");
  });

  it("is cancelled with the job", async () => {
    const { said, onLine } = whenSaid("ready");
    const run = await play(DEAF, "", { kind: "background", cancel: { when: said, ...SHORT }, onLine });
    expect(run.conclusion).toBe("cancelled");
  });

  it("gets no signal where a composite action is around it", async () => {
    const { said, onLine } = whenSaid("ready");
    const cancel = { when: said, what: "step", sigintMs: 200, sigtermMs: 100 } as const;
    const run = await play(`${NOTE_PID}${DEAF}`, LOOK, { kind: "background-composite", cancel, onLine });
    expect(run.main.log).toHaveLength(1);
    expect(run.post.log).toEqual(["lives no state"]);
  });
});

describe("a step in a container", () => {
  it("is reached by no signal, and what it says after the step is neither heard nor read", async () => {
    const { said, onLine } = whenSaid("ready");
    const isThere = (name: string): string => `require("node:fs").existsSync(process.env.RUNNER_TEMP + "/${name}")`;
    const leave = (name: string): string =>
      `require("node:fs").writeFileSync(process.env.RUNNER_TEMP + "/${name}", "");`;
    const main = `${NOTE_PID}${DEAF} const wait = setInterval(() => {
      if (!${isThere("post")}) return;
      clearInterval(wait);
      ${append("STATE", "late=1")} console.log("late"); ${leave("late")}
    }, 10);`;
    const post = `${LOOK} ${leave("post")} setInterval(() => { if (${isThere("late")}) process.exit(); }, 10);`;
    const run = await play(main, post, { kind: "container", cancel: { when: said }, onLine });
    expect(run.post.log).toEqual(["lives /a/path"]);
    expect(run.main.stdout).toContain("late");
    expect(run.main.log).toHaveLength(1);
    expect(run.main.state).toEqual({ journal: "/a/path" });
    expect(run).toMatchObject({ conclusion: "cancelled", leftBehind: true });
  });
});

describe("a step whose end nobody asks about", () => {
  it("stays as a zombie while post runs", async () => {
    const { said, onLine } = whenSaid("ready");
    const run = await play(`${NOTE_PID}${DEAF}`, LOOK, { kind: "unreaped", kill: said, onLine });
    expect(run.post.log).toEqual(["Z /a/path"]);
    expect(run.main).toMatchObject({ exitCode: null, signal: "SIGKILL" });
    expect(run.conclusion).toBe("failure");
  });

  it("keeps its exit code", async () => {
    expect((await play("process.exit(3)", "", { kind: "unreaped" })).main).toMatchObject({ exitCode: 3, signal: null });
  });
});

describe("what post is given", () => {
  it("may be no input at all", async () => {
    const post = `console.log(Object.keys(process.env).filter((name) => name.startsWith("INPUT_")).length);`;
    expect((await play("", post, { postInputs: "none" })).post.log).toEqual(["0"]);
  });

  it("are variables that a later step has set", async () => {
    const print = `console.log(process.env.LATER ?? "unset");`;
    const run = await play(print, print, { postEnv: { LATER: "set" } });
    expect([...run.main.log, ...run.post.log]).toEqual(["unset", "set"]);
  });

  it("may lack the state", async () => {
    const post = `console.log(process.env.STATE_a ?? "none");`;
    expect((await play(append("STATE", "a=b"), post, { stateLost: true })).post.log).toEqual(["none"]);
  });
});

describe("the event's file", () => {
  const SHOW = `try { console.log(require("node:fs").readFileSync(process.env.GITHUB_EVENT_PATH, "utf8").replace(/\\s+/g, " ")); }
    catch (error) { console.log(error.code); }`;

  async function shown(options: Partial<StepOptions>): Promise<string> {
    return (await play(SHOW, "", options)).main.log.join("");
  }

  function whole(text: string): unknown {
    return JSON.parse(text);
  }

  it("tells what a person entered, or null where there are no inputs", async () => {
    const repository = { full_name: "octo-org/brokerage" };
    expect(whole(await shown({ eventInputs: { mode: "verify" } }))).toMatchObject({
      inputs: { mode: "verify" },
      repository,
    });
    expect(whole(await shown({}))).toMatchObject({ inputs: null, repository });
    expect(whole(await shown({ event: "schedule" }))).not.toHaveProperty("inputs");
  });

  it("tells which run caused a workflow_run", async () => {
    const causedBy = { event: "pull_request", headRepository: "octocat/brokerage" };
    expect(whole(await shown({ event: "workflow_run", causedBy }))).toMatchObject({
      workflow_run: { event: "pull_request", head_repository: { full_name: "octocat/brokerage" } },
      repository: { full_name: "octo-org/brokerage" },
    });
  });

  it("may be empty, torn, torn for a while, or missing, for main and for post", async () => {
    expect(await shown({ eventFile: "empty" })).toBe("");
    expect(await shown({ eventFile: "missing" })).toBe("ENOENT");
    const torn = await shown({ eventFile: "torn" });
    expect(() => whole(torn)).toThrow(SyntaxError);
    const untilWhole = `const wait = setInterval(() => {
      try { JSON.parse(require("node:fs").readFileSync(process.env.GITHUB_EVENT_PATH, "utf8")); } catch { return; }
      clearInterval(wait);
      ${SHOW}
    }, 10);`;
    const later = await play(untilWhole, "", { eventFile: { tornForMs: 200 } });
    expect(whole(later.main.log.join(""))).toHaveProperty("repository");
    const run = await play(SHOW, SHOW, { postEventFile: "missing" });
    expect(run.main.log.join("")).toContain("octo-org/brokerage");
    expect(run.post.log).toEqual(["ENOENT"]);
  });
});

describe("the files of a step", () => {
  it("may be a folder, or on a disk that is full from some instant on", async () => {
    const main = `const fs = require("node:fs");
      try { fs.appendFileSync(process.env.GITHUB_OUTPUT, "a=b\\n"); } catch (error) { console.log(error.code); }
      fs.appendFileSync(process.env.GITHUB_ENV, "A=B\\n");
      console.log("ready");
      const wait = setInterval(() => {
        if (fs.statSync(process.env.GITHUB_ENV).isFile()) return;
        clearInterval(wait);
        try { fs.appendFileSync(process.env.GITHUB_ENV, "C=D\\n"); } catch (error) { console.log(error.code); }
      }, 10);`;
    const { said, onLine } = whenSaid("ready");
    const run = await play(main, "", { onLine, fileFlaws: { output: "folder", env: { fullFrom: said } } });
    expect(run.main.log).toEqual(["EISDIR", "ready", "ENOSPC"]);
    expect(run.main).toMatchObject({ outputs: {}, exportedEnv: {} });
  });

  it("are not made anew when their disk is full only after they were read", async () => {
    const temp = await mkdtemp(join(tmpdir(), "files-"));
    const full = new EventTarget();
    const files = await openCommandFiles(temp, { env: { fullFrom: once(full, "now") } });
    await files.collect();
    full.dispatchEvent(new Event("now"));
    await sleep(50);
    expect(await readdir(join(temp, "_runner_file_commands"))).toEqual([]);
    await rm(temp, { recursive: true });
  });
});

describe("several steps in one job", () => {
  const NAME = `console.log("::add-mask::hidden-" + process.env.INPUT_GIVEN);
    console.log(process.env.INPUT_GIVEN, process.env.RUNNER_TEMP, process.env.EXPORTED ?? "");`;
  const other = { apiUrl: "http://127.0.0.1:1", inputs: { given: "b" } };

  it("share RUNNER_TEMP, masks and what is exported, and their post steps run in reverse order", async () => {
    const main = `${NAME} ${append("ENV", "EXPORTED=yes")} ${append("STATE", "of=mine")}`;
    const post = `console.log(process.env.INPUT_GIVEN, process.env.STATE_of, "hidden-a hidden-b");
      require("node:fs").appendFileSync(process.env.RUNNER_TEMP + "/order", process.env.INPUT_GIVEN);`;
    const run = await play(main, post, { inputs: { given: "a" }, others: { when: "afterwards", steps: [other] } });
    const [second] = run.others;
    const [, temp] = (run.main.log[0] ?? "").split(" ");
    expect(second?.main.log).toEqual([`b ${temp ?? ""} yes`]);
    expect(run.post.log).toEqual(["a mine *** ***"]);
    expect(second?.post.log).toEqual(["b mine *** ***"]);
    expect(run.post.left.find(({ name }) => name === "order")?.content.toString()).toBe("ba");
  });

  it("run side by side in parallel, and one that fails makes the job red", async () => {
    const main = `const fs = require("node:fs");
      fs.writeFileSync(process.env.RUNNER_TEMP + "/" + process.env.INPUT_GIVEN, "");
      const wait = setInterval(() => {
        if (!["a", "b"].every((name) => fs.existsSync(process.env.RUNNER_TEMP + "/" + name))) return;
        clearInterval(wait);
        process.exitCode = process.env.INPUT_GIVEN === "b" ? 1 : 0;
      }, 10);`;
    const run = await play(main, "", { inputs: { given: "a" }, others: { when: "meanwhile", steps: [other] } });
    expect(run.main.exitCode).toBe(0);
    expect(run.others[0]?.main.exitCode).toBe(1);
    expect(run.conclusion).toBe("failure");
  });
});

if (canChooseNumbers()) {
  test("a process can be given the number of one that is gone", async () => {
    const { main } = await play(`console.log(process.pid)`);
    const pid = Number(main.log[0]);
    const taker = occupy(pid);
    // On a busy machine somebody else may be faster. Its program is in place when spawn returns, its arguments may not be.
    const program = taker === null ? "somebody else's" : readlinkSync(`/proc/${pid}/exe`);
    expect(program).not.toBe(process.execPath);
    taker?.kill();
  });
} else {
  test("NOT RUN HERE: this machine lets nobody choose the number of a process", () => {
    expect(canChooseNumbers()).toBe(false);
  });
}
