import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { sharedAuthority, removeAuthority } from "../../harness/circumstances";
import { inPool, type Play, ROOT, withPlayed } from "../../harness/play";
import { faultsOf } from "../../harness/expect-row";
import type { Allowances } from "../../harness/contract";
import { FAULT_ALLOWANCES, FAULT_TABLE } from "../../harness/tables/fault-table";
import type { Row as Kept } from "../../harness/tables/row";
import { scenarios } from "../../harness/scenarios";
import { faults } from "../../sandbox/faults";
import { random, type Row, type RowReport, sample, type Violation } from "../bundle/row";
import type { Share } from "../../harness/share";
import type { Guard, Tests } from "./guard";
import { GUARDS } from "./list";
import { filesWithout, type Mark, marksIn } from "./marks";

/** What the tests of a copy need to be there. */
const COPIED = [
  "action.yml",
  "jest.config.js",
  "package.json",
  "tsconfig.json",
  "src",
  "sandbox",
  "dist",
  "scripts",
  "harness",
  "__tests__",
];

/** Names of guards between commas, for a person who wants to see no others taken away. */
const { GUARD } = process.env;

function named(name: string): Guard {
  const guard = GUARDS.find((one) => one.name === name);
  if (guard === undefined) throw new Error(`${name} is no guard`);
  return guard;
}

/** For the smaller shares some that need no bundle to be built. */
const TAKEN = { quick: 0, large: 4 } as const;

function chosen(share: Share, seed: number): readonly Guard[] {
  if (GUARD !== undefined) return GUARD.split(",").map(named);
  if (share === "whole") return GUARDS;
  const light = GUARDS.flatMap((guard) => {
    const units = (guard.noticedBy.units ?? []).filter((one) => !needsBundle(one));
    return units.length === 0 ? [] : [{ ...guard, noticedBy: { units } }];
  });
  return sample(light, TAKEN[share], random(seed));
}

function needsBundle({ file }: Tests): boolean {
  return file.includes("/bundle/");
}

/** Far longer than any play of the list takes. */
const PLAY_MAX_MS = 45_000;

const PRISTINE = "pristine";

/** Variables that are about this run and not about one inside it. */
const OURS = ["PROOF", "TOTALS_FILE", "SCENARIO", "JEST_WORKER_ID", "NODE_OPTIONS"];

interface Ended {
  readonly exitCode: number;
  readonly output: string;
}

function run(script: string, args: readonly string[], cwd: string): Promise<Ended> {
  return new Promise((resolve) => {
    // What a copy's tests come to is not counted among the real ones.
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !OURS.includes(name)));
    const options = { cwd, env, maxBuffer: 64 * 1024 * 1024 };
    const file = join(ROOT, "node_modules", script);
    // Jest loads the tests as ES modules only with this.
    execFile(process.execPath, ["--experimental-vm-modules", file, ...args], options, (error, stdout, stderr) => {
      resolve({ exitCode: typeof error?.code === "number" ? error.code : error ? -1 : 0, output: stdout + stderr });
    });
  });
}

/** A copy of the repository that may be broken. */
class Copy {
  readonly root: string;
  readonly #marks: readonly Mark[];

  private constructor(root: string) {
    this.root = root;
    this.#marks = marksIn(root);
  }

  /** The sources are copied twice, so that whoever edits them meanwhile is not in the way. */
  static async make(): Promise<Copy> {
    const root = await mkdtemp(join(tmpdir(), "guards-"));
    for (const name of COPIED) await cp(join(ROOT, name), join(root, name), { recursive: true });
    await cp(join(root, "src"), join(root, PRISTINE, "src"), { recursive: true });
    await symlink(join(ROOT, "node_modules"), join(root, "node_modules"), "dir");
    return new Copy(root);
  }

  /** @throws unless every piece to be replaced is marked once, so that the list cannot grow old unnoticed. */
  async takeAway(guard: Guard): Promise<void> {
    for (const [file, text] of filesWithout(guard, this.#marks, this.root))
      await writeFile(join(this.root, file), text);
  }

  async restore(): Promise<void> {
    await cp(join(this.root, PRISTINE, "src"), join(this.root, "src"), { recursive: true });
  }

  /** Builds as the shipped bundle is built, only quicker. */
  async build(): Promise<void> {
    const folder = join(this.root, "dist");
    await rm(folder, { recursive: true, force: true });
    const args = ["build", join(this.root, "src", "index.ts"), "-o", folder, "--transpile-only", "--no-cache", "-q"];
    const { exitCode, output } = await run("@vercel/ncc/dist/ncc/cli.js", args, this.root);
    if (exitCode !== 0) throw new Error(`The copy does not build: ${output.slice(-500)}`);
    await cp(join(ROOT, "dist", "post.js"), join(folder, "post.js"));
  }

  /** How many of the tests fail; an error if they could not be run at all. */
  async failedTests({ file, named }: Tests): Promise<number> {
    const report = join(this.root, "report.json");
    const args = ["--rootDir", this.root, "--ci", "--silent", "--json", "--outputFile", report, "--runTestsByPath"];
    const only = named === undefined ? [] : ["--testNamePattern", named];
    await run("jest/bin/jest.js", [...args, join(this.root, file), ...only], this.root);
    const text = await readFile(report, "utf8");
    await rm(report);
    const count = (name: string): number => Number(new RegExp(`"${name}":(\\d+)`).exec(text)?.[1] ?? Number.NaN);
    if (count("numRuntimeErrorTestSuites") !== 0 || count("numPassedTests") + count("numFailedTests") === 0)
      throw new Error(`${file} does not run`);
    return count("numFailedTests");
  }

  async remove(): Promise<void> {
    await rm(this.root, { recursive: true, force: true });
  }
}

/** Something of the suite that is played with the bundle. */
interface Played {
  readonly name: string;
  readonly play: Play;
  readonly kept: Kept | undefined;
  readonly allowed: Allowances | undefined;
}

function playsOf({ faults: named = [], scenarios: further = [], happyRun }: Guard["noticedBy"]): Played[] {
  const ofFaults = named.map((name): Played => {
    const fault = faults.get(name);
    if (fault === undefined) throw new Error(`${name} is no fault`);
    return {
      name,
      play: { stage: fault.stage, prepare: (stage) => fault.apply(stage) },
      kept: FAULT_TABLE[name],
      allowed: FAULT_ALLOWANCES[name],
    };
  });
  const ofScenarios = further.map((name): Played => {
    const scenario = scenarios[name];
    if (scenario === undefined) throw new Error(`${name} is no scenario`);
    return { name, play: scenario.play, kept: scenario.row, allowed: scenario.allowed };
  });
  const happy: Played = { name: "a happy run", play: {}, kept: ["rotated", "main", 1, "saved"], allowed: undefined };
  return [...ofFaults, ...ofScenarios, ...(happyRun === true ? [happy] : [])];
}

/** What the suite says of one of its plays when the copy's bundle is played. */
async function wrongIn({ play, kept, allowed }: Played, { root }: Copy): Promise<string[]> {
  // A process without a guard may never end by itself.
  const kill = sleep(PLAY_MAX_MS, undefined, { ref: false });
  const prepare: Play["prepare"] = async (stage, later) => ({ kill, ...(await play.prepare?.(stage, later)), root });
  return await withPlayed({ ...play, prepare }, async (played) => await faultsOf(played, kept, allowed));
}

/** Which of the tests that should notice do not. */
async function unnoticed(guard: Guard, copy: Copy): Promise<string[]> {
  const { units = [] } = guard.noticedBy;
  const plays = playsOf(guard.noticedBy);
  try {
    await copy.takeAway(guard);
    if (plays.length > 0 || units.some(needsBundle)) await copy.build();
    const ofUnits = await inPool(units, async (one) => ((await copy.failedTests(one)) === 0 ? [one.file] : []), 1);
    const ofPlays = await inPool(plays, async (one) => ((await wrongIn(one, copy)).length === 0 ? [one.name] : []));
    return [...ofUnits.flat(), ...ofPlays.flat()];
  } finally {
    await copy.restore();
  }
}

/** A test that fails anyway proves nothing. */
async function failingAnyway(guards: readonly Guard[], copy: Copy): Promise<Violation[]> {
  const units = new Map(
    guards.flatMap(({ noticedBy }) => noticedBy.units ?? []).map((one) => [JSON.stringify(one), one]),
  );
  const plays = new Map(guards.flatMap(({ noticedBy }) => playsOf(noticedBy)).map((one) => [one.name, one]));
  if (plays.size > 0 || [...units.values()].some(needsBundle)) await copy.build();
  const of = "nothing taken away";
  const ofUnits = await inPool(
    [...units.values()],
    async (one) => ((await copy.failedTests(one)) > 0 ? [one.file] : []),
    1,
  );
  const ofPlays = await inPool([...plays.values()], async (one) =>
    (await wrongIn(one, copy)).length > 0 ? [one.name] : [],
  );
  return [...ofUnits.flat(), ...ofPlays.flat()].map((name) => ({ of, says: `${name} fails all the same` }));
}

export const guards: Row = {
  name: "Each guard removed in turn: the tests must notice",
  run: async ({ share, seed, onPlayed }): Promise<RowReport> => {
    const start = performance.now();
    const taken = chosen(share, seed);
    const copy = await Copy.make();
    const violations: Violation[] = [];
    let noticed = 0;
    try {
      await sharedAuthority();
      violations.push(...(await failingAnyway(taken, copy)));
      for (const guard of taken) {
        const missed = await unnoticed(guard, copy);
        if (missed.length === 0) noticed += 1;
        violations.push(...missed.map((name) => ({ of: guard.name, says: `${name} does not notice` })));
        onPlayed?.(noticed);
      }
    } finally {
      removeAuthority();
      await copy.remove();
    }
    const results = { noticed, unnoticed: taken.length - noticed };
    return { name: guards.name, played: taken.length, ms: performance.now() - start, violations, results };
  },
};
