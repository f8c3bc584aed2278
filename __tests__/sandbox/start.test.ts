import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseCommandLine } from "../../sandbox/command-line";
import { readAction } from "../../sandbox/runner/action";
import { shareOf } from "../../harness/share";

const ROOT = resolve(import.meta.dirname, "../..");

interface Shown {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** `npm start -- ARGS`, without npm. */
function start(
  args: readonly string[],
  { root = ROOT, nodeArgs = [] as readonly string[], env = {} } = {},
): Promise<Shown> {
  return new Promise((done) => {
    const child = execFile(
      process.execPath,
      [...nodeArgs, join(root, "dist", "sandbox", "index.js"), ...args],
      { cwd: root, env: { PATH: process.env["PATH"], ...env } },
      (_, stdout, stderr) => {
        done({ exitCode: child.exitCode ?? -1, stdout, stderr });
      },
    );
  });
}

const folders: string[] = [];

/** Only what a fresh clone has, and no `node_modules` above it; the action may be another. */
async function clone(action?: string): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), "clone-"));
  folders.push(root);
  await cp(join(ROOT, "action.yml"), join(root, "action.yml"));
  if (action === undefined) {
    await cp(join(ROOT, "dist"), join(root, "dist"), { recursive: true });
  } else {
    await mkdir(join(root, "dist"));
    await cp(join(ROOT, "dist", "sandbox"), join(root, "dist", "sandbox"), { recursive: true });
    await cp(join(ROOT, "dist", "package.json"), join(root, "dist", "package.json"));
    await writeFile(join(root, "dist", "index.js"), action);
    await writeFile(join(root, "dist", "post.js"), "");
  }
  return root;
}

afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

/** The marks before the lines of the proof. */
function verdicts(stdout: string): string[] {
  const proof = stdout.slice(stdout.indexOf("PROOF"));
  return [...proof.matchAll(/^ {2}(ok|NO|--) /gm)].map(([, mark = ""]) => mark);
}

describe("npm start", () => {
  it("proves a rotation in a fresh clone with nothing installed", async () => {
    const shown = await start([], { root: await clone() });
    expect(shown.stderr).toBe("");
    expect(shown.exitCode).toBe(0);
    expect(shown.stdout).toContain("The secret at GitHub is the valid one");
    expect(shown.stdout).toContain("SnapTrade rejects the old secret (401 with code 1083).");
    expect(shown.stdout).toContain("Exactly one reset was sent (1 sent, 1 happened).");
    expect(shown.stdout).toMatch(
      /The new secret was at risk for \d+\.\d ms, and saved over a connection that was already open/,
    );
    expect(shown.stdout).toContain("The canary is deleted (1 written, none left).");
    expect(shown.stdout).toContain("Nothing leaked");
    expect(new Set(verdicts(shown.stdout))).toEqual(new Set(["ok"]));
    // Plain text of 100 columns, since nobody watches.
    expect(shown.stdout).not.toContain("\u001b");
    const long = shown.stdout.split("\n").filter((line) => line.length > 100 && !/\S{60}/.test(line));
    expect(long).toEqual([]);
  });

  it("shows what the operator would see of a fault, the post step included, and ends as the action ends", async () => {
    const shown = await start(["--fault", "killed-before-save"]);
    expect(shown.exitCode).toBe(137);
    expect(shown.stdout).toContain("killed-before-save: The step is killed");
    expect(shown.stdout).toContain("settle-time 500ms, save-timeout 5s, reset-timeout 4s");
    expect(shown.stdout).toContain("Post OWNER/rotate-snaptrade-user-secret");
    expect(verdicts(shown.stdout)).not.toContain("NO");
  });

  it("shows the annotation and the summary of a failure", async () => {
    const shown = await start(["--fault", "put-401-always"]);
    expect(shown.exitCode).toBe(1);
    expect(shown.stdout).toContain("ANNOTATIONS ON THE RUN'S PAGE");
    expect(shown.stdout).toContain("JOB SUMMARY");
    expect(shown.stdout).toContain("gh api --method PUT");
    expect(verdicts(shown.stdout)).not.toContain("NO");
  });

  it("prints the result first, and the world after as the world before, line by line", async () => {
    const { stdout } = await start(["--result", "unsaved"]);
    const sections = stdout.split(/^(?=[A-Z][A-Z ,']+$)/m);
    const section = (title: string): string => sections.find((text) => text.startsWith(title)) ?? "";
    expect(section("RESULT").split("\n")[1]).toMatch(/^ {2}result +unsaved$/);
    const subjects = (title: string): string[] =>
      [...section(title).matchAll(/^ {2}(\S.*?) {2}/gm)].map(([, who = ""]) => who);
    expect(subjects("BEFORE")).toEqual(["SnapTrade", "the step", "GitHub"]);
    expect(subjects("AFTER")).toEqual(subjects("BEFORE"));
    expect(section("AFTER")).toMatch(/a new one[\s\S]*invalid now[\s\S]*, invalid/);
    // What is to be copied stands at the margin: in the log, in the error at its end, in the annotation and in the summary.
    expect(stdout.match(/^gh api --method PUT /gm)).toHaveLength(4);
    expect(stdout).not.toMatch(/^[ |]+gh api /m);
  });

  it("says at once which long wait a play may have", async () => {
    const { stdout } = await start(["--fault", "put-500-once", "--input", "save-timeout=2m"]);
    expect(stdout).toContain("The action may wait for as long as save-timeout 2m.");
    expect(stdout.indexOf("may wait")).toBeLessThan(stdout.indexOf("THE LOG"));
  });

  it.each(
    shareOf(["checked", "copied", "dead", "partly-saved", "skipped", "verified"], (one) => one === "partly-saved"),
  )("plays a run that ends with %s", async (result) => {
    const { stdout } = await start(["--result", result]);
    expect(stdout).toMatch(new RegExp(`^ {2}result +${result}$`, "m"));
    expect(verdicts(stdout)).not.toContain("NO");
  });

  it.each(["rescue", "finish"])("plays mode %s", async (mode) => {
    const shown = await start(["--mode", mode]);
    expect(shown.exitCode).toBe(0);
    expect(verdicts(shown.stdout)).not.toContain("NO");
  });

  it("passes inputs on", async () => {
    const shown = await start(["--input", "save-to=SNAPTRADE_USER_SECRET", "--input", "reset-timeout=soon"]);
    expect(shown.exitCode).toBe(1);
    expect(shown.stdout).toContain("reset-timeout: soon");
  });

  it("finds out an action that is green and has done nothing", async () => {
    const nothing = await start(["--fault", "given-secret-dead"], { root: await clone("") });
    expect(nothing.stdout).toContain("is NOT the valid one");
    expect(verdicts(nothing.stdout)).toContain("NO");
    expect(nothing.exitCode).toBe(0);
  });

  it("finds out an action that leaks, even where GitHub would have masked it", async () => {
    const leaking = `console.log(Buffer.from(process.env["INPUT_USER-SECRET"]).toString("hex"));`;
    const shown = await start([], { root: await clone(leaking) });
    expect(shown.stdout).toContain("first user secret in main stdout (hex)");
    expect(shown.exitCode).toBe(0);
  });
});

describe("the command line of npm start", () => {
  /** What it says to these words without a play; nothing if it would play. */
  async function said(
    args: readonly string[],
    env = {},
  ): Promise<{ readonly text?: string; readonly exitCode?: number }> {
    const { defaults } = await readAction(ROOT);
    const wish = parseCommandLine(args, { inputNames: Object.keys(defaults), env, width: 100 });
    return wish.kind === "say" ? wish : {};
  }

  it("tells its options", async () => {
    const { exitCode, stdout } = await start(["--help"]);
    expect(exitCode).toBe(0);
    for (const option of ["--fault NAME", "--faults", "--mode MODE", "--input NAME=VALUE", "--node PATH", "--debug"]) {
      expect(stdout).toContain(option);
    }
  });

  it("answers a mistake with one line and 2", async () => {
    const { text } = await said(["--json"]);
    expect(await start(["--json"])).toEqual({ exitCode: 2, stdout: "", stderr: text });
  });

  it("lists every fault with its result and a sentence", async () => {
    const { text = "", exitCode } = await said(["--faults"]);
    expect(exitCode).toBe(0);
    for (const name of ["reset-cut-inside-secret", "put-500-always", "killed-before-save"]) {
      expect(text).toMatch(new RegExp(`^  ${name}: [a-z-]+\n    [A-Z].*`, "m"));
    }
    expect(text.split("\n").filter((line) => line.length > 100)).toEqual([]);
  });

  it.each([
    [["--bogus"], "Unknown option '--bogus'."],
    [["stray"], "Unexpected argument 'stray'."],
    [["--fault", "put-lost"], "there is no fault named put-lost. Perhaps put-lost-ack"],
    [["--fault", "down", "--fault", "put-408"], "there is no fault named put-408."],
    [["--mode", "spin"], "--mode must be one of rotate, check, verify, copy, rescue, finish."],
    [["--input", "x"], "--input must be NAME=VALUE."],
    [["--input", "save-too=NAME"], "the action has no input 'save-too'. It has mode, client-id,"],
    [["--result", "saved"], "--result must be one of rotated, skipped,"],
    [["--result", "unsaved", "--fault", "down"], "--result chooses the mode and the fault itself"],
    [["--json"], "--json is only for --serve."],
    [["--serve", "--mode", "check"], "--serve plays no run"],
    [
      ["--serve", "--input", "mode=check"],
      "--serve plays no run, and can use only the inputs save-to and user-id: leave",
    ],
    [["--serve", "--fault", "killed-at-save"], "killed-at-save is a fault of a run"],
  ])("answers %j with one line and 2", async (args, line) => {
    const { text = "", exitCode } = await said(args);
    expect(exitCode).toBe(2);
    expect(text).toContain(line);
    expect(text.trimEnd().split("\n")).toHaveLength(1);
  });

  it.each([
    [["killed-at-save"], { npm_config_fault: "true" }, "npm start -- --fault killed-at-save."],
    [[], { npm_config_result: "unsaved" }, "npm start -- --result unsaved."],
    [[], { npm_config_serve: "true" }, "npm start -- --serve."],
  ])("names the -- that was forgotten: %j with %j", async (args, env, right) => {
    const { text, exitCode } = await said(args, env);
    expect(exitCode).toBe(2);
    expect(text).toContain(`unless -- comes before it: ${right}`);
  });

  it("tells an older Node in one line that it is too old", async () => {
    const folder = await clone("");
    const pretence = join(folder, "pretence.cjs");
    await writeFile(
      pretence,
      `Object.defineProperty(process, "versions", { value: { ...process.versions, node: "18.20.8" } });`,
    );
    const { exitCode, stdout, stderr } = await start([], { nodeArgs: ["--require", pretence] });
    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: 1,
      stdout: "",
      stderr: "npm start needs Node 20 or later; this is Node 18.20.8.\n",
    });
  });
});
