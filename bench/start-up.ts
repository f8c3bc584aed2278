import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { inputEnvironment, readAction } from "../sandbox/runner/action";
import { jobEnvironment, type Places } from "../sandbox/runner/environment";
import { openCommandFiles } from "../sandbox/runner/files";
import { startStage } from "../sandbox/stage";
import { NODE_24, ROOT } from "./world";

/** The environment of a step, in a folder of its own. */
async function withEnvironment<T>(
  inputs: Readonly<Record<string, string>>,
  apiUrl: string,
  work: (env: Readonly<Record<string, string>>) => Promise<T>,
): Promise<T> {
  const base = await mkdtemp(join(tmpdir(), "start-up-"));
  try {
    const runnerTemp = join(base, "temp");
    const places: Places = { base, runnerTemp, home: base, workspace: base, tmp: base, eventPath: join(base, "event") };
    await mkdir(runnerTemp);
    const files = await openCommandFiles(runnerTemp);
    const { defaults } = await readAction(ROOT);
    const job = jobEnvironment({ root: ROOT, node: NODE_24, inputs, apiUrl }, places);
    return await work({ ...job, ...inputEnvironment(defaults, inputs), ...files.env });
  } finally {
    await rm(base, { recursive: true, force: true });
  }
}

function ended(env: Readonly<Record<string, string>>, script: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(NODE_24, [script], { env, stdio: "ignore" });
    child.once("error", reject);
    child.once("exit", () => resolve());
  });
}

/** From the start of the process to the first request's arrival at a service that is next door. */
export async function firstRequestMs(): Promise<number> {
  const stage = await startStage({ inputs: { mode: "check" } });
  try {
    return await withEnvironment(stage.inputs, stage.github.url, async (env) => {
      const start = performance.now();
      await ended(env, join(ROOT, "dist", "index.js"));
      const arrivals = [...stage.snapTrade.requests, ...stage.github.requests].map(({ at }) => at);
      return Math.min(...arrivals) - start;
    });
  } finally {
    await stage.close();
  }
}

/** From the start to the end of a process that does nothing. */
export async function emptyScriptMs(): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), "empty-"));
  try {
    const script = join(folder, "empty.mjs");
    await writeFile(script, "");
    return await withEnvironment({}, "http://127.0.0.1:1", async (env) => {
      const start = performance.now();
      await ended(env, script);
      return performance.now() - start;
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The files of ours that a rotation loads, with their sizes in bytes, as V8 itself tells it. */
export async function loadedFiles(): Promise<ReadonlyMap<string, number>> {
  const stage = await startStage();
  const folder = await mkdtemp(join(tmpdir(), "coverage-"));
  try {
    await withEnvironment(stage.inputs, stage.github.url, async (env) => {
      await ended({ ...env, NODE_V8_COVERAGE: folder }, join(ROOT, "dist", "index.js"));
    });
    if (stage.snapTrade.resets !== 1) throw new Error("the run that should show what is loaded did not rotate");
    const files = new Set<string>();
    for (const name of await readdir(folder)) {
      const report = await readFile(join(folder, name), "utf8");
      for (const [, url = ""] of report.matchAll(/"url":"file:\/\/([^"]+)"/g)) files.add(url);
    }
    const sizes = [...files].map(async (file): Promise<[string, number]> => [basename(file), (await stat(file)).size]);
    return new Map(await Promise.all(sizes));
  } finally {
    await stage.close();
    await rm(folder, { recursive: true, force: true });
  }
}
