import { EXAMPLES, resultUnder } from "../../sandbox/fault-results";
import { faults } from "../../sandbox/faults";
import { EXIT_CODES } from "../../src/rotation/outcome";
import { FAULT_TABLE } from "../../harness/tables/fault-table";

test("the result beside each fault is the one that the bundle is held to", () => {
  const expected = Object.entries(FAULT_TABLE).map(([name, [result]]) => {
    const results = typeof result === "string" ? [result] : result;
    return [name, results.map((one) => (one === "" ? "no result" : one)).join(" or ")];
  });
  expect([...faults.keys()].map((name) => [name, resultUnder(name)]).sort()).toEqual(expected.sort());
});

test("every result has an example", () => {
  expect(Object.keys(EXAMPLES)).toEqual(Object.keys(EXIT_CODES));
});

test("an example with a fault leads to the result that it is for", () => {
  const shown = Object.entries(EXAMPLES).filter(([, { fault }]) => fault !== undefined);
  expect(shown.map(([, { fault = "" }]) => resultUnder(fault))).toEqual(shown.map(([result]) => result));
});
