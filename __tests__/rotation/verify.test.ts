import type { Control, Said } from "../../src/rotation/model";
import type { Outcome, Reason } from "../../src/rotation/outcome";
import { verify } from "../../src/rotation/verify";
import { Secret } from "../../src/text/secret";
import { fault } from "../support/fake-destination";
import { START } from "../support/virtual-clock";
import { OLD, SETTLE_MS, strange, undecidedAbout, World } from "../support/world";

const SAID: Said = { status: 401, code: "1083", sentence: "Invalid clientId provided - X" };
const ALTERED = "old-secret-0";

async function verified(world: World): ReturnType<typeof verify> {
  return await verify(new Secret(OLD), SETTLE_MS, world.ports);
}

describe("mode verify", () => {
  test("is verified where the secret is live and an altered one refused", async () => {
    expect(await verified(new World())).toMatchObject({ result: "verified", reason: { code: "secret-live" } });
  });

  test("needs three acceptances, since being live is all that it claims", async () => {
    const world = new World();
    await verified(world);
    expect(world.count(`probe ${OLD} live`)).toBe(3);
  });

  test("is verified where three in a row contradict a stale server", async () => {
    const world = new World();
    let asked = 0;
    world.verdict = (candidate) => (candidate === OLD && ++asked === 2 ? { kind: "refused" } : null);
    expect(await verified(world)).toMatchObject({ result: "verified" });
    expect(asked).toBe(5);
  });

  test("is not dead where answers contradict each other to the end", async () => {
    const world = new World();
    let asked = 0;
    world.verdict = (candidate) => (candidate === OLD && ++asked % 2 === 0 ? { kind: "refused" } : null);
    expect(await verified(world)).toMatchObject({
      result: "unchanged",
      reason: { code: "snaptrade-undecided", doubt: { kind: "contradiction" } },
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
    expect(await verified(world)).toMatchObject({ result, reason });
  });

  test("names a client id that SnapTrade rejects", async () => {
    const world = new World();
    world.verdict = () => ({ kind: "cannot-tell", doubt: { kind: "client", said: SAID } });
    expect(await verified(world)).toMatchObject({
      result: "unchanged",
      reason: { code: "client-rejected", said: SAID },
    });
  });

  test("is dead where it was refused three times", async () => {
    const world = new World();
    world.inForce = "another";
    expect(await verified(world)).toMatchObject({ result: "dead", reason: { code: "given-secret-dead" } });
    expect(world.count(`probe ${OLD} refused`)).toBe(3);
  });

  test.each<[string, number | null, number, Outcome["result"], Partial<Reason>]>([
    ["next-run", START - 60_000, START, "unchanged", { code: "given-secret-outdated", since: "run" }],
    ["next-run", START + 1_000, START, "dead", { code: "given-secret-dead", changed: "before-start" }],
    ["next-run", null, START, "dead", { code: "given-secret-dead", changed: "unknown" }],
    ["elsewhere", START - 60_000, START, "unchanged", { code: "given-secret-outdated", since: "run" }],
    ["next-job", START + 1_000, START + 999, "unchanged", { code: "given-secret-outdated", since: "job" }],
    ["next-job", START - 60_000, START + 1_000, "dead", { code: "given-secret-dead", changed: "after-run-start" }],
    ["next-job", START + 1_000, START + 1_000, "dead", { code: "given-secret-dead", changed: "before-start" }],
    ["next-job", null, START + 1_000, "dead", { code: "given-secret-dead", changed: "unknown" }],
  ])(
    "refused, and the primary was saved: read %s, run %p, step %p: %s",
    async (visible, runStartedAt, stepStartedAt, result, reason) => {
      const world = new World();
      world.inForce = "another";
      world.primary.written = new Date(START).toISOString();
      Object.assign(world.primary, { visible });
      Object.assign(world, { runStartedAt, stepStartedAt });
      const outcome = await verify(new Secret(OLD), SETTLE_MS, { ...world.ports, saved: world.ports });
      expect(outcome).toMatchObject({ result, reason });
    },
  );

  test("refused, and the primary cannot be read or is not there: dead, and nothing is said of the time", async () => {
    for (const written of [null, "unreadable"]) {
      const world = new World();
      world.inForce = "another";
      if (written === null) world.primary.written = null;
      else world.primary.reads.push(fault("policy"));
      const outcome = await verify(new Secret(OLD), SETTLE_MS, { ...world.ports, saved: world.ports });
      expect(outcome).toMatchObject({ result: "dead", reason: { changed: "unknown" } });
    }
  });

  test("refused, and the client is what is wrong: whenever the primary was saved", async () => {
    const world = new World();
    world.inForce = "another";
    world.controls = [{ kind: "client-rejected", said: SAID }];
    world.primary.written = new Date(START).toISOString();
    const outcome = await verify(new Secret(OLD), SETTLE_MS, { ...world.ports, saved: world.ports });
    expect(outcome).toMatchObject({ result: "unchanged", reason: { code: "client-rejected" } });
  });

  test("live: nobody asks when the primary was saved", async () => {
    const world = new World();
    await verify(new Secret(OLD), SETTLE_MS, { ...world.ports, saved: world.ports });
    expect(world.log.join()).not.toContain("primary");
  });

  test("proves nothing where any secret is accepted", async () => {
    const world = new World();
    world.verdict = () => ({ kind: "live" });
    expect(await verified(world)).toMatchObject({ result: "unchanged", reason: { code: "any-secret-accepted" } });
  });

  test.each([[OLD], [ALTERED]])("cannot tell where SnapTrade says nothing about %s", async (secret) => {
    const world = new World();
    world.verdict = undecidedAbout(secret);
    expect(await verified(world)).toMatchObject({ result: "unchanged", reason: { code: "snaptrade-undecided" } });
  });

  test("is ended at once by a signal", async () => {
    const world = new World();
    world.verdict = () => {
      world.cancel("SIGINT");
      return strange();
    };
    expect(await verified(world)).toMatchObject({
      result: "unchanged",
      reason: { code: "cancelled", signal: "SIGINT" },
    });
  });

  test("changes nothing", async () => {
    const world = new World();
    await verified(world);
    expect(world.log.every((entry) => /^(probe|mask) /.test(entry))).toBe(true);
  });
});
