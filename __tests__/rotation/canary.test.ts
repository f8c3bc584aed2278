import { Stop, unlessStopped } from "../../src/rotation/stop";
import { removeCanary } from "../../src/rotation/canary";
import type { FaultCause } from "../../src/rotation/model";
import type { Outcome } from "../../src/rotation/outcome";
import { prepare } from "../../src/rotation/prepare";
import { fault } from "../support/fake-destination";
import { START } from "../support/virtual-clock";
import { SAVE_TIMEOUT_MS, strange, World } from "../support/world";

/** By then a write whose client is gone has landed, or never will. */
const LANDING_MS = 30_000;
/** For so long a canary's deletion is tried, every half second. */
const DELETING_MS = 5_000;

async function stopped(world: World): Promise<Outcome> {
  const ready = await unlessStopped(prepare(world.context()));
  if (!(ready instanceof Stop)) throw new Error("it did not stop");
  return ready.outcome;
}

async function isReady(world: World): Promise<boolean> {
  return !((await unlessStopped(prepare(world.context()))) instanceof Stop);
}

/** What stands beside the destinations at the end. */
function standing(world: World): string[] {
  return [world.primary, ...world.copies].flatMap((one) => [...one.standing]);
}

function leave(world: World, signal: string): void {
  world.primary.onCanary = async () => {
    world.cancel(signal);
    await Promise.resolve();
  };
}

const PASSING = ["network", "server", "conflict", "throttled"] as const satisfies readonly FaultCause[];
const FINAL = [
  "box-refused",
  "quota",
  "policy",
  "sso",
  "ip-list",
  "archived",
  "suspended",
  "moved",
  "login-page",
  "malformed",
] as const satisfies readonly FaultCause[];

describe("the write check", () => {
  test.each(PASSING)("is tried again after %s, a little later each time", async (cause) => {
    const world = new World();
    world.primary.canaries.push(fault(cause), fault(cause), fault(cause));
    expect(await isReady(world)).toBe(true);
    // What got no answer may land yet, and is looked for when it has.
    const [landingMs, removals] = cause === "network" ? [LANDING_MS, 2] : [0, 1];
    expect(world.clock.now() - START).toBe(200 + 400 + 800 + landingMs);
    expect(world.count("primary uncanary")).toBe(removals);
    expect(standing(world)).toEqual([]);
  });

  test.each(["network", "server", "conflict"] as const)("is given up after ten seconds of %s", async (cause) => {
    const world = new World();
    for (let n = 0; n < 99; n += 1) world.primary.canaries.push(fault(cause));
    expect(await stopped(world)).toMatchObject({
      result: "unchanged",
      reason: { code: "canary-refused", label: "primary", fault: { cause } },
    });
    expect(world.count("primary canary key 1")).toBe(8);
    const landingMs = cause === "network" ? LANDING_MS : 0;
    expect(world.clock.now() - START).toBe(200 + 400 + 800 + 1_600 + 3 * 2_000 + landingMs);
  });

  test.each(FINAL)("is given up at once after %s, and nothing is deleted that was not written", async (cause) => {
    const world = new World();
    world.primary.canaries.push(fault(cause));
    expect(await stopped(world)).toMatchObject({ reason: { code: "canary-refused", fault: { cause } } });
    expect(world.count("primary canary key 1")).toBe(1);
    // An answer that makes no sense does not say that nothing was written.
    expect(world.log.includes("primary uncanary")).toBe(cause === "malformed");
  });

  test("without an answer may have happened, so it is taken away all the same", async () => {
    const world = new World();
    world.primary.canaryLands = true;
    for (let n = 0; n < 99; n += 1) world.primary.canaries.push(fault("network"));
    expect(await stopped(world)).toMatchObject({ reason: { code: "canary-refused" } });
    expect(standing(world)).toEqual([]);
  });

  test("without an answer once, and then refused, is taken away all the same", async () => {
    const world = new World();
    world.primary.canaryLands = true;
    world.primary.canaries.push(fault("network"), fault("quota"));
    expect(await stopped(world)).toMatchObject({ reason: { code: "canary-refused", fault: { cause: "quota" } } });
    expect(standing(world)).toEqual([]);
  });

  test("without an answer, and not found: it is looked for again when it must have landed", async () => {
    const world = new World();
    world.primary.canaries.push(fault("network"), fault("quota"));
    const { primary } = world;
    void world.clock.sleep(LANDING_MS).then(() => primary.standing.add(primary.label + "_CANARY_1"));
    expect(await stopped(world)).toMatchObject({ reason: { code: "canary-refused" } });
    expect([world.count("primary uncanary"), standing(world)]).toEqual([2, []]);
    expect(world.clock.now() - START).toBe(200 + LANDING_MS);
    expect(world.codes()).not.toContain("canary-left");
  });

  test("that nothing was sent of cannot land late, so nobody waits for it", async () => {
    const world = new World();
    const refused = { network: { cause: "refused", code: "ECONNREFUSED", sent: false } } as const;
    world.primary.canaries.push(fault("network", refused), fault("quota"));
    expect(await stopped(world)).toMatchObject({ reason: { code: "canary-refused", fault: { cause: "quota" } } });
    expect(world.clock.now() - START).toBe(200);
    expect(world.log).not.toContain("primary uncanary");
  });

  test("has a name that is told to post before it is made, or is not made", async () => {
    const told = new World({ copies: 1 });
    const made: string[] = [];
    for (const one of [told.primary, ...told.copies]) {
      const write = one.writeCanary.bind(one);
      one.writeCanary = async (name, key) => {
        made.push(name);
        return await write(name, key);
      };
    }
    expect(await isReady(told)).toBe(true);
    expect(told.tried).toEqual(["primary_CANARY_1", "copy-1_CANARY_1"]);
    expect(made).toEqual(told.tried);
    expect(told.at("journal trying")).toBeLessThan(told.at("primary canary key 1"));
    const full = new World();
    full.journalTakesTrying = false;
    expect(await stopped(full)).toMatchObject({ result: "unchanged", reason: { code: "journal-unavailable" } });
    expect(full.log).not.toContain("primary canary key 1");
  });

  test("that had to wait: the token may expire by now", async () => {
    const world = new World();
    world.primary.canaries.push(fault("throttled", { retryAfterMs: 60_000 }));
    world.primary.tokenExpiresAt = START + SAVE_TIMEOUT_MS + 60_000 + 30_000;
    expect(await stopped(world)).toMatchObject({ result: "unchanged", reason: { code: "token-expiring" } });
    expect(standing(world)).toEqual([]);
  });

  test("waits as GitHub tells, but not for more than two minutes in all", async () => {
    const patient = new World();
    patient.primary.canaries.push(fault("throttled", { retryAfterMs: 120_000 }));
    expect(await isReady(patient)).toBe(true);
    expect(patient.clock.now() - START).toBe(120_000);
    expect(patient.notices).toContainEqual({
      code: "waiting-for-rate-limit",
      service: "GitHub",
      waitMs: 120_000,
      isResetSent: false,
    });
    const tooLong = new World();
    tooLong.primary.canaries.push(fault("throttled", { retryAfterMs: 120_001 }));
    expect(await stopped(tooLong)).toMatchObject({ reason: { code: "canary-refused" } });
    expect(tooLong.clock.now()).toBe(START);
  });

  test("is left out where canary is false, and nothing is told or asked of it", async () => {
    const world = new World({ task: { canary: false } });
    expect(await isReady(world)).toBe(true);
    expect(world.log.filter((entry) => /canary|listing|trying/.test(entry))).toEqual([]);
  });

  test("is done at every destination, and one refusal stops all", async () => {
    const world = new World({ copies: 2 });
    world.copies[1]?.canaries.push(fault("quota"));
    expect(await stopped(world)).toMatchObject({ reason: { code: "canary-refused", label: "copy-2" } });
    expect([world.count("primary uncanary"), world.count("copy-1 uncanary")]).toEqual([1, 1]);
  });

  test("is done at the first destinations first, of which the first refusal is told", async () => {
    const world = new World({ copies: 2 });
    for (const one of world.copies) one.canaries.push(fault("quota"));
    expect(await stopped(world)).toMatchObject({ reason: { code: "canary-refused", label: "copy-1" } });
  });
});

describe("a canary that stays", () => {
  test.each<FaultCause>(["server", "forbidden", "unauthorized", "network", "missing"])(
    "after %s: its deletion is tried for five seconds, then it is remarked on, and the run goes on",
    async (cause) => {
      const world = new World();
      for (let n = 0; n < 99; n += 1) world.primary.removals.push(fault(cause));
      expect(await isReady(world)).toBe(true);
      expect(world.clock.now() - START).toBe(DELETING_MS);
      expect(world.count("primary uncanary")).toBe(11);
      expect(world.count("remark canary-left")).toBe(1);
      expect(world.notices).toContainEqual({
        code: "canary-left",
        label: "primary",
        name: "primary_CANARY_1",
        fault: fault(cause).fault,
      });
    },
  );

  test("for a moment only is nothing to speak of", async () => {
    const world = new World();
    world.primary.removals.push(fault("missing"), fault("server"));
    expect(await isReady(world)).toBe(true);
    expect([world.clock.now() - START, standing(world)]).toEqual([1_000, []]);
    expect(world.codes()).not.toContain("canary-left");
  });

  test("is not waited for longer than its five seconds, whatever a limit asks for", async () => {
    const world = new World();
    world.primary.removals.push(fault("throttled", { retryAfterMs: DELETING_MS + 1 }));
    expect(await isReady(world)).toBe(true);
    expect(world.clock.now()).toBe(START);
    expect(world.codes()).toContain("canary-left");
    const short = new World();
    short.primary.removals.push(fault("throttled", { retryAfterMs: 4_000 }));
    expect(await isReady(short)).toBe(true);
    expect([short.clock.now() - START, standing(short)]).toEqual([4_000, []]);
  });

  test("beside a write check that was refused is told too", async () => {
    const world = new World();
    world.primary.canaryLands = true;
    world.primary.canaries.push(fault("network"), fault("quota"));
    for (let n = 0; n < 99; n += 1) world.primary.removals.push(fault("forbidden"));
    expect(await stopped(world)).toMatchObject({ reason: { code: "canary-refused" } });
    expect(world.codes()).toContain("canary-left");
    expect(world.clock.now() - START).toBe(200 + DELETING_MS + LANDING_MS + DELETING_MS);
  });

  test("where nobody knows whether it was written: not found, it is looked for once more, and then it was not", async () => {
    const world = new World();
    const trial = { destination: world.primary, canary: "primary_CANARY_7" };
    await removeCanary(trial, "may be there", world.context());
    expect([world.count("primary uncanary"), world.clock.now() - START]).toEqual([2, LANDING_MS]);
    expect(world.notices).toEqual([{ code: "settling", waitMs: LANDING_MS }]);
  });

  test("is looked for once more after a short settle time, and so short a wait is not announced", async () => {
    const world = new World({ task: { settleMs: 4_000 } });
    await removeCanary({ destination: world.primary, canary: "primary_CANARY_7" }, "may be there", world.context());
    expect([world.clock.now() - START, world.notices]).toEqual([4_000, []]);
  });

  test("whose deletion was not answered, and which is not found then, is gone", async () => {
    const world = new World();
    world.primary.removals.push(fault("network"), fault("missing"));
    expect(await isReady(world)).toBe(true);
    expect([world.count("primary uncanary"), world.codes().includes("canary-left")]).toEqual([2, false]);
  });
});

describe("canaries that earlier runs have left", () => {
  const STALE = ["primary_CANARY_A", "primary_CANARY_B"];

  test("are deleted before the write check", async () => {
    const world = new World();
    world.primary.stale = { ok: true, value: STALE };
    for (const one of STALE) world.primary.standing.add(one);
    expect(await isReady(world)).toBe(true);
    expect(standing(world)).toEqual([]);
    expect(world.log.filter((entry) => /canary/.test(entry))).toEqual([
      "primary uncanary",
      "primary uncanary",
      "primary canary key 1",
      "primary uncanary",
    ]);
  });

  test("that cannot be deleted block nothing, and neither does one of which nothing is known", async () => {
    const world = new World();
    world.primary.stale = { ok: true, value: STALE };
    world.primary.removals.push(fault("forbidden"), fault("missing"));
    expect(await isReady(world)).toBe(true);
    expect([world.clock.now(), world.codes().includes("canary-left")]).toEqual([START, false]);
  });

  test.each<FaultCause>(["forbidden", "server", "network", "missing"])(
    "cannot be listed (%s): that blocks nothing",
    async (cause) => {
      const world = new World();
      world.primary.stale = fault(cause);
      expect(await isReady(world)).toBe(true);
      expect(world.clock.now()).toBe(START);
    },
  );

  test.each<[string, number, number, string[]]>([
    ["in time", 2_999, 2_999, []],
    ["too late", 3_001, 3_000, STALE],
    ["never", Infinity, 3_000, STALE],
  ])("and are listed %s: the trial waits three seconds at most", async (_, ms, waitedMs, left) => {
    const world = new World();
    world.primary.stale = { ok: true, value: STALE };
    for (const one of STALE) world.primary.standing.add(one);
    const list = world.primary.staleCanaries.bind(world.primary);
    world.primary.staleCanaries = async () => {
      if (ms === Infinity) return await new Promise<never>(() => undefined);
      await world.clock.sleep(ms);
      return await list();
    };
    expect(await isReady(world)).toBe(true);
    expect([world.clock.now() - START, standing(world)]).toEqual([waitedMs, left]);
  });

  test("and are listed late: what the run has waited for else is not waited for again", async () => {
    const world = new World();
    world.primary.stale = { ok: true, value: STALE };
    for (const one of STALE) world.primary.standing.add(one);
    const [list, survey] = [world.primary.staleCanaries.bind(world.primary), world.primary.survey.bind(world.primary)];
    world.primary.staleCanaries = async () => {
      await world.clock.sleep(10_000);
      return await list();
    };
    world.primary.survey = async () => {
      if (world.clock.now() === START) await world.clock.sleep(9_000);
      return await survey();
    };
    expect(await isReady(world)).toBe(true);
    expect([world.clock.now() - START, standing(world)]).toEqual([10_000, []]);
  });

  test("more than one run deletes: a later run deletes the others", async () => {
    const world = new World();
    const stale = Array.from({ length: 100 }, (_, index) => `primary_CANARY_LEFT_${index}`);
    world.primary.stale = { ok: true, value: stale };
    for (const one of stale) world.primary.standing.add(one);
    expect(await isReady(world)).toBe(true);
    expect([world.clock.now() - START, standing(world)]).toEqual([0, stale.slice(10)]);
  });

  test("and a signal comes while there is no room in the minute for the rest: they are left alone", async () => {
    const world = new World({ copies: 8 });
    for (const one of [world.primary, ...world.copies]) {
      const stale = Array.from({ length: 10 }, (_, index) => `${one.label}_CANARY_LEFT_${index}`);
      one.stale = { ok: true, value: stale };
      for (const name of stale) one.standing.add(name);
    }
    void world.clock.sleep(10_000).then(() => world.cancel("SIGTERM"));
    expect(await stopped(world)).toMatchObject({ reason: { code: "cancelled", signal: "SIGTERM" } });
    expect(standing(world)).not.toEqual([]);
    expect(standing(world).filter((name) => !name.includes("_CANARY_LEFT_"))).toEqual([]);
  });

  test("are left alone once a signal has come", async () => {
    const world = new World();
    world.primary.stale = { ok: true, value: STALE };
    const list = world.primary.staleCanaries.bind(world.primary);
    world.primary.staleCanaries = async () => {
      world.cancel("SIGTERM");
      return await list();
    };
    for (const one of STALE) world.primary.standing.add(one);
    expect(await stopped(world)).toMatchObject({ reason: { code: "cancelled" } });
    expect(standing(world)).toEqual(STALE);
  });

  test("are left alone where a signal comes between the beginning of a trial and their turn", async () => {
    const world = new World({ copies: 1 });
    const [copy] = world.copies;
    if (copy === undefined) throw new Error("there is a copy");
    world.primary.stale = { ok: true, value: STALE };
    copy.stale = { ok: true, value: ["copy-1_CANARY_A"] };
    copy.standing.add("copy-1_CANARY_A");
    world.primary.onRemoval = async () => {
      world.cancel("SIGTERM");
      await Promise.resolve();
    };
    expect(await stopped(world)).toMatchObject({ reason: { code: "cancelled" } });
    expect(standing(world)).toEqual(["copy-1_CANARY_A"]);
  });

  test("are listed by the first look alone, side by side with it, and are all gone before the first write check", async () => {
    const world = new World({ copies: 1 });
    world.primary.stale = { ok: true, value: STALE };
    for (const one of STALE) world.primary.standing.add(one);
    world.primary.onCanary = async () => {
      expect([...world.primary.standing]).toEqual([]);
      await Promise.resolve();
    };
    expect(await isReady(world)).toBe(true);
    expect([world.count("primary listing"), world.count("copy-1 listing")]).toEqual([1, 1]);
    expect(world.at("copy-1 listing")).toBeLessThan(world.at("journal trying"));
  });
});

describe("many destinations", () => {
  test("are tried a few at a time", async () => {
    const world = new World({ copies: 9 });
    let [open, most] = [0, 0];
    for (const one of [world.primary, ...world.copies]) {
      one.onCanary = async () => {
        open += 1;
        most = Math.max(most, open);
        await world.clock.sleep(1_000);
        open -= 1;
      };
    }
    expect(await isReady(world)).toBe(true);
    expect(most).toBe(3);
  });

  test("sixty: no minute holds more than GitHub's 80 writes, the saves right after the write checks included", async () => {
    const world = new World({ copies: 59 });
    const writes: number[] = [];
    for (const one of [world.primary, ...world.copies]) {
      one.onCanary = async () => {
        writes.push(world.clock.now());
        await world.clock.sleep(100);
      };
      one.onRemoval = async () => {
        writes.push(world.clock.now());
        await world.clock.sleep(100);
      };
    }
    expect(await isReady(world)).toBe(true);
    // A save of each destination, and of one once more, as soon as the run is ready.
    const readyAt = world.clock.now();
    const all = [...writes, ...Array.from({ length: 61 }, () => readyAt)];
    const busiest = Math.max(...all.map((from) => all.filter((at) => at >= from && at < from + 60_000).length));
    expect(writes).toHaveLength(120);
    expect(busiest).toBeLessThanOrEqual(80);
    expect(world.codes()).toContain("waiting-for-writes");
    expect(standing(world)).toEqual([]);
  });

  test("each with something left behind: what is deleted counts too, from before it is sent", async () => {
    const world = new World({ copies: 24 });
    const writes: number[] = [];
    const noted = async (): Promise<void> => {
      writes.push(world.clock.now());
      await world.clock.sleep(100);
    };
    for (const one of [world.primary, ...world.copies]) {
      const stale = ["A", "B", "C"].map((end) => `${one.label}_CANARY_${end}`);
      one.stale = { ok: true, value: stale };
      for (const name of stale) one.standing.add(name);
      one.onCanary = noted;
      one.onRemoval = noted;
    }
    expect(await isReady(world)).toBe(true);
    const readyAt = world.clock.now();
    const all = [...writes, ...Array.from({ length: 25 }, () => readyAt)];
    const busiest = Math.max(...all.map((from) => all.filter((at) => at >= from && at < from + 60_000).length));
    expect([writes.length, standing(world)]).toEqual([25 * 5, []]);
    expect(busiest).toBeLessThanOrEqual(80);
  });

  test("more than a minute has room for: the wait before the reset is for as many as there can be", async () => {
    const world = new World({ copies: 79 });
    expect(await isReady(world)).toBe(true);
    const lastWait = world.notices.filter(({ code }) => code === "waiting-for-writes").at(-1);
    expect(lastWait).toMatchObject({ waitMs: 60_000 });
  });

  test("few: nobody waits", async () => {
    const world = new World({ copies: 10 });
    expect(await isReady(world)).toBe(true);
    expect([world.clock.now(), world.codes().includes("waiting-for-writes")]).toEqual([START, false]);
  });
});

describe("a signal before the reset", () => {
  test("ends the run at once while questions are open", async () => {
    const world = new World();
    world.verdict = () => {
      world.cancel("SIGINT");
      return strange();
    };
    expect(await stopped(world)).toMatchObject({
      result: "unchanged",
      reason: { code: "cancelled", signal: "SIGINT" },
    });
    expect(world.clock.now()).toBe(START);
  });

  test("lets the write checks that are under way come to their end, takes the canaries away, and then ends", async () => {
    const world = new World({ copies: 1 });
    world.primary.onCanary = async () => {
      world.cancel("SIGTERM");
      await world.clock.sleep(6_000);
    };
    expect(await stopped(world)).toMatchObject({ reason: { code: "cancelled", signal: "SIGTERM" } });
    expect([world.count("primary uncanary"), standing(world)]).toEqual([1, []]);
    expect(world.clock.now() - START).toBe(6_000);
  });

  test("leaves the destinations alone that are not being tried yet", async () => {
    const world = new World({ copies: 5 });
    leave(world, "SIGTERM");
    expect(await stopped(world)).toMatchObject({ reason: { code: "cancelled" } });
    expect(world.log.filter((entry) => /^copy-[345] (canary|uncanary)/.test(entry))).toEqual([]);
    expect(standing(world)).toEqual([]);
  });

  test("ends the run before the trials that wait for room in the minute", async () => {
    const world = new World({ copies: 59 });
    const tried: number[] = [];
    for (const one of [world.primary, ...world.copies]) {
      one.onCanary = async () => {
        tried.push(world.clock.now() - START);
        await Promise.resolve();
      };
    }
    void world.clock.sleep(10_000).then(() => world.cancel("SIGTERM"));
    expect(await stopped(world)).toMatchObject({
      result: "unchanged",
      reason: { code: "cancelled", signal: "SIGTERM" },
    });
    // 75 writes fit into a minute, and each trial takes two.
    expect(tried).toEqual(Array.from({ length: 37 }, () => 0));
    expect([world.codes().includes("waiting-for-writes"), standing(world)]).toEqual([true, []]);
    expect(world.clock.now() - START).toBe(60_000);
  });

  test("ends the repeating of what fails", async () => {
    const world = new World();
    world.primary.canaries.push(fault("server"), fault("server"));
    leave(world, "SIGTERM");
    expect(await stopped(world)).toMatchObject({ reason: { code: "cancelled" } });
    expect([world.count("primary canary key 1"), world.clock.now()]).toEqual([1, START]);
  });

  test("says all the same that a canary is left", async () => {
    const world = new World();
    for (let n = 0; n < 99; n += 1) world.primary.removals.push(fault("server"));
    leave(world, "SIGTERM");
    expect(await stopped(world)).toMatchObject({ result: "unchanged", reason: { code: "cancelled" } });
    expect(world.codes()).toContain("canary-left");
  });
});
