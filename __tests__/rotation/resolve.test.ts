import type { Outcome } from "../../src/rotation/outcome";
import type { Task } from "../../src/rotation/ports";
import type { LostAnswer } from "../../src/rotation/resolve";
import { resolve, resolveRefusal } from "../../src/rotation/resolve";
import { BEFORE, fault } from "../support/fake-destination";
import { START } from "../support/virtual-clock";
import { NEW, OLD, SETTLE_MS, undecidedAbout, World } from "../support/world";

const ALTERED = "old-secret-0";
const LOST: LostAnswer = { status: null, answeredAt: null, primaryUpdatedAt: BEFORE, unholdable: null, escrow: null };

async function resolved(world: World, known: Partial<LostAnswer> = {}): Promise<Outcome> {
  const outcome = await resolve({ ...LOST, ...known }, world.task, world.ports);
  expect(world.resets).toBe(0);
  expect(world.log.filter((entry) => entry.includes(" put "))).toEqual([]);
  return outcome;
}

function worldWith(inForce: string, task: Partial<Task> = {}): World {
  const world = new World({ task });
  world.inForce = inForce;
  return world;
}

describe("a reset whose answer brought no secret", () => {
  test("is judged by nothing that was asked before the settle time is over", async () => {
    const world = worldWith(OLD);
    // The request is still in the server, and commits just before the end.
    void world.clock.sleep(SETTLE_MS - 1).then(() => (world.inForce = NEW));
    expect(await resolved(world)).toMatchObject({ result: "lost" });
    expect(world.log.slice(0, 2)).toEqual(["begin resolve", "say settling"]);
    expect(world.clock.now() - START).toBeGreaterThanOrEqual(SETTLE_MS);
  });

  test("old secret live after settling, and the oracle still tells: it did not happen", async () => {
    expect(await resolved(worldWith(OLD), { status: 502 })).toMatchObject({
      result: "unchanged",
      reason: { code: "reset-did-not-happen", status: 502 },
      rotated: "false",
    });
  });

  test("old secret dead, primary unmoved: lost", async () => {
    const world = worldWith(NEW);
    expect(await resolved(world, { answeredAt: START })).toMatchObject({
      result: "lost",
      reason: { code: "answer-lost", status: null },
      rotated: "true",
      rotatedAt: START,
    });
    expect(world.count(`probe ${OLD} refused`)).toBe(3);
  });

  test.each<[string, (world: World) => void]>([
    ["has been written since", (world) => world.primary.write("theirs")],
    ["cannot be read", (world) => world.primary.reads.push(fault("server"), fault("network"), fault("server"))],
    ["is gone", (world) => (world.primary.written = null)],
  ])("old secret dead, and the primary %s: unknown, never lost", async (_, arrange) => {
    const world = worldWith(NEW);
    arrange(world);
    expect(await resolved(world)).toMatchObject({
      result: "unknown",
      reason: { code: "answer-lost-and-written", label: "primary" },
      rotated: "unknown",
    });
  });

  test("one answer of GitHub's that does not come leaves a loss certain", async () => {
    const world = worldWith(NEW);
    world.primary.reads.push(fault("server"), fault("network"));
    expect(await resolved(world)).toMatchObject({ result: "lost", reason: { code: "answer-lost" } });
  });

  test("a primary that did not exist and still does not: lost", async () => {
    const world = worldWith(NEW);
    world.primary.written = null;
    expect(await resolved(world, { primaryUpdatedAt: null })).toMatchObject({ result: "lost" });
  });

  test.each<[string, (world: World) => void]>([
    ["SnapTrade cannot tell about the old secret", (world) => (world.verdict = undecidedAbout(OLD))],
    ["SnapTrade cannot tell about the altered one", (world) => (world.verdict = undecidedAbout(ALTERED))],
    ["any secret is accepted by now", (world) => (world.verdict = () => ({ kind: "live" }))],
    [
      "only the altered one is accepted",
      (world) => (world.verdict = (candidate) => (candidate === ALTERED ? { kind: "live" } : { kind: "refused" })),
    ],
    [
      "the old one is refused, and nobody can tell about the altered one",
      (world) => {
        world.inForce = NEW;
        world.verdict = undecidedAbout(ALTERED);
      },
    ],
  ])("%s: unknown", async (_, arrange) => {
    const world = worldWith(OLD);
    arrange(world);
    expect(await resolved(world, { status: 500 })).toMatchObject({
      result: "unknown",
      reason: { code: "answer-lost-undecided", status: 500 },
    });
  });

  test("two refusals and then an acceptance of the old one are no death", async () => {
    const world = worldWith(OLD);
    let refusals = 2;
    world.verdict = (candidate) => (candidate === OLD && refusals-- > 0 ? { kind: "refused" } : null);
    expect(await resolved(world)).toMatchObject({ result: "unchanged" });
  });

  test("in a rescue is unknown and never lost", async () => {
    expect(await resolved(worldWith(NEW, { mode: "rescue" }))).toMatchObject({
      result: "unknown",
      reason: { code: "rescue-unanswered" },
    });
  });
});

describe("a new secret that no GitHub secret can hold", () => {
  test.each(["too-long", "not-unicode"] as const)("%s, and nobody else has it: lost", async (unholdable) => {
    expect(await resolved(worldWith(NEW), { unholdable })).toMatchObject({
      result: "lost",
      reason: { code: "unholdable", why: unholdable, escrowed: false },
    });
  });

  test("with the recovery recipient it is not lost", async () => {
    expect(await resolved(worldWith(NEW), { unholdable: "too-long", escrow: "age" })).toMatchObject({
      result: "unsaved",
      reason: { code: "unholdable", escrowed: true },
      escrow: "age",
    });
  });

  test("in a rescue is never lost either", async () => {
    const world = worldWith(NEW, { mode: "rescue" });
    expect(await resolved(world, { unholdable: "too-long" })).toMatchObject({ result: "unknown" });
  });

  test("and the old one still works: the reset did not happen", async () => {
    expect(await resolved(worldWith(OLD), { unholdable: "too-long" })).toMatchObject({ result: "unchanged" });
  });

  test("and the primary has been written since: another rotation came after, so nothing is lost", async () => {
    const world = worldWith("theirs");
    world.primary.write("theirs");
    expect(await resolved(world, { unholdable: "too-long" })).toMatchObject({ result: "unknown" });
  });
});

describe("a reset that SnapTrade refused", () => {
  async function refused(world: World): Promise<Outcome> {
    return await resolveRefusal({ status: 401, code: "1083", answeredAt: START }, world.task, world.ports);
  }

  test("and the old secret is live: unchanged, without waiting", async () => {
    const world = worldWith(OLD);
    expect(await refused(world)).toMatchObject({
      result: "unchanged",
      reason: { code: "reset-refused", status: 401, snaptradeCode: "1083" },
    });
    expect(world.clock.now()).toBe(START);
  });

  test.each<[string, (world: World) => void]>([
    ["dead", () => undefined],
    ["a matter of doubt", (world) => (world.verdict = undecidedAbout(OLD))],
  ])("and the old secret is %s: unknown", async (_, arrange) => {
    const world = worldWith("theirs");
    arrange(world);
    expect(await refused(world)).toMatchObject({
      result: "unknown",
      reason: { code: "refused-and-not-live", status: 401, snaptradeCode: "1083" },
      rotated: "unknown",
      rotatedAt: START,
    });
  });

  test("in a rescue: dead, and nobody is asked", async () => {
    const world = worldWith("theirs", { mode: "rescue" });
    expect(await refused(world)).toMatchObject({
      result: "dead",
      reason: { code: "rescue-refused" },
      rotated: "false",
    });
    expect(world.log).toEqual([]);
  });
});
