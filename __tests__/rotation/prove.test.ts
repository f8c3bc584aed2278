import type { Proof } from "../../src/rotation/prove";
import { prove } from "../../src/rotation/prove";
import type { Saved } from "../../src/rotation/save";
import { Secret } from "../../src/rotation/secret";
import { BEFORE, fault } from "../support/fake-destination";
import { START } from "../support/virtual-clock";
import { NEW, OLD, SETTLE_MS, undecidedAbout, World } from "../support/world";

/** The primary as saved at this instant; `showsWrites` says whether GitHub tells so. */
function saved(world: World, known: Partial<Extract<Saved, { kind: "saved" }>> = {}): Saved {
  const { primary } = world;
  primary.write(NEW);
  const store = { destination: primary, key: primary.sealingKey(), updatedAt: BEFORE };
  return { kind: "saved", store, at: START, serverTime: START, unansweredAt: null, ...known };
}

async function proof(world: World, one: Saved = saved(world)): Promise<Proof> {
  return await prove(new Secret(NEW), new Secret(OLD), [one], null, world.task, world.ports);
}

function afterReset(): World {
  const world = new World();
  world.inForce = NEW;
  return world;
}

describe("the proof afterwards", () => {
  test("holds where the new secret is live, the old one refused, and the write shows", async () => {
    const world = afterReset();
    expect(await proof(world)).toBe("proven");
    expect(world.clock.now()).toBe(START);
  });

  test("waits for an old secret that dies late", async () => {
    const world = afterReset();
    world.verdict = (candidate) => (candidate === OLD && world.clock.now() < START + 20_000 ? { kind: "live" } : null);
    expect(await proof(world)).toBe("proven");
    expect(world.clock.now() - START).toBe(27_000);
  });

  test("says that the old one still works after the settle time", async () => {
    const world = afterReset();
    world.verdict = (candidate) => (candidate === OLD ? { kind: "live" } : null);
    expect(await proof(world)).toBe("old-still-live");
    expect(world.clock.now() - START).toBe(SETTLE_MS);
  });

  test("says that the old one still works, rather than superseded, where the new one is dead", async () => {
    const world = afterReset();
    world.inForce = OLD;
    expect(await proof(world)).toBe("old-still-live");
  });

  test.each<[string, Proof]>([
    [OLD, "old-undecided"],
    [NEW, "new-undecided"],
  ])("is honest where SnapTrade cannot tell about %s", async (secret, expected) => {
    const world = afterReset();
    world.verdict = undecidedAbout(secret);
    expect(await proof(world)).toBe(expected);
  });

  test("a new secret that was refused once for a moment is no proof against it", async () => {
    const world = afterReset();
    let refusals = 1;
    world.verdict = (candidate) => (candidate === NEW && refusals-- > 0 ? { kind: "refused" } : null);
    expect(await proof(world)).toBe("proven");
  });

  test("both dead: somebody rotated after us", async () => {
    const world = afterReset();
    world.inForce = "theirs";
    expect(await proof(world)).toBe("superseded");
  });
});

describe("the write at GitHub", () => {
  test("may take some seconds to show", async () => {
    const world = afterReset();
    const one = saved(world);
    const old = { ok: true, value: BEFORE } as const;
    world.primary.reads.push(old, fault("server"), { ok: true, value: null });
    expect(await proof(world, one)).toBe("proven");
    expect(world.clock.now() - START).toBe(3_000);
  });

  test("that never shows is said", async () => {
    const world = afterReset();
    world.primary.showsWrites = false;
    expect(await proof(world)).toBe("write-not-visible");
    expect(world.clock.now() - START).toBe(SETTLE_MS);
  });

  test("is looked for ten seconds at least, however short the settle time", async () => {
    const world = new World({ task: { settleMs: 1 } });
    world.inForce = NEW;
    world.primary.showsWrites = false;
    expect(await proof(world)).toBe("write-not-visible");
    expect(world.clock.now() - START).toBeGreaterThanOrEqual(10_000);
  });

  test("in the same second as the one before shows by the second of its acknowledgement", async () => {
    const world = afterReset();
    world.primary.showsWrites = false;
    world.primary.written = BEFORE;
    expect(await proof(world, saved(world, { serverTime: Date.parse(BEFORE) + 999 }))).toBe("proven");
  });

  test.each([[null], [Date.parse(BEFORE) + 1000]])(
    "does not show so where it was acknowledged at %p",
    async (serverTime) => {
      const world = afterReset();
      world.primary.showsWrites = false;
      expect(await proof(world, saved(world, { serverTime }))).toBe("write-not-visible");
    },
  );

  test("is not looked for where there was none", async () => {
    const world = afterReset();
    const { primary } = world;
    const store = { destination: primary, key: primary.sealingKey(), updatedAt: BEFORE };
    const box = primary.seal(new Secret(NEW), primary.sealingKey());
    const unsaved = { kind: "unsaved", store, box, why: "refused", unansweredAt: null, ...fault("quota") } as const;
    expect(await proof(world, unsaved)).toBe("proven");
    expect(world.count("primary read")).toBe(0);
  });
});

describe("a write that got no answer", () => {
  test("may still land, so after the settle time all is proven once more", async () => {
    const world = afterReset();
    expect(await proof(world, saved(world, { unansweredAt: START - 10_000 }))).toBe("proven");
    expect(world.clock.now() - START).toBe(SETTLE_MS - 10_000);
    expect(world.count(`probe ${NEW} live`)).toBe(2);
    expect(world.notices).toContainEqual({ code: "settling", waitMs: SETTLE_MS - 10_000 });
  });

  test("is proven once more at once where the settle time is over already", async () => {
    const world = afterReset();
    expect(await proof(world, saved(world, { unansweredAt: START - SETTLE_MS }))).toBe("proven");
    expect(world.codes()).not.toContain("settling");
    expect(world.count(`probe ${NEW} live`)).toBe(2);
  });

  test("and what it did in between is seen", async () => {
    const world = afterReset();
    world.verdict = () => {
      if (world.clock.now() > START) world.inForce = "theirs";
      return null;
    };
    expect(await proof(world, saved(world, { unansweredAt: START }))).toBe("superseded");
  });

  test("is not waited for where the proof has failed already", async () => {
    const world = afterReset();
    world.inForce = "theirs";
    expect(await proof(world, saved(world, { unansweredAt: START }))).toBe("superseded");
    expect(world.codes()).not.toContain("settling");
  });
});
