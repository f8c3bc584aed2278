import { Stop, unlessStopped } from "../../src/rotation/stop";
import type { Allowance, Audience, Control, FaultCause, Said, Task } from "../../src/rotation/model";
import type { Outcome, Reason } from "../../src/rotation/outcome";
import { prepare } from "../../src/rotation/prepare";
import { BEFORE, fault } from "../support/fake-destination";
import { START } from "../support/virtual-clock";
import { OLD, SAVE_TIMEOUT_MS, SETTLE_MS, undecidedAbout, World } from "../support/world";

const ALTERED = "old-secret-0";
const SAID: Said = { status: 401, code: "1083", sentence: "Invalid clientId provided - X" };

/** What a preparation stopped with; fails where it did not stop. */
async function stopped(world: World): Promise<Outcome> {
  const ready = await unlessStopped(prepare(world.context()));
  if (!(ready instanceof Stop)) throw new Error("it did not stop");
  expect(world.log.filter((entry) => entry.includes(" put "))).toEqual([]);
  expect(ready.outcome.rotated).toBe("false");
  return ready.outcome;
}

/** What an expectation of either end can be compared with. */
async function ending(world: World): Promise<Partial<Outcome> | { result: "ready" }> {
  const ready = await unlessStopped(prepare(world.context()));
  return ready instanceof Stop ? ready.outcome : { result: "ready" };
}

async function isReady(world: World): Promise<boolean> {
  return !((await unlessStopped(prepare(world.context()))) instanceof Stop);
}

describe("the secret given", () => {
  test("dead: stops before any canary, and says whether the primary changed since the run began", async () => {
    const world = new World();
    world.inForce = "another";
    expect(await stopped(world)).toMatchObject({
      result: "dead",
      reason: { code: "given-secret-dead", changed: "before-start" },
    });
    expect(world.log.filter((entry) => entry.includes("canary"))).toEqual([]);
    expect(world.count(`probe ${OLD} refused`)).toBe(3);
  });

  test.each<[string, (world: World) => void, string]>([
    ["after the run began", (world) => (world.primary.written = new Date(START).toISOString()), "after-start"],
    ["in the very second in which it began", (world) => (world.runStartedAt = Date.parse(BEFORE)), "after-start"],
    ["before it", () => undefined, "before-start"],
    ["and the token may not read the run", (world) => (world.runStartedAt = null), "unknown"],
    ["and GitHub does not say", (world) => world.primary.reads.push(fault("policy")), "unknown"],
    ["and GitHub says so only when asked again", (world) => world.primary.reads.push(fault("server")), "before-start"],
    ["and it does not exist", (world) => world.primary.reads.push({ ok: true, value: null }), "unknown"],
  ])("dead, the primary written %s", async (_, arrange, changed) => {
    const world = new World();
    world.inForce = "another";
    arrange(world);
    expect(await stopped(world)).toMatchObject({ result: "dead", reason: { changed } });
  });

  test.each<Task["mode"]>(["rotate", "check", "rescue"])("%s stops where an altered one passes too", async (mode) => {
    const world = new World({ task: { mode } });
    world.verdict = () => ({ kind: "live" });
    expect(await stopped(world)).toMatchObject({ result: "unchanged", reason: { code: "any-secret-accepted" } });
  });

  test.each([[OLD], [ALTERED]])("stops where SnapTrade cannot tell about %s", async (secret) => {
    const world = new World();
    world.verdict = undecidedAbout(secret);
    expect(await stopped(world)).toMatchObject({
      result: "unchanged",
      reason: { code: "snaptrade-undecided", skewMs: null },
    });
  });

  test("is dead, whatever SnapTrade cannot tell about the altered one", async () => {
    const world = new World();
    world.inForce = "another";
    world.verdict = undecidedAbout(ALTERED);
    expect(await stopped(world)).toMatchObject({ result: "dead", reason: { code: "given-secret-dead" } });
  });

  test("names the skew of the clock where the signature is refused", async () => {
    const world = new World();
    world.skewMs = 4_000_000;
    world.verdict = () => ({ kind: "cannot-tell", doubt: { kind: "signature", said: SAID } });
    expect(await stopped(world)).toMatchObject({ reason: { doubt: { kind: "signature" }, skewMs: 4_000_000 } });
  });

  test("names a client id that SnapTrade rejects", async () => {
    const world = new World();
    world.verdict = () => ({ kind: "cannot-tell", doubt: { kind: "client", said: SAID } });
    expect(await stopped(world)).toMatchObject({
      result: "unchanged",
      reason: { code: "client-rejected", said: SAID },
    });
  });

  test.each<[string, Control, Outcome["result"], Partial<Reason>]>([
    ["client and user stand", { kind: "known" }, "dead", { code: "given-secret-dead", isChecked: true }],
    [
      "nobody can tell",
      { kind: "no-answer", doubt: { kind: "contradiction" } },
      "dead",
      { code: "given-secret-dead", isChecked: false },
    ],
    ["there is no such user", { kind: "no-such-user" }, "unchanged", { code: "no-such-user" }],
    ["the client is rejected", { kind: "client-rejected", said: SAID }, "unchanged", { code: "client-rejected" }],
  ])("refused, and %s", async (_, control, result, reason) => {
    const world = new World();
    world.inForce = "another";
    world.controls = [control];
    expect(await stopped(world)).toMatchObject({ result, reason });
  });

  test("that is live asks nobody the control question", async () => {
    const world = new World();
    expect(await isReady(world)).toBe(true);
    expect(world.log.join()).not.toContain("control");
  });

  test("is believed to be live where a stale server contradicts only once", async () => {
    const world = new World();
    let asked = 0;
    world.verdict = (candidate) => (candidate === OLD && ++asked === 1 ? { kind: "refused" } : null);
    expect(await isReady(world)).toBe(true);
    expect(world.count(`probe ${OLD} live`)).toBe(3);
  });

  test("stops for the secret first, where a destination is missing too", async () => {
    const world = new World();
    world.inForce = "another";
    world.primary.written = null;
    expect(await stopped(world)).toMatchObject({ result: "dead" });
  });
});

describe("SnapTrade's rate limit", () => {
  const low = { limit: 250, remaining: 40, resetMs: 20_000 };

  test("is waited for where it would not cover the reset and its proofs", async () => {
    const world = new World();
    world.allowances = [low, { limit: 250, remaining: 249, resetMs: 60_000 }];
    expect(await isReady(world)).toBe(true);
    expect(world.notices).toContainEqual({
      code: "waiting-for-rate-limit",
      service: "SnapTrade",
      waitMs: 20_000,
      isResetSent: false,
    });
    expect(world.clock.now() - START).toBe(20_000);
  });

  test.each<[string, Allowance]>([
    ["the remainder covers those who run side by side", { limit: 250, remaining: 48, resetMs: 20_000 }],
    ["a small limit, and six are left", { limit: 10, remaining: 6, resetMs: 20_000 }],
    ["no limit is told, and six are left", { limit: null, remaining: 6, resetMs: 20_000 }],
  ])("is not waited for: %s", async (_, allowance) => {
    const world = new World();
    world.allowances = [allowance];
    expect(await isReady(world)).toBe(true);
    expect(world.clock.now()).toBe(START);
  });

  test.each([[{ limit: 250, remaining: 47, resetMs: 1 }], [{ limit: null, remaining: 5, resetMs: 1 }]])(
    "is waited for a second at least with %j",
    async (allowance) => {
      const world = new World();
      world.allowances = [allowance];
      expect(await isReady(world)).toBe(true);
      expect(world.clock.now() - START).toBe(1_000);
    },
  );

  test("ends the run, unchanged, where two minutes would not be enough", async () => {
    const world = new World();
    world.allowances = [
      { ...low, resetMs: 60_000 },
      { ...low, remaining: 5, resetMs: 60_001 },
    ];
    expect(await stopped(world)).toMatchObject({
      result: "unchanged",
      reason: { code: "snaptrade-undecided", doubt: { kind: "throttled", retryAfterMs: 60_001 } },
    });
    expect(world.clock.now() - START).toBe(60_000);
  });

  test("does not end the run where two minutes are over and it covers the reset and its proofs all the same", async () => {
    const world = new World();
    world.allowances = [
      { ...low, resetMs: 60_000 },
      { ...low, remaining: 6, resetMs: 60_001 },
    ];
    expect(await isReady(world)).toBe(true);
    expect(world.clock.now() - START).toBe(60_000);
  });

  test.each<[string, Partial<Task>, string]>([
    ["a secret that is young enough", { minAgeMs: 1e12 }, "young"],
    ["a check, which resets nothing", { mode: "check" }, "ready"],
  ])("is not waited for by %s", async (_, task, kind) => {
    const world = new World({ task });
    world.allowances = [{ limit: 250, remaining: 0, resetMs: 130_000 }];
    expect((await prepare(world.context())).kind).toBe(kind);
    expect(world.clock.now()).toBe(START);
  });

  test("is waited for by a rescue too, whose one reset would be refused otherwise", async () => {
    const world = new World({ task: { mode: "rescue" } });
    world.inForce = "another";
    const none = { limit: 250, remaining: 0, resetMs: 4_000 };
    world.allowances = [none, none, none];
    expect(await isReady(world)).toBe(true);
    expect(world.notices).toContainEqual({
      code: "waiting-for-rate-limit",
      service: "SnapTrade",
      waitMs: 4_000,
      isResetSent: false,
    });
  });

  test("waited for by a rescue, and the secret is live afterwards", async () => {
    const world = new World({ task: { mode: "rescue" } });
    world.inForce = "another";
    const none = { limit: 250, remaining: 0, resetMs: 4_000 };
    world.allowances = [none, none, none];
    void world.clock.sleep(3_000).then(() => (world.inForce = OLD));
    expect(await stopped(world)).toMatchObject({ result: "unchanged", reason: { code: "rescue-not-needed" } });
  });

  test("is waited for two minutes in all beside the last question's own time, the waits of all questions included", async () => {
    const world = new World();
    const none = { limit: 250, remaining: 0, resetMs: 0 };
    world.allowances = Array.from({ length: 1_000 }, () => none);
    let asked = 0;
    world.verdict = (candidate) =>
      candidate === OLD && ++asked % 2 === 0
        ? { kind: "cannot-tell", doubt: { kind: "throttled", retryAfterMs: 30_000, waitedMs: 0 } }
        : null;
    expect(await stopped(world)).toMatchObject({ result: "unchanged", reason: { code: "snaptrade-undecided" } });
    const waitedMs = world.clock.now() - START;
    expect(waitedMs).toBeGreaterThan(60_000);
    expect(waitedMs).toBeLessThanOrEqual(120_000 + SETTLE_MS);
  });

  test("waited for, what was read before is read again: a token may expire by now", async () => {
    const world = new World();
    world.allowances = [low];
    world.primary.tokenExpiresAt = START + SAVE_TIMEOUT_MS + 60_000 + 10_000;
    expect(await stopped(world)).toMatchObject({ result: "unchanged", reason: { code: "token-expiring" } });
    expect([world.count("primary survey"), world.log.includes("primary canary key 1")]).toEqual([2, false]);
  });

  test("waited for, and the secret is dead afterwards", async () => {
    const world = new World();
    world.allowances = [low];
    world.verdict = (candidate) => {
      if (candidate === OLD) world.inForce = "another";
      return candidate === OLD && world.clock.now() === START ? { kind: "live" } : null;
    };
    expect(await stopped(world)).toMatchObject({ result: "dead", reason: { code: "given-secret-dead" } });
  });

  test("waited for, and SnapTrade cannot tell afterwards", async () => {
    const world = new World();
    world.allowances = [low];
    world.verdict = (candidate) => (world.clock.now() > START ? undecidedAbout(OLD)(candidate) : null);
    expect(await stopped(world)).toMatchObject({ result: "unchanged", reason: { code: "snaptrade-undecided" } });
  });
});

describe("the destinations, as they are read", () => {
  test("one that does not exist is taken for a typing error", async () => {
    const world = new World({ copies: 1 });
    world.copies.forEach((copy) => (copy.written = null));
    expect(await stopped(world)).toMatchObject({
      result: "unchanged",
      reason: { code: "destination-missing", label: "copy-1", mustExist: false },
    });
  });

  test("one that does not exist is looked for three times, a second apart: reads lag behind a create", async () => {
    const world = new World();
    world.primary.written = null;
    expect(await stopped(world)).toMatchObject({ reason: { code: "destination-missing", label: "primary" } });
    expect([world.count("primary survey"), world.clock.now() - START]).toEqual([3, 2_000]);
    const late = new World();
    late.primary.written = null;
    void late.clock.sleep(1_500).then(() => (late.primary.written = BEFORE));
    expect(await isReady(late)).toBe(true);
  });

  test("create lets it be new", async () => {
    const world = new World({ task: { create: true } });
    world.primary.written = null;
    expect(await isReady(world)).toBe(true);
  });

  test("create does not make an organization secret", async () => {
    const world = new World({ task: { create: true } });
    world.primary.written = null;
    world.primary.mustExist = true;
    expect(await stopped(world)).toMatchObject({ reason: { code: "destination-missing", mustExist: true } });
  });

  test("nothing is asked of GitHub before the run is equipped", async () => {
    const world = new World();
    await prepare(world.context());
    expect(world.at("equip")).toBeLessThan(world.at("primary survey"));
  });

  test.each<[string, Partial<World["primary"]>]>([
    ["by GitHub's clock", {}],
    ["by our own where GitHub's is not known", { knowsTime: false }],
  ])("a token that expires within the save timeout and a minute is refused, %s", async (_, known) => {
    const within = new World();
    const expiresAt = START + SAVE_TIMEOUT_MS + 60_000;
    Object.assign(within.primary, known, { tokenExpiresAt: expiresAt - 1 });
    expect(await stopped(within)).toMatchObject({ reason: { code: "token-expiring", expiresAt: expiresAt - 1 } });
    const after = new World();
    Object.assign(after.primary, known, { tokenExpiresAt: expiresAt });
    expect(await isReady(after)).toBe(true);
  });
});

describe("GitHub, while a token is young or the network is not well", () => {
  const YOUNG: readonly FaultCause[] = ["unauthorized", "forbidden", "forbidden-permission", "missing"];
  const BLIPS: readonly FaultCause[] = ["network", "server", "conflict"];

  test.each([...YOUNG, ...BLIPS])("%s for some seconds is no reason to be red", async (cause) => {
    const world = new World({ copies: 1 });
    world.copies[0]?.surveys.push(fault(cause), fault(cause), fault(cause), fault(cause));
    expect(await isReady(world)).toBe(true);
    expect(world.clock.now() - START).toBe(200 + 400 + 800 + 1_600);
  });

  test.each<[FaultCause, number, number]>([
    ...YOUNG.map((cause): [FaultCause, number, number] => [cause, 5_000, 6]),
    ...BLIPS.map((cause): [FaultCause, number, number] => [cause, 9_000, 8]),
  ])("%s is a fact after %i ms", async (cause, ms, times) => {
    const world = new World();
    for (let n = 0; n < 99; n += 1) world.primary.surveys.push(fault(cause));
    expect(await stopped(world)).toMatchObject({
      result: "unchanged",
      reason: { code: "destination-unreadable", label: "primary", fault: { cause } },
    });
    expect([world.clock.now() - START, world.count("primary survey")]).toEqual([ms, times]);
    expect(world.log).not.toContain("primary canary key 1");
  });

  test.each<FaultCause>(["policy", "sso", "ip-list", "archived", "suspended", "moved", "login-page", "malformed"])(
    "%s is a fact at once",
    async (cause) => {
      const world = new World();
      world.primary.surveys.push(fault(cause));
      expect(await stopped(world)).toMatchObject({ reason: { code: "destination-unreadable", fault: { cause } } });
      expect(world.clock.now()).toBe(START);
    },
  );
});

describe("the last look before the reset", () => {
  /** Something happens to the primary while the write check is made. */
  function meanwhile(world: World, change: () => void): void {
    world.primary.onRemoval = async () => {
      change();
      await Promise.resolve();
    };
  }

  const SELECTED: Audience = { visibility: "selected", selectedRepositoryIds: [1, 2] };

  test.each<[string, string, (world: World) => void]>([
    ["saved it", "updated-at", (world) => world.primary.write("theirs")],
    ["changed its key", "key", (world) => (world.primary.keyId = "2")],
    ["changed who may read it", "audience", (world) => (world.primary.audience = SELECTED)],
  ])("somebody has %s: nothing is reset", async (_, what, change) => {
    const world = new World({ copies: 1 });
    meanwhile(world, () => change(world));
    expect(await stopped(world)).toMatchObject({
      result: "unchanged",
      reason: { code: "destination-changed", label: "primary", what },
    });
  });

  test("of a copy that somebody has saved: nothing is reset", async () => {
    const world = new World({ copies: 2 });
    meanwhile(world, () => world.copies[1]?.write("theirs"));
    expect(await stopped(world)).toMatchObject({ reason: { code: "destination-changed", label: "copy-2" } });
  });

  test("comes after the write checks, is at all destinations, and is made without write checks too", async () => {
    const world = new World({ copies: 1 });
    await prepare(world.context());
    expect(world.log.slice(-2)).toEqual(["primary survey", "copy-1 survey"]);
    const unchecked = new World({ task: { canary: false } });
    expect(await isReady(unchecked)).toBe(true);
    expect(unchecked.count("primary survey")).toBe(2);
  });

  test("that comes to nothing: nothing is reset", async () => {
    const world = new World();
    meanwhile(world, () => world.primary.surveys.push(fault("policy")));
    expect(await stopped(world)).toMatchObject({ reason: { code: "destination-unreadable" } });
  });

  test("finds GitHub's allowance used up: nothing is reset", async () => {
    const world = new World();
    meanwhile(world, () => (world.primary.allowance = { remaining: 0, resetAt: null }));
    expect(await stopped(world)).toMatchObject({ reason: { code: "github-allowance", remaining: 0 } });
  });

  /** The write checks use the allowance up, which is full again ten seconds later; in between somebody does something. */
  function whileWaiting(world: World, change: () => void): void {
    meanwhile(world, () => {
      world.primary.allowance = { remaining: 0, resetAt: world.clock.now() + 10_000 };
      void world.clock.sleep(5_000).then(() => {
        world.primary.allowance = null;
        change();
      });
    });
  }

  test("waits for GitHub's allowance, and goes on where nobody has changed anything meanwhile", async () => {
    const world = new World({ copies: 1 });
    whileWaiting(world, () => undefined);
    expect(await isReady(world)).toBe(true);
    expect([world.clock.now() - START, world.count("primary survey"), world.count("primary listing")]).toEqual([
      11_000, 3, 1,
    ]);
  });

  test.each<[string, string, string, (world: World) => void]>([
    ["saved the primary", "primary", "updated-at", (world) => world.primary.write("theirs")],
    ["changed the primary's key", "primary", "key", (world) => (world.primary.keyId = "2")],
    ["changed who may read it", "primary", "audience", (world) => (world.primary.audience = SELECTED)],
    [
      "saved the primary, whose key is another too",
      "primary",
      "updated-at",
      (world) => {
        world.primary.write("theirs");
        world.primary.keyId = "2";
      },
    ],
    ["saved a copy", "copy-1", "updated-at", (world) => world.copies[0]?.write("theirs")],
  ])(
    "waits for GitHub's allowance, and somebody has %s meanwhile: nothing is reset",
    async (_, label, what, change) => {
      const world = new World({ copies: 1 });
      whileWaiting(world, () => change(world));
      expect(await stopped(world)).toMatchObject({
        result: "unchanged",
        reason: { code: "destination-changed", label, what },
      });
      expect(world.clock.now() - START).toBe(11_000);
    },
  );

  test("waits for GitHub's allowance, and the token ends too soon by then: nothing is reset", async () => {
    const world = new World();
    world.primary.tokenExpiresAt = START + SAVE_TIMEOUT_MS + 60_000 + 10_000;
    whileWaiting(world, () => undefined);
    expect(await stopped(world)).toMatchObject({ result: "unchanged", reason: { code: "token-expiring" } });
  });

  test("is ended by a signal", async () => {
    const world = new World();
    meanwhile(world, () => {
      world.primary.survey = async () => {
        world.cancel("SIGTERM");
        return await new Promise<never>(() => undefined);
      };
    });
    expect(await stopped(world)).toMatchObject({ reason: { code: "cancelled", signal: "SIGTERM" } });
  });
});

describe("a token that ends soon", () => {
  const A_DAY = 86_400_000;

  test.each<[string, number, boolean]>([
    ["a day", A_DAY, false],
    ["a day and a bit", A_DAY + 1, true],
    ["nearly 14 days", 14 * A_DAY - 1, true],
    ["14 days", 14 * A_DAY, false],
  ])("in %s", async (_, ms, isTold) => {
    const world = new World();
    world.primary.aheadMs = 5_000;
    world.primary.tokenExpiresAt = START + 5_000 + ms;
    expect(await isReady(world)).toBe(true);
    expect(world.log.includes("remark token-expires-soon")).toBe(isTold);
    const { tokenExpiresAt: expiresAt } = world.primary;
    const notices = world.notices.filter(({ code }) => code === "token-expires-soon");
    expect(notices).toEqual(isTold ? [{ code: "token-expires-soon", expiresAt }] : []);
  });
});

describe("min-age", () => {
  const written = "2026-03-01T11:00:00Z";
  const anHour = 3_600_000;

  test.each<[string, Partial<Task>, string | null, string]>([
    ["the primary is younger", { minAgeMs: anHour + 1 }, written, "young"],
    ["the primary is exactly so old", { minAgeMs: anHour }, written, "ready"],
    ["the primary does not exist yet", { minAgeMs: anHour, create: true }, null, "ready"],
    ["mode check", { minAgeMs: anHour + 1, mode: "check" }, written, "ready"],
    ["no min-age", {}, written, "ready"],
  ])("%s", async (_, task, primaryWritten, expected) => {
    const world = new World({ task });
    world.primary.written = primaryWritten;
    expect((await prepare(world.context())).kind).toBe(expected);
    expect(world.log.includes("primary canary key 1")).toBe(expected === "ready");
  });

  test("is measured by our own clock where GitHub's is not known", async () => {
    const world = new World({ task: { minAgeMs: anHour + 1 } });
    world.primary.written = written;
    world.primary.knowsTime = false;
    expect(await prepare(world.context())).toMatchObject({ kind: "young", behind: [] });
  });

  test("tells which copies lie behind the primary, or are not there yet", async () => {
    const world = new World({ copies: 4, task: { minAgeMs: anHour + 1, create: true } });
    world.primary.written = written;
    const [older, equal, newer, missing] = world.copies;
    if (older === undefined || equal === undefined || newer === undefined || missing === undefined)
      throw new Error("there are four");
    equal.written = written;
    newer.written = "2026-03-01T11:00:01Z";
    missing.written = null;
    const ready = await prepare(world.context());
    if (ready.kind !== "young") throw new Error("it is young");
    expect(ready.behind.map(({ destination }) => destination.label)).toEqual(["copy-1", "copy-4"]);
  });

  test("does not hide a dead secret", async () => {
    const world = new World({ task: { minAgeMs: anHour * 24 } });
    world.primary.written = written;
    world.inForce = "another";
    expect(await stopped(world)).toMatchObject({ result: "dead" });
  });
});

describe("mode rescue", () => {
  test("a secret that is live needs none", async () => {
    expect(await stopped(new World({ task: { mode: "rescue" } }))).toMatchObject({
      result: "unchanged",
      reason: { code: "rescue-not-needed" },
    });
  });

  test.each<[string, string | null, number | null, boolean]>([
    ["saved after this run began", new Date(START).toISOString(), START - 1000, true],
    ["saved before", BEFORE, START - 1000, false],
    ["that does not exist", null, START - 1000, false],
    ["saved at an unknown time before or after", new Date(START).toISOString(), null, false],
  ])("a primary %s", async (_, written, startedAt, stale) => {
    const world = new World({ task: { mode: "rescue", create: true } });
    world.inForce = "another";
    world.runStartedAt = startedAt;
    world.primary.written = written;
    const refusal = { result: "dead", reason: { code: "rescue-stale", label: "primary" } };
    expect(await ending(world)).toMatchObject(stale ? refusal : { result: "ready" });
    expect(world.log.includes("primary canary key 1")).toBe(!stale);
  });

  test.each([
    [START + 999, null, true],
    [START + 1_000, null, false],
    [START + 999, START + 1_000, true],
    [START + 60_000, START + 999, true],
    [START + 60_000, START + 1_000, false],
  ])(
    "a primary of an environment, saved at the start; the step began at %p, the run at %p: stale %s",
    async (stepStartedAt, runStartedAt, stale) => {
      const world = new World({ task: { mode: "rescue" } });
      world.inForce = "another";
      world.runStartedAt = runStartedAt;
      world.stepStartedAt = stepStartedAt;
      world.primary.visible = "next-job";
      world.primary.written = new Date(START).toISOString();
      const refusal = { result: "dead", reason: { code: "rescue-stale" } };
      expect(await ending(world)).toMatchObject(stale ? refusal : { result: "ready" });
    },
  );

  test.each<[string, number, number]>([
    ["asks about the secret", -3_000, 1_000],
    ["waits for what was under way", -2_000, 3_000],
  ])("a primary that is saved while the run %s, %i ms after its start", async (_, writtenMs, savedMs) => {
    const world = new World({ task: { mode: "rescue" } });
    world.inForce = "another";
    world.runStartedAt = START + writtenMs + 1_000;
    world.primary.written = new Date(START + writtenMs).toISOString();
    void world.clock.sleep(savedMs).then(() => world.primary.write("theirs"));
    expect(await stopped(world)).toMatchObject({ result: "dead", reason: { code: "rescue-stale" } });
  });

  test.each<[string, Control, boolean]>([
    ["client and user stand", { kind: "known" }, true],
    ["the user is not listed", { kind: "no-such-user" }, true],
    ["nobody can tell", { kind: "no-answer", doubt: { kind: "contradiction" } }, true],
    ["the client is rejected", { kind: "client-rejected", said: SAID }, false],
  ])("where %s: goes on: %s", async (_, control, goesOn) => {
    const world = new World({ task: { mode: "rescue" } });
    world.inForce = "another";
    world.controls = [control];
    const refusal = { result: "unchanged", reason: { code: "client-rejected", said: SAID } };
    expect(await ending(world)).toMatchObject(goesOn ? { result: "ready" } : refusal);
  });

  test("ignores min-age", async () => {
    const world = new World({ task: { mode: "rescue", minAgeMs: 1e12 } });
    world.inForce = "another";
    expect(await isReady(world)).toBe(true);
  });
});
