import { faults } from "../../sandbox/faults";
import { ELSEWHERE, NOTICE_TABLE, REASON_TABLE } from "../../harness/tables/message-table";
import { scenarios } from "../../harness/scenarios";
import { NOTICES } from "../report/notices";
import { REASONS } from "../report/reasons";

// That each message is printed by the bundle is seen where the fault or scenario of its row is played, in every run.

test.each([
  ["notice", Object.keys(NOTICES), NOTICE_TABLE],
  ["reason", Object.keys(REASONS), REASON_TABLE],
])("every code of a %s has its row, and no row is for a code that is gone", (_kind, codes, table) => {
  const kept = Object.keys(table).map((key) => key.split(/,? /)[0] ?? "");
  expect(codes.filter((code) => !kept.includes(code) && !(code in ELSEWHERE))).toEqual([]);
  expect(kept.filter((code) => !codes.includes(code))).toEqual([]);
});

test.each(Object.entries({ ...NOTICE_TABLE, ...REASON_TABLE }))(
  "%s is printed by a play that there is",
  (_code, [name]) => {
    expect(faults.has(name) || name in scenarios).toBe(true);
  },
);
