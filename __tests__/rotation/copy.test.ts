import { contextOf } from "../../src/rotation/context";
import { copyEverywhere } from "../../src/rotation/copy";
import type { Audience, Control, Doubt, FaultCause, Task } from "../../src/rotation/model";
import type { Outcome } from "../../src/rotation/outcome";
import { rotate } from "../../src/rotation/rotate";
import { copiesBehind, surveyAll } from "../../src/rotation/survey";
import { Secret } from "../../src/text/secret";
import { BEFORE, fault } from "../support/fake-destination";
import type { FakeDestination } from "../support/fake-destination";
import { START } from "../support/virtual-clock";
import { NEW, OLD, SAVE_TIMEOUT_MS, SETTLE_MS, strange, undecidedAbout, World } from "../support/world";

const PUT = `copy-1 put ${OLD} key 1`;
/** A question that has to be answered three times takes two pauses. */
const CERTAIN_MS = 2_000;

/** What may still be under way has landed by then. */
const CALM_MS = 30_000;

/** A world in which the secret given is live and two copies may lie behind. */
function copying(task: Partial<Task> = {}, copies = 2): World {
  return new World({ copies, task: { mode: "copy", ...task } });
}

async function copied(world: World): Promise<Outcome> {
  const outcome = await copyEverywhere(world.context());
  expect([world.resets, world.sending, outcome.rotated]).toEqual([0, null, "false"]);
  expect(world.log.filter((entry) => entry.startsWith("primary put "))).toEqual([]);
  return outcome;
}

function copyOf(world: World, index = 0): FakeDestination {
  const copy = world.copies[index];
  if (copy === undefined) throw new Error("there is no such copy");
  return copy;
}

const STRANGE: Doubt = { kind: "strange-answer", said: { status: 502, code: null, sentence: null } };

/** GitHub does not say any more when it was written. */
function unreadable(primary: FakeDestination): void {
  primary.reads.push(...Array.from({ length: 99 }, () => fault("server")));
}

/** How long a recent write was waited for, each time. */
function waitsOf(world: World): number[] {
  return world.notices.flatMap((notice) => (notice.code === "recent-write" ? [notice.waitMs] : []));
}

function nothingWritten(world: World): boolean {
  return !world.log.some((entry) => entry.includes(" put "));
}

describe("mode copy", () => {
  test("brings the secret given to every copy, and says so", async () => {
    const world = copying();
    expect(await copied(world)).toMatchObject({
      result: "copied",
      reason: { code: "copied" },
      saved: ["primary", "copy-1", "copy-2"],
      unsaved: [],
    });
    expect(world.copies.map(({ value }) => value)).toEqual([OLD, OLD]);
    expect(world.primary.value).not.toBe(OLD);
  });

  test("asks for three acceptances in a row right before the first write, and for one more afterwards", async () => {
    const world = copying();
    await copied(world);
    const before = world.log.slice(world.at("copy-2 uncanary"), world.at(PUT));
    expect(before.filter((entry) => entry.startsWith(`probe ${OLD}`))).toEqual(
      Array.from({ length: 3 }, () => `probe ${OLD} live`),
    );
    const after = world.log.slice(world.at(PUT));
    expect(after.filter((entry) => entry === `probe ${OLD} live`)).toHaveLength(1);
    expect(after).toContain("primary read");
  });

  test("tells the journal before the first write, or does not write", async () => {
    const told = copying();
    await copied(told);
    expect(told.at("journal copying")).toBeLessThan(told.at(PUT));
    const full = copying();
    full.journalTakesCopying = false;
    expect(await copied(full)).toMatchObject({ result: "unchanged", reason: { code: "journal-unavailable" } });
    expect(nothingWritten(full)).toBe(true);
  });

  test("again: the same result, the copies being written anew when the last write has landed", async () => {
    const world = copying();
    expect((await copied(world)).result).toBe("copied");
    const again = world.clock.now();
    expect((await copied(world)).result).toBe("copied");
    expect(world.count(PUT)).toBe(2);
    expect(world.clock.now() - again).toBeGreaterThanOrEqual(30_000);
  });

  test("makes a copy that is not there yet, with create", async () => {
    const world = copying({ create: true });
    copyOf(world).written = null;
    expect((await copied(world)).result).toBe("copied");
    expect(copyOf(world).value).toBe(OLD);
  });

  test.each([true, false])("stops where there is no primary to be copied, create: %s", async (create) => {
    const world = copying({ create });
    world.primary.written = null;
    expect(await copied(world)).toMatchObject({
      result: "unchanged",
      reason: { code: "destination-missing", label: "primary", mustExist: false },
      saved: [],
    });
    expect([nothingWritten(world), world.tried]).toEqual([true, null]);
  });

  test("takes one that is not there for a typing error without create", async () => {
    const world = copying();
    copyOf(world).written = null;
    expect(await copied(world)).toMatchObject({
      result: "unchanged",
      reason: { code: "destination-missing", label: "copy-1" },
    });
    expect(nothingWritten(world)).toBe(true);
  });

  test("leaves out the write checks where canary is false", async () => {
    const world = copying({ canary: false });
    expect((await copied(world)).result).toBe("copied");
    expect(world.tried).toBeNull();
  });

  test("stops where a write check is refused", async () => {
    const world = copying();
    copyOf(world, 1).canaries.push(fault("quota"));
    expect(await copied(world)).toMatchObject({ result: "unchanged", reason: { code: "canary-refused" } });
    expect(nothingWritten(world)).toBe(true);
  });
});

describe("a secret that must not be spread", () => {
  test.each<[string, Control, Outcome["result"], string]>([
    ["dead", { kind: "known" }, "dead", "given-secret-dead"],
    ["refused, and there is no such user", { kind: "no-such-user" }, "unchanged", "no-such-user"],
    [
      "refused, and the client is rejected",
      { kind: "client-rejected", said: { status: 401, code: "1083", sentence: null } },
      "unchanged",
      "client-rejected",
    ],
  ])("%s", async (_, control, result, code) => {
    const world = copying();
    world.inForce = "another";
    world.controls = [control];
    expect(await copied(world)).toMatchObject({ result, reason: { code } });
    expect([nothingWritten(world), world.tried]).toEqual([true, null]);
  });

  test("one among those of a SnapTrade that takes any", async () => {
    const world = copying();
    world.verdict = () => ({ kind: "live" });
    expect(await copied(world)).toMatchObject({ result: "unchanged", reason: { code: "any-secret-accepted" } });
    expect(nothingWritten(world)).toBe(true);
  });

  test.each([OLD, "old-secret-0"])("one of which SnapTrade cannot tell: %s", async (secret) => {
    const world = copying();
    world.verdict = undecidedAbout(secret);
    expect(await copied(world)).toMatchObject({ result: "unchanged", reason: { code: "snaptrade-undecided" } });
    expect(nothingWritten(world)).toBe(true);
  });

  test("a dead one that a stale server takes now and then", async () => {
    const world = copying();
    world.inForce = "another";
    let asked = 0;
    world.verdict = (candidate) => (candidate === OLD && ++asked % 3 === 1 ? { kind: "live" } : null);
    const { result } = await copied(world);
    expect(["unchanged", "dead"]).toContain(result);
    expect(nothingWritten(world)).toBe(true);
  });

  test("one that dies while the write checks are made", async () => {
    const world = copying();
    copyOf(world).onCanary = async () => {
      world.inForce = "theirs";
      await Promise.resolve();
    };
    expect(await copied(world)).toMatchObject({ result: "dead" });
    expect(nothingWritten(world)).toBe(true);
  });

  test("where the destinations cannot be read", async () => {
    const world = copying();
    copyOf(world).surveys.push(fault("policy"));
    expect(await copied(world)).toMatchObject({ result: "unchanged", reason: { code: "destination-unreadable" } });
  });
});

describe("the primary's last save", () => {
  test("is settle-time ago before a copy is written, by GitHub's clock", async () => {
    const world = copying();
    for (const one of [world.primary, ...world.copies]) one.aheadMs = 7_000;
    world.primary.written = new Date(START - 3_000).toISOString();
    const puts: number[] = [];
    copyOf(world).onPut = () => void puts.push(world.clock.now() - START);
    expect((await copied(world)).result).toBe("copied");
    // Ten seconds of it were over when the run began, and what may be under way lands first.
    expect(waitsOf(world)).toEqual([CALM_MS - 10_000 - CERTAIN_MS, SETTLE_MS - CALM_MS]);
    expect(puts).toEqual([SETTLE_MS - 10_000 + CERTAIN_MS]);
  });

  test("in the future, by GitHub's own clock, is looked at again after settle-time at the latest", async () => {
    const world = copying();
    world.primary.written = new Date(START + 3_600_000).toISOString();
    void world.clock.sleep(CERTAIN_MS + 1_000).then(() => (world.primary.written = BEFORE));
    expect((await copied(world)).result).toBe("copied");
    expect(waitsOf(world)).toEqual([CALM_MS]);
    const later = copying();
    later.primary.written = new Date(START + 3_600_000).toISOString();
    void later.clock.sleep(CERTAIN_MS + CALM_MS + 1_000).then(() => (later.primary.written = BEFORE));
    expect((await copied(later)).result).toBe("copied");
    expect(waitsOf(later)).toEqual([CALM_MS, SETTLE_MS]);
    const always = copying();
    always.primary.written = new Date(START + 3_600_000).toISOString();
    expect((await copied(always)).result).toBe("copied");
    expect(waitsOf(always)).toEqual([CALM_MS, SETTLE_MS, CALM_MS]);
  });

  test("while a copy's own is waited for: the copies wait settle-time from then", async () => {
    const world = copying();
    copyOf(world).written = new Date(START).toISOString();
    void world.clock.sleep(10_000).then(() => world.primary.write(OLD));
    const puts: number[] = [];
    copyOf(world).onPut = () => void puts.push(world.clock.now() - START);
    expect((await copied(world)).result).toBe("copied");
    expect(puts).toEqual([10_000 + SETTLE_MS + CERTAIN_MS]);
    // The second is for what may be under way at the primary by then.
    expect(waitsOf(world)).toEqual([CALM_MS - CERTAIN_MS, SETTLE_MS - (CALM_MS - 10_000)]);
  });

  test("while its last one is waited for: the copies wait settle-time from the latest of them", async () => {
    const world = copying();
    world.primary.written = new Date(START).toISOString();
    for (const ms of [50_000, 120_000]) void world.clock.sleep(ms).then(() => world.primary.write(OLD));
    const puts: number[] = [];
    copyOf(world).onPut = () => void puts.push(world.clock.now() - START);
    expect((await copied(world)).result).toBe("copied");
    expect(puts).toEqual([120_000 + SETTLE_MS + CERTAIN_MS]);
    // A look at first, one after every wait, and the last of all.
    expect(world.count("primary survey")).toBe(waitsOf(world).length + 2);
  });

  test("in between, and a copy cannot be read any more: nothing written", async () => {
    const world = copying();
    world.primary.written = new Date(START).toISOString();
    void world.clock.sleep(60_000).then(() => copyOf(world).surveys.push(fault("policy")));
    expect(await copied(world)).toMatchObject({
      result: "unchanged",
      reason: { code: "destination-unreadable", label: "copy-1" },
    });
    expect([nothingWritten(world), world.tried, world.clock.now() - START]).toEqual([true, null, SETTLE_MS]);
  });

  test.each<[string, (world: World) => void]>([
    ["the primary's", (world) => (world.primary.written = new Date(START).toISOString())],
    ["a copy's", (world) => (copyOf(world).written = new Date(START).toISOString())],
  ])("or %s is waited for, and the secret dies meanwhile: dead, and nothing written", async (_, arrange) => {
    const world = copying();
    arrange(world);
    void world.clock.sleep(10_000).then(() => (world.inForce = "theirs"));
    expect(await copied(world)).toMatchObject({ result: "dead", reason: { code: "given-secret-dead" } });
    expect(nothingWritten(world)).toBe(true);
  });

  test("in between, and the secret given dead by it: dead, and nothing written", async () => {
    const world = copying();
    world.primary.written = new Date(START).toISOString();
    void world.clock.sleep(SETTLE_MS / 2).then(() => {
      world.inForce = "theirs";
      world.primary.write("theirs");
    });
    expect(await copied(world)).toMatchObject({ result: "dead" });
    expect(nothingWritten(world)).toBe(true);
  });

  test("that moves while the copies are written: saved-unverified, with what was written", async () => {
    const world = copying();
    copyOf(world).onPut = () => world.primary.write("theirs");
    expect(await copied(world)).toMatchObject({
      result: "saved-unverified",
      reason: { code: "primary-moved", label: "primary" },
      saved: ["primary", "copy-1", "copy-2"],
    });
  });

  test.each<[string, (world: World) => void, Doubt | null]>([
    ["the secret dead afterwards", (world) => (world.inForce = "theirs"), null],
    ["SnapTrade can tell nothing afterwards", (world) => (world.verdict = () => strange()), STRANGE],
    ["GitHub does not show it afterwards", (world) => unreadable(world.primary), null],
    [
      "the secret dead, and GitHub does not show it",
      (world) => {
        world.inForce = "theirs";
        unreadable(world.primary);
      },
      null,
    ],
    [
      "neither SnapTrade nor GitHub can tell",
      (world) => {
        world.verdict = () => strange();
        unreadable(world.primary);
      },
      STRANGE,
    ],
  ])("that stands still, and %s: not called copied, nor moved", async (_, arrange, doubt) => {
    const world = copying();
    copyOf(world, 1).onPut = () => arrange(world);
    expect(await copied(world)).toMatchObject({
      result: "saved-unverified",
      reason: { code: "copies-unproven", doubt },
      saved: ["primary", "copy-1", "copy-2"],
      unsaved: [],
    });
  });

  test.each<[string, (world: World) => void]>([
    ["the secret is dead", (world) => (world.inForce = "theirs")],
    ["SnapTrade can tell nothing", (world) => (world.verdict = () => strange())],
  ])("that moves, and %s afterwards: it is what moved that is told", async (_, arrange) => {
    const world = copying();
    copyOf(world, 1).onPut = () => {
      arrange(world);
      world.primary.write("theirs");
    };
    expect(await copied(world)).toMatchObject({
      result: "saved-unverified",
      reason: { code: "primary-moved", label: "primary" },
    });
  });

  test("that GitHub does not show for some seconds: it is asked again", async () => {
    const world = copying();
    world.primary.reads.push(fault("server"), fault("network"), fault("missing"));
    expect((await copied(world)).result).toBe("copied");
    expect(world.count("primary read")).toBe(4);
  });

  test.each([
    ["long ago", BEFORE, 0],
    ["half a minute before the run", new Date(START - 30_000).toISOString(), 0],
    ["a moment before the run", new Date(START - 3_000).toISOString(), 27_000 - CERTAIN_MS],
  ])("of a copy, %s: what may be under way lands first", async (_, written, waitMs) => {
    const world = copying();
    copyOf(world).written = written;
    expect((await copied(world)).result).toBe("copied");
    expect(waitsOf(world)).toEqual(waitMs === 0 ? [] : [waitMs]);
  });

  test("of a copy a moment ago, and it cannot be read again: nothing written", async () => {
    const world = copying();
    copyOf(world).written = new Date(START).toISOString();
    void world.clock.sleep(10_000).then(() => copyOf(world).surveys.push(fault("policy")));
    expect(await copied(world)).toMatchObject({ result: "unchanged", reason: { code: "destination-unreadable" } });
    expect(nothingWritten(world)).toBe(true);
  });
});

describe("a copy that cannot be written", () => {
  test.each<FaultCause>(["forbidden", "quota", "server", "network"])(
    "%s to the end of the save timeout: partly-saved, with its fault and its command",
    async (cause) => {
      const world = copying();
      const known = fault(cause);
      copyOf(world).puts.push(...Array.from({ length: 999 }, () => known));
      expect(await copied(world)).toMatchObject({
        result: "partly-saved",
        reason: { code: "copies-not-saved" },
        saved: ["primary", "copy-2"],
        unsaved: [{ label: "copy-1", command: `command for copy-1: ${OLD} key 1`, fault: known.fault }],
      });
      expect(world.clock.now() - START).toBeLessThanOrEqual(SAVE_TIMEOUT_MS + 2 * CERTAIN_MS);
      expect(world.codes()).not.toContain("sealed-command");
    },
  );

  test("at once is written later", async () => {
    const world = copying();
    copyOf(world).puts.push(fault("server"), fault("network"));
    expect((await copied(world)).result).toBe("copied");
    expect(copyOf(world).value).toBe(OLD);
  });

  test("and somebody rotates meanwhile: theirs is not overwritten", async () => {
    const world = copying();
    const copy = copyOf(world);
    copy.puts.push(fault("server"));
    copy.onPut = () => {
      world.inForce = "theirs";
      world.primary.write("theirs");
      copy.write("theirs");
    };
    const outcome = await copied(world);
    expect(outcome).toMatchObject({
      result: "partly-saved",
      reason: { code: "copies-not-saved" },
      saved: ["primary", "copy-2"],
      unsaved: [{ label: "copy-1" }],
    });
    expect([copy.value, world.count(PUT)]).toEqual(["theirs", 1]);
  });

  test.each<[string, (world: World) => void]>([
    ["the secret is dead", (world) => (world.inForce = "theirs")],
    ["SnapTrade can tell nothing", (world) => (world.verdict = () => strange())],
    ["GitHub does not show the primary", (world) => unreadable(world.primary)],
    ["the primary has moved", (world) => world.primary.write("theirs")],
  ])("and %s afterwards: partly-saved, whatever the proof says", async (_, arrange) => {
    const world = copying();
    copyOf(world).puts.push(...Array.from({ length: 999 }, () => fault("policy")));
    void world.clock.sleep(SAVE_TIMEOUT_MS / 2).then(() => arrange(world));
    expect(await copied(world)).toMatchObject({
      result: "partly-saved",
      reason: { code: "copies-not-saved" },
      saved: ["primary", "copy-2"],
      unsaved: [{ label: "copy-1", command: `command for copy-1: ${OLD} key 1` }],
    });
  });

  test("after a rotation that was partly saved: the copy has the new secret in the end", async () => {
    const world = new World({ copies: 1 });
    const copy = copyOf(world);
    copy.puts.push(...Array.from({ length: 99 }, () => fault("policy")));
    expect((await rotate(world.task, world.ports)).outcome.result).toBe("partly-saved");
    copy.puts.splice(0);
    const task: Task = { ...world.task, mode: "copy", secret: new Secret(NEW) };
    expect((await copyEverywhere(contextOf(task, world.ports))).result).toBe("copied");
    expect([world.primary.value, copy.value, world.resets]).toEqual([NEW, NEW, 1]);
  });
});

describe("a signal", () => {
  test.each([true, false])("before the first write ends the run, nothing written, canary: %s", async (canary) => {
    const world = copying({ canary });
    world.seen = "SIGTERM";
    expect(await copied(world)).toMatchObject({
      result: "unchanged",
      reason: { code: "cancelled", signal: "SIGTERM" },
    });
    expect(nothingWritten(world)).toBe(true);
  });

  test.each<[string, (world: World) => void]>([
    [
      "SnapTrade is silent",
      (world) => Object.assign(world.ports.issuer, { probe: async () => await new Promise<never>(() => undefined) }),
    ],
    ["GitHub is silent", (world) => (world.primary.survey = async () => await new Promise<never>(() => undefined))],
    [
      "GitHub is silent at the last look",
      (world) =>
        (copyOf(world).onRemoval = async () => {
          world.primary.survey = async () => await new Promise<never>(() => undefined);
          await Promise.resolve();
        }),
    ],
  ])("while %s ends the run at once", async (_, arrange) => {
    const world = copying();
    arrange(world);
    void world.clock.sleep(20_000).then(() => world.cancel("SIGINT"));
    expect(await copied(world)).toMatchObject({
      result: "unchanged",
      reason: { code: "cancelled", signal: "SIGINT" },
    });
    expect([nothingWritten(world), world.clock.now() - START]).toEqual([true, 20_000]);
  });

  test("during the write checks takes the canaries away, and then ends the run", async () => {
    const world = copying();
    copyOf(world).onCanary = async () => {
      world.cancel("SIGTERM");
      await world.clock.sleep(6_000);
    };
    expect(await copied(world)).toMatchObject({ reason: { code: "cancelled", signal: "SIGTERM" } });
    expect([nothingWritten(world), world.copies.map(({ standing }) => standing.size)]).toEqual([true, [0, 0]]);
  });

  test("as the journal is told of the writes: there are none", async () => {
    const world = copying();
    const { journal } = world.ports;
    const note = journal.copying.bind(journal);
    Object.assign(journal, {
      copying: () => {
        world.cancel("SIGTERM");
        note();
      },
    });
    expect(await copied(world)).toMatchObject({ reason: { code: "cancelled", signal: "SIGTERM" } });
    expect(nothingWritten(world)).toBe(true);
  });

  test("while the primary settles ends the wait", async () => {
    const world = copying();
    world.primary.written = new Date(START).toISOString();
    void world.clock.sleep(10_000).then(() => world.cancel("SIGINT"));
    expect(await copied(world)).toMatchObject({ reason: { code: "cancelled", signal: "SIGINT" } });
    expect([nothingWritten(world), world.clock.now() - START]).toEqual([true, 10_000]);
  });

  test("during the writes does not end them", async () => {
    const world = copying();
    copyOf(world).onPut = () => world.cancel("SIGTERM");
    expect((await copied(world)).result).toBe("copied");
    expect(world.copies.map(({ value }) => value)).toEqual([OLD, OLD]);
  });
});

describe("what is looked at again before the first write", () => {
  /** Something happens while the write check of the first copy is made. */
  function meanwhile(world: World, change: () => void): void {
    copyOf(world).onRemoval = async () => {
      change();
      await Promise.resolve();
    };
  }

  const SELECTED: Audience = { visibility: "selected", selectedRepositoryIds: [1, 2] };

  test.each<["primary" | "copy-2", "updated-at" | "key" | "audience", (one: FakeDestination) => void]>(
    (["primary", "copy-2"] as const).flatMap((label) => [
      [label, "updated-at", (one) => one.write("theirs")],
      [label, "key", (one) => (one.keyId = "2")],
      [label, "audience", (one) => (one.audience = SELECTED)],
    ]),
  )("%s, whose %s somebody has changed: nothing written", async (label, what, change) => {
    const world = copying();
    meanwhile(world, () => change(label === "primary" ? world.primary : copyOf(world, 1)));
    expect(await copied(world)).toMatchObject({
      result: "unchanged",
      reason: { code: "destination-changed", label, what },
      saved: [],
    });
    expect([nothingWritten(world), world.log.includes("journal copying")]).toEqual([true, false]);
  });

  test("is looked at before the secret is proven live, three times in a row", async () => {
    const world = copying();
    await copied(world);
    const last = world.log.slice(world.at("copy-2 uncanary") + 1, world.at("journal copying"));
    const seen = last.filter((entry) => entry.endsWith(" survey") || entry.startsWith(`probe ${OLD}`));
    expect(seen).toEqual([
      ...["primary", "copy-1", "copy-2"].map((label) => `${label} survey`),
      ...Array.from({ length: 3 }, () => `probe ${OLD} live`),
    ]);
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

  test.each<[string, string, (world: World) => void]>([
    [
      "the primary is saved, and its key changed",
      "updated-at",
      (world) => {
        world.primary.write("theirs");
        world.primary.keyId = "2";
      },
    ],
    ["the primary's key is changed", "key", (world) => (world.primary.keyId = "2")],
  ])("when GitHub's allowance has been waited for, and %s meanwhile: nothing written", async (_, what, change) => {
    const world = copying();
    whileWaiting(world, () => change(world));
    expect(await copied(world)).toMatchObject({
      result: "unchanged",
      reason: { code: "destination-changed", label: "primary", what },
    });
    expect([nothingWritten(world), world.log.includes("journal copying")]).toEqual([true, false]);
  });

  test("when GitHub's allowance has been waited for, and the secret dies meanwhile: dead, and nothing written", async () => {
    const world = copying();
    whileWaiting(world, () => (world.inForce = "theirs"));
    expect(await copied(world)).toMatchObject({ result: "dead", reason: { code: "given-secret-dead" } });
    expect([nothingWritten(world), world.log.includes("journal copying")]).toEqual([true, false]);
  });

  test("when GitHub's allowance has been waited for, and nothing happens meanwhile: copied", async () => {
    const world = copying();
    whileWaiting(world, () => undefined);
    expect((await copied(world)).result).toBe("copied");
    expect(world.count("say waiting-for-rate-limit")).toBe(1);
  });

  test("is every destination, after the write checks, and without them too", async () => {
    const world = copying();
    await copied(world);
    const before = world.log.slice(world.at("copy-2 uncanary"), world.at("journal copying"));
    expect(before.filter((entry) => entry.endsWith(" survey"))).toEqual(
      ["primary", "copy-1", "copy-2"].map((label) => `${label} survey`),
    );
    const unchecked = copying({ canary: false });
    await copied(unchecked);
    expect(unchecked.count("copy-1 survey")).toBe(2);
  });

  test("and cannot be read: nothing written", async () => {
    const world = copying();
    meanwhile(world, () => world.primary.surveys.push(fault("policy")));
    expect(await copied(world)).toMatchObject({ reason: { code: "destination-unreadable", label: "primary" } });
    expect(nothingWritten(world)).toBe(true);
  });

  test("is what is written with: a copy that was changed before the last looks has its new key", async () => {
    const world = copying();
    copyOf(world).written = new Date(START).toISOString();
    void world.clock.sleep(10_000).then(() => (copyOf(world).keyId = "2"));
    expect((await copied(world)).result).toBe("copied");
    expect(world.count(`copy-1 put ${OLD} key 2`)).toBe(1);
  });

  test("and the token ends before the save timeout: nothing written", async () => {
    const world = copying();
    meanwhile(world, () => (world.primary.tokenExpiresAt = START + SAVE_TIMEOUT_MS));
    expect(await copied(world)).toMatchObject({ reason: { code: "token-expiring" } });
    expect(nothingWritten(world)).toBe(true);
  });
});

describe("GitHub's allowance", () => {
  test.each([
    [true, 24],
    [false, 12],
  ])("has to cover what comes, canary: %s", async (canary, needed) => {
    const short = copying({ canary });
    short.primary.allowance = { remaining: needed - 1, resetAt: null };
    expect(await copied(short)).toMatchObject({
      result: "unchanged",
      reason: { code: "github-allowance", remaining: needed - 1, needed },
    });
    expect([nothingWritten(short), short.tried]).toEqual([true, null]);
    const enough = copying({ canary });
    enough.primary.allowance = { remaining: needed, resetAt: null };
    expect((await copied(enough)).result).toBe("copied");
  });

  test("is waited for before anything is written, and a signal ends the wait", async () => {
    const world = copying();
    world.primary.allowance = { remaining: 0, resetAt: START + 60_000 };
    const ended = copying();
    ended.primary.allowance = { remaining: 0, resetAt: START + 60_000 };
    void world.clock.sleep(60_000).then(() => (world.primary.allowance = null));
    void ended.clock.sleep(10_000).then(() => ended.cancel("SIGTERM"));
    expect((await copied(world)).result).toBe("copied");
    expect(world.at("say waiting-for-rate-limit")).toBeLessThan(world.at("journal trying"));
    expect(await copied(ended)).toMatchObject({ reason: { code: "cancelled", signal: "SIGTERM" } });
    expect([nothingWritten(ended), ended.tried, ended.clock.now() - START]).toEqual([true, null, 10_000]);
  });

  test("used up by the write checks: nothing written", async () => {
    const world = copying();
    copyOf(world).onRemoval = async () => {
      world.primary.allowance = { remaining: 11, resetAt: null };
      await Promise.resolve();
    };
    expect(await copied(world)).toMatchObject({ reason: { code: "github-allowance", remaining: 11, needed: 12 } });
    expect(nothingWritten(world)).toBe(true);
  });
});

test.each([
  [13, true],
  [15, false],
])("a token that ends in %i days is remarked on: %s", async (days, isTold) => {
  const world = copying();
  world.primary.tokenExpiresAt = START + days * 86_400_000;
  expect((await copied(world)).result).toBe("copied");
  expect(world.count("remark token-expires-soon")).toBe(isTold ? 1 : 0);
});

describe("min-age, where copies lie behind", () => {
  const HOUR_AGO = new Date(START - 3_600_000).toISOString();

  function young(copies: number, task: Partial<Task> = {}): World {
    const world = new World({ copies, task: { minAgeMs: 7_200_000, ...task } });
    world.primary.written = HOUR_AGO;
    for (const copy of world.copies) copy.written = HOUR_AGO;
    return world;
  }

  test("gives them the secret, says which, and is skipped", async () => {
    const world = young(3);
    copyOf(world, 1).written = BEFORE;
    const { outcome, fresh } = await rotate(world.task, world.ports);
    expect(outcome).toMatchObject({
      result: "skipped",
      reason: { code: "young-enough", label: "primary" },
      rotated: "false",
      saved: ["primary", "copy-2"],
    });
    expect([world.resets, fresh]).toEqual([0, null]);
    expect(world.notices).toContainEqual({ code: "copies-behind", labels: ["copy-2"] });
    expect(world.log.filter((entry) => entry.includes(" put "))).toEqual([`copy-2 put ${OLD} key 1`]);
    expect(world.log.filter((entry) => entry.includes("copy-1 canary") || entry.includes("copy-3 canary"))).toEqual([]);
  });

  test("but none does: skipped, and nobody is written", async () => {
    const world = young(2);
    const { outcome } = await rotate(world.task, world.ports);
    expect(outcome).toMatchObject({ result: "skipped", saved: [] });
    expect([nothingWritten(world), world.tried]).toEqual([true, null]);
  });

  test("and one cannot be written: partly-saved", async () => {
    const world = young(1, { saveTimeoutMs: 60_000 });
    copyOf(world).written = BEFORE;
    copyOf(world).puts.push(...Array.from({ length: 99 }, () => fault("policy")));
    const { outcome } = await rotate(world.task, world.ports);
    expect(outcome).toMatchObject({ result: "partly-saved", unsaved: [{ label: "copy-1" }] });
    expect(world.resets).toBe(0);
  });

  test("the copies that lie behind, by GitHub's clock", async () => {
    const world = young(3, { create: true });
    copyOf(world, 1).written = null;
    copyOf(world, 2).written = new Date(START - 3_601_000).toISOString();
    const found = await surveyAll(world.context());
    expect(copiesBehind(found).map(({ destination }) => destination.label)).toEqual(["copy-2", "copy-3"]);
  });

  test("of a primary that is not there itself: none lies behind", async () => {
    const world = young(2, { create: true });
    world.primary.written = null;
    copyOf(world).written = null;
    const found = await surveyAll(world.context());
    expect(copiesBehind(found)).toEqual([]);
  });
});
