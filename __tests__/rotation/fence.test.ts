import { mayWriteAgain } from "../../src/rotation/fence";
import type { Effort, Fence } from "../../src/rotation/fence";
import type { Control } from "../../src/rotation/model";
import { Secret } from "../../src/text/secret";
import { BEFORE, fault } from "../support/fake-destination";
import { START } from "../support/virtual-clock";
import { NEW, OLD, SAVE_TIMEOUT_MS, SETTLE_MS, strange, undecidedAbout, World } from "../support/world";

/** The fence before a write of the new secret to the primary, long after the answer unless said otherwise. */
async function fence(world: World, known: Partial<Effort> = {}): Promise<Fence> {
  const { primary } = world;
  return await mayWriteAgain(
    { destination: primary, key: primary.sealingKey(), updatedAt: BEFORE },
    {
      secret: new Secret(NEW),
      answeredAt: START - SETTLE_MS,
      deadline: START + SAVE_TIMEOUT_MS,
      context: world.context(),
      ...known,
    },
  );
}

function inForce(secret: string): World {
  const world = new World();
  world.inForce = secret;
  return world;
}

describe("the fence", () => {
  test("is open where the new secret is live, whoever has written the destination, ourselves perhaps", async () => {
    const world = inForce(NEW);
    world.primary.write("perhaps ours");
    expect([await fence(world), world.clock.now()]).toEqual(["open", START]);
  });

  test("asks SnapTrade and GitHub at the same time", async () => {
    const world = inForce(NEW);
    const { issuer } = world.ports;
    const probe = issuer.probe.bind(issuer);
    const asked: string[] = [];
    const slow = async <T>(what: string, ask: () => Promise<T>): Promise<T> => {
      asked.push(`${what} begins`);
      await world.clock.sleep(1_000);
      asked.push(`${what} ends`);
      return await ask();
    };
    const read = world.primary.updatedAt.bind(world.primary);
    Object.assign(issuer, { probe: async (one: Secret) => await slow("probe", async () => await probe(one)) });
    world.primary.updatedAt = async () => await slow("read", read);
    expect(await fence(world)).toBe("open");
    expect(asked.slice(0, 2).toSorted()).toEqual(["probe begins", "read begins"]);
    expect(world.clock.now() - START).toBe(1_000);
  });

  test("is open at the first doubt where the destination has not moved", async () => {
    const world = inForce(NEW);
    world.verdict = undecidedAbout(NEW);
    expect([await fence(world), world.clock.now()]).toEqual(["open", START]);
  });

  test.each<[string, (world: World) => void]>([
    ["has moved", (world) => world.primary.write("theirs")],
    ["is gone", (world) => (world.primary.written = null)],
    ["cannot be read", (world) => world.primary.reads.push(...Array.from({ length: 999 }, () => fault("server")))],
  ])("stays shut in doubt where the destination %s", async (_, arrange) => {
    const world = inForce(NEW);
    world.verdict = undecidedAbout(NEW);
    arrange(world);
    expect(await fence(world)).toBe("undecided");
    expect(world.clock.now() - START).toBe(SAVE_TIMEOUT_MS);
  });

  test("opens when the doubt is over", async () => {
    const world = inForce(NEW);
    world.primary.write("perhaps ours");
    world.verdict = () => (world.clock.now() < START + 10_000 ? strange() : null);
    expect([await fence(world), world.clock.now() - START]).toEqual(["open", 12_918]);
  });

  test("waits for a new secret that is not known everywhere while the old one is live", async () => {
    const world = inForce(OLD);
    void world.clock.sleep(20_000).then(() => (world.inForce = NEW));
    expect(await fence(world)).toBe("open");
  });

  test("stays shut at a limit of SnapTrade's once the old one was live", async () => {
    const world = inForce(OLD);
    const doubt = { kind: "throttled", retryAfterMs: null, waitedMs: 0 } as const;
    let asked = 0;
    world.verdict = (secret) => {
      if (secret === NEW) asked += 1;
      return secret === NEW && asked > 1 ? { kind: "cannot-tell", doubt } : null;
    };
    expect(await fence(world)).toBe("old-still-live");
  });

  test("says at its end that the old one was live to the last", async () => {
    expect(await fence(inForce(OLD))).toBe("old-still-live");
  });
});

describe("both secrets refused", () => {
  test("three times, after settling, client and user known: somebody rotated after us", async () => {
    const world = inForce("theirs");
    expect(await fence(world)).toBe("superseded");
    expect([world.count(`probe ${NEW} refused`), world.count("control known")]).toEqual([3, 1]);
    expect(world.clock.now() - START).toBe(2_200);
  });

  test("before it has settled is not believed", async () => {
    const world = inForce("theirs");
    expect(await fence(world, { answeredAt: START })).toBe("superseded");
    expect(world.clock.now() - START).toBe(SETTLE_MS + 803);
  });

  test("and then the new one live: open", async () => {
    const world = inForce("theirs");
    world.verdict = (_, nth) => (nth === 5 ? { kind: "live" } : null);
    expect(await fence(world)).toBe("open");
  });

  test("not three times in a row, the old one being live in between, is not believed so soon", async () => {
    const world = inForce("theirs");
    let asked = 0;
    world.verdict = (candidate) => (candidate === OLD && ++asked === 3 ? { kind: "live" } : null);
    expect(await fence(world)).toBe("superseded");
    expect(world.count(`probe ${NEW} refused`)).toBe(6);
  });

  test.each<[string, Control]>([
    ["the client is rejected", { kind: "client-rejected", said: { status: 401, code: "1083", sentence: null } }],
    ["there is no such user", { kind: "no-such-user" }],
    ["nobody can tell", { kind: "no-answer", doubt: { kind: "contradiction" } }],
  ])("and %s: open only while the destination has not moved, as it is read after that", async (_, control) => {
    const unmoved = inForce("neither");
    unmoved.controls = [control];
    expect(await fence(unmoved)).toBe("open");
    const moved = inForce("neither");
    moved.controls = [control];
    const ask = moved.ports.issuer.control.bind(moved.ports.issuer);
    Object.assign(moved.ports.issuer, {
      control: async () => {
        moved.primary.write("theirs");
        return await ask();
      },
    });
    expect(await fence(moved)).toBe("undecided");
  });
});

describe("the time of the fence", () => {
  test("over before it is asked: nobody is asked", async () => {
    const world = inForce(NEW);
    expect(await fence(world, { deadline: START })).toBe("out-of-time");
    expect(await fence(world, { deadline: START - 1 })).toBe("out-of-time");
    expect(world.log).toEqual([]);
  });

  test("over while SnapTrade is silent: out of time", async () => {
    const world = inForce(NEW);
    Object.assign(world.ports.issuer, { probe: async () => await new Promise<never>(() => undefined) });
    expect(await fence(world)).toBe("out-of-time");
    expect(world.clock.now() - START).toBe(SAVE_TIMEOUT_MS);
  });

  test("over while GitHub is silent: out of time, although SnapTrade has answered", async () => {
    const world = inForce("theirs");
    world.primary.updatedAt = async () => await new Promise<never>(() => undefined);
    expect(await fence(world)).toBe("out-of-time");
  });
});
