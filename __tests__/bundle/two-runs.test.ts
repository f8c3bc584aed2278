import { shareOf } from "../support/share";
import { earlierAttempt } from "./outside/attempts";
import { canaryThatStays, copyThatLiesBehind } from "./outside/two-runs";

const PATIENCE_MS = 150_000;

const RUNS = {
  "a copy that lies behind: the next run, which skips the reset, brings it up": () => copyThatLiesBehind("min-age"),
  "a copy that lies behind: mode copy brings it up": () => copyThatLiesBehind("mode"),
  "a canary that stays is told of, stands in nobody's way, and goes when it is old": canaryThatStays,
  "a journal that an earlier attempt has left is neither touched nor taken for this one's": earlierAttempt,
} as const;

test.concurrent.each(shareOf(Object.entries(RUNS), ([name]) => name.includes("skips")))(
  "%s",
  async (_, play) => expect(await play()).toEqual([]),
  PATIENCE_MS,
);
