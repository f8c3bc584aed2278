import { Stop, unlessStopped } from "../../src/rotation/stop";
import { awaitGitHubAllowance } from "../../src/rotation/allowance";
import type { GitHubAllowance } from "../../src/rotation/model";
import { rotate } from "../../src/rotation/rotate";
import { surveyAll } from "../../src/rotation/survey";
import type { Found } from "../../src/rotation/survey";
import { fault } from "../support/fake-destination";
import { START } from "../support/virtual-clock";
import { World } from "../support/world";

/** Waits for what GitHub told at the first look. */
async function awaited(world: World, next: "write checks" | "reset" = "write checks"): Promise<Found | Stop> {
  const found = await surveyAll(world.context());
  return await unlessStopped(awaitGitHubAllowance(found, next, world.context()));
}

function allowing(allowance: GitHubAllowance | null, copies = 0): World {
  const world = new World({ copies });
  for (const one of [world.primary, ...world.copies]) one.allowance = allowance;
  return world;
}

function allowancesOf({ primary, copies }: Found): (number | undefined)[] {
  return [primary, ...copies].map(({ allowance }) => allowance?.remaining);
}

describe("what is left of the token's requests", () => {
  test.each<[string, number, "write checks" | "reset", number]>([
    ["one destination, before the write checks", 0, "write checks", 12],
    ["one destination, before the reset", 0, "reset", 8],
    ["four destinations, before the write checks", 3, "write checks", 30],
    ["four destinations, before the reset", 3, "reset", 14],
  ])("covers %s", async (_, copies, next, needed) => {
    const enough = allowing({ remaining: needed, resetAt: null }, copies);
    expect(await awaited(enough, next)).not.toBeInstanceOf(Stop);
    expect(enough.clock.now()).toBe(START);
    const short = allowing({ remaining: needed - 1, resetAt: null }, copies);
    expect(await awaited(short, next)).toMatchObject({
      outcome: {
        result: "unchanged",
        reason: { code: "github-allowance", remaining: needed - 1, needed, resetAt: null },
      },
    });
    expect(short.clock.now()).toBe(START);
  });

  test("is not told, as by an Enterprise Server without limits: nobody waits", async () => {
    expect(await awaited(allowing(null))).not.toBeInstanceOf(Stop);
  });

  test("is the lowest of all that was told, since that is the latest", async () => {
    const world = allowing({ remaining: 5_000, resetAt: null }, 2);
    const [copy] = world.copies;
    if (copy === undefined) throw new Error("there is a copy");
    copy.allowance = { remaining: 1, resetAt: null };
    expect(await awaited(world)).toMatchObject({ outcome: { reason: { code: "github-allowance", remaining: 1 } } });
  });
});

describe("an allowance that does not cover the save", () => {
  test("is waited for until GitHub's own clock says that it is full again, and then read anew", async () => {
    const world = allowing({ remaining: 3, resetAt: START + 60_000 + 5_000 });
    world.primary.aheadMs = 5_000;
    void world.clock.sleep(60_000).then(() => (world.primary.allowance = { remaining: 5_000, resetAt: null }));
    const found = await awaited(world);
    if (found instanceof Stop) throw new Error("it goes on");
    // Its reset is told in whole seconds.
    expect(world.clock.now() - START).toBe(61_000);
    expect([allowancesOf(found), world.count("primary survey")]).toEqual([[5_000], 2]);
    expect(world.notices).toEqual([
      { code: "waiting-for-rate-limit", service: "GitHub", waitMs: 61_000, isResetSent: false },
    ]);
  });

  test.each([
    ["write checks", 2, 1],
    ["reset", 0, 0],
  ] as const)(
    "before the %s: the look after the wait lists what earlier runs have left or not",
    async (next, copies, listings) => {
      const world = allowing({ remaining: 0, resetAt: START + 10_000 }, copies);
      void world.clock.sleep(10_500).then(() => {
        for (const one of [world.primary, ...world.copies]) one.allowance = null;
      });
      expect(await awaited(world, next)).not.toBeInstanceOf(Stop);
      for (const one of [world.primary, ...world.copies]) expect(world.count(`${one.label} listing`)).toBe(listings);
    },
  );

  test("is waited for two minutes at most", async () => {
    const within = allowing({ remaining: 0, resetAt: START + 119_000 });
    void within.clock.sleep(1_000).then(() => (within.primary.allowance = null));
    expect(await awaited(within)).not.toBeInstanceOf(Stop);
    expect(within.clock.now() - START).toBe(120_000);
    const beyond = allowing({ remaining: 0, resetAt: START + 119_001 });
    expect(await awaited(beyond)).toMatchObject({
      outcome: { reason: { code: "github-allowance", resetAt: START + 119_001 } },
    });
    expect([beyond.clock.now(), beyond.notices]).toEqual([START, []]);
  });

  test("and should be full already is read anew at once", async () => {
    const world = allowing({ remaining: 0, resetAt: START - 60_000 });
    const survey = world.primary.survey.bind(world.primary);
    world.primary.survey = async () => {
      const surveyed = await survey();
      world.primary.allowance = { remaining: 5_000, resetAt: null };
      return surveyed;
    };
    expect(await awaited(world)).not.toBeInstanceOf(Stop);
    expect(world.clock.now()).toBe(START);
  });

  test("and still does not after the wait: the run stops, and says when it lifts", async () => {
    const world = allowing({ remaining: 0, resetAt: START + 10_000 });
    const later = START + 3_600_000;
    void world.clock.sleep(10_500).then(() => (world.primary.allowance = { remaining: 11, resetAt: later }));
    expect(await awaited(world)).toMatchObject({
      outcome: {
        result: "unchanged",
        reason: { code: "github-allowance", remaining: 11, needed: 12, resetAt: later },
      },
    });
  });

  test("and cannot be read after the wait: the run stops for that", async () => {
    const world = allowing({ remaining: 0, resetAt: START + 10_000 });
    void world.clock.sleep(10_500).then(() => world.primary.surveys.push(fault("policy")));
    expect(await awaited(world)).toMatchObject({ outcome: { reason: { code: "destination-unreadable" } } });
  });
});

describe("in a rotation", () => {
  test("it is waited for before anything is written, and a signal ends the wait", async () => {
    const world = allowing({ remaining: 0, resetAt: START + 60_000 });
    void world.clock.sleep(1_000).then(() => world.cancel("SIGTERM"));
    const { outcome } = await rotate(world.task, world.ports);
    expect(outcome).toMatchObject({ result: "unchanged", reason: { code: "cancelled", signal: "SIGTERM" } });
    expect([world.tried, world.resets, world.clock.now() - START]).toEqual([null, 0, 1_000]);
  });

  test("without write checks fewer requests are needed", async () => {
    const world = new World({ task: { canary: false } });
    world.primary.allowance = { remaining: 8, resetAt: null };
    expect((await rotate(world.task, world.ports)).outcome.result).toBe("rotated");
  });

  test("a check tells of it too", async () => {
    const world = new World({ task: { mode: "check" } });
    world.primary.allowance = { remaining: 0, resetAt: null };
    const { outcome } = await rotate(world.task, world.ports);
    expect(outcome).toMatchObject({ result: "unchanged", reason: { code: "github-allowance" } });
  });
});
