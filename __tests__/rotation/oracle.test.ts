import type { Belief } from "../../src/rotation/belief";
import type { Control, Said, Verdict } from "../../src/rotation/model";
import type { Oracle } from "../../src/rotation/oracle";
import { Secret } from "../../src/text/secret";
import { START } from "../support/virtual-clock";
import { SETTLE_MS, strange, World } from "../support/world";

const SECRET = "the-secret-1";
const ALTERED = "the-secret-0";
const PAUSE_MS = 1_000;
const SAID: Said = { status: 401, code: "1083", sentence: null };

function throttled(retryAfterMs: number | null): Verdict {
  return { kind: "cannot-tell", doubt: { kind: "throttled", retryAfterMs, waitedMs: 0 } };
}

/** `L` is an acceptance, `R` a refusal, `?` an answer that says nothing. After a `…` all before it comes again. */
function play(world: World, answers: string | readonly Verdict[]): void {
  const repeats = typeof answers === "string" && answers.endsWith("…");
  const verdicts = typeof answers === "string" ? Array.from(answers.replace("…", ""), verdictOf) : answers;
  world.verdict = (_, nth) => {
    const verdict = verdicts[repeats ? (nth - 1) % verdicts.length : nth - 1];
    if (verdict === undefined) throw new Error("asked once too often");
    return verdict;
  };
}

function verdictOf(letter: string): Verdict {
  return letter === "?" ? strange(502) : { kind: letter === "L" ? "live" : "refused" };
}

type Question = "ask" | "askForCertain" | "askAboutAltered" | "awaitDeath" | "awaitLife" | "askSpread";

interface Asked {
  readonly belief: Belief;
  readonly ms: number;
  readonly probes: number;
  readonly world: World;
}

/** What is believed after these answers, how long it took, and how many were asked for. */
async function asked(
  question: Question,
  answers: string | readonly Verdict[],
  { settleMs = SETTLE_MS, isResetSent = false }: { settleMs?: number; isResetSent?: boolean } = {},
): Promise<Asked> {
  const world = new World({ task: { settleMs } });
  play(world, answers);
  const { oracle } = world.context();
  if (isResetSent) oracle.resetBegins();
  const belief = await oracle[question](new Secret(SECRET));
  const probes = world.log.filter((entry) => entry.startsWith("probe ")).length;
  return { belief, ms: world.clock.now() - START, probes, world };
}

const LIVE = { kind: "live" } as const;
const DEAD = { kind: "dead" } as const;
const CONTRADICTION = { kind: "cannot-tell", doubt: { kind: "contradiction" } } as const;
const SAYS_NOTHING = { kind: "cannot-tell", doubt: { kind: "strange-answer", said: { status: 502 } } } as const;

describe("answers that agree", () => {
  test.each<[Question, string, typeof LIVE | typeof DEAD]>([
    ["ask", "L", LIVE],
    ["ask", "RRR", DEAD],
    ["askForCertain", "LLL", LIVE],
    ["askForCertain", "RRR", DEAD],
    ["askAboutAltered", "L", LIVE],
    ["askAboutAltered", "R", DEAD],
    ["awaitLife", "L", LIVE],
    ["awaitDeath", "RRR", DEAD],
  ])("%s believes %s, and not one answer fewer", async (question, answers, belief) => {
    const found = await asked(question, answers);
    expect(found).toMatchObject({ belief, probes: answers.length, ms: (answers.length - 1) * PAUSE_MS });
  });

  test("a pause is a tenth of a short settle time", async () => {
    expect(await asked("ask", "RRR", { settleMs: 300 })).toMatchObject({ ms: 60 });
  });

  test("what SnapTrade told of its limits comes with the belief", async () => {
    const world = new World();
    const allowance = { limit: 250, remaining: 9, resetMs: 1 };
    world.allowances = [allowance];
    expect(await world.context().oracle.ask(world.task.secret)).toEqual({ kind: "live", allowance });
  });

  test("one answer is no more than that", async () => {
    const world = new World();
    play(world, "R");
    expect(await world.context().oracle.once(new Secret(SECRET))).toEqual({
      verdict: { kind: "refused" },
      allowance: null,
    });
  });
});

describe("answers that contradict each other", () => {
  test.each<[Question, string, typeof LIVE | typeof DEAD]>([
    ["ask", "RLLL", LIVE],
    ["ask", "RRLRRR", DEAD],
    ["ask", "RLRLLRLLL", LIVE],
    ["askForCertain", "LLRLLL", LIVE],
    ["askForCertain", "LLRRR", DEAD],
    ["askForCertain", "RRLL?L", LIVE],
  ])("%s believes three alike in a row: %s", async (question, answers, belief) => {
    expect(await asked(question, answers)).toMatchObject({ belief, probes: answers.length });
  });

  test.each<[Question, string]>([
    ["ask", "RL…"],
    ["ask", "RRLL…"],
    ["askForCertain", "LLR…"],
  ])("%s believes nothing of %s when the settle time is over", async (question, answers) => {
    const { belief, ms, world } = await asked(question, answers);
    expect([belief, ms]).toMatchObject([CONTRADICTION, SETTLE_MS]);
    expect(world.notices).toMatchObject([{ code: "asking-on", why: { kind: "contradiction" } }]);
  });
});

describe("answers that say nothing", () => {
  test.each<Question>(["ask", "askForCertain", "awaitDeath", "awaitLife"])(
    "do not end %s before the settle time is over",
    async (question) => {
      const early = `${"?".repeat(89)}${question === "awaitDeath" ? "RRR" : "LLL"}`;
      expect((await asked(question, early)).belief.kind).toBe(question === "awaitDeath" ? "dead" : "live");
      expect(await asked(question, "?…")).toMatchObject({ belief: SAYS_NOTHING, ms: SETTLE_MS, probes: 91 });
    },
  );

  test("count neither for nor against", async () => {
    expect(await asked("ask", "?R?R?R")).toMatchObject({ belief: DEAD, probes: 6 });
    expect(await asked("ask", "R?RL??LL")).toMatchObject({ belief: LIVE, probes: 8 });
  });

  test("do not end a question before there were three of them, however long each takes", async () => {
    const world = new World();
    world.verdict = () => {
      world.clock.advance(2 * SETTLE_MS);
      return strange();
    };
    expect((await world.context().oracle.ask(new Secret(SECRET))).kind).toBe("cannot-tell");
    expect(world.count(`probe ${SECRET} cannot-tell`)).toBe(3);
  });

  test("are told once, and with the time that it may take", async () => {
    const { world } = await asked("ask", "???L");
    expect(world.notices).toMatchObject([{ code: "asking-on", why: { kind: "strange-answer" }, forMs: SETTLE_MS }]);
    expect(world.at("say asking-on")).toBe(1);
  });

  test("are not told of where it cannot take long", async () => {
    expect((await asked("ask", "???L", { settleMs: 5_000 })).world.notices).toEqual([]);
  });
});

describe("waiting for the old secret's death", () => {
  test.each(["LLLRRR", "RLRRR", "RRLRRR", "RR?R"])("ends with three refusals in a row: %s", async (answers) => {
    expect(await asked("awaitDeath", answers)).toMatchObject({ belief: DEAD, probes: answers.length });
  });

  test.each(["L…", `R${"L".repeat(99)}`, "LRR…", `???${"L".repeat(99)}`])(
    "%s is believed to be live when the settle time is over",
    async (answers) => {
      const { belief, ms } = await asked("awaitDeath", answers);
      expect(belief).toMatchObject(LIVE);
      expect(ms).toBeGreaterThanOrEqual(SETTLE_MS);
      expect(ms).toBeLessThanOrEqual(SETTLE_MS + 2 * PAUSE_MS);
    },
  );

  test("is not over in the middle of three refusals", async () => {
    expect(await asked("awaitDeath", `${"L".repeat(89)}RRR`)).toMatchObject({ belief: DEAD, ms: SETTLE_MS + 1_000 });
    expect(await asked("awaitDeath", `${"L".repeat(89)}RRL`)).toMatchObject({ belief: LIVE, ms: SETTLE_MS + 1_000 });
  });

  test("is said", async () => {
    const { world } = await asked("awaitDeath", "LRRR");
    expect(world.notices).toEqual([{ code: "asking-on", why: "old-still-live", forMs: SETTLE_MS }]);
  });
});

describe("waiting for the new secret", () => {
  test("ends with its first acceptance", async () => {
    expect(await asked("awaitLife", "RRRRRL")).toMatchObject({ belief: LIVE, probes: 6 });
  });

  test("ends with the settle time, and never with fewer than three refusals", async () => {
    expect(await asked("awaitLife", "R…")).toMatchObject({ belief: DEAD, ms: SETTLE_MS });
    expect(await asked("awaitLife", `${"?".repeat(90)}RRR`)).toMatchObject({ belief: DEAD, ms: SETTLE_MS + 2_000 });
  });

  test("is said", async () => {
    const { world } = await asked("awaitLife", "RRL");
    expect(world.notices).toEqual([{ code: "asking-on", why: "new-not-known", forMs: SETTLE_MS }]);
  });
});

describe("answers spread over the settle time", () => {
  test.each<[string, typeof LIVE | typeof DEAD]>([
    ["L…", LIVE],
    ["R…", DEAD],
  ])("%s are believed when the first and the last are the settle time apart", async (answers, belief) => {
    expect(await asked("askSpread", answers)).toMatchObject({ belief, ms: SETTLE_MS, probes: 11 });
  });

  test.each(["LR", "RL", "LLLLLLLLLR", "RRR?L"])("%s is a mixture, of which nothing is believed", async (answers) => {
    expect(await asked("askSpread", answers)).toMatchObject({ belief: CONTRADICTION, probes: answers.length });
  });

  test("are six at least, however long each takes", async () => {
    const world = new World();
    world.verdict = () => {
      world.clock.advance(60_000);
      return { kind: "refused" };
    };
    expect((await world.context().oracle.askSpread(new Secret(SECRET))).kind).toBe("dead");
    expect(world.count(`probe ${SECRET} refused`)).toBe(6);
  });

  test("count from the first that is usable", async () => {
    const { ms, belief } = await asked("askSpread", `????${"R".repeat(11)}`);
    expect([belief, ms]).toMatchObject([DEAD, 4 * PAUSE_MS + SETTLE_MS]);
  });

  test("that never come are waited for twice the settle time", async () => {
    expect(await asked("askSpread", "?…")).toMatchObject({ belief: SAYS_NOTHING, ms: 2 * SETTLE_MS });
  });
});

describe("an altered secret", () => {
  test("is masked before it is asked about", async () => {
    const { world } = await asked("askAboutAltered", "?R");
    expect(world.at(`mask ${ALTERED}`)).toBeLessThan(world.at(`probe ${ALTERED} cannot-tell`));
    expect(world.log.join()).not.toContain(SECRET);
  });
});

describe("SnapTrade's limit", () => {
  test.each([
    [60_000, 60_000],
    [1, PAUSE_MS],
    [null, PAUSE_MS],
  ])("that asks for %p ms is waited for %d ms", async (retryAfterMs, ms) => {
    expect(await asked("ask", [throttled(retryAfterMs), { kind: "live" }])).toMatchObject({ belief: LIVE, ms });
  });

  test("takes nothing of the question's own time", async () => {
    const strangers = Array.from({ length: 91 }, () => strange());
    expect(await asked("ask", [throttled(60_000), ...strangers])).toMatchObject({ ms: 60_000 + SETTLE_MS });
  });

  test("prolongs all questions together by two minutes at most", async () => {
    const world = new World();
    const { oracle } = world.context();
    world.verdict = () => throttled(50_000);
    await oracle.ask(new Secret(SECRET));
    expect(world.clock.now() - START).toBe(120_000 + SETTLE_MS);
    await oracle.ask(new Secret(SECRET));
    expect(world.clock.now() - START).toBe(120_000 + 2 * SETTLE_MS);
  });

  test("has two minutes of its own after the reset", async () => {
    const world = new World();
    const { oracle } = world.context();
    expect([await oracle.waitForLimit(120_000), await oracle.waitForLimit(1)]).toEqual([true, false]);
    oracle.resetBegins();
    expect([await oracle.waitForLimit(120_000), await oracle.waitForLimit(1)]).toEqual([true, false]);
    expect(world.clock.now() - START).toBe(240_000);
  });

  test("counts once where it is waited for side by side", async () => {
    const world = new World();
    const { oracle } = world.context();
    world.verdict = (_, nth) => (nth <= 3 ? throttled(nth * 30_000) : { kind: "live" });
    await Promise.all([1, 2, 3].map(async () => await oracle.ask(new Secret(SECRET))));
    expect(world.clock.now() - START).toBe(90_000);
    expect([await oracle.waitForLimit(30_001), await oracle.waitForLimit(30_000)]).toEqual([false, true]);
  });

  test("counts once where a wait for it begins while another is under way", async () => {
    const world = new World();
    const { oracle } = world.context();
    const first = oracle.waitForLimit(100_000);
    await world.clock.sleep(50_000);
    expect(await oracle.waitForLimit(70_000)).toBe(true);
    expect([await first, world.clock.now() - START, await oracle.waitForLimit(1)]).toEqual([true, 120_000, false]);
  });

  test("is refused at once where it is longer than there is patience", async () => {
    const world = new World();
    expect(await world.context().oracle.waitForLimit(120_001)).toBe(false);
    expect([world.clock.now(), world.notices]).toEqual([START, []]);
  });

  test.each([
    [[300_000, 300_000], 211_000],
    [[20_000, 40_000, 200_000], 210_000],
  ])("that asks for %j in vain is said to have been waited for no longer than it was", async (waits, waitedMs) => {
    const { belief, ms } = await asked("ask", [...waits.map(throttled), throttled(9_000)]);
    expect([belief, ms]).toMatchObject([
      { kind: "cannot-tell", doubt: { kind: "throttled", retryAfterMs: 9_000, waitedMs } },
      waitedMs,
    ]);
  });

  test("without a time is asked on, and no wait is claimed", async () => {
    const { belief, world } = await asked(
      "ask",
      Array.from({ length: 91 }, () => throttled(null)),
    );
    expect(belief).toMatchObject({ doubt: { kind: "throttled", waitedMs: 0 } });
    expect(world.codes()).toEqual(["asking-on"]);
  });

  test.each([
    [5_000, []],
    [5_001, [{ code: "waiting-for-rate-limit", service: "SnapTrade", waitMs: 5_001, isResetSent: false }]],
  ])("that asks for %d ms is announced before the wait: %j", async (waitMs, notices) => {
    const world = new World();
    play(world, [throttled(waitMs), { kind: "live" }]);
    const answer = world.context().oracle.ask(new Secret(SECRET));
    await world.clock.sleep(1);
    expect(world.notices).toEqual(notices);
    await answer;
  });

  test("does not say that nothing has changed once the reset may have been sent", async () => {
    const { world } = await asked("ask", [throttled(6_000), { kind: "live" }], { isResetSent: true });
    expect(world.notices).toMatchObject([{ code: "waiting-for-rate-limit", isResetSent: true }]);
  });
});

describe("the control question", () => {
  const KNOWN: Control = { kind: "known" };
  const ABSENT: Control = { kind: "no-such-user" };
  const REJECTED: Control = { kind: "client-rejected", said: SAID };
  const SILENT: Control = { kind: "no-answer", doubt: { kind: "no-answer", why: "cut off" } };

  async function controlled(...controls: readonly Control[]): Promise<{ found: Control; ms: number; world: World }> {
    const world = new World();
    world.controls = [...controls];
    const found = await world.context().oracle.control();
    return { found, ms: world.clock.now() - START, world };
  }

  function timesAsked({ log }: World): number {
    return log.filter((entry) => entry.startsWith("control ")).length;
  }

  test.each<[string, Control[], Control, number]>([
    ["known at once", [KNOWN], KNOWN, 1],
    ["known, whatever was said before", [ABSENT, ABSENT, REJECTED, SILENT, KNOWN], KNOWN, 5],
    ["absent three times", [ABSENT], ABSENT, 3],
    ["rejected three times", [REJECTED], REJECTED, 3],
    ["of a mixture, three in a row", [ABSENT, REJECTED, ABSENT, REJECTED], REJECTED, 6],
    ["of a mixture, three in a row that no silence interrupts", [ABSENT, ABSENT, SILENT, ABSENT], ABSENT, 6],
  ])("believes %s", async (_, controls, expected, times) => {
    const { found, world } = await controlled(...controls);
    expect([found, timesAsked(world)]).toEqual([expected, times]);
  });

  test("believes nothing of a mixture without end", async () => {
    const mixture = Array.from({ length: 100 }, (_, nth) => (nth % 2 === 0 ? ABSENT : REJECTED));
    const { found, ms } = await controlled(...mixture);
    expect([found, ms]).toEqual([{ kind: "no-answer", doubt: { kind: "contradiction" } }, SETTLE_MS]);
  });

  test("is asked until the settle time is over where there is no answer", async () => {
    const { found, ms, world } = await controlled(SILENT);
    expect([found, ms]).toEqual([SILENT, SETTLE_MS]);
    expect(world.codes()).toEqual(["asking-on"]);
  });

  test("waits as a limit tells", async () => {
    const limit: Control = { kind: "no-answer", doubt: { kind: "throttled", retryAfterMs: 70_000, waitedMs: 0 } };
    const { found, ms, world } = await controlled(limit, KNOWN);
    expect([found, ms, world.codes()]).toEqual([KNOWN, 70_000, ["waiting-for-rate-limit"]]);
  });

  test.each<[Control, Awaited<ReturnType<Oracle["doubtAboutRefusal"]>>]>([
    [KNOWN, null],
    [ABSENT, { kind: "no-such-user" }],
    [REJECTED, { kind: "client", said: SAID }],
    [SILENT, { kind: "unchecked" }],
  ])("%j: what a refusal may mean instead is %j", async (control, doubt) => {
    const world = new World();
    world.controls = [control];
    expect(await world.context().oracle.doubtAboutRefusal()).toEqual(doubt);
  });
});
