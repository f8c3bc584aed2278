import { wrongWith } from "../support/outside-case";
import { answers } from "./outside/answers";
import { limits, slowLimits } from "./outside/limits";
import { network } from "./outside/network";
import { canaryThatStays, copyThatLiesBehind } from "./outside/two-runs";

const PATIENCE_MS = 150_000;
const A_MINUTE_OF_GITHUBS_MS = 300_000;

describe("what GitHub, the way to it and other people have done elsewhere ends here as the contract says", () => {
  test.concurrent.each([...limits, ...answers, ...network].map((one) => [`${one.about} (${one.fault})`, one] as const))(
    "%s",
    async (_title, one) => {
      expect(await wrongWith(one)).toEqual([]);
    },
    PATIENCE_MS,
  );

  test.concurrent(
    "a canary that stays is told of, stands in nobody's way, and goes when it is old",
    async () => {
      expect(await canaryThatStays()).toEqual([]);
    },
    PATIENCE_MS,
  );

  test.concurrent.each([
    ["the next run, which skips the reset, brings it up", "min-age"],
    ["mode copy brings it up", "mode"],
  ] as const)(
    "a copy that lies behind: %s",
    async (_title, by) => {
      expect(await copyThatLiesBehind(by)).toEqual([]);
    },
    PATIENCE_MS,
  );
});

if (process.env["PROOF"] === "full") {
  test.concurrent.each(slowLimits.map((one) => [`${one.about} (${one.fault})`, one] as const))(
    "%s",
    async (_title, one) => {
      expect(await wrongWith(one)).toEqual([]);
    },
    A_MINUTE_OF_GITHUBS_MS,
  );
} else {
  test(`NOT RUN HERE, for it takes minutes (PROOF=full runs it): ${slowLimits.map(({ about }) => about).join(", ")}`, () => {
    expect(slowLimits.length).toBeGreaterThan(0);
  });
}
