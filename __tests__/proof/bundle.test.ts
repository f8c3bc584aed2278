import { putCuts, resetCuts } from "../../proof/bundle/cuts";
import { fuzz } from "../../proof/bundle/fuzz";
import { randomCancels, randomKills, randomLeavings } from "../../proof/bundle/instants";
import { messySnapTrade } from "../../proof/bundle/messy-snaptrade";
import { messyWorlds } from "../../proof/bundle/messy-worlds";
import { resetStatuses, saveStatuses } from "../../proof/bundle/statuses";
import { SHARE } from "../../harness/share";
import { ROW_TIMEOUT_MS, wrongWith } from "../../proof/share";

/** Those that strike most directly are tried with every change, each with a play or two. */
const QUICK = [resetCuts, randomKills];
const ALL = [
  resetCuts,
  putCuts,
  resetStatuses,
  saveStatuses,
  randomKills,
  randomCancels,
  randomLeavings,
  fuzz,
  messySnapTrade,
  messyWorlds,
];

const ROWS = SHARE === "quick" ? QUICK : ALL;

describe("broken from outside, the bundle loses nothing and claims nothing that is not so", () => {
  test.each(ROWS.map((row) => [row.name, row] as const))(
    "%s",
    async (_name, row) => {
      expect(await wrongWith(row)).toEqual([]);
    },
    ROW_TIMEOUT_MS,
  );
});
