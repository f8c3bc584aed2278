import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Refusal } from "../../src/rotation/refusal";
import { refuseUnwritable } from "../../src/runner/writable";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "writable-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const NAMES = ["GITHUB_STATE", "GITHUB_OUTPUT", "GITHUB_ENV"];

function sound(): Record<string, string> {
  return Object.fromEntries(
    NAMES.map((name) => {
      writeFileSync(join(folder, name), "before\n");
      return [name, join(folder, name)];
    }),
  );
}

/** What is refused, and in which words; null where nothing is. */
function refused(env: Readonly<Record<string, string>>, exportEnv: string | null = "NAME"): string | null {
  try {
    refuseUnwritable(env, exportEnv);
    return null;
  } catch (error) {
    if (!(error instanceof Refusal) || error.reason.code !== "refused-setting") throw error;
    const { setting, problem, expected } = error.reason;
    return `${setting} ${problem}: ${expected}`;
  }
}

test("regular files that can be appended to are accepted", () => {
  expect(refused(sound())).toBeNull();
});

describe.each(NAMES)("%s", (name) => {
  test("that is a folder, a device, a pipe, or not there is refused by name", () => {
    const pipe = join(folder, "pipe");
    execFileSync("mkfifo", [pipe]);
    for (const path of [folder, "/dev/null", pipe, join(folder, "nowhere"), ""]) {
      expect(refused({ ...sound(), [name]: path })).toMatch(
        new RegExp(`^${name} nothing can be appended to that file`),
      );
    }
  });
});

test("a file that the kernel does not let anybody write, root included, tells how a container is to run", () => {
  const forbidden = "/proc/sys/kernel/ostype";
  expect(refused({ ...sound(), GITHUB_STATE: forbidden })).toMatch(
    /^GITHUB_STATE .*user of this container.*cannot write that file.*root.*runner's own user/,
  );
});

test("the file for the environment matters only to who exports", () => {
  expect(refused({ ...sound(), GITHUB_ENV: folder }, null)).toBeNull();
});
