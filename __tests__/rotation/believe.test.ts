import { believe, REFUSALS_TO_BE_DEAD, REFUSALS_TO_BE_REFUSED } from "../../src/rotation/believe";
import type { Belief } from "../../src/rotation/believe";
import type { Verdict } from "../../src/rotation/ports";
import { Secret } from "../../src/rotation/secret";
import { START } from "../support/virtual-clock";
import { SETTLE_MS, World } from "../support/world";

const LIVE: Verdict = { kind: "live" };
const REFUSED: Verdict = { kind: "refused" };
const STRANGE: Verdict = { kind: "cannot-tell", doubt: { kind: "strange-answer", status: 500 } };

function throttled(retryAfterMs: number | null): Verdict {
  return { kind: "cannot-tell", doubt: { kind: "throttled", retryAfterMs } };
}

/** What is believed after these verdicts, how long it took, and how many were asked for. */
async function asked(
  verdicts: readonly Verdict[],
  refusalsNeeded = REFUSALS_TO_BE_DEAD,
): Promise<{ belief: Belief; ms: number; probes: number }> {
  const world = new World();
  world.verdict = (_, nth) => {
    const verdict = verdicts[nth - 1];
    if (verdict === undefined) throw new Error("asked once too often");
    return verdict;
  };
  const belief = await believe(new Secret("x"), refusalsNeeded, { ...world.ports, settleMs: SETTLE_MS });
  return { belief, ms: world.clock.now() - START, probes: world.log.length };
}

describe("what is believed of a secret", () => {
  test("one acceptance makes it live at once", async () => {
    expect(await asked([LIVE])).toEqual({ belief: { kind: "live", allowance: null }, ms: 0, probes: 1 });
  });

  test("two refusals do not make it dead, and a third does, a tenth of the settle time apart", async () => {
    expect(await asked([REFUSED, REFUSED, LIVE])).toMatchObject({ belief: { kind: "live" }, probes: 3 });
    expect(await asked([REFUSED, REFUSED, REFUSED])).toEqual({
      belief: { kind: "dead", allowance: null },
      ms: (SETTLE_MS / 10) * 2,
      probes: 3,
    });
  });

  test("one refusal is enough where nothing hangs on it", async () => {
    expect(await asked([REFUSED], REFUSALS_TO_BE_REFUSED)).toMatchObject({ belief: { kind: "dead" }, ms: 0 });
  });

  test("answers that say nothing are no refusals: after four of them nobody can tell", async () => {
    expect(await asked([STRANGE, REFUSED, STRANGE, REFUSED, STRANGE, STRANGE])).toMatchObject({
      belief: { kind: "cannot-tell", doubt: { kind: "strange-answer", status: 500 } },
      probes: 6,
    });
    expect(await asked([STRANGE, STRANGE, STRANGE, LIVE])).toMatchObject({ belief: { kind: "live" } });
  });

  test("a rate limit is waited for as long as it says", async () => {
    expect(await asked([throttled(60_000), LIVE])).toMatchObject({ belief: { kind: "live" }, ms: 60_000 });
    expect(await asked([throttled(1), LIVE])).toMatchObject({ ms: SETTLE_MS / 10 });
    expect(await asked([throttled(null), LIVE])).toMatchObject({ ms: SETTLE_MS / 10 });
  });

  test("but not for more than two minutes in all", async () => {
    expect(await asked([throttled(60_000), throttled(60_000), LIVE])).toMatchObject({ belief: { kind: "live" } });
    expect(await asked([throttled(60_000), throttled(61_000)])).toMatchObject({
      belief: { kind: "cannot-tell" },
      ms: 60_000,
    });
  });
});
