import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

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

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
