import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Row } from "./bundle/row";

/** Every branch of the protocol is executed by its own tests. */
export const coverage: Row = {
  name: "Branches of src/rotation, executed by its unit tests",
  run: async () => {
    const start = performance.now();
    const folder = await mkdtemp(join(tmpdir(), "coverage-"));
    try {
      const args = ["--ci", "--silent", "--coverage", "--collectCoverageFrom=src/rotation/**", "__tests__/rotation"];
      const report = ["--coverageReporters=json-summary", `--coverageDirectory=${folder}`];
      const exitCode = await jest([...args, ...report]);
      const summary: unknown = JSON.parse(await readFile(join(folder, "coverage-summary.json"), "utf8"));
      const { total, covered } = branchesIn(summary);
      const violations = [
        ...(exitCode === 0 ? [] : [{ of: "the tests", says: "some of them fail" }]),
        ...(covered === total && total > 0 ? [] : [{ of: "branches", says: `${covered} of ${total} are executed` }]),
      ];
      return { name: coverage.name, played: covered, ms: performance.now() - start, results: { total }, violations };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

/** What CI has no time for, and only a test plays. */
export const fleets: Row = {
  name: "A hundred users in one workflow, within the limits of both services",
  run: async () => {
    const start = performance.now();
    const exitCode = await jest(["--ci", "--silent", "__tests__/bundle/many-users"], { PROOF: "whole" });
    const violations = exitCode === 0 ? [] : [{ of: "the tests", says: "some of them fail" }];
    return { name: fleets.name, played: 1, ms: performance.now() - start, results: {}, violations };
  },
};

function jest(args: readonly string[], more: Readonly<Record<string, string>> = {}): Promise<number> {
  const ours = Object.entries(process.env).filter(([name]) => name !== "TOTALS_FILE");
  const env = { ...Object.fromEntries(ours), ...more };
  const script = join(process.cwd(), "node_modules", "jest", "bin", "jest.js");
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ["--experimental-vm-modules", script, ...args],
      { env, maxBuffer: 64 * 1024 * 1024 },
      (error) => {
        resolve(typeof error?.code === "number" ? error.code : error ? -1 : 0);
      },
    );
  });
}

function branchesIn(summary: unknown): { readonly total: number; readonly covered: number } {
  const branches = fieldOf(fieldOf(summary, "total"), "branches");
  return { total: Number(fieldOf(branches, "total")), covered: Number(fieldOf(branches, "covered")) };
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined;
}
