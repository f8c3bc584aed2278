import ts from "typescript";
import { GUARDS } from "../../proof/guards/list";
import { filesWithout, markNames, marksIn } from "../../proof/guards/marks";
import { guards } from "../../proof/guards/run";
import { ROW_TIMEOUT_MS, wrongWith } from "../../proof/share";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { SHARE } from "../../harness/share";

test("the list names at least 18 guards, each once", () => {
  const names = GUARDS.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(names.length).toBeGreaterThanOrEqual(18);
});

const marks = marksIn(process.cwd());

test("every guard is marked in the sources, once for each piece, and every mark is a guard's", () => {
  expect(marks.map(({ name }) => name).sort()).toEqual(GUARDS.flatMap(markNames).sort());
});

test.each(GUARDS.map((guard) => [guard.name, guard] as const))(
  "%s: what is left without it is a program",
  (_, guard) => {
    const files = [...filesWithout(guard, marks, process.cwd())];
    const flaws = files.flatMap(([, text]) => ts.transpileModule(text, { reportDiagnostics: true }).diagnostics ?? []);
    expect(flaws.map(({ messageText }) => messageText)).toEqual([]);
    for (const [file, text] of files) expect(text).not.toBe(readFileSync(join(process.cwd(), file), "utf8"));
  },
);

if (SHARE !== "quick") {
  test(
    "a guard that is taken away is noticed by every test that should",
    async () => {
      expect(await wrongWith(guards)).toEqual([]);
    },
    ROW_TIMEOUT_MS,
  );
}
