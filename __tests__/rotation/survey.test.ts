import { Stop, unlessStopped } from "../../src/rotation/stop";
import type { Attempt, Audience, FaultCause, Task } from "../../src/rotation/model";
import {
  ageOf,
  differenceBetween,
  isSameAudience,
  storesOf,
  surveyAll,
  stopIfExpiring,
} from "../../src/rotation/survey";
import type { Found, Store } from "../../src/rotation/survey";
import { BEFORE, fault } from "../support/fake-destination";
import { START } from "../support/virtual-clock";
import { SAVE_TIMEOUT_MS, World } from "../support/world";

async function found(world: World, look?: "first" | "again"): Promise<Found> {
  return await surveyAll(world.context(), look);
}

describe("all destinations", () => {
  test("are told of in their order, whoever answers first", async () => {
    const world = new World({ copies: 3 });
    for (const [index, one] of [world.primary, ...world.copies].entries()) {
      const survey = one.survey.bind(one);
      one.survey = async () => {
        await world.clock.sleep(1_000 - index * 100);
        return await survey();
      };
    }
    const labels = storesOf(await found(world)).map(({ destination }) => destination.label);
    expect(labels).toEqual(["primary", "copy-1", "copy-2", "copy-3"]);
  });

  test("are asked five at a time", async () => {
    const world = new World({ copies: 11 });
    let [open, most] = [0, 0];
    for (const one of [world.primary, ...world.copies]) {
      const survey = one.survey.bind(one);
      one.survey = async () => {
        open += 1;
        most = Math.max(most, open);
        await world.clock.sleep(100);
        open -= 1;
        return await survey();
      };
    }
    await found(world);
    expect(most).toBe(5);
  });

  test("stop for the first of them that stops", async () => {
    const world = new World({ copies: 3 });
    for (const one of world.copies.slice(1)) one.surveys.push(fault("policy"));
    expect(await unlessStopped(surveyAll(world.context()))).toMatchObject({
      outcome: { reason: { code: "destination-unreadable", label: "copy-2" } },
    });
  });

  test("are told of with all that GitHub says", async () => {
    const world = new World();
    const { primary } = world;
    Object.assign(primary, { aheadMs: 4_000, tokenExpiresAt: START + 1e10, allowance: { remaining: 9, resetAt: 1 } });
    const { stale, ...told } = (await found(world)).primary;
    expect(await stale).toEqual({ ok: true, value: [] });
    expect(told).toEqual({
      destination: primary,
      key: primary.sealingKey(),
      updatedAt: BEFORE,
      aheadMs: 4_000,
      tokenExpiresAt: START + 1e10,
      allowance: { remaining: 9, resetAt: 1 },
    });
  });

  test.each([
    ["rotate", false],
    ["rotate", true],
    ["copy", false],
    ["copy", true],
  ] as const)("in mode %s, create: %s: what is not there is let be only where it may be made", async (mode, create) => {
    const world = new World({ copies: 1, task: { mode, create } });
    const [copy] = world.copies;
    if (copy === undefined) throw new Error("there is a copy");
    copy.written = null;
    expect((await unlessStopped(surveyAll(world.context()))) instanceof Stop).toBe(!create);
    copy.mustExist = true;
    expect(await unlessStopped(surveyAll(world.context()))).toMatchObject({
      outcome: { reason: { code: "destination-missing", label: "copy-1", mustExist: true } },
    });
  });
});

describe("a primary that is not there", () => {
  test.each([
    ["rotate", true],
    ["rescue", true],
    ["check", true],
    ["copy", false],
  ] as const)("in mode %s, create: true: may be made: %s", async (mode, mayBeMade) => {
    const world = new World({ copies: 1, task: { mode, create: true } });
    world.primary.written = null;
    const all = await unlessStopped(surveyAll(world.context()));
    expect(all instanceof Stop).toBe(!mayBeMade);
    if (mayBeMade) return;
    const reason = { code: "destination-missing", label: "primary", mustExist: false };
    expect(all).toMatchObject({ outcome: { result: "unchanged", reason } });
    expect(world.clock.now() - START).toBe(2_000);
  });
});

describe("what earlier runs have left", () => {
  const STALE = ["primary_CANARY_A", "primary_CANARY_B"];

  function leaving(task: Partial<Task> = {}): World {
    const world = new World({ copies: 1, task });
    world.primary.stale = { ok: true, value: STALE };
    return world;
  }

  function listings(world: World): string[] {
    return world.log.filter((entry) => entry.endsWith(" listing"));
  }

  /** What GitHub lists in the end, at each destination. */
  async function listed(world: World, look?: "first" | "again"): Promise<readonly Attempt<readonly string[]>[]> {
    return await Promise.all(storesOf(await found(world, look)).map(async ({ stale }) => await stale));
  }

  const NOTHING = { ok: true, value: [] } as const;

  test("is listed by a first look, at every destination", async () => {
    const world = leaving();
    expect(await listed(world, "first")).toEqual([{ ok: true, value: STALE }, NOTHING]);
    expect(listings(world)).toEqual(["primary listing", "copy-1 listing"]);
  });

  test.each<[string, "again" | undefined]>([
    ["by a later look", "again"],
    ["where it is not said which look it is", undefined],
  ])("is not listed %s", async (_, look) => {
    const world = leaving();
    expect(await listed(world, look)).toEqual([NOTHING, NOTHING]);
    expect(listings(world)).toEqual([]);
  });

  test("is not listed where nothing is tried either", async () => {
    const world = leaving({ canary: false });
    expect(await listed(world, "first")).toEqual([NOTHING, NOTHING]);
    expect(listings(world)).toEqual([]);
  });

  test("is asked for side by side with all else, and once for all looks at a secret that is not shown yet", async () => {
    const world = leaving();
    const { primary } = world;
    const [survey, list] = [primary.survey.bind(primary), primary.staleCanaries.bind(primary)];
    primary.survey = async () => {
      await world.clock.sleep(1_000);
      return await survey();
    };
    primary.staleCanaries = async () => {
      await world.clock.sleep(1_000);
      return await list();
    };
    expect((await listed(world, "first"))[0]).toEqual({ ok: true, value: STALE });
    expect(world.clock.now() - START).toBe(1_000);
    primary.written = null;
    void world.clock.sleep(2_500).then(() => (primary.written = BEFORE));
    expect((await listed(world, "first"))[0]).toEqual({ ok: true, value: STALE });
    expect(world.count("primary listing")).toBe(2);
  });

  test.each<[string, number]>([
    ["late", 60_000],
    ["never", Infinity],
  ])("is waited for by no look, though it is listed %s", async (_, ms) => {
    const world = leaving();
    const { primary } = world;
    const list = primary.staleCanaries.bind(primary);
    const asked: number[] = [];
    primary.staleCanaries = async () => {
      asked.push(world.clock.now() - START);
      if (ms === Infinity) return await new Promise<never>(() => undefined);
      await world.clock.sleep(ms);
      return await list();
    };
    const { stale } = (await found(world, "first")).primary;
    expect([asked, world.clock.now()]).toEqual([[0], START]);
    if (ms === Infinity) return;
    expect(await stale).toEqual({ ok: true, value: STALE });
    expect(world.clock.now() - START).toBe(ms);
  });

  test.each<FaultCause>(["network", "server", "forbidden-permission", "throttled", "malformed"])(
    "cannot be listed (%s): it is asked for once, nobody waits, and it blocks nothing",
    async (cause) => {
      const world = leaving();
      world.primary.stale = fault(cause);
      expect((await listed(world, "first"))[0]).toEqual(fault(cause));
      expect([world.count("primary listing"), world.clock.now()]).toEqual([1, START]);
    },
  );
});

describe("a token that expires", () => {
  test.each([
    ["a moment too soon", -1, true],
    ["just late enough", 0, false],
  ])("%s, by GitHub's clock", async (_, ms, isRefused) => {
    const world = new World({ copies: 1 });
    const one = await found(world);
    const neededMs = SAVE_TIMEOUT_MS + 60_000;
    const copy = { ...one.primary, aheadMs: 5_000, tokenExpiresAt: START + 5_000 + neededMs + ms };
    const stopped = await unlessStopped(
      Promise.resolve().then(() => stopIfExpiring([one.primary, copy], world.context())),
    );
    const reason = { code: "token-expiring", expiresAt: copy.tokenExpiresAt };
    expect(stopped instanceof Stop ? stopped.outcome.reason : undefined).toEqual(isRefused ? reason : undefined);
  });
});

test("the age of a secret goes by GitHub's clock, and one that is not there is older than all", async () => {
  const { primary } = await found(new World());
  const updatedAt = new Date(START - 5_000).toISOString();
  expect(ageOf({ ...primary, updatedAt, aheadMs: 2_000 }, START)).toBe(7_000);
  expect(ageOf({ ...primary, updatedAt: null }, START)).toBe(Infinity);
});

describe("what somebody has changed", () => {
  const { primary } = new World();
  const KEY = primary.sealingKey();
  const STORE: Store = { destination: primary, key: KEY, updatedAt: BEFORE };
  const SELECTED: Audience = { visibility: "selected", selectedRepositoryIds: [10, 9, 1] };

  test.each<[string, Partial<Store>, ReturnType<typeof differenceBetween>]>([
    ["nothing", {}, null],
    ["the secret", { updatedAt: "2026-02-01T00:00:01Z" }, "updated-at"],
    ["that it is there", { updatedAt: null }, "updated-at"],
    ["the key's id", { key: { ...KEY, keyId: "2" } }, "key"],
    ["the key itself", { key: { ...KEY, publicKey: "another" } }, "key"],
    ["who may read it", { key: { ...KEY, audience: SELECTED } }, "audience"],
  ])("%s", (_, change, what) => {
    expect(differenceBetween(STORE, { ...STORE, ...change })).toBe(what);
  });

  test.each<[string, Audience | null, boolean]>([
    ["the same", SELECTED, true],
    ["the same in another order", { visibility: "selected", selectedRepositoryIds: [1, 9, 10] }, true],
    ["one less", { visibility: "selected", selectedRepositoryIds: [10, 1] }, false],
    ["another visibility", { visibility: "private", selectedRepositoryIds: [10, 9, 1] }, false],
    ["no list", { visibility: "selected", selectedRepositoryIds: null }, false],
    ["an empty list", { visibility: "selected", selectedRepositoryIds: [] }, false],
    ["none", null, false],
  ])("in the audience: %s", (_, other, isSame) => {
    expect([isSameAudience(SELECTED, other), isSameAudience(other, SELECTED)]).toEqual([isSame, isSame]);
  });

  test("in no audience: nothing", () => {
    expect(isSameAudience(null, null)).toBe(true);
  });
});
