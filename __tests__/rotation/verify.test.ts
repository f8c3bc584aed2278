import { Secret } from "../../src/rotation/secret";
import { verify } from "../../src/rotation/verify";
import { OLD, SETTLE_MS, undecidedAbout, World } from "../support/world";

const ALTERED = "old-secret-0";

async function verified(world: World): ReturnType<typeof verify> {
  return await verify(new Secret(OLD), SETTLE_MS, world.ports);
}

describe("mode verify", () => {
  test("is verified where the secret is live and an altered one refused", async () => {
    expect(await verified(new World())).toMatchObject({ result: "verified", reason: { code: "secret-live" } });
  });

  test("is dead where it was refused three times", async () => {
    const world = new World();
    world.inForce = "another";
    expect(await verified(world)).toMatchObject({ result: "dead", reason: { code: "given-secret-dead" } });
    expect(world.count(`probe ${OLD} refused`)).toBe(3);
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
      return { kind: "cannot-tell", doubt: { kind: "strange-answer", status: 500 } };
    };
    expect(await verified(world)).toMatchObject({
      result: "unchanged",
      reason: { code: "cancelled", signal: "SIGINT" },
    });
  });

  test("changes nothing", async () => {
    const world = new World();
    await verified(world);
    expect(world.log.every((entry) => entry.startsWith("probe "))).toBe(true);
  });
});
