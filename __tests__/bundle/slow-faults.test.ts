import { faults } from "../../sandbox/faults";
import { withPlayed } from "../support/bundle";
import { faultsOf } from "../support/expect-row";
import { FAULT_TABLE, SLOW_FAULTS } from "./fault-table";

const PATIENCE_MS = 240_000;

if (process.env["PROOF"] === "full") {
  test.concurrent.each(SLOW_FAULTS)(
    "%s",
    async (name) => {
      const fault = faults.get(name);
      await withPlayed({ stage: fault?.stage ?? {}, prepare: (stage) => fault?.apply(stage) ?? {} }, async (played) => {
        expect(await faultsOf(played, FAULT_TABLE[name])).toEqual([]);
      });
    },
    PATIENCE_MS,
  );
} else {
  test(`NOT RUN HERE, for they take two minutes (PROOF=full runs them): ${SLOW_FAULTS.join(", ")}`, () => {
    expect(SLOW_FAULTS.filter((name) => FAULT_TABLE[name] === undefined || !faults.has(name))).toEqual([]);
  });
}
