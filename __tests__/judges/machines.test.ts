import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Entry, FAULT_ENTRIES, playAll, SCENARIO_ENTRIES } from "../../harness/catalogue";
import { removeAuthority, sharedAuthority } from "../../harness/circumstances";
import { ROOT, type StepChanges } from "../../harness/play";
import { describeWithJudge } from "../../harness/tools";

/** A spread of results, of modes, and of what a Node has to do for them: TLS, proxies, signals, files, age. */
const PLAYED = [
  ...["verify-only", "copy-that-lies-behind", "finish-completes", "rescue-confirmed", "given-secret-dead"],
  ...["put-answered-through-a-proxy", "recipient-given", "put-401-always", "down-after-reset"],
  ...["reset-cut-inside-secret", "killed-before-save", "killed-and-post-inputs-differ"],
];

/** Under an emulated processor each play keeps one of two cores busy. */
const AT_A_TIME = 2;
const SOME_TIMEOUT_MS = 240_000;
const ALL_TIMEOUT_MS = 1_200_000;

const run = promisify(execFile);

/** A play of the catalogue with something about its step different. */
function changed(name: string, changes: StepChanges): Entry {
  const entry = [...FAULT_ENTRIES, ...SCENARIO_ENTRIES].find((one) => one.name === name);
  if (entry === undefined) throw new Error(`${name} is neither a fault nor a scenario.`);
  const { play } = entry;
  return {
    ...entry,
    play: { ...play, prepare: async (stage, later) => ({ ...(await play.prepare?.(stage, later)), ...changes }) },
  };
}

let folder: string;
let wrong: ReadonlyMap<string, readonly string[]>;

/** A copy of the action in which one script of the bundle begins otherwise. */
async function seeded(script: "index.js" | "post.js", beginning: string): Promise<string> {
  const root = await mkdtemp(join(folder, "action-"));
  await cp(join(ROOT, "action.yml"), join(root, "action.yml"));
  await cp(join(ROOT, "dist"), join(root, "dist"), { recursive: true });
  const file = join(root, "dist", script);
  await writeFile(file, `${beginning}\n${await readFile(file, "utf8")}`);
  return root;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "machines-"));
  await sharedAuthority();
});

afterAll(async () => {
  removeAuthority();
  await rm(folder, { recursive: true });
});

/** The machine is what it is called, and what is played there ends as elsewhere. */
function playsUnder(node: string, what: { readonly arch: string; readonly major: RegExp }): void {
  test(
    "is that Node",
    async () => {
      const { stdout } = await run(node, ["-p", "JSON.stringify([process.arch, process.versions.node])"]);
      expect(JSON.parse(stdout)).toEqual([what.arch, expect.stringMatching(what.major)]);
    },
    SOME_TIMEOUT_MS,
  );

  test(
    "npm start proves a rotation, and Node itself complains of nothing",
    async () => {
      const { stdout, stderr } = await run(node, [join(ROOT, "dist", "sandbox", "index.js"), "--node", node]);
      expect(stderr).toBe("");
      const proof = stdout.slice(stdout.indexOf("PROOF"));
      expect([...proof.matchAll(/^ {2}(\S+) {2}\S/gm)].map(([, mark]) => mark)).toEqual(Array(7).fill("ok"));
    },
    SOME_TIMEOUT_MS,
  );

  describe("world, result and words are those of any other machine", () => {
    beforeAll(async () => {
      wrong = await playAll(
        PLAYED.map((name) => changed(name, { node })),
        AT_A_TIME,
      );
    }, ALL_TIMEOUT_MS);

    test.each(PLAYED)("%s", (name) => {
      expect(wrong.get(name)).toEqual([]);
    });
  });
}

/** What is wrong with a play of another bundle under this Node, and under the one of the tests. */
async function wrongUnder(node: string, name: string, root: string): Promise<readonly (readonly string[])[]> {
  const found = await Promise.all([node, process.execPath].map((one) => playAll([changed(name, { node: one, root })])));
  return found.map((map) => map.get(name) ?? ["was not played"]);
}

describeWithJudge("the newest Node", "the bundle under the newest Node", (node) => {
  playsUnder(node, { arch: "x64", major: /^(?:2[6-9]|[3-9]\d)\./ });

  test(
    "catches a bundle that uses what Node has removed, as widely used packages did",
    async () => {
      const root = await seeded("index.js", 'import { SlowBuffer } from "node:buffer"; SlowBuffer.prototype;');
      const [there, here] = await wrongUnder(node, "check-only", root);
      expect(there?.join("\n")).toContain("does not provide an export named 'SlowBuffer'");
      expect(here).toEqual([]);
    },
    SOME_TIMEOUT_MS,
  );
});

describeWithJudge("Node 24 for ARM", "the bundle on an ARM processor", (node) => {
  playsUnder(node, { arch: "arm64", major: /^24\./ });

  test(
    "catches a post step with an addon that was built for another processor",
    async () => {
      const addon = join(ROOT, "node_modules/@unrs/resolver-binding-linux-x64-gnu/resolver.linux-x64-gnu.node");
      const root = await seeded("post.js", `process.dlopen({ exports: {} }, ${JSON.stringify(addon)});`);
      const [there, here] = await wrongUnder(node, "killed-before-save", root);
      expect(there?.join("\n")).toMatch(/linux-x64-gnu\.node/);
      expect(here).toEqual([]);
    },
    SOME_TIMEOUT_MS,
  );
});

describe("the script that plays a spread of runs under any Node", () => {
  const LISTING = `case "$*" in *--faults) exec "${process.execPath}" "$@" ;; esac`;
  const ROTATED = "echo '  result        rotated'";

  /** What it says of a Node that does nothing but print. */
  async function spreadUnder(name: string, prints: string): Promise<{ readonly code: unknown; readonly said: string }> {
    const node = join(folder, name);
    await writeFile(node, `${LISTING}\n${prints}\n`);
    return await new Promise((resolve) => {
      execFile(join(ROOT, "scripts", "play-a-spread.sh"), ["bash", node], (error, stdout) => {
        resolve({ code: error?.code, said: stdout });
      });
    });
  }

  test.each([
    ["a result that is not due", ROTATED, "mode check: 'rotated' with exit code 0, where 'checked' with 0 is due"],
    ["an exit code that is not due", `${ROTATED}; exit 1`, "nothing wrong: 'rotated' with exit code 1, where"],
    ["what must never be so", `${ROTATED}; echo '  NO  Nothing leaked'`, "nothing wrong: 'rotated' with exit code 0"],
    ["what Node complains of", `${ROTATED}; echo deprecated >&2`, "nothing wrong: 'rotated' with exit code 0"],
  ])("catches %s", async (_mistake, prints, complaint) => {
    const { code, said } = await spreadUnder("printing-node", prints);
    expect(code).toBe(1);
    expect(said).toContain(`WRONG  ${complaint}`);
  });
});
