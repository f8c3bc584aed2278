import { build } from "esbuild";
import { fork } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import type { RowReport, Setting } from "./bundle/row";

/**
 * Plays the rows about the core in a process of their own. They need one processor and nothing else, and the other rows
 * leave one idle. It runs what esbuild makes of `core.ts`: tsx gives each closure its name when it is made, which takes
 * as long as all the rest.
 * @param only a part of the names of the rows.
 */
export async function coreReports({ share, seed }: Setting, only: string): Promise<readonly RowReport[]> {
  const folder = await mkdtemp(join(tmpdir(), "proof-of-core-"));
  try {
    const outfile = join(folder, "core.mjs");
    const entryPoints = [join("proof", "core.ts")];
    await build({ entryPoints, outfile, bundle: true, platform: "node", format: "esm", logLevel: "error" });
    return await reportsOf(outfile, [share, String(seed), only]);
  } catch (error) {
    const refused = error instanceof Error ? error.message : String(error);
    return [{ name: "The core", played: 0, ms: 0, violations: [], results: {}, refused }];
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function reportsOf(program: string, args: readonly string[]): Promise<readonly RowReport[]> {
  const reports: RowReport[] = [];
  const heapMb = Math.floor(totalmem() / 2 ** 20 / 2);
  const child = fork(program, args, { execArgv: [`--max-old-space-size=${heapMb}`] });
  child.on("message", (message) => {
    if (isReport(message)) reports.push(message);
  });
  const [code, signal] = await new Promise<readonly [number | null, string | null]>((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (...end) => resolve(end));
  });
  if (code !== 0) throw new Error(`the process of the core's rows ended with ${signal ?? String(code)}`);
  return reports;
}

function isReport(message: unknown): message is RowReport {
  return typeof message === "object" && message !== null && "violations" in message;
}
