import type { EventKind } from "../../sandbox/github";
import type { SnapTradeEvent } from "../../sandbox/snaptrade";
import type { Stage } from "../../sandbox/stage";
import type { StepChanges } from "../../harness/play";
import { withPlayed } from "../../harness/play";
import { at, instant } from "../../harness/circumstances";
import { faultsOf } from "../../harness/expect-row";

const ONE_DESTINATION = { "save-to": "SNAPTRADE_USER_SECRET --env production" };
const THEIRS = "somebody's secret that has the name of a canary";

test.concurrent.each<[string, SnapTradeEvent | EventKind | null, "main" | "post"]>([
  ["main", null, "main"],
  ["post, when main was killed before it came to the canary", "probe-arrived", "post"],
])(
  "what stands where a canary would be written is not touched by %s",
  async (_, killedAt, by) => {
    const prepare = (stage: Stage): StepChanges => {
      for (const { where, name } of stage.destinations) stage.github.seed(where, `${name}_CANARY`, THEIRS);
      return killedAt === null ? {} : { kill: instant(stage, killedAt) };
    };
    await withPlayed({ stage: { inputs: ONE_DESTINATION }, prepare }, async (played) => {
      const row = by === "main" ? (["rotated", by, 1, "saved"] as const) : (["unchanged", by, 0, "saved"] as const);
      expect(await faultsOf(played, row)).toEqual([]);
      const { github, destinations } = played.stage;
      expect(destinations.map(({ where, name }) => github.plaintext(where, `${name}_CANARY`))).toEqual([THEIRS]);
    });
  },
  60_000,
);

test.concurrent(
  "a canary that lands after post has looked for it is taken away all the same",
  async () => {
    // The write lands as soon as post has looked, and not before, however slow the machine is.
    const prepare = (stage: Stage): StepChanges => {
      const looked = stage.github.waitFor("delete-answered");
      const kill = new Promise<void>((resolve) => {
        at(stage, "canary-arrived", async () => {
          resolve();
          await looked;
        });
      });
      return { kill };
    };
    const inputs = { ...ONE_DESTINATION, "settle-time": "2s" };
    await withPlayed({ stage: { inputs }, prepare, aftermathMs: 0 }, async (played) => {
      expect(await faultsOf(played, ["unchanged", "post", 0, "saved"])).toEqual([]);
      const removals = played.stage.github.requests.filter(({ which }) => which === "delete");
      expect(removals.map(({ status }) => status)).toEqual([404, 204]);
    });
  },
  60_000,
);
