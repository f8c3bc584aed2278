import { rotate } from "../../src/rotation/rotate";
import { Secret } from "../../src/text/secret";
import { fault } from "../support/fake-destination";
import { START } from "../support/virtual-clock";
import { NEW, OLD, sent, SETTLE_MS, World } from "../support/world";

describe("a rotation in which nothing goes wrong", () => {
  test("ends rotated, with the new secret in every destination and for export", async () => {
    const world = new World({ copies: 2 });
    const { outcome, fresh } = await rotate(world.task, world.ports);
    expect(outcome).toMatchObject({ result: "rotated", reason: { code: "rotated" }, rotated: "true", unsaved: [] });
    expect(outcome.saved).toEqual(["primary", "copy-1", "copy-2"]);
    expect([world.primary, ...world.copies].map(({ value }) => value)).toEqual([NEW, NEW, NEW]);
    expect(fresh?.reveal()).toBe(NEW);
    expect(world.resets).toBe(1);
  });

  test("proves both secrets and every destination before it announces, and announces before it resets", async () => {
    const world = new World({ copies: 1 });
    await rotate(world.task, world.ports);
    const announced = world.at("say resetting");
    for (const earlier of [
      `probe ${OLD} live`,
      "probe old-secret-0 refused",
      "primary survey",
      "primary canary key 1",
      "primary uncanary",
      "copy-1 canary key 1",
      "copy-1 uncanary",
      "journal sending",
    ]) {
      expect(world.at(earlier)).toBeLessThan(announced);
    }
    expect(world.at("primary canary key 1")).toBeLessThan(world.at("primary uncanary"));
    expect(announced).toBeLessThan(world.at(`reset ${OLD}`));
  });

  test("keeps the bytes before it masks, masks before escrow, and has all that before the save", async () => {
    const world = new World({ copies: 1, escrow: true });
    const { outcome } = await rotate(world.task, world.ports);
    const order = [
      `reset ${OLD}`,
      "journal keep",
      `mask ${NEW}`,
      `escrow ${NEW}`,
      "say escrow",
      `primary put ${NEW} key 1`,
      `copy-1 put ${NEW} key 1`,
      "begin prove",
    ].map((entry) => world.at(entry));
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    expect(outcome.escrow).toBe(`age of ${NEW}`);
  });

  test("asks nobody anything between the answer and the first write of the primary", async () => {
    const world = new World({ copies: 1 });
    await rotate(world.task, world.ports);
    const between = world.log.slice(world.at(`reset ${OLD}`) + 1, world.at(`primary put ${NEW} key 1`));
    expect(between).toEqual(["journal keep", `mask ${NEW}`, "begin save", "journal sent primary"]);
  });

  test("rehearses before the write checks, looks at everything again as the last thing, and then announces", async () => {
    const world = new World({ copies: 1 });
    await rotate(world.task, world.ports);
    const order = [
      "primary survey",
      "copy-1 survey",
      "journal rehearse",
      "primary rehearse",
      "journal trying",
      "primary canary key 1",
      "primary uncanary",
    ].map((entry) => world.at(entry));
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    expect(world.log.slice(world.at("journal sending") - 2, world.at(`reset ${OLD}`) + 1)).toEqual([
      "primary survey",
      "copy-1 survey",
      "journal sending",
      "say resetting",
      "begin reset",
      "journal sent",
      `reset ${OLD}`,
    ]);
  });

  test("tells the journal of each write, before it goes out and when GitHub has acknowledged it", async () => {
    const world = new World({ copies: 1 });
    await rotate(world.task, world.ports);
    const words = ["primary", "copy-1"].flatMap((label) => [`sent ${label}`, `acknowledged ${label}`]);
    expect(world.writes.map(({ is, label }) => `${is} ${label}`)).toEqual(words);
  });

  test("never writes to a destination's own name before the reset", async () => {
    const world = new World({ copies: 1 });
    await rotate(world.task, world.ports);
    expect(world.log.slice(0, world.at(`reset ${OLD}`)).filter((entry) => entry.includes(" put "))).toEqual([]);
  });

  test("prints no sealed command", async () => {
    const world = new World();
    await rotate(world.task, world.ports);
    expect(world.codes()).toEqual(["secret-proven", "destination-proven", "resetting", "saved"]);
  });

  test("tells post what it found at every destination", async () => {
    const world = new World({ copies: 1 });
    world.githubClock.aheadMs = 7_000;
    await rotate(world.task, world.ports);
    expect(world.sending?.aheadMs).toBe(7_000);
    expect(world.sending?.stores.map(({ key }) => key.publicKey)).toEqual(["key of primary", "key of copy-1"]);
  });

  test("counts the risk from the answer's last byte to the acknowledgement of the primary", async () => {
    const world = new World();
    world.primary.onPut = () => world.clock.advance(37);
    const { outcome } = await rotate(world.task, world.ports);
    expect(outcome.atRiskMs).toBe(37);
    expect(outcome.rotatedAt).toBe(START);
  });
});

describe("what stops a rotation at the point of no return", () => {
  test("mode check ends before the announcement", async () => {
    const world = new World({ task: { mode: "check" } });
    const { outcome, fresh } = await rotate(world.task, world.ports);
    expect(outcome).toMatchObject({ result: "checked", reason: { code: "ready" }, rotated: "false" });
    expect([fresh, world.resets, world.sending]).toEqual([null, 0, null]);
    expect(world.count("primary uncanary")).toBe(1);
  });

  test("a preparation that stops sends no reset", async () => {
    const world = new World();
    world.primary.canaries.push(fault("policy"));
    const { outcome } = await rotate(world.task, world.ports);
    expect(outcome).toMatchObject({ result: "unchanged", reason: { code: "canary-refused" } });
    expect(world.resets).toBe(0);
  });

  test("a journal that does not take the note that the reset leaves", async () => {
    const world = new World();
    world.journalTakesSending = false;
    const { outcome } = await rotate(world.task, world.ports);
    expect(outcome).toMatchObject({ result: "unchanged", reason: { code: "journal-unavailable" } });
    expect([world.resets, world.codes().includes("resetting")]).toEqual([0, false]);
  });

  test.each([true, false])("a signal that came before the announcement, canary: %s", async (canary) => {
    const world = new World({ task: { canary } });
    // Seen, and not yet told to those that wait for it.
    world.seen = "SIGTERM";
    const { outcome } = await rotate(world.task, world.ports);
    expect(outcome).toMatchObject({ result: "unchanged", reason: { code: "cancelled", signal: "SIGTERM" } });
    expect([world.resets, world.codes().includes("resetting")]).toEqual([0, false]);
  });

  test("a signal after the announcement does not end the work", async () => {
    const world = new World();
    const { onReset } = world;
    world.onReset = () => {
      world.cancel("SIGINT");
      return onReset();
    };
    expect((await rotate(world.task, world.ports)).outcome.result).toBe("rotated");
    expect(world.primary.value).toBe(NEW);
  });
});

describe("what the reset may bring", () => {
  test("not one byte sent: unchanged, and nothing is asked or kept", async () => {
    const world = new World();
    world.onReset = () => ({ kind: "not-sent", why: "no connection: ECONNREFUSED" });
    const { outcome } = await rotate(world.task, world.ports);
    expect(outcome).toMatchObject({ result: "unchanged", rotated: "false", reason: { code: "reset-not-sent" } });
    expect(world.log.at(-1)).toBe(`reset ${OLD}`);
  });

  test("a journal that cannot keep the answer is said, and delays no save", async () => {
    const world = new World();
    world.journalKeeps = false;
    expect((await rotate(world.task, world.ports)).outcome.result).toBe("rotated");
    expect(world.at("say journal-failed")).toBeLessThan(world.at(`primary put ${NEW} key 1`));
  });

  test("an escrow that fails is said, and delays no save", async () => {
    const world = new World({ escrow: true });
    world.escrowWorks = false;
    const { outcome } = await rotate(world.task, world.ports);
    expect(outcome).toMatchObject({ result: "rotated", escrow: null });
    expect(world.codes()).toContain("escrow-failed");
  });

  test.each(["complete", "cut", "deadline", "overflow"] as const)(
    "an answer that ended %s is kept first",
    async (how) => {
      const world = new World();
      world.onReset = () => sent(world, how);
      world.reading = { kind: "unanswered", status: null };
      await rotate(world.task, world.ports);
      expect(world.log[world.at(`reset ${OLD}`) + 1]).toBe("journal keep");
    },
  );

  test("proves the old one dead by three refusals, over which nothing is risked any more", async () => {
    const world = new World();
    await rotate(world.task, world.ports);
    expect(world.count(`probe ${OLD} refused`)).toBe(3);
    expect(world.at(`primary put ${NEW} key 1`)).toBeLessThan(world.at(`probe ${OLD} refused`));
    expect(world.log.join()).not.toContain("control");
  });

  test("an answer over its time, which comes after all: rotated", async () => {
    const world = new World();
    world.onReset = () => {
      world.inForce = NEW;
      const rest = world.clock.sleep(SETTLE_MS / 3).then(() => sent(world, "complete", "the whole of it"));
      return { ...sent(world, "deadline", ""), rest };
    };
    world.readingOf = ({ ending }) => (ending === "complete" ? world.reading : { kind: "unanswered", status: null });
    const { outcome } = await rotate(world.task, world.ports);
    expect(outcome).toMatchObject({ result: "rotated", rotatedAt: START + SETTLE_MS / 3 });
    expect([world.count("journal keep"), world.resets, world.primary.value]).toEqual([2, 1, NEW]);
  });

  test("waits for SnapTrade's limits anew after the reset", async () => {
    const world = new World();
    world.allowances = [{ limit: null, remaining: 0, resetMs: 119_000 }];
    let asked = 0;
    world.verdict = (candidate) =>
      candidate === NEW && ++asked === 1
        ? { kind: "cannot-tell", doubt: { kind: "throttled", retryAfterMs: 100_000, waitedMs: 0 } }
        : null;
    expect((await rotate(world.task, world.ports)).outcome.result).toBe("rotated");
    const waits = world.notices.filter(({ code }) => code === "waiting-for-rate-limit");
    expect(waits).toMatchObject([
      { waitMs: 119_000, isResetSent: false },
      { waitMs: 100_000, isResetSent: true },
    ]);
  });

  test("the fresh secret is handed on only when it is proven everywhere", async () => {
    const world = new World();
    world.verdict = (candidate) => (candidate === OLD ? { kind: "live" } : null);
    const { outcome, fresh } = await rotate(world.task, world.ports);
    expect([outcome.result, fresh]).toEqual(["saved-unverified", null]);
    expect(new Secret(world.primary.value).reveal()).toBe(NEW);
  });
});
