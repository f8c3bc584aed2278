import { putCuts, resetCuts } from "./cuts";
import { fuzz } from "./fuzz";
import { randomCancels, randomKills, randomLeavings } from "./instants";
import { messySnapTrade } from "./messy-snaptrade";
import { messyWorlds } from "./messy-worlds";
import type { Row } from "./row";
import { resetStatuses, saveStatuses } from "./statuses";
import { systemCallFailures, systemCallKills } from "./system-calls";

/** Everything that is done to the shipped bundle. */
export const BUNDLE_ROWS: readonly Row[] = [
  resetCuts,
  putCuts,
  resetStatuses,
  saveStatuses,
  systemCallKills,
  randomKills,
  systemCallFailures,
  randomCancels,
  randomLeavings,
  fuzz,
  messySnapTrade,
  messyWorlds,
];
