import { faults } from "../../sandbox/faults";
import { FAILURE_LIST } from "./failure-list";
import { FAULT_TABLE } from "../../harness/tables/fault-table";
import { scenarios } from "../../harness/scenarios";

test.each(Object.entries(FAILURE_LIST))("%s is played on the bundle by %j", (_failure, names) => {
  expect(names.length).toBeGreaterThan(0);
  expect(names.filter((name) => !(name in scenarios) && !(faults.has(name) && name in FAULT_TABLE))).toEqual([]);
});
