import { complete } from "../../src/rotation/complete";
import type { Audience, Control, Doubt, Printed } from "../../src/rotation/model";
import type { Outcome, Reason } from "../../src/rotation/outcome";
import { BEFORE, fault } from "../support/fake-destination";
import { START } from "../support/virtual-clock";
import { NEW, OLD, SAVE_TIMEOUT_MS, SETTLE_MS, strange, World } from "../support/world";

const SAID = { status: 401, code: "1083", sentence: "Invalid clientId provided - X" } as const;
const PRINTED: Printed = { sealed: NEW, keyId: "1", printedAt: START - 3_600_000 };

/** An earlier run has rotated, and the primary still holds the secret from before it. */
function unsaved(): World {
  const world = new World({ task: { mode: "finish" } });
  world.inForce = NEW;
  return world;
}

async function completed(world: World, printed: Partial<Printed> = {}): Promise<Outcome> {
  return await complete({ ...PRINTED, ...printed }, world.context());
}

function puts({ log }: World): number {
  return log.filter((entry) => entry.startsWith("primary put ")).length;
}

/** Unchanged, and not one byte was written. */
async function refuses(world: World, reason: Partial<Reason>, printed: Partial<Printed> = {}): Promise<void> {
  expect(await completed(world, printed)).toMatchObject({ result: "unchanged", rotated: "false", reason });
  expect(puts(world)).toBe(0);
}

describe("mode: finish", () => {
  test("saves what is sealed where the saved secret is dead and nobody has saved since", async () => {
    const world = unsaved();
    const outcome = await completed(world);
    expect(outcome).toMatchObject({
      result: "finished",
      rotated: "false",
      reason: { code: "finished", label: "primary", provenBy: "run" },
      saved: ["primary"],
      unsaved: [],
    });
    expect(world.primary.value).toBe(NEW);
    expect(world.count(`probe ${OLD} refused`)).toBe(3);
    expect(world.codes()).not.toContain("sealed-command");
  });

  test("an environment's secret is proven by a new job", async () => {
    const world = unsaved();
    world.primary.visible = "next-job";
    expect(await completed(world)).toMatchObject({ reason: { code: "finished", provenBy: "job" } });
  });

  test("sends no reset, writes no canary, and looks at the primary last", async () => {
    const world = unsaved();
    await completed(world);
    expect(world.resets).toBe(0);
    expect(world.log.join()).not.toMatch(/canary|journal/);
    expect(world.at(`probe ${OLD} refused`)).toBeLessThan(world.at("primary survey"));
  });

  test("lets those read an organization's secret whom GitHub names", async () => {
    const world = unsaved();
    const audience: Audience = { visibility: "selected", selectedRepositoryIds: [7] };
    world.primary.audience = audience;
    world.primary.puts.push(fault("forbidden"));
    await completed(world);
    expect(world.notices).toContainEqual(expect.objectContaining({ code: "sealed-command", audience }));
  });

  test("a secret that does not exist yet may be made", async () => {
    const world = new World({ task: { mode: "finish", create: true } });
    world.inForce = NEW;
    world.primary.written = null;
    expect(await completed(world)).toMatchObject({ result: "finished" });
  });
});

describe("mode: finish writes nothing", () => {
  test("where the saved secret is live", async () => {
    const world = unsaved();
    world.inForce = OLD;
    await refuses(world, { code: "finish-not-needed" });
  });

  test("where it was accepted once among refusals, until three in a row agree", async () => {
    const world = unsaved();
    let asked = 0;
    world.verdict = (candidate) => (candidate === OLD && ++asked % 2 === 0 ? { kind: "live" } : null);
    await refuses(world, { code: "snaptrade-undecided", doubt: { kind: "contradiction" } });
  });

  test("where SnapTrade accepts any secret", async () => {
    const world = unsaved();
    world.verdict = () => ({ kind: "live" });
    await refuses(world, { code: "any-secret-accepted" });
  });

  test("where SnapTrade cannot tell", async () => {
    const world = unsaved();
    world.verdict = () => strange();
    await refuses(world, { code: "snaptrade-undecided" });
  });

  test.each<[string, Control, Partial<Reason>]>([
    ["the client is rejected", { kind: "client-rejected", said: SAID }, { code: "client-rejected", said: SAID }],
    ["there is no such user", { kind: "no-such-user" }, { code: "no-such-user" }],
    [
      "the control question gets no answer",
      { kind: "no-answer", doubt: { kind: "contradiction" } satisfies Doubt },
      { code: "snaptrade-undecided", doubt: { kind: "unchecked" } },
    ],
  ])("where %s", async (_, control, reason) => {
    const world = unsaved();
    world.controls = [control];
    await refuses(world, reason);
  });

  test("where the primary was saved after the command was printed", async () => {
    const world = unsaved();
    const savedAt = Date.parse(BEFORE);
    const printedAt = savedAt - 1_000;
    await refuses(world, { code: "finish-overtaken", label: "primary", savedAt, printedAt }, { printedAt });
  });

  test("but does where it was saved in the very second", async () => {
    const world = unsaved();
    expect(await completed(world, { printedAt: Date.parse(BEFORE) })).toMatchObject({ result: "finished" });
  });

  test.each([
    ["next-run", "run"],
    ["next-job", "job"],
  ] as const)("where the given secret is not the saved one any more, read by the %s", async (visible, since) => {
    const world = unsaved();
    world.primary.visible = visible;
    world.primary.written = new Date(START).toISOString();
    world.runStartedAt = START - 60_000;
    world.stepStartedAt = START + 900;
    await refuses(world, { code: "given-secret-outdated", since }, { printedAt: START + 1_000 });
  });

  test("where the key has changed", async () => {
    const world = unsaved();
    await refuses(world, { code: "finish-key-changed", label: "primary" }, { keyId: "2" });
  });

  test("where the primary is not there, or cannot be read", async () => {
    const missing = unsaved();
    missing.primary.written = null;
    await refuses(missing, { code: "destination-missing" });
    const unreadable = unsaved();
    unreadable.primary.surveys.push(fault("policy"));
    await refuses(unreadable, { code: "destination-unreadable" });
  });

  test("where the run is cancelled before", async () => {
    const world = unsaved();
    world.verdict = () => {
      world.cancel("SIGINT");
      return strange();
    };
    await refuses(world, { code: "cancelled", signal: "SIGINT" });
  });
});

describe("a write of mode: finish", () => {
  test("that is refused: unchanged, with the cause and the command", async () => {
    const world = unsaved();
    world.primary.puts.push(fault("box-refused"));
    expect(await completed(world)).toMatchObject({
      result: "unchanged",
      reason: { code: "finish-refused", label: "primary", fault: { cause: "box-refused" } },
      unsaved: [{ label: "primary", command: `command for primary: ${NEW} key 1` }],
    });
    expect(world.codes()).toContain("sealed-command");
    expect(world.primary.value).not.toBe(NEW);
  });

  test.each(["unauthorized", "forbidden", "missing", "throttled", "conflict", "malformed"] as const)(
    "that is refused for a moment (%s) is repeated",
    async (cause) => {
      const world = unsaved();
      const passing = cause === "malformed" ? fault(cause, { repeatable: true }) : fault(cause);
      world.primary.puts.push(passing, passing);
      expect(await completed(world)).toMatchObject({ result: "finished" });
      expect(puts(world)).toBe(3);
      expect(world.codes()).not.toContain("settling");
    },
  );

  test("that is refused for good is not repeated for long", async () => {
    const world = unsaved();
    world.primary.puts.push(...Array.from({ length: 99 }, () => fault("forbidden")));
    expect(await completed(world)).toMatchObject({ result: "unchanged", reason: { code: "finish-refused" } });
    expect(world.clock.now() - START).toBeLessThan(10_000);
  });

  test("that never left is refused too", async () => {
    const world = unsaved();
    const network = { cause: "refused", code: "ECONNREFUSED", sent: false } as const;
    world.primary.puts.push(...Array.from({ length: 99 }, () => fault("network", { network })));
    expect(await completed(world)).toMatchObject({ result: "unchanged", reason: { code: "finish-refused" } });
  });

  test("without an answer is repeated, and waited for until it can no longer land", async () => {
    const world = unsaved();
    world.primary.puts.push(fault("network"), fault("server", { answered: false }));
    expect(await completed(world)).toMatchObject({ result: "finished" });
    const settling = world.notices.find(({ code }) => code === "settling");
    expect(settling).toBeDefined();
    expect(world.clock.now() - START).toBeGreaterThanOrEqual(SETTLE_MS);
  });

  test("without an answer, and acknowledged only when it can no longer land: nothing is waited for", async () => {
    const world = unsaved();
    world.primary.puts.push(fault("network"), fault("throttled", { retryAfterMs: SETTLE_MS }));
    expect(await completed(world)).toMatchObject({ result: "finished" });
    expect(world.codes()).not.toContain("settling");
  });

  test("without an answer and then refused: it may have landed, so it is unknown", async () => {
    const world = unsaved();
    world.primary.puts.push(fault("network"), fault("quota"));
    expect(await completed(world)).toMatchObject({
      result: "unknown",
      reason: { code: "finish-unproven", fault: { cause: "quota" } },
      unsaved: [{ label: "primary" }],
    });
  });

  test("that is never acknowledged is repeated until save-timeout: unknown", async () => {
    const world = unsaved();
    world.primary.puts.push(...Array.from({ length: 99 }, () => fault("network")));
    expect(await completed(world)).toMatchObject({ result: "unknown", reason: { code: "finish-unproven" } });
    const ms = world.clock.now() - START;
    expect(ms).toBeGreaterThan(SAVE_TIMEOUT_MS * 0.9);
    expect(ms).toBeLessThan(SAVE_TIMEOUT_MS + 2 * SETTLE_MS);
  });

  test("that GitHub acknowledges and does not show: unknown", async () => {
    const world = unsaved();
    world.primary.showsWrites = false;
    world.primary.knowsTime = false;
    expect(await completed(world)).toMatchObject({
      result: "unknown",
      reason: { code: "finish-unproven", fault: null },
      unsaved: [{ label: "primary" }],
    });
  });

  test("that meets an error which nobody thought of may have been sent: unknown", async () => {
    const world = unsaved();
    world.primary.onPut = () => {
      throw new RangeError("unforeseen");
    };
    expect(await completed(world)).toMatchObject({ result: "unknown", reason: { code: "finish-unproven" } });
  });
});
