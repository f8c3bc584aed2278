import { closeSync, constants, openSync, statSync } from "node:fs";
import type { Environment } from "../inputs/fields";
import { Refusal } from "../rotation/refusal";

/**
 * Checks before the reset that the files for the end of the run can be written.
 * @throws {Refusal} with the variable of a file that cannot be appended to.
 */
export function refuseUnwritable(env: Environment, exportEnv: string | null): void {
  for (const name of ["GITHUB_STATE", "GITHUB_OUTPUT", ...(exportEnv === null ? [] : ["GITHUB_ENV"])]) {
    const obstacle = obstacleTo(env[name] ?? "");
    if (obstacle === "not-allowed") {
      throw Refusal.ofSetting(
        name,
        "the user of this container, or of this runner, cannot write that file",
        "a container that runs as root (options: --user root) or as the runner's own user",
      );
    }
    if (obstacle === "no-file") {
      throw Refusal.ofSetting(name, "nothing can be appended to that file", "the value that the runner sets");
    }
  }
}

/** Opens the file instead of calling `access`, which succeeds for folders, and for root always. */
function obstacleTo(file: string): "no-file" | "not-allowed" | null {
  try {
    if (!statSync(file).isFile()) return "no-file";
    closeSync(openSync(file, constants.O_WRONLY | constants.O_APPEND));
    return null;
  } catch (error) {
    return isForbidden(error) ? "not-allowed" : "no-file";
  }
}

function isForbidden(error: unknown): boolean {
  const code = typeof error === "object" && error !== null && "code" in error ? error.code : null;
  return code === "EACCES" || code === "EPERM" || code === "EROFS";
}
