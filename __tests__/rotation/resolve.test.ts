import type { Control, Doubt, Reading, Said, Task } from "../../src/rotation/model";
import type { Outcome } from "../../src/rotation/outcome";
import { resolve } from "../../src/rotation/resolve";
import type { LostAnswer } from "../../src/rotation/resolve";
import { Secret } from "../../src/text/secret";
import { BEFORE, fault } from "../support/fake-destination";
import { START } from "../support/virtual-clock";
import { NEW, OLD, SETTLE_MS, undecidedAbout, World } from "../support/world";

const ALTERED = "old-secret-0";
const SAID: Said = { status: 401, code: "1083", sentence: "Invalid clientId provided - X" };

function unanswered(status: number | null = null): LostAnswer["reading"] {
  return { kind: "unanswered", status };
}

function refused(said: Said = SAID, isAboutSecret = false): LostAnswer["reading"] {
  return { kind: "refused", said, isAboutSecret };
}

function unholdable(why: Extract<Reading, { kind: "unholdable" }>["why"] = "too-long"): LostAnswer["reading"] {
  return { kind: "unholdable", status: 200, why, secret: new Secret("x") };
}

async function resolved(world: World, known: Partial<LostAnswer> = {}): Promise<Outcome> {
  const lost = { reading: unanswered(), sentAt: START, answeredAt: null, primaryUpdatedAt: BEFORE, escrow: null };
  const outcome = await resolve({ ...lost, ...known }, world.context());
  expect(world.resets).toBe(0);
  expect(world.log.filter((entry) => entry.includes(" put "))).toEqual([]);
  return outcome;
}

function worldWith(inForce: string, task: Partial<Task> = {}): World {
  const world = new World({ task });
  world.inForce = inForce;
  return world;
}

/** SnapTrade answers about the old secret in this order, the last for ever. */
function answers(world: World, ...kinds: readonly ("live" | "refused")[]): void {
  let asked = 0;
  world.verdict = (candidate) => {
    if (candidate !== OLD) return null;
    const kind = kinds[Math.min(asked, kinds.length - 1)] ?? "live";
    asked += 1;
    return { kind };
  };
}

describe("a reset whose answer brought no secret", () => {
  test("is judged by nothing that was asked before the settle time is over", async () => {
    const world = worldWith(OLD);
    // The request is still in the server, and commits just before the end.
    void world.clock.sleep(SETTLE_MS - 1).then(() => (world.inForce = NEW));
    expect(await resolved(world)).toMatchObject({ result: "lost" });
    expect(world.log.slice(0, 2)).toEqual(["begin resolve", "say settling"]);
    expect(world.count(`probe ${OLD} live`)).toBe(0);
  });

  test.each([
    ["at once", 0, 2 * SETTLE_MS],
    ["later", 30_000, 2 * SETTLE_MS - 30_000],
    ["after the settle time", SETTLE_MS + 1_000, SETTLE_MS],
  ])("waits the settle time from the sending, and asks over another: begun %s", async (_, laterMs, forMs) => {
    const world = worldWith(OLD);
    world.clock.advance(laterMs);
    await resolved(world);
    expect(world.notices).toEqual([{ code: "settling", waitMs: forMs }]);
    expect(world.clock.now() - START - laterMs).toBe(forMs);
  });

  test("old secret live over another settle time, and the oracle still tells: it did not happen", async () => {
    const world = worldWith(OLD);
    expect(await resolved(world, { reading: unanswered(502) })).toMatchObject({
      result: "unchanged",
      reason: { code: "reset-did-not-happen", status: 502 },
      rotated: "false",
    });
    expect(world.count(`probe ${OLD} live`)).toBeGreaterThanOrEqual(6);
  });

  test("old secret dead over another settle time, client and user known, primary unmoved: lost", async () => {
    const world = worldWith(NEW);
    expect(await resolved(world, { answeredAt: START })).toMatchObject({
      result: "lost",
      reason: { code: "answer-lost", status: null },
      rotated: "true",
      rotatedAt: START,
    });
    expect(world.count(`probe ${OLD} refused`)).toBeGreaterThanOrEqual(6);
    expect(world.at("control known")).toBeGreaterThan(world.at(`probe ${OLD} refused`));
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

  test.each<[string, Control, Doubt["kind"]]>([
    ["the client is rejected", { kind: "client-rejected", said: SAID }, "client"],
    ["there is no such user", { kind: "no-such-user" }, "no-such-user"],
    [
      "nobody can tell whether client and user stand",
      { kind: "no-answer", doubt: { kind: "contradiction" } },
      "unchecked",
    ],
  ])("old secret refused, and %s: unknown, never lost", async (_, control, kind) => {
    const world = worldWith(NEW);
    world.controls = [control];
    expect(await resolved(world)).toMatchObject({
      result: "unknown",
      reason: { code: "answer-lost-undecided", doubt: { kind } },
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
    ["a stale server takes the old one once", (world) => answers(world, "refused", "refused", "live", "refused")],
    ["it is live once and then refused", (world) => answers(world, "live", "refused")],
    ["a bad server refuses it three times", (world) => answers(world, "refused", "refused", "refused", "live")],
  ])("%s: unknown", async (_, arrange) => {
    const world = worldWith(OLD);
    arrange(world);
    expect(await resolved(world, { reading: unanswered(500) })).toMatchObject({
      result: "unknown",
      reason: { code: "answer-lost-undecided", status: 500, said: null },
    });
  });

  test("a request that commits while the old secret is asked about makes a mixture: unknown", async () => {
    const world = worldWith(OLD);
    void world.clock.sleep(SETTLE_MS + SETTLE_MS / 2).then(() => (world.inForce = NEW));
    expect(await resolved(world)).toMatchObject({
      result: "unknown",
      reason: { doubt: { kind: "contradiction" } },
    });
  });

  test("in a rescue is unknown and never lost", async () => {
    const world = worldWith(NEW, { mode: "rescue" });
    expect(await resolved(world, { reading: unanswered(502) })).toMatchObject({
      result: "unknown",
      reason: { code: "rescue-unanswered", status: 502 },
    });
  });
});

describe("a new secret that no GitHub secret can hold", () => {
  test.each(["too-long", "not-unicode"] as const)("%s, and nobody else has it: lost", async (why) => {
    expect(await resolved(worldWith(NEW), { reading: unholdable(why) })).toMatchObject({
      result: "lost",
      reason: { code: "unholdable", why, escrowed: false },
    });
  });

  test("with the recovery recipient it is not lost", async () => {
    expect(await resolved(worldWith(NEW), { reading: unholdable(), escrow: "age" })).toMatchObject({
      result: "unsaved",
      reason: { code: "unholdable", escrowed: true },
      escrow: "age",
    });
  });

  test("in a rescue is never lost either", async () => {
    const world = worldWith(NEW, { mode: "rescue" });
    expect(await resolved(world, { reading: unholdable() })).toMatchObject({ result: "unknown" });
  });

  test("and the old one still works: the reset did not happen", async () => {
    expect(await resolved(worldWith(OLD), { reading: unholdable() })).toMatchObject({ result: "unchanged" });
  });

  test("and the primary has been written since: another rotation came after, so nothing is lost", async () => {
    const world = worldWith("theirs");
    world.primary.write("theirs");
    expect(await resolved(world, { reading: unholdable() })).toMatchObject({ result: "unknown" });
  });
});

describe("a reset that was refused", () => {
  test("and the old secret is live: unchanged, after settling, since a gateway may have answered", async () => {
    const world = worldWith(OLD);
    expect(await resolved(world, { reading: refused() })).toMatchObject({
      result: "unchanged",
      reason: { code: "reset-refused", said: SAID },
    });
    expect(world.clock.now() - START).toBe(2 * SETTLE_MS);
  });

  test("and commits all the same, a moment later: lost", async () => {
    const world = worldWith(OLD);
    void world.clock.sleep(100).then(() => (world.inForce = NEW));
    const reading = refused({ status: 429, code: null, sentence: null });
    expect(await resolved(world, { reading, answeredAt: START })).toMatchObject({
      result: "lost",
      reason: { code: "answer-lost", status: 429 },
      rotated: "true",
    });
  });

  test("because of the secret itself, which is dead: unknown, for it was so when the reset came", async () => {
    expect(await resolved(worldWith("theirs"), { reading: refused(SAID, true), answeredAt: START })).toMatchObject({
      result: "unknown",
      reason: { code: "refused-and-not-live", said: SAID },
      rotated: "unknown",
      rotatedAt: START,
    });
  });

  test.each<[string, (world: World) => void, Doubt["kind"]]>([
    ["a matter of doubt", (world) => (world.verdict = undecidedAbout(OLD)), "strange-answer"],
    ["refused with the client", (world) => (world.controls = [{ kind: "client-rejected", said: SAID }]), "client"],
  ])("and the old secret is %s: unknown, with what was said", async (_, arrange, kind) => {
    const world = worldWith("theirs");
    arrange(world);
    expect(await resolved(world, { reading: refused() })).toMatchObject({
      result: "unknown",
      reason: { code: "answer-lost-undecided", status: 401, said: SAID, doubt: { kind } },
    });
  });

  test.each([400, 401, 403, 404])("in a rescue with %d and a code of SnapTrade's own: dead", async (status) => {
    const world = worldWith("theirs", { mode: "rescue" });
    const said = { status, code: "1083", sentence: null };
    expect(await resolved(world, { reading: refused(said, true) })).toMatchObject({
      result: "dead",
      reason: { code: "rescue-refused", said },
      rotated: "false",
    });
  });

  test.each<[number, string | null]>([
    [429, "1083"],
    [429, null],
    [401, null],
    [404, null],
  ])("in a rescue with %d and code %p, which a gateway may have written: unknown", async (status, code) => {
    const world = worldWith("theirs", { mode: "rescue" });
    expect(await resolved(world, { reading: refused({ status, code, sentence: null }) })).toMatchObject({
      result: "unknown",
      reason: { code: "rescue-unanswered", status },
    });
  });
});
