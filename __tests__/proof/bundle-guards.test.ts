import { GUARDS } from "../../proof/guards/list";
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

const edits = GUARDS.flatMap(({ name, edits: own }) => own.map((edit) => [name, edit] as const));

test.each(edits)("%s: what is to be taken away is there, exactly once", (_name, { file, search }) => {
  expect(readFileSync(join(process.cwd(), file), "utf8").split(search)).toHaveLength(2);
});

if (SHARE !== "quick") {
  test(
    "a guard that is taken away is noticed by every test that should",
    async () => {
      expect(await wrongWith(guards)).toEqual([]);
    },
    ROW_TIMEOUT_MS,
  );
}
