import { finish } from "../../src/rotation/finish";
import type { Predecessor } from "../../src/rotation/finish";
import type { SavedRecord, SentReply, SurveyedStore } from "../../src/rotation/model";
import { nothingChanged } from "../../src/rotation/outcome";
import type { Outcome, Rotation } from "../../src/rotation/outcome";
import type { Remains } from "../../src/rotation/ports";
import { Secret } from "../../src/text/secret";
import { BEFORE, fault } from "../support/fake-destination";
import { START } from "../support/virtual-clock";
import { NEW, OLD, sent, SETTLE_MS, undecidedAbout, World } from "../support/world";

const LIMIT_MS = 225_000;
const PUT = `primary put ${NEW} key 1`;
const COMMAND = `command for primary: ${NEW} key 1`;

const CANARY = "primary_CANARY_7";
const NOT_SENT: Remains = { kind: "not-sent", canaries: [CANARY], isCopying: false };
/** A write whose process is gone lands within so long, or never. */
const LANDING_MS = 30_000;
/** For so long the deletion of a canary is tried. */
const DELETING_MS = 5_000;

const HEARING = { afterSendingMs: 180_000, reserveMs: 60_000 };

async function rotation(world: World, main: Predecessor, limitMs = LIMIT_MS): Promise<Rotation> {
  const finished = await finish(main, { task: world.task, ports: world.ports, hearing: HEARING }, limitMs);
  expect(world.resets).toBe(0);
  if ("told" in finished) throw new Error("main has told it");
  return finished;
}

/** A main that is gone, and what it left. */
function gone(remains: Remains): Predecessor {
  const end = async (): Promise<void> => await Promise.resolve();
  return { remains: () => remains, mayLive: () => false, end, endUnlessSent: end };
}

async function finished(world: World, remains: Remains, limitMs = LIMIT_MS): Promise<Outcome> {
  return (await rotation(world, gone(remains), limitMs)).outcome;
}

/** What main left: the destinations as it found them, and the answer if it could keep one. */
function left(
  world: World,
  reply: SentReply | null,
  saved: readonly SavedRecord[] = [],
  more: Partial<Extract<Remains, { kind: "sent" }>> = {},
): Remains {
  const stores = [world.primary, ...world.copies].map((destination): SurveyedStore => ({
    updatedAt: BEFORE,
    key: destination.sealingKey(),
  }));
  return { kind: "sent", sending: { stores }, sentAt: null, reply, saved, unansweredSince: null, ...more };
}

function afterReset(scene: ConstructorParameters<typeof World>[0] = {}): World {
  const world = new World(scene);
  world.inForce = NEW;
  return world;
}

describe("post, where there is little to finish", () => {
  test("main reached a result that it could not tell any more: the same result", async () => {
    const world = new World();
    const outcome = nothingChanged("unchanged", { code: "cancelled", signal: "SIGINT" });
    expect(await finished(world, { kind: "concluded", outcome })).toEqual(outcome);
    expect(world.log).toEqual([]);
  });

  test("a journal that does not open: unknown, and no probe is believed", async () => {
    const world = new World();
    expect(await finished(world, { kind: "unreadable" })).toMatchObject({
      result: "unknown",
      reason: { code: "journal-unreadable" },
      rotated: "unknown",
    });
    expect(world.log).toEqual([]);
  });

  test("ended before the reset: unchanged, and every canary is taken away, by the name that main noted", async () => {
    const world = new World({ copies: 1 });
    const [copy] = world.copies;
    world.primary.standing.add(CANARY).add("primary_CANARY_8");
    copy?.standing.add("copy-1_CANARY_7");
    const canaries = [CANARY, "copy-1_CANARY_7"];
    expect(await finished(world, { kind: "not-sent", canaries, isCopying: false })).toMatchObject({
      result: "unchanged",
      reason: { code: "ended-before-reset" },
    });
    expect([[...world.primary.standing], copy?.standing.size]).toEqual([["primary_CANARY_8"], 0]);
    expect([world.count("primary uncanary"), world.count("copy-1 uncanary")]).toEqual([1, 1]);
  });

  test("a canary that is not there yet may be on its way, so it is looked for once more", async () => {
    const world = new World();
    void world.clock.sleep(LANDING_MS - 1).then(() => world.primary.standing.add(CANARY));
    expect(await finished(world, NOT_SENT)).toMatchObject({ result: "unchanged" });
    expect([world.count("primary uncanary"), world.primary.standing.size]).toEqual([2, 0]);
    expect(world.clock.now() - START).toBe(LANDING_MS);
    expect(world.codes()).toEqual(["settling"]);
  });

  test("a canary that was never written: unchanged, and nothing to speak of", async () => {
    const world = new World();
    expect(await finished(world, NOT_SENT)).toMatchObject({ result: "unchanged" });
    expect(world.codes()).toEqual(["settling"]);
  });

  test("ended before the reset, and the canary cannot be taken away: that is told beside the result", async () => {
    const world = new World();
    world.primary.standing.add(CANARY);
    for (let n = 0; n < 99; n += 1) world.primary.removals.push(fault("server"));
    expect(await finished(world, NOT_SENT)).toMatchObject({
      result: "unchanged",
      reason: { code: "ended-before-reset" },
    });
    expect(world.notices).toMatchObject([{ code: "canary-left", label: "primary", name: CANARY }]);
    expect([world.count("primary uncanary"), world.clock.now() - START]).toEqual([11, DELETING_MS]);
  });

  test("a canary of no destination that is named now is left alone", async () => {
    const world = new World();
    const canaries = ["elsewhere_CANARY_1", "SOMEBODYS_OWN"];
    expect(await finished(world, { kind: "not-sent", canaries, isCopying: false })).toMatchObject({
      result: "unchanged",
    });
    expect(world.log).toEqual([]);
  });

  test("ended before it came to a canary: what stands in the canary's place is somebody's", async () => {
    const world = new World();
    expect(await finished(world, { kind: "not-sent", canaries: [], isCopying: false })).toMatchObject({
      result: "unchanged",
    });
    expect(world.log).toEqual([]);
  });

  test("ended while copies of the live secret were written: partly-saved, nothing rotated, the canaries taken away", async () => {
    const world = new World({ copies: 1 });
    const [copy] = world.copies;
    copy?.standing.add("copy-1_CANARY_7");
    const remains = { kind: "not-sent", canaries: ["copy-1_CANARY_7"], isCopying: true } as const;
    expect(await finished(world, remains)).toMatchObject({
      result: "partly-saved",
      reason: { code: "copies-interrupted" },
      rotated: "false",
    });
    expect([copy?.standing.size, world.log]).toEqual([0, ["copy-1 uncanary"]]);
  });

  test.each<[string, number, number]>([
    ["fewer", 1, 2],
    ["more", 2, 1],
    ["none", 0, 1],
  ])("the inputs name other destinations now (%s stores left): unknown", async (_, stores, destinations) => {
    const world = afterReset({ copies: destinations - 1 });
    const all = left(world, sent(world));
    if (all.kind !== "sent") throw new Error("it was sent");
    const first = all.sending.stores[0];
    if (first === undefined) throw new Error("a world has a primary");
    const remains = { ...all, sending: { stores: Array.from({ length: stores }, () => first) } };
    expect(await finished(world, remains)).toMatchObject({ result: "unknown", reason: { code: "journal-unreadable" } });
    expect(world.log.filter((entry) => entry.includes(" put "))).toEqual([]);
  });
});

describe("post, where the reset was sent and nothing kept", () => {
  test("settles what happened, and never sends it again", async () => {
    const world = new World();
    expect(await finished(world, left(world, null))).toMatchObject({
      result: "unchanged",
      reason: { code: "reset-did-not-happen" },
    });
    expect(world.clock.now() - START).toBe(2 * SETTLE_MS);
  });

  test("dead and unmoved: lost; dead and moved: unknown", async () => {
    const unmoved = afterReset();
    expect(await finished(unmoved, left(unmoved, null))).toMatchObject({ result: "lost" });
    const moved = afterReset();
    moved.primary.write(NEW);
    expect(await finished(moved, left(moved, null))).toMatchObject({ result: "unknown" });
  });
});

describe("post, where the answer was kept", () => {
  test("is equipped, masks, and prints the sealed command before it asks anybody", async () => {
    const world = afterReset({ escrow: true });
    expect(await finished(world, left(world, sent(world)))).toMatchObject({
      result: "rotated",
      escrow: `age of ${NEW}`,
    });
    const order = ["equip", `mask ${NEW}`, `escrow ${NEW}`, "say sealed-command", `probe ${NEW} live`, PUT].map(
      (entry) => world.at(entry),
    );
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    expect(world.primary.value).toBe(NEW);
  });

  test("waits the settle time after its save, because a write of main's may still land, and proves once more", async () => {
    const world = afterReset();
    const remains = left(world, sent(world), [], { unansweredSince: START });
    expect(await finished(world, remains)).toMatchObject({ result: "rotated" });
    expect(world.codes()).toContain("settling");
    expect(world.ports.clock.now() - START).toBeGreaterThanOrEqual(world.task.settleMs);
    expect(world.log.filter((entry) => entry === `probe ${NEW} live`)).toHaveLength(3);
  });

  test("and gives the secret only to a caller that may hand it on, when all is proven", async () => {
    const world = afterReset();
    const { fresh } = await rotation(world, gone(left(world, sent(world))));
    expect(fresh?.reveal()).toBe(NEW);
    const dead = afterReset();
    dead.inForce = "theirs";
    expect((await rotation(dead, gone(left(dead, sent(dead))))).fresh).toBeNull();
  });

  test("and SnapTrade takes the old one all the time: not written, and unknown, for it may not have been reset", async () => {
    const world = new World();
    expect(await finished(world, left(world, sent(world)))).toMatchObject({
      result: "unknown",
      reason: { code: "kept-undecided" },
      rotated: "unknown",
      unsaved: [{ command: COMMAND }],
    });
    expect(world.count(PUT)).toBe(0);
  });

  test("saves the copies too", async () => {
    const world = afterReset({ copies: 2 });
    expect(await finished(world, left(world, sent(world)))).toMatchObject({ result: "rotated" });
    expect(world.copies.map(({ value }) => value)).toEqual([NEW, NEW]);
  });

  test("and is dead by now: unknown, and the command is kept, for if verify says dead", async () => {
    const world = afterReset({ escrow: true });
    world.inForce = "theirs";
    expect(await finished(world, left(world, sent(world)))).toMatchObject({
      result: "unknown",
      reason: { code: "superseded" },
      rotated: "true",
      unsaved: [{ label: "primary", command: COMMAND }],
      escrow: `age of ${NEW}`,
    });
    expect(world.count(PUT)).toBe(0);
  });

  test("and SnapTrade cannot tell, the primary unmoved: saved", async () => {
    const world = afterReset();
    world.verdict = undecidedAbout(NEW);
    expect(await finished(world, left(world, sent(world)))).toMatchObject({ result: "saved-unverified" });
    expect(world.primary.value).toBe(NEW);
  });

  test("and SnapTrade cannot tell, and the primary cannot be read at once: saved as soon as it can", async () => {
    const world = afterReset();
    world.verdict = undecidedAbout(NEW);
    world.primary.reads.push(fault("server"));
    expect(await finished(world, left(world, sent(world)))).toMatchObject({ result: "saved-unverified" });
    expect(world.primary.value).toBe(NEW);
  });

  test("and was saved by main, and SnapTrade cannot tell for a while: rotated", async () => {
    const world = afterReset();
    world.primary.write(NEW);
    world.verdict = (candidate) => (world.clock.now() < START + 60_000 ? undecidedAbout(NEW)(candidate) : null);
    expect(await finished(world, left(world, sent(world)))).toMatchObject({ result: "rotated" });
  });

  test.each<[string, (world: World) => void]>([
    ["has been written since", (world) => world.primary.write("perhaps ours")],
    ["cannot be read", (world) => world.primary.reads.push(...Array.from({ length: 1_000 }, () => fault("server")))],
  ])("and SnapTrade cannot tell, and the primary %s, to the end: unsaved, with the command", async (_, arrange) => {
    const world = afterReset({ task: { saveTimeoutMs: LIMIT_MS - 1_000 } });
    world.verdict = undecidedAbout(NEW);
    arrange(world);
    expect(await finished(world, left(world, sent(world)))).toMatchObject({
      result: "unsaved",
      reason: { code: "kept-undecided" },
      unsaved: [{ label: "primary", command: COMMAND }],
    });
    expect(world.count(PUT)).toBe(0);
  });

  test("and the journal says that main saved it: not written again, proven, and the copies saved", async () => {
    const world = afterReset({ copies: 1 });
    world.primary.write(NEW);
    const record = { label: "primary", at: START, serverTime: START };
    expect(await finished(world, left(world, sent(world), [record]))).toMatchObject({
      result: "rotated",
      saved: ["primary", "copy-1"],
    });
    expect([world.log.includes(PUT), world.codes().includes("sealed-command")]).toEqual([false, false]);
    expect(world.copies[0]?.value).toBe(NEW);
  });

  const SAVED: SavedRecord = { label: "primary", at: START, serverTime: START };
  const COPY = { label: "copy-1", command: `command for copy-1: ${NEW} key 1` };

  test.each<[string, string, Partial<Outcome>, (world: World) => void]>([
    [
      "somebody has rotated since",
      "superseded",
      { result: "unknown", rotated: "true" },
      (world) => (world.inForce = "theirs"),
    ],
    [
      "SnapTrade takes the old secret all the time",
      "copies-not-saved",
      { result: "partly-saved", rotated: "true" },
      (world) => (world.inForce = OLD),
    ],
    [
      "SnapTrade cannot tell",
      "copies-not-saved",
      { result: "partly-saved", rotated: "true" },
      (world) => (world.verdict = undecidedAbout(NEW)),
    ],
    [
      "SnapTrade does not answer",
      "copies-not-saved",
      { result: "partly-saved", rotated: "true" },
      (world) => Object.assign(world.ports.issuer, { probe: async () => await new Promise<never>(() => undefined) }),
    ],
  ])("and main saved the primary, and %s: %s, and no copy is written", async (_, code, expected, arrange) => {
    const world = afterReset({ copies: 1, escrow: true });
    world.primary.write(NEW);
    arrange(world);
    expect(await finished(world, left(world, sent(world), [SAVED]))).toMatchObject({
      ...expected,
      reason: { code },
      rotatedAt: START,
      saved: ["primary"],
      unsaved: [COPY],
      escrow: `age of ${NEW}`,
    });
    expect(world.log.filter((entry) => entry.includes(" put "))).toEqual([]);
    // The primary holds it, so that there is nothing to finish there.
    expect([world.primary.value, world.codes().includes("sealed-command")]).toEqual([NEW, false]);
    expect(world.clock.now() - START).toBeLessThanOrEqual(LIMIT_MS);
  });

  test("and main saved the primary, and there are no copies: nobody can tell, so it is not called proven", async () => {
    const world = afterReset();
    world.primary.write(NEW);
    world.verdict = undecidedAbout(NEW);
    expect(await finished(world, left(world, sent(world), [SAVED]))).toMatchObject({
      result: "saved-unverified",
      reason: { code: "out-of-time" },
      saved: ["primary"],
      unsaved: [],
    });
  });

  const COPY_SAVED: SavedRecord = { ...SAVED, label: "copy-1" };

  test.each<[string, Partial<Outcome>, (world: World) => void]>([
    [
      "SnapTrade cannot tell: saved-unverified",
      { result: "saved-unverified", reason: { code: "out-of-time" }, rotated: "true" },
      (world) => (world.verdict = undecidedAbout(NEW)),
    ],
    [
      "SnapTrade takes the old secret all the time: saved-unverified",
      { result: "saved-unverified", reason: { code: "out-of-time" }, rotated: "true" },
      (world) => (world.inForce = OLD),
    ],
    [
      "somebody has rotated since: unknown",
      { result: "unknown", reason: { code: "superseded" }, rotated: "true" },
      (world) => (world.inForce = "theirs"),
    ],
  ])("and main saved all, and %s, with all that is saved and no command", async (_, expected, arrange) => {
    const world = afterReset({ copies: 1 });
    for (const one of [world.primary, ...world.copies]) one.write(NEW);
    arrange(world);
    expect(await finished(world, left(world, sent(world), [SAVED, COPY_SAVED]))).toMatchObject({
      ...expected,
      saved: ["primary", "copy-1"],
      unsaved: [],
    });
    expect(world.log.filter((entry) => entry.includes(" put "))).toEqual([]);
  });

  test("and main saved the primary and one of two copies, and SnapTrade cannot tell: the other has its command", async () => {
    const world = afterReset({ copies: 2 });
    world.primary.write(NEW);
    world.verdict = undecidedAbout(NEW);
    expect(await finished(world, left(world, sent(world), [SAVED, COPY_SAVED]))).toMatchObject({
      result: "partly-saved",
      reason: { code: "copies-not-saved" },
      saved: ["primary", "copy-1"],
      unsaved: [{ label: "copy-2", command: `command for copy-2: ${NEW} key 1` }],
    });
    expect(world.log.filter((entry) => entry.includes(" put "))).toEqual([]);
  });

  test("and main saved the primary, and SnapTrade knows the secret only later: the copies are written then", async () => {
    const world = afterReset({ copies: 1 });
    world.primary.write(NEW);
    world.inForce = OLD;
    void world.clock.sleep(60_000).then(() => (world.inForce = NEW));
    const puts: number[] = [];
    const [copy] = world.copies;
    if (copy === undefined) throw new Error("there is a copy");
    copy.onPut = () => void puts.push(world.clock.now() - START);
    expect(await finished(world, left(world, sent(world), [SAVED]))).toMatchObject({ result: "rotated" });
    expect([puts, copy.value, world.log.includes(PUT)]).toEqual([[60_803], NEW, false]);
  });

  test("and the journal says that main saved a copy: only the primary is written", async () => {
    const world = afterReset({ copies: 1 });
    world.copies[0]?.write(NEW);
    const record = { label: "copy-1", at: START, serverTime: START };
    expect(await finished(world, left(world, sent(world), [record]))).toMatchObject({ result: "rotated" });
    expect(world.log.filter((entry) => entry.includes(" put "))).toEqual([PUT]);
    expect(world.codes()).toContain("sealed-command");
  });

  test("and is strange: whichever is live is saved", async () => {
    const world = afterReset();
    world.reading = { kind: "candidates", status: null, secrets: [new Secret("garbled"), new Secret(NEW)] };
    expect(await finished(world, left(world, sent(world, "cut")))).toMatchObject({ result: "rotated" });
    expect(world.primary.value).toBe(NEW);
  });

  test("and was a refusal: the old secret is asked about", async () => {
    const world = new World();
    world.reading = { kind: "refused", said: { status: 403, code: null, sentence: null }, isAboutSecret: false };
    expect(await finished(world, left(world, sent(world)))).toMatchObject({ reason: { code: "reset-refused" } });
    expect(world.log).not.toContain(`probe ${OLD} refused`);
  });
});

describe("post's time", () => {
  test("over with a kept secret on its way: unsaved, with the command", async () => {
    const world = afterReset({ escrow: true });
    Object.assign(world.primary, { put: async () => await new Promise<never>(() => undefined) });
    const reply = sent(world);
    expect(await finished(world, left(world, reply), 1_000)).toMatchObject({
      result: "unsaved",
      reason: { code: "out-of-time" },
      rotatedAt: reply.at,
      unsaved: [{ label: "primary", command: COMMAND }],
      escrow: `age of ${NEW}`,
    });
    expect(world.clock.now() - START).toBe(1_000);
  });

  test("nearly over with a kept secret of which SnapTrade cannot tell: what shuts the way is told", async () => {
    const world = afterReset();
    world.verdict = undecidedAbout(NEW);
    world.primary.write("theirs");
    const remains = left(world, sent(world));
    expect(await finished(world, remains, 1_000)).toMatchObject({
      result: "unsaved",
      reason: { code: "kept-undecided" },
      unsaved: [{ label: "primary", command: COMMAND }],
    });
    expect(world.clock.now() - START).toBe(900);
  });

  test.each<[string, string, number]>([
    ["saved-unverified", "only the proofs are open", 0],
    ["partly-saved", "a copy is not saved", 99],
  ])("over with the primary saved: %s where %s", async (result, _, refusals) => {
    const world = afterReset({ copies: 1, task: { saveTimeoutMs: 5_000 } });
    for (let n = 0; n < refusals; n += 1) world.copies[0]?.puts.push(fault("server"));
    const remains = left(world, sent(world), [], { unansweredSince: START });
    expect(await finished(world, remains, 20_000)).toMatchObject({ result });
    expect(world.clock.now() - START).toBe(20_000);
  });

  const RECORDS = ["primary", "copy-1", "copy-2"].map((label): SavedRecord => ({
    label,
    at: START,
    serverTime: START,
  }));

  test.each<[string, number, Partial<Outcome>]>([
    [
      "the primary",
      1,
      {
        result: "partly-saved",
        saved: ["primary"],
        unsaved: ["copy-1", "copy-2"].map((label) => ({ label, command: `command for ${label}: ${NEW} key 1` })),
      },
    ],
    [
      "the primary and a copy",
      2,
      {
        result: "partly-saved",
        saved: ["primary", "copy-1"],
        unsaved: [{ label: "copy-2", command: `command for copy-2: ${NEW} key 1` }],
      },
    ],
    ["all", 3, { result: "saved-unverified", saved: ["primary", "copy-1", "copy-2"], unsaved: [] }],
  ])("over before SnapTrade has said anything, and main saved %s: that is told", async (_, count, expected) => {
    const world = afterReset({ copies: 2 });
    const encrypt = async (secret: Secret): Promise<string> => {
      // So that the time is over before the fence's own, which is nine tenths of it, is.
      await world.clock.sleep(200);
      return `age of ${secret.reveal()}`;
    };
    Object.assign(world.ports, { escrow: { encrypt } });
    Object.assign(world.ports.issuer, { probe: async () => await new Promise<never>(() => undefined) });
    for (const one of [world.primary, ...world.copies].slice(0, count)) one.write(NEW);
    expect(await finished(world, left(world, sent(world), RECORDS.slice(0, count)), 1_000)).toMatchObject({
      ...expected,
      rotated: "true",
      rotatedAt: START,
      escrow: `age of ${NEW}`,
    });
    expect(world.log.filter((entry) => entry.includes(" put "))).toEqual([]);
    expect(world.clock.now() - START).toBe(1_000);
  });

  test("over with nothing known: unknown", async () => {
    const world = afterReset();
    expect(await finished(world, left(world, null), 1_000)).toMatchObject({
      result: "unknown",
      reason: { code: "out-of-time" },
    });
    expect(world.clock.now() - START).toBe(1_000);
  });

  test.each([
    ["some of an answer that says nothing", "HTTP/1.1 502", true],
    ["an answer of no byte", "", false],
  ])("over with %s kept: unknown", async (_, raw, isAnswered) => {
    const world = afterReset();
    world.reading = { kind: "unanswered", status: null };
    const reply = sent(world, "cut", raw);
    expect(await finished(world, left(world, reply), 1_000)).toMatchObject({
      result: "unknown",
      reason: { code: "out-of-time" },
      rotatedAt: isAnswered ? reply.at : null,
    });
  });

  test("over before the reset: unchanged, whatever became of the canary", async () => {
    const world = new World();
    world.primary.standing.add(CANARY);
    world.primary.onRemoval = async () => await world.clock.sleep(60_000);
    expect(await finished(world, NOT_SENT, 1_000)).toMatchObject({ result: "unchanged" });
    expect(world.clock.now() - START).toBe(1_000);
  });

  test("bounds the save", async () => {
    const world = afterReset();
    for (let n = 0; n < 99; n += 1) world.primary.puts.push(fault("server"));
    expect(await finished(world, left(world, sent(world)), 60_000)).toMatchObject({
      result: "unsaved",
      reason: { code: "primary-not-saved" },
    });
    expect(world.clock.now() - START).toBeLessThanOrEqual(60_000);
  });

  test("is not used up by a shorter save timeout", async () => {
    const world = afterReset({ task: { saveTimeoutMs: 10_000 } });
    for (let n = 0; n < 99; n += 1) world.primary.puts.push(fault("server"));
    expect(await finished(world, left(world, sent(world)))).toMatchObject({ reason: { code: "primary-not-saved" } });
    expect(world.clock.now() - START).toBeLessThanOrEqual(10_000);
  });
});

describe("a main that still lives", () => {
  /** Lives until it is ended, or ends by itself after so many looks; `becomes` is what its journal says from then on. */
  function living(
    world: World,
    first: Remains,
    later: { readonly afterMs: number; readonly becomes: Remains },
  ): Living {
    const main = {
      isEnded: false,
      endedAt: 0,
      mayLive: () => !main.isEnded,
      remains: () => (world.clock.now() - START >= later.afterMs ? later.becomes : first),
      end: async () => {
        world.log.push("main is ended");
        main.endedAt = world.clock.now() - START;
        main.isEnded = true;
        await Promise.resolve();
      },
      endUnlessSent: async () => {
        if (main.remains().kind !== "sent") await main.end();
      },
    };
    return main;
  }
  type Living = Predecessor & { readonly isEnded: boolean; readonly endedAt: number };
  const NEVER = 1e9;

  test("and has sent nothing is ended at once", async () => {
    const world = new World();
    const main = living(world, NOT_SENT, { afterMs: NEVER, becomes: NOT_SENT });
    expect((await rotation(world, main)).outcome).toMatchObject({ result: "unchanged" });
    expect([main.isEnded, main.endedAt]).toEqual([true, 0]);
  });

  test("and sends its reset just when it is to be ended is heard out, too", async () => {
    const world = afterReset();
    const kept = left(world, sent(world));
    const main = living(world, NOT_SENT, { afterMs: 60_000, becomes: kept });
    const waiting = left(world, null, [], { sentAt: START });
    let looks = 0;
    const late = {
      ...main,
      remains: (): Remains => {
        looks += 1;
        const now = main.remains();
        return looks > 1 && now.kind === "not-sent" ? waiting : now;
      },
      mayLive: () => !main.isEnded,
    };
    late.endUnlessSent = async () => {
      if (late.remains().kind !== "sent") await main.end();
    };
    expect((await rotation(world, late)).outcome).toMatchObject({ result: "rotated" });
    expect(main.endedAt).toBeGreaterThanOrEqual(60_000);
  });

  test("and waits for the answer is heard out: what it keeps then is saved, once it is ended", async () => {
    const world = afterReset();
    const kept = left(world, sent(world));
    const main = living(world, left(world, null, [], { sentAt: START }), { afterMs: 60_000, becomes: kept });
    expect((await rotation(world, main)).outcome).toMatchObject({ result: "rotated" });
    expect(world.at("main is ended")).toBeLessThan(world.at(PUT));
    expect([main.endedAt >= 60_000, main.endedAt < 61_000]).toEqual([true, true]);
  });

  test("and keeps its answer and is gone before anybody waits for it: what it kept is saved", async () => {
    const world = afterReset();
    const kept = left(world, sent(world));
    let looks = 0;
    const main = {
      ...gone(kept),
      // It lives for one look, and what it has kept by then is in its journal after that.
      mayLive: () => looks === 0,
      remains: (): Remains => {
        looks += 1;
        return looks === 1 ? left(world, null, [], { sentAt: START }) : kept;
      },
    };
    expect((await rotation(world, main)).outcome).toMatchObject({ result: "rotated" });
  });

  test("and hears nothing is ended when its reset has had its time, while the old secret is asked about", async () => {
    const world = afterReset();
    const waiting = left(world, null, [], { sentAt: START });
    const main = living(world, waiting, { afterMs: NEVER, becomes: waiting });
    expect((await rotation(world, main)).outcome).toMatchObject({ result: "lost" });
    expect(main.endedAt).toBeLessThan(LIMIT_MS - HEARING.reserveMs + 1_000);
    expect(world.clock.now() - START).toBeLessThanOrEqual(Math.max(main.endedAt, 2 * SETTLE_MS) + 1_000);
  });

  test("and whose reset has had nearly all its time: so short a wait is not announced", async () => {
    const world = afterReset();
    const waiting = left(world, null, [], { sentAt: START + 3_000 - HEARING.afterSendingMs });
    const main = living(world, waiting, { afterMs: NEVER, becomes: waiting });
    expect((await rotation(world, main)).outcome).toMatchObject({ result: "lost" });
    expect([main.endedAt, world.codes().includes("hearing-main")]).toEqual([3_000, false]);
  });

  test("and cannot be ended before its reset: it may still send it, so it is unknown", async () => {
    const main = { ...gone(NOT_SENT), mayLive: () => true };
    expect((await rotation(new World(), main)).outcome).toMatchObject({
      result: "unknown",
      reason: { code: "main-may-live" },
    });
  });

  test("and cannot be ended: neither lost nor unchanged is said", async () => {
    for (const world of [afterReset(), new World()]) {
      const waiting = left(world, null, [], { sentAt: START });
      const main = { ...gone(waiting), mayLive: () => true };
      expect((await rotation(world, main)).outcome).toMatchObject({
        result: "unknown",
        reason: { code: "main-may-live" },
      });
    }
  });

  test("and has kept its answer: the command is printed, then main is ended, then saved", async () => {
    const world = afterReset();
    const kept = left(world, sent(world));
    const main = living(world, kept, { afterMs: NEVER, becomes: kept });
    expect((await rotation(world, main)).outcome).toMatchObject({ result: "rotated" });
    const order = ["say sealed-command", "main is ended", `probe ${NEW} live`, PUT].map((entry) => world.at(entry));
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    expect(main.endedAt).toBe(0);
  });

  test("and saved meanwhile: what its journal says once it is gone is what counts", async () => {
    const world = afterReset();
    world.primary.write(NEW);
    const main = living(world, left(world, sent(world)), { afterMs: NEVER, becomes: NOT_SENT });
    const saved = left(world, sent(world), [{ label: "primary", at: START, serverTime: START }]);
    const ended = { ...main, remains: () => (main.isEnded ? saved : main.remains()), mayLive: () => !main.isEnded };
    expect((await rotation(world, ended)).outcome).toMatchObject({ result: "rotated" });
    expect(world.log.filter((entry) => entry.includes(" put "))).toEqual([]);
  });

  test("and reaches its result while its answer is looked at: that is all there is", async () => {
    const world = afterReset();
    const told: Remains = { kind: "told", result: "unsaved" };
    const kept = left(world, sent(world));
    const main = living(world, kept, { afterMs: NEVER, becomes: kept });
    const ended = { ...main, remains: () => (main.isEnded ? told : kept), mayLive: () => !main.isEnded };
    const parts = { task: world.task, ports: world.ports, hearing: HEARING };
    expect(await finish(ended, parts, LIMIT_MS)).toEqual({ told: "unsaved" });
  });

  test("and reaches its result while it is heard out: that is all there is", async () => {
    const world = afterReset();
    const told: Remains = { kind: "told", result: "unsaved" };
    const main = living(world, left(world, null, [], { sentAt: START }), { afterMs: 5_000, becomes: told });
    const parts = { task: world.task, ports: world.ports, hearing: HEARING };
    expect(await finish(main, parts, LIMIT_MS)).toEqual({ told: "unsaved" });
  });

  test("half an answer may become whole", async () => {
    const world = afterReset();
    const half = { ...sent(world, "deadline"), at: START - 1 };
    const main = living(world, left(world, half), { afterMs: 30_000, becomes: left(world, sent(world)) });
    expect((await rotation(world, main)).outcome).toMatchObject({ result: "rotated" });
    expect(main.endedAt).toBeGreaterThanOrEqual(30_000);
  });
});

test("a command is dated by GitHub's clock as main has left it", async () => {
  const world = afterReset();
  const remains = left(world, sent(world));
  if (remains.kind !== "sent") throw new Error("left");
  await finished(world, { ...remains, sending: { ...remains.sending, aheadMs: 7_000 } });
  expect(world.at("github is 7000 ms ahead")).toBeLessThan(world.at("say sealed-command"));
});

describe("the time of sending that main has noted", () => {
  test("is what the settling is counted from", async () => {
    const world = afterReset();
    expect(await finished(world, left(world, null, [], { sentAt: START - SETTLE_MS }))).toMatchObject({
      result: "lost",
    });
    expect(world.clock.now() - START).toBeLessThan(SETTLE_MS + 5_000);
  });
});
