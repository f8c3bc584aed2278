import { concludeReply } from "../../src/rotation/conclude";
import type { Control, Doubt, Reading, Said, SentReply } from "../../src/rotation/model";
import type { Rotation } from "../../src/rotation/outcome";
import type { Store } from "../../src/rotation/survey";
import { understand } from "../../src/rotation/understand";
import { Secret } from "../../src/text/secret";
import { BEFORE, fault } from "../support/fake-destination";
import type { FakeDestination } from "../support/fake-destination";
import { START } from "../support/virtual-clock";
import { NEW, OLD, sent, SETTLE_MS, undecidedAbout, World } from "../support/world";

const SAID: Said = { status: 400, code: null, sentence: null };
const GARBLED = "new-secret-garbled";

function storeOf(destination: FakeDestination): Store {
  return { destination, key: destination.sealingKey(), updatedAt: BEFORE };
}

/** The world after a reset that was committed, whose answer reads as told. */
async function concluded(
  world: World,
  reading: Reading,
  { raw = "bytes", reply }: { raw?: string; reply?: SentReply } = {},
): Promise<Rotation> {
  const [primary, ...copies] = [world.primary, ...world.copies].map(storeOf);
  if (primary === undefined) throw new Error("a world has a primary");
  world.reading = reading;
  const context = world.context();
  const ready = { kind: "ready", primary, copies, unansweredSince: null } as const;
  return await concludeReply(await understand(reply ?? sent(world, "cut", raw), context), ready, context);
}

function candidates(...texts: readonly string[]): Reading {
  return { kind: "candidates", status: 502, secrets: texts.map((text) => new Secret(text)) };
}

function afterReset(scene: ConstructorParameters<typeof World>[0] = {}): World {
  const world = new World(scene);
  world.inForce = NEW;
  return world;
}

/** A refusal that stays, as often as the save timeout lets it be asked for. */
const FOR_EVER = Array.from({ length: 99 }, () => fault("forbidden"));

const GRANTED: Reading = { kind: "granted", secret: new Secret(NEW) };

describe("what a save and its proof add up to", () => {
  test("a copy that is not saved: partly-saved, with its command, whatever the proof says", async () => {
    const world = afterReset({ copies: 2 });
    world.copies[0]?.puts.push(...FOR_EVER);
    world.verdict = (candidate) => (candidate === OLD ? { kind: "live" } : null);
    const { outcome, fresh } = await concluded(world, GRANTED);
    expect(outcome).toMatchObject({ result: "partly-saved", saved: ["primary", "copy-2"], rotated: "true" });
    const { fault: known } = fault("forbidden");
    expect(outcome.unsaved).toEqual([{ label: "copy-1", command: `command for copy-1: ${NEW} key 1`, fault: known }]);
    expect(fresh).toBeNull();
  });

  test("the primary not saved: unsaved, with its command, and nothing is claimed of the proof", async () => {
    const world = afterReset({ copies: 1, escrow: true });
    world.primary.puts.push(...FOR_EVER);
    const { outcome } = await concluded(world, GRANTED);
    expect(outcome).toMatchObject({
      result: "unsaved",
      reason: { code: "primary-not-saved", label: "primary", fault: { cause: "forbidden" } },
      rotatedAt: START,
      atRiskMs: null,
      saved: ["copy-1"],
      unsaved: [{ label: "primary" }],
      escrow: `age of ${NEW}`,
    });
    expect(world.log).not.toContain("begin prove");
  });

  test("the primary fenced off by what may be a later rotation: unknown, and the command is kept, for if verify says dead", async () => {
    const world = afterReset();
    world.primary.puts.push(fault("server"));
    world.primary.onPut = () => void (world.inForce = "theirs");
    const { outcome } = await concluded(world, GRANTED);
    expect(outcome).toMatchObject({ result: "unknown", reason: { code: "superseded" }, rotated: "true" });
    expect(outcome.unsaved).toMatchObject([{ label: "primary", command: `command for primary: ${NEW} key 1` }]);
  });

  test.each<[string, string, (world: World) => void]>([
    ["nobody can tell, and somebody has written: unsaved", "unsaved", (world) => (world.verdict = undecidedAbout(NEW))],
    ["the old one stays live: unknown", "unknown", (world) => (world.inForce = OLD)],
  ])("not saved at once, and then %s", async (_, result, arrange) => {
    const world = afterReset();
    world.primary.puts.push(fault("server"));
    world.primary.onPut = () => world.primary.write("theirs");
    arrange(world);
    const { outcome } = await concluded(world, GRANTED);
    expect(outcome).toMatchObject({ result, reason: { code: "kept-undecided" }, unsaved: [{ label: "primary" }] });
    expect(world.primary.value).toBe("theirs");
  });

  test("saved, and dead afterwards: superseded", async () => {
    const world = afterReset();
    world.primary.onPut = () => void (world.inForce = "theirs");
    const { outcome } = await concluded(world, GRANTED);
    expect(outcome).toMatchObject({ result: "unknown", reason: { code: "superseded" }, rotated: "true", unsaved: [] });
  });

  test.each<[string, (world: World) => void]>([
    ["new-undecided", (world) => (world.verdict = undecidedAbout(NEW))],
    ["old-undecided", (world) => (world.verdict = undecidedAbout(OLD))],
    ["old-still-live", (world) => (world.verdict = (one) => (one === OLD ? { kind: "live" } : null))],
    ["write-not-visible", (world) => (world.primary.showsWrites = false)],
  ])("saved, and the proof says %s: saved-unverified", async (proof, arrange) => {
    const world = afterReset();
    arrange(world);
    // Acknowledged by GitHub without a time, so that only `updated_at` can show the write.
    world.primary.knowsTime = false;
    const { outcome, fresh } = await concluded(world, GRANTED);
    expect(outcome).toMatchObject({ result: "saved-unverified", reason: { code: "proof-failed", proof } });
    expect(fresh).toBeNull();
  });
});

describe("a reset that SnapTrade goes back on", () => {
  function undone(scene: ConstructorParameters<typeof World>[0] = {}): World {
    const world = afterReset(scene);
    world.primary.onPut = () => void (world.inForce = OLD);
    return world;
  }

  test("saved-unverified, and the old secret is sealed for the primary, in log and outcome", async () => {
    const world = undone();
    const { outcome, fresh } = await concluded(world, GRANTED);
    expect(outcome).toMatchObject({
      result: "saved-unverified",
      reason: { code: "proof-failed", proof: "rolled-back" },
      rotated: "true",
      saved: ["primary"],
    });
    const old = { label: "primary", command: `command for primary: ${OLD} key 1` };
    expect(outcome.unsaved).toEqual([{ ...old, isOld: true }]);
    expect(world.notices).toContainEqual({ code: "old-sealed-command", ...old });
    expect(fresh).toBeNull();
  });

  test("no sooner than settle-time after a write without an answer", async () => {
    const world = undone();
    let putAt = 0;
    world.primary.puts.push(fault("network"));
    world.primary.onPut = (nth) => {
      if (nth === 1) putAt = world.clock.now();
      else world.inForce = OLD;
    };
    const { outcome } = await concluded(world, GRANTED);
    expect(outcome).toMatchObject({ reason: { code: "proof-failed", proof: "rolled-back" } });
    expect(putAt).toBeGreaterThan(0);
    expect(world.clock.now() - putAt).toBeGreaterThanOrEqual(SETTLE_MS);
    expect(world.log.indexOf("say old-sealed-command")).toBeGreaterThan(world.log.indexOf("begin prove"));
  });

  test("brings nothing back where the new secret is live as well", async () => {
    const world = afterReset();
    world.verdict = (one) => (one === OLD ? { kind: "live" } : null);
    const { outcome } = await concluded(world, GRANTED);
    expect(outcome).toMatchObject({ reason: { proof: "old-still-live" }, unsaved: [] });
    expect(world.codes()).not.toContain("old-sealed-command");
  });
});

describe("an answer without a usable secret", () => {
  test("refused: the old one is asked about", async () => {
    const world = new World();
    const { outcome } = await concluded(world, { kind: "refused", said: SAID, isAboutSecret: false });
    expect(outcome).toMatchObject({ result: "unchanged", reason: { code: "reset-refused", said: SAID } });
  });

  test.each([
    ["some bytes", START],
    ["", null],
  ])("unanswered with %j: resolved, answered at %p", async (raw, rotatedAt) => {
    const { outcome } = await concluded(afterReset(), { kind: "unanswered", status: 500 }, { raw });
    expect(outcome).toMatchObject({ result: "lost", reason: { code: "answer-lost", status: 500 }, rotatedAt });
  });

  test("unholdable: masked, escrowed, and settled", async () => {
    const world = afterReset({ escrow: true });
    const secret = new Secret(NEW);
    const { outcome } = await concluded(world, { kind: "unholdable", status: 200, why: "too-long", secret });
    expect(outcome).toMatchObject({ result: "unsaved", reason: { code: "unholdable" }, escrow: `age of ${NEW}` });
    expect(world.at(`mask ${NEW}`)).toBeLessThan(world.at(`escrow ${NEW}`));
  });

  test("unholdable without a recipient: lost", async () => {
    const { outcome } = await concluded(afterReset(), {
      kind: "unholdable",
      status: 200,
      why: "not-unicode",
      secret: new Secret("x"),
    });
    expect(outcome).toMatchObject({ result: "lost", escrow: null });
  });
});

describe("an answer in which something was found", () => {
  test("the live one is saved as soon as it is certain, and nobody waits until the others are dead", async () => {
    const world = afterReset({ escrow: true });
    const { outcome } = await concluded(world, candidates(GARBLED, NEW));
    expect(outcome).toMatchObject({ result: "rotated", escrow: `age of ${NEW}`, atRiskMs: 2_000 });
    expect(world.primary.value).toBe(NEW);
    expect(world.at(`mask ${GARBLED}`)).toBeLessThan(world.at(`probe ${GARBLED} refused`));
  });

  test("what stands in a destination's name, or in our own words, is masked nowhere and tried nowhere", async () => {
    const world = afterReset();
    const { outcome } = await concluded(world, candidates("primary", "encrypted_value", NEW));
    expect(outcome.result).toBe("rotated");
    expect(world.log.join()).not.toMatch(/(?:mask|probe) (?:primary|encrypted_value)/);
    const nothing = await concluded(afterReset(), candidates("PRIMARY"));
    expect(nothing.outcome.result).toBe("lost");
  });

  test("not live yet, and live after settling: saved", async () => {
    const world = new World();
    void world.clock.sleep(SETTLE_MS - 1).then(() => (world.inForce = NEW));
    const { outcome } = await concluded(world, candidates(NEW));
    expect(outcome.result).toBe("rotated");
    expect(world.primary.value).toBe(NEW);
  });

  test("and the old secret is live: nothing is written, unchanged", async () => {
    const world = new World();
    const { outcome } = await concluded(world, candidates(GARBLED));
    expect(outcome).toMatchObject({ result: "unchanged", reason: { code: "reset-did-not-happen" } });
    expect(world.log.filter((entry) => entry.includes(" put "))).toEqual([]);
  });

  test("and all of it is dead, the old one too, the primary unmoved: lost", async () => {
    const { outcome } = await concluded(afterReset({ escrow: true }), candidates(GARBLED));
    expect(outcome).toMatchObject({ result: "lost", reason: { code: "answer-lost" } });
  });

  test("and SnapTrade cannot tell about it, the old one dead: unsaved, with a command for each that is open", async () => {
    const world = afterReset();
    world.verdict = undecidedAbout(NEW);
    const { outcome } = await concluded(world, candidates(GARBLED, NEW));
    expect(outcome).toMatchObject({ result: "unsaved", reason: { code: "candidate-unproven" }, rotated: "true" });
    expect(outcome.unsaved.map(({ command }) => command)).toEqual([`command for primary: ${NEW} key 1`]);
    expect(world.notices).toContainEqual(expect.objectContaining({ code: "sealed-command", sure: false }));
    expect(world.primary.value).not.toBe(NEW);
  });

  test("and one of them is proven dead: the age text is that of the other", async () => {
    const world = afterReset({ escrow: true });
    world.verdict = undecidedAbout(NEW);
    const { outcome } = await concluded(world, candidates(GARBLED, NEW));
    expect(outcome).toMatchObject({ result: "unsaved", escrow: `age of ${NEW}` });
  });

  test("one of them is accepted beside the old one, which never dies: not written, unknown, with its command", async () => {
    const world = afterReset();
    world.verdict = (candidate) => (candidate === OLD ? { kind: "live" } : null);
    const { outcome } = await concluded(world, candidates(NEW));
    expect(outcome).toMatchObject({
      result: "unknown",
      reason: { code: "candidate-unproven" },
      unsaved: [{ label: "primary", command: `command for primary: ${NEW} key 1` }],
    });
    expect(world.primary.value).not.toBe(NEW);
  });

  test("one of them was accepted, and is refused in the end, the old one too: its command is kept", async () => {
    const world = afterReset({ escrow: true });
    const half = START + SETTLE_MS + SETTLE_MS / 2;
    world.verdict = (candidate) => {
      const isEarly = world.clock.now() < half;
      if (candidate === NEW) return { kind: isEarly ? "live" : "refused" };
      return candidate === OLD && isEarly && world.clock.now() <= START + SETTLE_MS ? { kind: "live" } : null;
    };
    const { outcome } = await concluded(world, candidates(NEW));
    expect(outcome).toMatchObject({ reason: { code: "candidate-unproven" }, escrow: `age of ${NEW}` });
    expect(outcome.unsaved).toHaveLength(1);
  });

  test("live only when all that is asked about the old one is over: saved all the same", async () => {
    const world = new World();
    world.inForce = "nothing yet";
    void world.clock.sleep(SETTLE_MS + SETTLE_MS / 2).then(() => (world.inForce = NEW));
    const { outcome } = await concluded(world, candidates(GARBLED, NEW));
    expect(outcome.result).toBe("rotated");
    expect(world.primary.value).toBe(NEW);
  });

  test("one of them is live only after the old one has died late: saved", async () => {
    const world = afterReset();
    world.verdict = (candidate) =>
      candidate === OLD && world.clock.now() < START + SETTLE_MS / 2 ? { kind: "live" } : null;
    const { outcome } = await concluded(world, candidates(GARBLED, NEW));
    expect(outcome.result).toBe("rotated");
    expect(world.primary.value).toBe(NEW);
  });

  test("and SnapTrade can tell nothing at all: unknown, with the command and the escrow", async () => {
    const world = afterReset({ escrow: true });
    world.verdict = undecidedAbout(NEW, OLD);
    const { outcome } = await concluded(world, candidates(NEW));
    expect(outcome).toMatchObject({
      result: "unknown",
      reason: { code: "candidate-unproven" },
      rotated: "unknown",
      unsaved: [{ label: "primary" }],
      escrow: `age of ${NEW}`,
    });
  });
});

describe("refusals of the new secret that may be about something else", () => {
  test.each<[string, Control, Doubt["kind"]]>([
    ["the client is rejected", { kind: "client-rejected", said: SAID }, "client"],
    ["there is no such user", { kind: "no-such-user" }, "no-such-user"],
    ["nobody can tell", { kind: "no-answer", doubt: { kind: "contradiction" } }, "unchecked"],
  ])("saved, and then %s: saved-unverified, never superseded", async (_, control, kind) => {
    const world = afterReset();
    world.inForce = "neither";
    world.controls = [control];
    const { outcome } = await concluded(world, GRANTED);
    expect(outcome).toMatchObject({
      result: "saved-unverified",
      reason: { code: "proof-failed", proof: "new-undecided", doubt: { kind } },
    });
    expect(world.primary.value).toBe(NEW);
  });
});

describe("an answer that was over its time", () => {
  const LATE_MS = 20_000;
  const WHOLE = "the whole of it";

  /** What had come at the deadline reads as `part`; all of it, which comes later, as `whole`. */
  async function late(world: World, part: Reading, whole: Reading, lateMs = LATE_MS): Promise<Rotation> {
    const rest = world.clock.sleep(lateMs).then(() => ({ ...sent(world, "complete", WHOLE), sentAt: START }));
    world.readingOf = ({ raw }) => (Buffer.from(raw).toString() === WHOLE ? whole : world.reading);
    return await concluded(world, part, { reply: { ...sent(world, "deadline", ""), rest } });
  }

  const NOTHING: Reading = { kind: "unanswered", status: null };

  test("counts when it comes before there is a result, and is kept like the first", async () => {
    const world = afterReset();
    const { outcome } = await late(world, NOTHING, GRANTED);
    expect(outcome).toMatchObject({ result: "rotated", rotatedAt: START + LATE_MS });
    expect(world.at("journal keep")).toBeLessThan(world.at(`mask ${NEW}`));
    expect(world.primary.value).toBe(NEW);
  });

  test("counts when half a secret was being tried", async () => {
    const world = afterReset();
    const { outcome } = await late(world, candidates(GARBLED), GRANTED);
    expect(outcome.result).toBe("rotated");
    expect(world.primary.value).toBe(NEW);
  });

  test("counts as a refusal, too", async () => {
    const { outcome } = await late(new World(), NOTHING, { kind: "refused", said: SAID, isAboutSecret: false });
    expect(outcome).toMatchObject({ result: "unchanged", reason: { code: "reset-refused", said: SAID } });
  });

  test("brings nothing: the settle time still counts from the sending", async () => {
    const world = afterReset();
    const { outcome } = await late(world, NOTHING, { kind: "unanswered", status: 502 });
    expect(outcome).toMatchObject({ result: "lost", reason: { status: 502 } });
    expect(world.clock.now() - START).toBe(2 * SETTLE_MS);
  });

  test("changes nothing when it comes after the result", async () => {
    const world = new World();
    const { outcome } = await late(world, NOTHING, GRANTED, 2 * SETTLE_MS + 1);
    expect(outcome).toMatchObject({ result: "unchanged", reason: { code: "reset-did-not-happen" } });
    expect(world.count("journal keep")).toBe(0);
  });

  test("is saved although it cannot be kept, which is said", async () => {
    const world = afterReset();
    world.journalKeeps = false;
    const { outcome } = await late(world, NOTHING, GRANTED);
    expect(outcome.result).toBe("rotated");
    expect(world.at("say journal-failed")).toBeLessThan(world.at(`primary put ${NEW} key 1`));
  });
});

describe("SnapTrade's request id", () => {
  test("is said when the answer brought nothing, so that its support can be asked", async () => {
    const world = new World();
    await concluded(world, { kind: "unanswered", status: 500, requestId: "0123456789abcdef" });
    expect(world.notices).toContainEqual({ code: "no-secret-in-answer", requestId: "0123456789abcdef" });
  });
});
