import type { Outcome } from "../../src/rotation/outcome";
import type { FaultCause } from "../../src/rotation/ports";
import { prepare } from "../../src/rotation/prepare";
import { fault } from "../support/fake-destination";
import { START } from "../support/virtual-clock";
import { SAVE_TIMEOUT_MS, SETTLE_MS, strange, World } from "../support/world";

const TENTH = SETTLE_MS / 10;
/** GitHub ends a request after so long. */
const LANDING_MS = 10_000;

async function stopped(world: World): Promise<Outcome> {
  const ready = await prepare(world.context());
  if (ready.kind !== "stopped") throw new Error("it did not stop");
  return ready.outcome;
}

/** The notice of a trial write that could not be taken away. */
function isLeftBy(cause: FaultCause): unknown {
  return expect.objectContaining({ code: "canary-left", label: "primary", fault: fault(cause).fault });
}

const PASSING = ["network", "server", "conflict", "throttled"] as const satisfies readonly FaultCause[];
const FINAL = [
  "box-refused",
  "quota",
  "unauthorized",
  "forbidden",
  "missing",
  "moved",
  "malformed",
] as const satisfies readonly FaultCause[];

describe("the trial write", () => {
  test.each(PASSING)("is tried again after %s, a little later each time", async (cause) => {
    const world = new World();
    world.primary.canaries.push(fault(cause), fault(cause), fault(cause));
    expect((await prepare(world.context())).kind).toBe("ready");
    // What got no answer may land yet, and is looked for when it has.
    const [landingMs, removals] = cause === "network" ? [LANDING_MS, 2] : [0, 1];
    expect(world.clock.now() - START).toBe(TENTH * (1 + 2 + 3) + landingMs);
    expect(world.count("primary uncanary")).toBe(removals);
  });

  test.each(PASSING)("is given up after four times %s", async (cause) => {
    const world = new World();
    world.primary.canaries.push(fault(cause), fault(cause), fault(cause), fault(cause));
    expect(await stopped(world)).toMatchObject({
      result: "unchanged",
      reason: { code: "canary-refused", label: "primary", fault: { cause } },
    });
    expect(world.count("primary canary key 1")).toBe(4);
  });

  test.each(FINAL)("is given up at once after %s, and nothing is deleted that was not written", async (cause) => {
    const world = new World();
    world.primary.canaries.push(fault(cause));
    expect(await stopped(world)).toMatchObject({ reason: { code: "canary-refused", fault: { cause } } });
    // An answer that makes no sense does not say that nothing was written.
    const removals = cause === "malformed" ? 1 : 0;
    expect([world.count("primary canary key 1"), world.count("primary uncanary")]).toEqual([1, removals]);
  });

  test("without an answer may have happened, so it is taken away all the same", async () => {
    const world = new World();
    for (let n = 0; n < 4; n += 1) world.primary.canaries.push(fault("network"));
    expect(await stopped(world)).toMatchObject({ reason: { code: "canary-refused" } });
    expect(world.count("primary uncanary")).toBe(2);
  });

  test("without an answer once, and then refused, is taken away all the same", async () => {
    const world = new World();
    world.primary.canaries.push(fault("network"), fault("forbidden"));
    expect(await stopped(world)).toMatchObject({ reason: { code: "canary-refused", fault: { cause: "forbidden" } } });
    expect(world.count("primary uncanary")).toBe(2);
  });

  test("is not made where it cannot be told whether one stands there", async () => {
    const world = new World();
    world.primary.takenCanaries.push(fault("forbidden"));
    expect(await stopped(world)).toMatchObject({ result: "unchanged", reason: { code: "destination-unreadable" } });
    expect(world.log.filter((entry) => entry.includes("canary"))).toEqual([]);
  });

  test("is told to post before it is made, or not made", async () => {
    const told = new World();
    await prepare(told.context());
    expect(told.at("journal trying")).toBeLessThan(told.at("primary canary key 1"));
    const full = new World();
    full.journalTakesTrying = false;
    expect(await stopped(full)).toMatchObject({ result: "unchanged", reason: { code: "journal-unavailable" } });
    expect(full.count("primary canary key 1")).toBe(0);
  });

  test("is not asked for, and nothing is told or asked of it", async () => {
    const world = new World({ task: { canary: false } });
    expect((await prepare(world.context())).kind).toBe("ready");
    expect([world.count("primary taken?"), world.count("journal trying")]).toEqual([0, 0]);
  });

  test("that had to wait: the token may expire by now", async () => {
    const world = new World();
    world.primary.canaries.push(fault("throttled", { retryAfterMs: 60_000 }));
    world.primary.tokenExpiresAt = START + SAVE_TIMEOUT_MS + 60_000 + 30_000;
    expect(await stopped(world)).toMatchObject({ result: "unchanged", reason: { code: "token-expiring" } });
    expect(world.count("primary uncanary")).toBe(1);
  });

  test("without an answer, and not found: it is looked for again when it must have landed", async () => {
    const world = new World();
    for (let n = 0; n < 4; n += 1) world.primary.canaries.push(fault("network"));
    world.primary.removals.push(fault("missing"));
    expect(await stopped(world)).toMatchObject({ reason: { code: "canary-refused" } });
    expect(world.count("primary uncanary")).toBe(2);
    expect(world.clock.now() - START).toBe(TENTH * (1 + 2 + 3) + LANDING_MS);
  });

  test("without an answer, and it cannot be taken away: that one is left is told too", async () => {
    const world = new World();
    for (let n = 0; n < 4; n += 1) world.primary.canaries.push(fault("network"));
    world.primary.removals.push(fault("forbidden"), fault("forbidden"));
    expect(await stopped(world)).toMatchObject({ reason: { code: "canary-refused" } });
    expect(world.notices).toContainEqual(isLeftBy("forbidden"));
  });

  test("waits as GitHub tells, but not for more than two minutes in all", async () => {
    const patient = new World();
    patient.primary.canaries.push(fault("throttled", { retryAfterMs: 120_000 }));
    expect((await prepare(patient.context())).kind).toBe("ready");
    expect(patient.clock.now() - START).toBe(120_000);
    const tooLong = new World();
    tooLong.primary.canaries.push(fault("throttled", { retryAfterMs: 120_001 }));
    expect(await stopped(tooLong)).toMatchObject({ reason: { code: "canary-refused" } });
    expect(tooLong.clock.now()).toBe(START);
  });

  test("that cannot be taken away is told of, and the run goes on", async () => {
    const world = new World();
    world.primary.removals.push(fault("forbidden"));
    expect((await prepare(world.context())).kind).toBe("ready");
    expect(world.notices).toContainEqual(isLeftBy("forbidden"));
  });

  test("that somebody else has taken away is taken away", async () => {
    const world = new World();
    world.primary.removals.push(fault("missing"));
    expect((await prepare(world.context())).kind).toBe("ready");
  });

  test("is left out where canary is false", async () => {
    const world = new World({ task: { canary: false } });
    expect((await prepare(world.context())).kind).toBe("ready");
    expect(world.log.filter((entry) => entry.includes("canary"))).toEqual([]);
  });

  test("is done at every destination, and one refusal stops all", async () => {
    const world = new World({ copies: 2 });
    world.copies[1]?.canaries.push(fault("quota"));
    expect(await stopped(world)).toMatchObject({ reason: { code: "canary-refused", label: "copy-2" } });
    expect([world.count("primary uncanary"), world.count("copy-1 uncanary")]).toEqual([1, 1]);
  });
});

describe("reading a destination", () => {
  test.each(PASSING)("is tried again after %s", async (cause) => {
    const world = new World();
    world.primary.surveys.push(fault(cause));
    expect((await prepare(world.context())).kind).toBe("ready");
    expect(world.count("primary survey")).toBe(2);
  });

  test.each(FINAL)("stops the run at %s", async (cause) => {
    const world = new World({ copies: 1 });
    world.copies[0]?.surveys.push(fault(cause));
    expect(await stopped(world)).toMatchObject({
      result: "unchanged",
      reason: { code: "destination-unreadable", label: "copy-1", fault: { cause } },
    });
    expect(world.log.filter((entry) => entry.includes("canary"))).toEqual([]);
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

  test("lets the trial writes that are under way come to their end, takes the canaries away, and then ends", async () => {
    const world = new World({ copies: 1 });
    world.primary.onCanary = async () => {
      world.cancel("SIGTERM");
      await world.clock.sleep(6_000);
    };
    expect(await stopped(world)).toMatchObject({ reason: { code: "cancelled", signal: "SIGTERM" } });
    expect([world.count("primary uncanary"), world.count("copy-1 uncanary")]).toEqual([1, 1]);
    expect(world.clock.now() - START).toBe(6_000);
  });

  test("ends the repeating of what fails", async () => {
    const world = new World();
    world.primary.canaries.push(fault("server", { answered: true }), fault("server"));
    world.primary.onCanary = async () => {
      world.cancel("SIGTERM");
      await Promise.resolve();
    };
    expect(await stopped(world)).toMatchObject({ reason: { code: "cancelled" } });
    expect([world.count("primary canary key 1"), world.clock.now()]).toEqual([1, START]);
  });

  test("says all the same that a canary is left", async () => {
    const world = new World();
    world.primary.removals.push(fault("server"));
    world.primary.onCanary = async () => {
      world.cancel("SIGTERM");
      await Promise.resolve();
    };
    expect(await stopped(world)).toMatchObject({ result: "unchanged", reason: { code: "cancelled" } });
    expect(world.notices).toContainEqual(isLeftBy("server"));
  });
});
