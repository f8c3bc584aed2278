import { leave } from "../../src/rotation/leave";
import type { SavedRecord } from "../../src/rotation/model";
import type { Reason } from "../../src/rotation/outcome";
import type { Remains } from "../../src/rotation/ports";
import { Secret } from "../../src/text/secret";
import { BEFORE, fault } from "../support/fake-destination";
import { START } from "../support/virtual-clock";
import { NEW, sent, SETTLE_MS, World } from "../support/world";

const REASON = { code: "internal-error", before: "end", name: "TypeError" } as const satisfies Reason;
const COMMAND = { label: "primary", command: `command for primary: ${NEW} key 1` };
const PUT = `primary put ${NEW} key 1`;

function kept(world: World, saved: readonly SavedRecord[] = []): Remains {
  const stores = [{ updatedAt: BEFORE, key: world.primary.sealingKey() }];
  return { kind: "sent", sending: { stores }, sentAt: START, reply: sent(world), saved, unansweredSince: null };
}

function afterReset(): World {
  const world = new World({ escrow: true });
  world.inForce = NEW;
  return world;
}

describe("an error that nobody thought of", () => {
  test("leaves the command and the age text, and tries one write, which is enough", async () => {
    const world = afterReset();
    expect(await leave(kept(world), REASON, "once", world.context())).toMatchObject({
      result: "saved-unverified",
      rotated: "true",
      saved: ["primary"],
      unsaved: [],
      escrow: `age of ${NEW}`,
    });
    expect(world.at("say sealed-command")).toBeLessThan(world.at(PUT));
    expect(world.primary.value).toBe(NEW);
  });

  test("dates the command by GitHub's clock as main has left it", async () => {
    const world = afterReset();
    const remains = kept(world);
    if (remains.kind !== "sent") throw new Error("kept");
    const left = { ...remains, sending: { ...remains.sending, aheadMs: -7_000 } };
    await leave(left, REASON, "nothing", world.context());
    expect(world.at("github is -7000 ms ahead")).toBeLessThan(world.at("say sealed-command"));
  });

  test("is unsaved where that write fails", async () => {
    const world = afterReset();
    world.primary.puts.push(fault("server"));
    const outcome = await leave(kept(world), REASON, "once", world.context());
    expect(outcome).toMatchObject({ result: "unsaved", reason: REASON, unsaved: [COMMAND] });
    expect(world.count(PUT)).toBe(1);
  });

  test("writes nothing once somebody may have rotated since, or where the primary is saved", async () => {
    const late = afterReset();
    const remains = kept(late);
    await late.clock.sleep(SETTLE_MS);
    expect(await leave(remains, REASON, "once", late.context())).toMatchObject({ result: "unsaved" });
    const saved = afterReset();
    const record = { label: "primary", at: START, serverTime: START };
    expect(await leave(kept(saved, [record]), REASON, "once", saved.context())).toMatchObject({
      result: "saved-unverified",
      unsaved: [],
    });
    expect([late.count(PUT), saved.count(PUT), saved.codes().includes("sealed-command")]).toEqual([0, 0, false]);
  });

  test("is unknown where nothing was kept, or nothing that is certain", async () => {
    const world = afterReset();
    const nothing = { ...kept(world), reply: null };
    expect(await leave(nothing, REASON, "once", world.context())).toMatchObject({ result: "unknown", unsaved: [] });
    world.reading = { kind: "candidates", status: null, secrets: [new Secret(NEW)] };
    expect(await leave(kept(world), REASON, "once", world.context())).toMatchObject({
      result: "unknown",
      unsaved: [COMMAND],
    });
    expect(world.count(PUT)).toBe(0);
  });

  test("is unknown where the journal names no destination", async () => {
    const world = afterReset();
    const nowhere = { ...kept(world), sending: { stores: [] } };
    expect(await leave(nowhere, REASON, "once", world.context())).toMatchObject({ result: "unknown", unsaved: [] });
  });

  test("tells no time of an answer of which nothing came", async () => {
    const world = afterReset();
    const empty = { ...kept(world), reply: sent(world, "complete", "") };
    expect(await leave(empty, REASON, "nothing", world.context())).toMatchObject({ rotatedAt: null });
  });
});

describe("a setting that post refuses", () => {
  const refused = { code: "refused-setting", setting: "NODE_DEBUG", problem: "is set", expected: "unset" } as const;

  test("nobody is asked, and what was kept is printed", async () => {
    const world = afterReset();
    expect(await leave(kept(world), refused, "nothing", world.context())).toMatchObject({
      result: "unsaved",
      reason: refused,
      unsaved: [COMMAND],
    });
    expect(world.log.filter((entry) => /^(probe|control|primary) /.test(entry))).toEqual([]);
  });

  test.each([
    [false, "unchanged"],
    [true, "partly-saved"],
  ])("where nothing was sent, and copies may have been written (%p): %s", async (isCopying, result) => {
    const world = new World();
    const remains = { kind: "not-sent", canaries: [], isCopying } as const;
    expect(await leave(remains, refused, "nothing", world.context())).toMatchObject({ result });
  });

  test.each<[string, readonly string[], string]>([
    ["the primary", ["primary"], "partly-saved"],
    ["all", ["primary", "copy-1"], "saved-unverified"],
  ])("and main saved %s", async (_, labels, result) => {
    const world = new World({ copies: 1 });
    const saves = labels.map((label) => ({ label, at: START, serverTime: START }));
    expect(await leave(kept(world, saves), refused, "nothing", world.context())).toMatchObject({
      result,
      saved: labels,
    });
  });
});
