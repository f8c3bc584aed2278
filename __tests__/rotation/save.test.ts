import type { Control, FaultCause, SavedRecord } from "../../src/rotation/model";
import { saveEverywhere } from "../../src/rotation/save";
import type { SavedAll } from "../../src/rotation/save";
import type { Store } from "../../src/rotation/survey";
import { Secret } from "../../src/text/secret";
import { BEFORE, fault, REQUEST_TIMEOUT_MS } from "../support/fake-destination";
import type { FakeDestination } from "../support/fake-destination";
import { START } from "../support/virtual-clock";
import { NEW, OLD, SAVE_TIMEOUT_MS, SETTLE_MS, strange, undecidedAbout, World } from "../support/world";

/** The first pause, a 600th of the save timeout. */
const PAUSE_MS = SAVE_TIMEOUT_MS / 600;
const PUT = `primary put ${NEW} key 1`;
const PUT_OVER_THE_OTHER = `${PUT} over the other`;
const SENT = "journal sent primary";
const JOURNAL = "journal acknowledged primary";
/** A first write without an answer by then is silent. */
const SILENT_MS = 3_000;
/** So much before the end of the save timeout the last try begins. */
const LAST_TRY_MS = 5_000;

function storeOf(destination: FakeDestination): Store {
  return { destination, key: destination.sealingKey(), updatedAt: BEFORE };
}

/** Saves the new secret, which SnapTrade has in force already. */
async function save(world: World, saved: readonly SavedRecord[] = []): Promise<SavedAll> {
  const [primary, ...copies] = [world.primary, ...world.copies].map(storeOf);
  if (primary === undefined) throw new Error("a world has a primary");
  return await saveEverywhere(
    { secret: new Secret(NEW), answeredAt: START },
    { primary, copies, saved },
    world.context(),
    () => undefined,
  );
}

function afterReset(copies = 0): World {
  const world = new World({ copies });
  world.inForce = NEW;
  return world;
}

/** Nothing that is written there is accepted. */
function always(destination: FakeDestination | undefined, cause: FaultCause): void {
  for (let n = 0; n < 999; n += 1) destination?.puts.push(fault(cause));
}

function waitsOf(world: World): number[] {
  return world.notices.flatMap((notice) => (notice.code === "save-failed" ? [Math.round(notice.waitMs)] : []));
}

describe("the first write", () => {
  test("that succeeds is all there is", async () => {
    const world = afterReset();
    expect(await save(world)).toMatchObject({ primary: { kind: "saved", at: START, unansweredAt: null }, copies: [] });
    expect(world.log).toEqual([SENT, PUT, JOURNAL]);
  });

  test("of the primary is over before a copy is touched", async () => {
    const world = afterReset(2);
    await save(world);
    expect(world.log.slice(0, 3)).toEqual([SENT, PUT, JOURNAL]);
    expect(world.log.filter((entry) => entry.startsWith("copy-"))).toEqual([
      `copy-1 put ${NEW} key 1`,
      `copy-2 put ${NEW} key 1`,
    ]);
    expect(world.writes.filter(({ is }) => is === "acknowledged")).toEqual(
      ["primary", "copy-1", "copy-2"].map((label) => ({ label, is: "acknowledged", at: START, serverTime: START })),
    );
  });

  test("that fails is followed by the sealed command at once, and then by the copies, not by waiting", async () => {
    const world = afterReset(1);
    world.primary.puts.push(fault("server"));
    await save(world);
    expect(world.log.slice(0, 6)).toEqual([
      SENT,
      PUT,
      "journal refused primary",
      "say sealed-command",
      "say save-failed",
      "journal sent copy-1",
    ]);
    expect(world.notices[0]).toEqual({
      code: "sealed-command",
      sure: true,
      label: "primary",
      command: `command for primary: ${NEW} key 1`,
    });
  });

  test("of a copy that fails prints no sealed command: the primary holds the secret", async () => {
    const world = afterReset(1);
    always(world.copies[0], "forbidden");
    const { primary, copies } = await save(world);
    expect([primary.kind, copies[0]?.kind]).toEqual(["saved", "unsaved"]);
    expect(world.codes()).not.toContain("sealed-command");
  });
});

describe("what is done by cause", () => {
  test.each<FaultCause>(["server", "conflict", "malformed", "forbidden", "moved", "quota", "login-page"])(
    "%s: back off, twice as long each time",
    async (cause) => {
      const world = afterReset();
      for (let n = 0; n < 6; n += 1) world.primary.puts.push(fault(cause));
      expect((await save(world)).primary.kind).toBe("saved");
      expect(waitsOf(world)).toEqual([1, 2, 4, 8, 16, 30].map((times) => times * PAUSE_MS));
      expect(world.primary.value).toBe(NEW);
    },
  );

  test.each<FaultCause>([
    "network",
    "server",
    "conflict",
    "throttled",
    "box-refused",
    "quota",
    "unauthorized",
    "forbidden-permission",
    "policy",
    "sso",
    "ip-list",
    "archived",
    "suspended",
    "forbidden",
    "missing",
    "moved",
    "login-page",
    "malformed",
  ])("%s for ever: gone on with until the save timeout, and told as it was at last", async (cause) => {
    const world = afterReset();
    always(world.primary, cause);
    expect((await save(world)).primary).toMatchObject({ kind: "unsaved", why: "out-of-time", fault: { cause } });
    expect(world.clock.now() - START).toBe(SAVE_TIMEOUT_MS - LAST_TRY_MS);
    expect(world.count(PUT)).toBeGreaterThan(20);
  });

  test("throttled: as told", async () => {
    const world = afterReset();
    world.primary.puts.push(fault("throttled", { retryAfterMs: 7_000 }));
    expect((await save(world)).primary.kind).toBe("saved");
    expect(world.clock.now() - START).toBe(7_000);
  });

  test("throttled, and nobody tells for how long: the usual pause", async () => {
    const world = afterReset();
    world.primary.puts.push(fault("throttled"));
    expect((await save(world)).primary.kind).toBe("saved");
    expect(world.clock.now() - START).toBe(SAVE_TIMEOUT_MS / 600);
  });

  test("box-refused: fetch the key anew, seal again, print the new command too", async () => {
    const world = afterReset();
    world.primary.puts.push(fault("box-refused"));
    world.primary.onPut = () => void (world.primary.keyId = "2");
    expect((await save(world)).primary.kind).toBe("saved");
    expect(world.log.filter((entry) => entry.startsWith("primary "))).toEqual([
      PUT,
      "primary read",
      "primary key",
      `primary put ${NEW} key 2`,
    ]);
    const commands = world.notices.flatMap((notice) => (notice.code === "sealed-command" ? [notice.command] : []));
    expect(commands).toEqual([`command for primary: ${NEW} key 1`, `command for primary: ${NEW} key 2`]);
  });

  test("box-refused, and the new key cannot be read: the old box is tried again", async () => {
    const world = afterReset();
    world.primary.puts.push(fault("box-refused"));
    world.primary.keys.push(fault("server"));
    expect((await save(world)).primary.kind).toBe("saved");
    expect([world.count(PUT), world.codes().filter((code) => code === "sealed-command").length]).toEqual([2, 1]);
  });

  test("box-refused at a copy: its new box is not printed either", async () => {
    const world = afterReset(1);
    world.copies[0]?.puts.push(fault("box-refused"));
    expect((await save(world)).copies[0]?.kind).toBe("saved");
    expect([world.count("copy-1 key"), world.codes().includes("sealed-command")]).toEqual([1, false]);
  });

  test("box-refused for ever: five new keys at most, and the latest box goes on", async () => {
    const world = afterReset();
    always(world.primary, "box-refused");
    world.primary.onPut = (nth) => void (world.primary.keyId = String(nth + 1));
    const { primary } = await save(world);
    expect(primary).toMatchObject({ kind: "unsaved", why: "out-of-time", box: { keyId: "6" } });
    expect(world.count("primary key")).toBe(5);
    expect(world.count(`primary put ${NEW} key 6`)).toBeGreaterThan(10);
    expect(world.codes().filter((code) => code === "sealed-command")).toHaveLength(6);
  });

  test("told to wait less than the usual pause: the usual pause", async () => {
    const world = afterReset();
    world.primary.puts.push(fault("throttled", { retryAfterMs: 0 }), fault("server", { retryAfterMs: 1 }));
    expect((await save(world)).primary.kind).toBe("saved");
    expect(waitsOf(world)).toEqual([PAUSE_MS, 2 * PAUSE_MS]);
  });

  test("a refusal that passes is forgiven", async () => {
    const world = afterReset();
    world.primary.puts.push(fault("forbidden"));
    expect((await save(world)).primary.kind).toBe("saved");
  });
});

describe("the save timeout", () => {
  test("is used up, and not exceeded by a pause", async () => {
    const world = afterReset();
    for (let n = 0; n < 99; n += 1) world.primary.puts.push(fault("server"));
    expect((await save(world)).primary).toMatchObject({ kind: "unsaved", why: "out-of-time" });
    const ms = world.clock.now() - START;
    expect(ms).toBeLessThanOrEqual(SAVE_TIMEOUT_MS);
    expect(ms).toBeGreaterThan(SAVE_TIMEOUT_MS - 30_000);
  });

  test.each<[string, boolean, string]>([
    ["and it is taken: saved", true, "saved"],
    ["and it is not: unsaved", false, "unsaved"],
  ])("told to wait longer than there is: one last try at its end, %s", async (_, isTaken, kind) => {
    const world = afterReset();
    const told = fault("throttled", { retryAfterMs: SAVE_TIMEOUT_MS + 1 });
    world.primary.puts.push(told, ...(isTaken ? [] : [told, told]));
    expect((await save(world)).primary.kind).toBe(kind);
    expect([world.count(PUT), world.clock.now() - START]).toEqual([2, SAVE_TIMEOUT_MS - LAST_TRY_MS]);
  });

  test("over when a write is answered: there is no other", async () => {
    const world = afterReset();
    world.primary.puts.push(fault("server"));
    world.primary.onPut = () => world.clock.advance(SAVE_TIMEOUT_MS);
    expect((await save(world)).primary).toMatchObject({ kind: "unsaved", why: "out-of-time" });
    expect([world.count(PUT), world.codes().includes("save-failed")]).toEqual([1, false]);
  });

  test("short as it may be, no pause is nothing", async () => {
    const world = new World({ task: { saveTimeoutMs: 10 } });
    world.inForce = NEW;
    always(world.primary, "server");
    expect((await save(world)).primary.kind).toBe("unsaved");
    expect(world.count(PUT)).toBeLessThan(9);
  });

  test("one destination at its end does not stop another", async () => {
    const world = afterReset(2);
    for (let n = 0; n < 99; n += 1) world.copies[0]?.puts.push(fault("server"));
    const { primary, copies } = await save(world);
    expect([primary, ...copies].map(({ kind }) => kind)).toEqual(["saved", "unsaved", "saved"]);
  });
});

describe("a write whose connection is dead", () => {
  test("goes out again at once over the other one, the same box, and nobody is asked in between", async () => {
    const world = afterReset();
    world.primary.puts.push(fault("network"));
    expect((await save(world)).primary).toMatchObject({ kind: "saved", at: START, unansweredAt: START });
    expect(world.log).toEqual([SENT, PUT, "say sealed-command", SENT, PUT_OVER_THE_OTHER, JOURNAL]);
  });

  test("at both connections: the usual pauses, each after the fence", async () => {
    const world = afterReset();
    for (let n = 0; n < 4; n += 1) world.primary.puts.push(fault("network"));
    expect((await save(world)).primary).toMatchObject({ kind: "saved", unansweredAt: START + 3 * PAUSE_MS });
    expect(waitsOf(world)).toEqual([1, 2, 4].map((times) => times * PAUSE_MS));
    expect([world.count(PUT), world.count(PUT_OVER_THE_OTHER)]).toEqual([4, 1]);
    expect(world.count(`probe ${NEW} live`)).toBe(3);
  });

  test("of which nothing was sent is not unanswered", async () => {
    const world = afterReset();
    const unsent = fault("network", { network: { cause: "proxy", code: "502", sent: false } });
    world.primary.puts.push(unsent, unsent, unsent);
    expect((await save(world)).primary).toMatchObject({ kind: "saved", unansweredAt: null });
    expect(world.count(PUT_OVER_THE_OTHER)).toBe(1);
  });

  test("is tried over the other one at a copy too, and no command is printed", async () => {
    const world = afterReset(1);
    world.copies[0]?.puts.push(fault("network"));
    expect((await save(world)).copies[0]?.kind).toBe("saved");
    expect(world.count(`copy-1 put ${NEW} key 1 over the other`)).toBe(1);
    expect(world.codes()).not.toContain("sealed-command");
  });
});

describe("a write that is silent", () => {
  /** Each write of the primary is answered after so many ms. */
  function slow(world: World, ...ms: readonly number[]): void {
    world.primary.onPut = (nth) => {
      const takesMs = ms[nth - 1];
      return takesMs === undefined ? undefined : world.clock.sleep(takesMs);
    };
  }

  test("for less than three seconds is waited for, and nothing is printed", async () => {
    const world = afterReset();
    slow(world, SILENT_MS - 1);
    expect((await save(world)).primary).toMatchObject({ at: START + SILENT_MS - 1, unansweredAt: null });
    expect(world.log).toEqual([SENT, PUT, JOURNAL]);
  });

  test("for three: the command is printed, and the same box goes out over the other connection, which wins", async () => {
    const world = afterReset();
    slow(world, 8_000);
    const { primary } = await save(world);
    // The first may land at any time from now on.
    const at = START + SILENT_MS;
    expect(primary).toMatchObject({ kind: "saved", at, unansweredAt: at });
    expect(world.log).toEqual([SENT, PUT, "say sealed-command", SENT, PUT_OVER_THE_OTHER, JOURNAL]);
  });

  test("may still win, the first being left open", async () => {
    const world = afterReset();
    slow(world, 4_000, 20_000);
    const at = START + 4_000;
    expect((await save(world)).primary).toMatchObject({ kind: "saved", at, unansweredAt: at });
    expect([world.count(PUT), world.count(PUT_OVER_THE_OTHER)]).toEqual([1, 1]);
  });

  test("acknowledged late: it is in the journal, and changes nothing", async () => {
    const world = afterReset();
    slow(world, 8_000);
    const { primary } = await save(world);
    await world.clock.sleep(10_000);
    const acknowledged = world.writes.filter(({ is }) => is === "acknowledged");
    expect(acknowledged.map(({ at }) => at - START)).toEqual([SILENT_MS, 8_000]);
    expect([primary.kind, world.primary.value, world.count(PUT)]).toEqual(["saved", NEW, 1]);
  });

  test("and the second refused: the first is heard out, and wins", async () => {
    const world = afterReset();
    slow(world, 9_000);
    world.primary.puts.push(fault("server"));
    expect((await save(world)).primary).toMatchObject({ kind: "saved", at: START + 9_000, unansweredAt: null });
    expect([world.count(PUT), world.codes().includes("save-failed")]).toEqual([1, false]);
  });

  test("and both come to nothing: the usual pauses from then on", async () => {
    const world = afterReset();
    slow(world, 9_000, 9_000);
    world.primary.puts.push(fault("network"), fault("network"));
    const { primary } = await save(world);
    const silentAt = START + SILENT_MS + 9_000;
    expect(primary).toMatchObject({ kind: "saved", unansweredAt: silentAt, at: silentAt + PAUSE_MS });
    expect(world.codes().filter((code) => code === "sealed-command")).toHaveLength(1);
  });

  test("for ever: each is given up when the client's own limit is over, and goes out again", async () => {
    const world = afterReset();
    const at: number[] = [];
    world.primary.onPut = async () => {
      at.push(world.clock.now() - START);
      await new Promise<never>(() => undefined);
    };
    await save(world);
    const bothSilentMs = SILENT_MS + REQUEST_TIMEOUT_MS;
    const thirdMs = bothSilentMs + PAUSE_MS;
    expect(at.slice(0, 4)).toEqual([0, SILENT_MS, thirdMs, thirdMs + REQUEST_TIMEOUT_MS + 2 * PAUSE_MS]);
    expect(world.codes().filter((code) => code === "sealed-command")).toHaveLength(1);
  });

  test("is given no more time than the save timeout leaves", async () => {
    const world = afterReset();
    const left: (number | undefined)[] = [];
    const put = world.primary.put.bind(world.primary);
    world.primary.put = async (box, passage) => {
      left.push(passage?.timeoutMs);
      expect(passage?.timeoutMs).toBe(Math.max(1, START + SAVE_TIMEOUT_MS - world.clock.now()));
      return await put(box, passage);
    };
    always(world.primary, "network");
    await save(world);
    expect([left[0], left.at(-1)]).toEqual([SAVE_TIMEOUT_MS, LAST_TRY_MS]);
  });

  test("is over when the save timeout is", async () => {
    const world = afterReset();
    world.primary.onPut = async () => await new Promise<never>(() => undefined);
    const { primary } = await save(world);
    expect(primary).toMatchObject({ kind: "unsaved", why: "out-of-time", fault: { cause: "network" } });
    expect([primary.unansweredAt, world.clock.now()]).toEqual([START + SAVE_TIMEOUT_MS, START + SAVE_TIMEOUT_MS]);
  });
});

describe("a write that got no answer", () => {
  test("is remembered with its time when a later one succeeds", async () => {
    const world = afterReset();
    world.primary.puts.push(fault("server"), fault("network"), fault("server"));
    expect((await save(world)).primary).toMatchObject({ kind: "saved", unansweredAt: START + PAUSE_MS });
    expect(world.clock.now() - START).toBe((1 + 2 + 4) * PAUSE_MS);
  });

  test("and when none does", async () => {
    const world = afterReset();
    world.primary.puts.push(fault("forbidden"), fault("network"));
    always(world.primary, "forbidden");
    const { primary } = await save(world);
    expect([primary.kind, primary.unansweredAt]).toEqual(["unsaved", START + PAUSE_MS]);
  });
});

describe("a save that a process which was ended has made already", () => {
  const record = { label: "primary", at: START - 5_000, serverTime: START - 5_000 };

  test("is not made again, and the copies are saved at once", async () => {
    const world = afterReset(1);
    const { primary, copies } = await save(world, [record]);
    expect(primary).toMatchObject({ kind: "saved", at: record.at, serverTime: record.serverTime });
    expect([copies[0]?.kind, world.log.includes(PUT)]).toEqual(["saved", false]);
  });

  test("of a copy is not made again either", async () => {
    const world = afterReset(2);
    const { copies } = await save(world, [{ ...record, label: "copy-2" }]);
    expect(copies).toMatchObject([
      { kind: "saved", at: START },
      { kind: "saved", at: record.at },
    ]);
    expect(world.log.filter((entry) => entry.includes(" put "))).toEqual([PUT, `copy-1 put ${NEW} key 1`]);
  });
});

describe("the fence before each retry", () => {
  test("asks about the new secret, and at the same time about the destination, before every write but the first", async () => {
    const world = afterReset();
    world.primary.puts.push(fault("server"), fault("server"));
    await save(world);
    const steps = world.log.filter((entry) => !/^(say|journal) /.test(entry));
    const asked = [`probe ${NEW} live`, "primary read"];
    expect(steps).toEqual([PUT, ...asked, PUT, ...asked, PUT]);
  });

  test("dead: somebody rotated after us, and their secret is not overwritten", async () => {
    const world = afterReset();
    world.primary.puts.push(fault("server"));
    world.primary.onPut = () => {
      world.inForce = "theirs";
      world.primary.write("theirs");
    };
    expect((await save(world)).primary).toMatchObject({ kind: "unsaved", why: "superseded" });
    expect([world.primary.value, world.count(PUT)]).toEqual(["theirs", 1]);
    expect(world.at("control known")).toBeGreaterThan(world.at(`probe ${OLD} refused`));
    expect(world.clock.now() - START).toBeGreaterThanOrEqual(SETTLE_MS);
  });

  test("dead, and the old one is live: nobody rotated, so ours is waited for", async () => {
    const world = afterReset();
    world.primary.puts.push(fault("server"));
    world.inForce = OLD;
    void world.clock.sleep(SETTLE_MS).then(() => (world.inForce = NEW));
    expect((await save(world)).primary.kind).toBe("saved");
    expect(world.clock.now() - START).toBeGreaterThanOrEqual(SETTLE_MS);
  });

  test("dead, and the old one stays live: not written, and told when time is up", async () => {
    const world = afterReset();
    world.primary.puts.push(fault("server"));
    world.inForce = OLD;
    expect((await save(world)).primary).toMatchObject({ kind: "unsaved", why: "old-still-live" });
    expect(world.count(PUT)).toBe(1);
  });

  test.each<[string, boolean, string]>([
    ["dead, and nobody can tell about the old one: not called superseded", false, "undecided"],
    [
      "dead and the old one live, and then nobody can tell: the old one stays known to have been live",
      true,
      "old-still-live",
    ],
  ])("%s", async (_, oldWasLive, why) => {
    const world = afterReset();
    world.primary.puts.push(fault("server"));
    world.inForce = oldWasLive ? OLD : "neither";
    const half = START + SAVE_TIMEOUT_MS / 2;
    world.primary.onPut = () => world.primary.write("theirs");
    world.verdict = (candidate) =>
      !oldWasLive
        ? undecidedAbout(OLD)(candidate)
        : world.clock.now() > half
          ? undecidedAbout(OLD, NEW)(candidate)
          : null;
    expect((await save(world)).primary).toMatchObject({ kind: "unsaved", why });
    expect(world.count(PUT)).toBe(1);
  });

  test("dead, and time is up while the old one is asked about: undecided, so that nobody is told to write ours", async () => {
    const world = afterReset();
    world.primary.puts.push(fault("server"));
    world.inForce = "theirs";
    const { issuer } = world.ports;
    const probe = issuer.probe.bind(issuer);
    Object.assign(issuer, {
      probe: async (one: Secret) =>
        one.reveal() === OLD ? await new Promise<never>(() => undefined) : await probe(one),
    });
    expect((await save(world)).primary).toMatchObject({ kind: "unsaved", why: "undecided" });
  });

  test("one refusal that passes is not death", async () => {
    const world = afterReset();
    world.primary.puts.push(fault("server"));
    world.verdict = (_, nth) => (nth <= 2 ? { kind: "refused" } : null);
    expect((await save(world)).primary.kind).toBe("saved");
  });

  test("cannot tell, and the destination is as it was: written at the first doubt", async () => {
    const world = afterReset();
    world.primary.puts.push(fault("server"));
    world.verdict = undecidedAbout(NEW);
    expect((await save(world)).primary.kind).toBe("saved");
    expect(world.count(`probe ${NEW} cannot-tell`)).toBe(1);
    expect(world.clock.now() - START).toBe(PAUSE_MS);
  });

  test("both refused before the settle time is over: ours may not be known everywhere, so it is waited for", async () => {
    const world = afterReset();
    world.primary.puts.push(fault("server"));
    world.inForce = "nothing yet";
    void world.clock.sleep(SETTLE_MS - 5_000).then(() => (world.inForce = NEW));
    expect((await save(world)).primary.kind).toBe("saved");
    expect(world.log.join()).not.toContain("control");
  });

  test("counts the settle time from the answer, not from the save", async () => {
    const world = afterReset();
    world.primary.puts.push(fault("server"));
    world.inForce = "theirs";
    world.clock.advance(SETTLE_MS);
    expect((await save(world)).primary).toMatchObject({ why: "superseded" });
    expect(world.count(`probe ${NEW} refused`)).toBe(3);
  });

  test.each<[string, Control]>([
    ["the client is rejected", { kind: "client-rejected", said: { status: 401, code: "1083", sentence: null } }],
    ["there is no such user", { kind: "no-such-user" }],
    ["the control question has no answer", { kind: "no-answer", doubt: { kind: "contradiction" } }],
  ])("both refused, and %s: a doubt, so only an unmoved destination is written", async (_, control) => {
    const world = afterReset();
    world.primary.puts.push(fault("server"));
    world.inForce = "neither";
    world.controls = [control];
    expect((await save(world)).primary.kind).toBe("saved");
    const moved = afterReset();
    moved.primary.puts.push(fault("server"));
    moved.primary.onPut = () => moved.primary.write("theirs");
    moved.inForce = "neither";
    moved.controls = [control];
    expect((await save(moved)).primary).toMatchObject({ kind: "unsaved", why: "undecided" });
    expect(moved.primary.value).toBe("theirs");
  });

  test.each<[string, string]>([
    ["the new one", NEW],
    ["the old one", OLD],
  ])("both refused, and now and then nobody can tell about %s: never three times in a row", async (_, secret) => {
    const world = afterReset();
    world.primary.puts.push(fault("server"));
    world.primary.onPut = () => world.primary.write("theirs");
    world.inForce = "theirs";
    let asked = 0;
    world.verdict = (candidate) => (candidate === secret && ++asked % 3 === 0 ? strange() : null);
    expect((await save(world)).primary).toMatchObject({ kind: "unsaved", why: "undecided" });
    expect(world.log.join()).not.toContain("control");
  });

  test("cannot tell, and the destination has been written since: not written again, until time is up", async () => {
    const world = afterReset();
    world.primary.puts.push(fault("server"));
    world.primary.onPut = () => world.primary.write("theirs");
    world.verdict = undecidedAbout(NEW);
    expect((await save(world)).primary).toMatchObject({ kind: "unsaved", why: "undecided" });
    expect([world.primary.value, world.count(PUT)]).toEqual(["theirs", 1]);
    expect(world.clock.now() - START).toBeGreaterThan(SAVE_TIMEOUT_MS - 2 * SETTLE_MS);
  });

  test("does not answer at all: not written again, and given up when time is up", async () => {
    const world = afterReset();
    world.primary.puts.push(fault("server"));
    Object.assign(world.ports.issuer, { probe: async () => await new Promise<never>(() => undefined) });
    expect((await save(world)).primary).toMatchObject({ kind: "unsaved", why: "out-of-time" });
    expect(world.clock.now() - START).toBe(SAVE_TIMEOUT_MS);
    expect(world.count(PUT)).toBe(1);
  });

  test("cannot tell, and neither can GitHub: asked again until SnapTrade can", async () => {
    const world = afterReset();
    world.primary.puts.push(fault("server"));
    world.primary.reads.push(fault("server"));
    world.verdict = (candidate, nth) => (nth <= 1 ? undecidedAbout(NEW)(candidate) : null);
    expect((await save(world)).primary.kind).toBe("saved");
    expect(world.count("primary read")).toBe(2);
  });
});
