import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const ROOT = resolve(__dirname, "../..");

interface Shown {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** `npm start -- ARGS`, without npm. */
function start(args: readonly string[], { root = ROOT, nodeArgs = [] as readonly string[] } = {}): Promise<Shown> {
  return new Promise((done) => {
    const child = execFile(
      process.execPath,
      [...nodeArgs, join(root, "dist", "sandbox", "index.js"), ...args],
      { cwd: root, env: { PATH: process.env["PATH"] } },
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
    expect(shown.stdout).toContain("The opened box is the secret in force");
    expect(shown.stdout).toContain("The old secret is refused (401 with code 1083).");
    expect(shown.stdout).toContain("Exactly one reset was sent (1 sent, 1 happened).");
    expect(shown.stdout).toMatch(
      /The new secret was at risk for \d+\.\d ms, and saved over a connection that was already open/,
    );
    expect(shown.stdout).toContain("The canary is gone (1 written, none left).");
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
    expect(nothing.stdout).toContain("is NOT the secret in force");
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
  it("tells its options", async () => {
    const { exitCode, stdout } = await start(["--help"]);
    expect(exitCode).toBe(0);
    for (const option of ["--fault NAME", "--faults", "--mode MODE", "--input NAME=VALUE", "--node PATH", "--debug"]) {
      expect(stdout).toContain(option);
    }
  });

  it("lists every fault with a sentence", async () => {
    const { exitCode, stdout } = await start(["--faults"]);
    expect(exitCode).toBe(0);
    for (const name of ["reset-cut-inside-secret", "put-500-always", "killed-before-save"]) {
      expect(stdout).toMatch(new RegExp(`^  ${name}\n    [A-Z].*`, "m"));
    }
    expect(stdout.split("\n").filter((line) => line.length > 100)).toEqual([]);
  });

  it.each([
    [["--bogus"], "Unknown option '--bogus'."],
    [["stray"], "Unexpected argument 'stray'."],
    [["--fault", "put-lost"], "there is no fault named put-lost. Perhaps put-lost-ack"],
    [["--fault", "down", "--fault", "put-408"], "there is no fault named put-408."],
    [["--mode", "spin"], "--mode is one of rotate, check, verify, copy, rescue, finish."],
    [["--input", "x"], "--input takes NAME=VALUE."],
  ])("answers %j with one line and 2", async (args, line) => {
    const { exitCode, stdout, stderr } = await start(args);
    expect(exitCode).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toContain(line);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
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
