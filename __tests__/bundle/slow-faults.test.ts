import { faults } from "../../sandbox/faults";
import type { Stage } from "../../sandbox/stage";
import type { Later, StepChanges } from "../support/bundle";
import { withPlayed } from "../support/bundle";
import { instant } from "../support/circumstances";
import { faultsOf } from "../support/expect-row";
import { goesOn, journalIn } from "./scenarios/after-a-kill";
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

  test.concurrent(
    "a main that the runner takes for dead and that does not end: post waits, then says so, and wipes nothing",
    async () => {
      const prepare = (stage: Stage, later: Later): StepChanges => ({
        kill: instant(stage, "reset-committed"),
        beforePost: ({ runnerTemp }) => {
          goesOn(journalIn(runnerTemp), PATIENCE_MS, later);
        },
      });
      await withPlayed({ prepare }, async (played) => {
        expect(played.run.post.stdout).toMatch(/its process did not end with it/);
        expect(await faultsOf(played, ["unknown", "post", 1, "not saved"], { filesLeft: true })).toEqual([]);
      });
    },
    PATIENCE_MS,
  );
} else {
  test(`NOT RUN HERE, for they take two minutes (PROOF=full runs them): ${SLOW_FAULTS.join(", ")}`, () => {
    expect(SLOW_FAULTS.filter((name) => FAULT_TABLE[name] === undefined || !faults.has(name))).toEqual([]);
  });
}
