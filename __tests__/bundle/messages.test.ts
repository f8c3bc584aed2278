import { readFileSync } from "node:fs";
import { join } from "node:path";
import { faults } from "../../sandbox/faults";
import { ROOT } from "../../harness/play";
import { ELSEWHERE, NOTICE_TABLE, REASON_TABLE } from "../../harness/tables/message-table";
import { scenarios } from "../../harness/scenarios";

// That each message is printed by the bundle is seen where the fault or scenario of its row is played, in every run.

/** The codes that a file of the protocol declares. */
function codesIn(file: string): string[] {
  const text = readFileSync(join(ROOT, "src", "rotation", file), "utf8");
  return [...text.matchAll(/readonly code: "([^"]+)"/g)].map(([, code = ""]) => code);
}

test.each([
  ["notices.ts", NOTICE_TABLE],
  ["outcome.ts", REASON_TABLE],
])("every code of %s has its row, and no row is for a code that is gone", (file, table) => {
  const codes = codesIn(file);
  const kept = Object.keys(table).map((key) => key.split(/,? /)[0] ?? "");
  expect(codes.length).toBeGreaterThan(10);
  expect(codes.filter((code) => !kept.includes(code) && !(code in ELSEWHERE))).toEqual([]);
  expect(kept.filter((code) => !codes.includes(code))).toEqual([]);
});

test.each(Object.entries({ ...NOTICE_TABLE, ...REASON_TABLE }))(
  "%s is printed by a play that there is",
  (_code, [name]) => {
    expect(faults.has(name) || name in scenarios).toBe(true);
  },
);
