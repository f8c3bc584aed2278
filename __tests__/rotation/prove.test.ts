import type { Audience, Control, Doubt } from "../../src/rotation/model";
import { prove } from "../../src/rotation/prove";
import type { Proof } from "../../src/rotation/prove";
import type { Saved } from "../../src/rotation/save";
import { Secret } from "../../src/text/secret";
import { BEFORE, fault } from "../support/fake-destination";
import { START } from "../support/virtual-clock";
import { NEW, OLD, SETTLE_MS, strange, undecidedAbout, World } from "../support/world";

/** The primary as saved at this instant; `showsWrites` says whether GitHub tells so. */
function saved(world: World, known: Partial<Extract<Saved, { kind: "saved" }>> = {}): Saved {
  const { primary } = world;
  primary.write(NEW);
  const store = { destination: primary, key: primary.sealingKey(), updatedAt: BEFORE };
  const box = primary.seal(new Secret(NEW), store.key);
  return { kind: "saved", store, box, at: START, serverTime: START, unansweredAt: null, ...known };
}

async function proof(world: World, one: Saved = saved(world)): Promise<Proof> {
  return await prove(new Secret(NEW), [one], null, world.context());
}

/** The old secret is asked about three times, a second apart. */
const THREE_REFUSALS_MS = 2_000;

function afterReset(): World {
  const world = new World();
  world.inForce = NEW;
  return world;
}

describe("the proof afterwards", () => {
  test("holds where the new secret is live, the old one refused, and the write shows", async () => {
    const world = afterReset();
    expect(await proof(world)).toEqual({ kind: "proven" });
    expect(world.clock.now() - START).toBe(THREE_REFUSALS_MS);
    expect(world.count(`probe ${OLD} refused`)).toBe(3);
  });

  test("waits for an old secret that dies late", async () => {
    const world = afterReset();
    world.verdict = (candidate) => (candidate === OLD && world.clock.now() < START + 20_000 ? { kind: "live" } : null);
    expect(await proof(world)).toEqual({ kind: "proven" });
    expect(world.clock.now() - START).toBe(20_000 + THREE_REFUSALS_MS);
  });

  test("says that the old one still works after the settle time", async () => {
    const world = afterReset();
    world.verdict = (candidate) => (candidate === OLD ? { kind: "live" } : null);
    expect(await proof(world)).toEqual({ kind: "old-still-live" });
    expect(world.clock.now() - START).toBe(SETTLE_MS);
  });

  test("says that all is as before the reset where the new one is refused to the end and the old one live", async () => {
    const world = afterReset();
    world.inForce = OLD;
    expect(await proof(world)).toEqual({ kind: "rolled-back" });
    expect(world.clock.now() - START).toBeGreaterThanOrEqual(SETTLE_MS);
  });

  test.each<[string, Proof["kind"]]>([
    [OLD, "old-undecided"],
    [NEW, "new-undecided"],
  ])("is honest where SnapTrade cannot tell about %s, and says why", async (secret, kind) => {
    const world = afterReset();
    world.verdict = undecidedAbout(secret);
    expect(await proof(world)).toMatchObject({ kind, doubt: { kind: "strange-answer" } });
  });

  test("needs three refusals of the old one with no acceptance in between", async () => {
    const world = afterReset();
    let asked = 0;
    // Refused, refused, live, and then refused for good.
    world.verdict = (candidate) => (candidate === OLD && ++asked === 3 ? { kind: "live" } : null);
    expect(await proof(world)).toEqual({ kind: "proven" });
    expect(world.count(`probe ${OLD} refused`)).toBe(5);
  });

  test("is not taken in by one refusal of an old secret that never dies", async () => {
    const world = afterReset();
    let refusals = 1;
    world.verdict = (candidate) => (candidate === OLD && refusals-- <= 0 ? { kind: "live" } : null);
    expect(await proof(world)).toEqual({ kind: "old-still-live" });
  });

  test("waits for a new secret that is not known everywhere yet, and for a SnapTrade in trouble", async () => {
    const world = afterReset();
    world.verdict = (candidate) => {
      const ms = world.clock.now() - START;
      if (ms < 30_000) return strange();
      return candidate === NEW && ms < 60_000 ? { kind: "refused" } : null;
    };
    expect(await proof(world)).toEqual({ kind: "proven" });
  });

  test.each<[string, Control, Doubt["kind"]]>([
    [
      "the client is rejected",
      { kind: "client-rejected", said: { status: 401, code: null, sentence: null } },
      "client",
    ],
    ["there is no such user", { kind: "no-such-user" }, "no-such-user"],
    ["nobody can tell", { kind: "no-answer", doubt: { kind: "contradiction" } }, "unchecked"],
  ])("both refused, and %s: not superseded", async (_, control, doubt) => {
    const world = afterReset();
    world.inForce = "neither";
    world.controls = [control];
    expect(await proof(world)).toMatchObject({ kind: "new-undecided", doubt: { kind: doubt } });
  });

  test("the new one refused, and nothing is known of the old one: not superseded", async () => {
    const world = afterReset();
    world.inForce = "neither";
    world.verdict = undecidedAbout(OLD);
    expect(await proof(world)).toMatchObject({ kind: "new-undecided", doubt: { kind: "strange-answer" } });
  });

  test("asks nobody the control question where all is well", async () => {
    const world = afterReset();
    await proof(world);
    expect(world.log.join()).not.toContain("control");
  });

  test("a new secret that was refused once for a moment is no proof against it", async () => {
    const world = afterReset();
    let refusals = 1;
    world.verdict = (candidate) => (candidate === NEW && refusals-- > 0 ? { kind: "refused" } : null);
    expect(await proof(world)).toEqual({ kind: "proven" });
  });

  test("both dead: somebody rotated after us", async () => {
    const world = afterReset();
    world.inForce = "theirs";
    expect(await proof(world)).toEqual({ kind: "superseded" });
  });
});

describe("the write at GitHub", () => {
  test("may take some seconds to show", async () => {
    const world = afterReset();
    const one = saved(world);
    const old = { ok: true, value: BEFORE } as const;
    world.primary.reads.push(old, fault("server"), { ok: true, value: null });
    expect(await proof(world, one)).toEqual({ kind: "proven" });
    expect(world.clock.now() - START).toBe(3_000);
  });

  test("that never shows is said", async () => {
    const world = afterReset();
    world.primary.showsWrites = false;
    expect(await proof(world)).toMatchObject({
      kind: "write-not-visible",
      invisible: [{ store: { destination: world.primary } }],
    });
    expect(world.clock.now() - START).toBe(SETTLE_MS);
  });

  test("is looked for ten seconds at least, however short the settle time", async () => {
    const world = new World({ task: { settleMs: 1 } });
    world.inForce = NEW;
    world.primary.showsWrites = false;
    expect(await proof(world)).toMatchObject({
      kind: "write-not-visible",
      invisible: [{ store: { destination: world.primary } }],
    });
    expect(world.clock.now() - START).toBeGreaterThanOrEqual(10_000);
  });

  test("in the same second as the one before shows by the second of its acknowledgement", async () => {
    const world = afterReset();
    world.primary.showsWrites = false;
    world.primary.written = BEFORE;
    expect(await proof(world, saved(world, { serverTime: Date.parse(BEFORE) + 999 }))).toEqual({ kind: "proven" });
  });

  test.each([[null], [Date.parse(BEFORE) + 1000]])(
    "does not show so where it was acknowledged at %p",
    async (serverTime) => {
      const world = afterReset();
      world.primary.showsWrites = false;
      expect(await proof(world, saved(world, { serverTime }))).toMatchObject({
        kind: "write-not-visible",
        invisible: [{ store: { destination: world.primary } }],
      });
    },
  );

  test("is not looked for where there was none", async () => {
    const world = afterReset();
    const { primary } = world;
    const store = { destination: primary, key: primary.sealingKey(), updatedAt: BEFORE };
    const box = primary.seal(new Secret(NEW), primary.sealingKey());
    const unsaved = { kind: "unsaved", store, box, why: "out-of-time", unansweredAt: null, ...fault("quota") } as const;
    expect(await proof(world, unsaved)).toEqual({ kind: "proven" });
    expect(world.count("primary read")).toBe(0);
  });
});

describe("who may read an organization's secret", () => {
  const SELECTED: Audience = { visibility: "selected", selectedRepositoryIds: [1, 2] };

  async function provenWith(before: Audience | null, after: Audience | null): Promise<World> {
    const world = afterReset();
    world.primary.audience = before;
    const one = saved(world);
    world.primary.audience = after;
    expect(await proof(world, one)).toEqual({ kind: "proven" });
    return world;
  }

  test.each<[string, Audience]>([
    ["one repository more", { visibility: "selected", selectedRepositoryIds: [1, 2, 3] }],
    ["another repository", { visibility: "selected", selectedRepositoryIds: [1, 3] }],
    ["all of them", { visibility: "all", selectedRepositoryIds: null }],
  ])("changed since it was read, to %s: the proof holds, and that is remarked on", async (_, after) => {
    const world = await provenWith(SELECTED, after);
    expect(world.notices).toContainEqual({ code: "audience-changed", label: "primary" });
    expect(world.count("remark audience-changed")).toBe(1);
  });

  test.each<[string, Audience | null]>([
    ["as it was, in another order", { visibility: "selected", selectedRepositoryIds: [2, 1] }],
    ["as it was", SELECTED],
  ])("%s: nothing to speak of", async (_, after) => {
    expect((await provenWith(SELECTED, after)).codes()).not.toContain("audience-changed");
  });

  test("that cannot be read any more: nothing is said of it", async () => {
    const world = afterReset();
    world.primary.audience = SELECTED;
    const one = saved(world);
    world.primary.surveys.push(fault("server"));
    expect(await proof(world, one)).toEqual({ kind: "proven" });
    expect(world.codes()).not.toContain("audience-changed");
  });

  test("is nobody's question where the secret is not an organization's", async () => {
    expect((await provenWith(null, SELECTED)).log).not.toContain("primary survey");
  });
});

describe("a write that got no answer", () => {
  test("may still land, so after the settle time all is proven once more", async () => {
    const world = afterReset();
    expect(await proof(world, saved(world, { unansweredAt: START - 10_000 }))).toEqual({ kind: "proven" });
    expect(world.clock.now() - START).toBe(SETTLE_MS - 10_000 + THREE_REFUSALS_MS);
    expect(world.count(`probe ${NEW} live`)).toBe(2);
    expect(world.notices).toContainEqual({ code: "settling", waitMs: SETTLE_MS - 10_000 - THREE_REFUSALS_MS });
  });

  test("is proven once more at once where the settle time is over already", async () => {
    const world = afterReset();
    expect(await proof(world, saved(world, { unansweredAt: START - SETTLE_MS }))).toEqual({ kind: "proven" });
    expect(world.codes()).not.toContain("settling");
    expect(world.count(`probe ${NEW} live`)).toBe(2);
  });

  test("and what it did in between is seen", async () => {
    const world = afterReset();
    world.verdict = () => {
      if (world.clock.now() > START) world.inForce = "theirs";
      return null;
    };
    expect(await proof(world, saved(world, { unansweredAt: START }))).toEqual({ kind: "superseded" });
  });

  test("is waited for before the old secret may be brought back, which it would overwrite", async () => {
    const world = afterReset();
    world.inForce = OLD;
    const unansweredAt = START + SETTLE_MS;
    expect(await proof(world, saved(world, { unansweredAt }))).toEqual({ kind: "rolled-back" });
    expect(world.clock.now()).toBeGreaterThanOrEqual(unansweredAt + SETTLE_MS);
  });

  test("is waited for, and SnapTrade may know the new secret by then", async () => {
    const world = afterReset();
    world.verdict = (candidate) => {
      const isKnown = world.clock.now() > START + SETTLE_MS + 10_000;
      return isKnown ? null : { kind: candidate === OLD ? "live" : "refused" };
    };
    expect(await proof(world, saved(world, { unansweredAt: START + SETTLE_MS }))).toEqual({ kind: "proven" });
  });

  test("is not waited for where the proof has failed already", async () => {
    const world = afterReset();
    world.inForce = "theirs";
    expect(await proof(world, saved(world, { unansweredAt: START }))).toEqual({ kind: "superseded" });
    expect(world.codes()).not.toContain("settling");
  });
});
