import type { Attempt, FaultCause } from "../../src/rotation/model";
import { fewAtATime, persist } from "../../src/rotation/persist";
import { fault } from "../support/fake-destination";
import { START } from "../support/virtual-clock";
import { World } from "../support/world";

const GOOD: Attempt<string> = { ok: true, value: "good" };

interface Persisted {
  readonly attempt: Attempt<string>;
  readonly times: number;
  readonly ms: number;
}

/** What comes of a request whose coming answers are these, the last of them for ever. */
async function persisted(answers: readonly Attempt<string>[], world: World = new World()): Promise<Persisted> {
  let times = 0;
  const request = async (): Promise<Attempt<string>> => {
    times += 1;
    return await Promise.resolve(answers[times - 1] ?? answers.at(-1) ?? GOOD);
  };
  const attempt = await persist(request, world.context());
  return { attempt, times, ms: world.clock.now() - START };
}

describe("a request that may be repeated freely", () => {
  test("is made once where it is answered", async () => {
    expect(await persisted([GOOD])).toEqual({ attempt: GOOD, times: 1, ms: 0 });
  });

  test.each<FaultCause>(["network", "server", "conflict"])("is repeated after %s, for ten seconds", async (cause) => {
    const blip = fault(cause);
    expect(await persisted([blip, blip, GOOD])).toEqual({ attempt: GOOD, times: 3, ms: 600 });
    expect(await persisted([blip])).toEqual({ attempt: blip, times: 8, ms: 9_000 });
  });

  test.each<FaultCause>(["unauthorized", "forbidden", "forbidden-permission", "missing"])(
    "is repeated after %s, for five seconds: the token may be young",
    async (cause) => {
      const young = fault(cause);
      expect(await persisted([young, GOOD])).toEqual({ attempt: GOOD, times: 2, ms: 200 });
      expect(await persisted([young])).toEqual({ attempt: young, times: 6, ms: 5_000 });
    },
  );

  test.each<FaultCause>(["box-refused", "quota", "policy", "sso", "ip-list", "archived", "moved", "malformed"])(
    "is made once where it is answered with %s, which does not pass",
    async (cause) => {
      const final = fault(cause);
      expect(await persisted([final, GOOD])).toEqual({ attempt: final, times: 1, ms: 0 });
    },
  );

  test("is repeated after an answer that is only a part of one, whatever it seems to say", async () => {
    const part = fault("malformed", { repeatable: true });
    expect(await persisted([part, GOOD])).toEqual({ attempt: GOOD, times: 2, ms: 200 });
  });
});

describe("GitHub's limits", () => {
  test("are waited for as told, and the wait takes nothing from the time for blips", async () => {
    const told = fault("throttled", { retryAfterMs: 60_000 });
    const blip = fault("server");
    const blips = [blip, blip, blip, blip];
    // 60 s, and pauses of 0.4, 0.8, 1.6 and 2 s.
    expect(await persisted([told, ...blips, GOOD])).toEqual({ attempt: GOOD, times: 6, ms: 64_800 });
  });

  test("are waited for the usual pause at least", async () => {
    const world = new World();
    const atOnce = fault("throttled", { retryAfterMs: 0 });
    const untold = fault("throttled");
    expect(await persisted([atOnce, untold, GOOD], world)).toEqual({ attempt: GOOD, times: 3, ms: 600 });
    expect(world.notices).toMatchObject([
      { code: "waiting-for-rate-limit", service: "GitHub", waitMs: 200, isResetSent: false },
      { code: "waiting-for-rate-limit", service: "GitHub", waitMs: 400, isResetSent: false },
    ]);
  });

  test("are waited for two minutes in all, and not begun where that is not enough", async () => {
    const told = fault("throttled", { retryAfterMs: 50_000 });
    expect(await persisted([told])).toEqual({ attempt: told, times: 3, ms: 100_000 });
  });
});

test("a signal ends the repeating", async () => {
  const world = new World();
  world.cancel("SIGTERM");
  expect(await persisted([fault("server"), GOOD], world)).toMatchObject({
    attempt: { ok: false },
    times: 1,
    ms: 0,
  });
});

describe("a few at a time", () => {
  test("never more, and all of them, in their order, whoever is ready first", async () => {
    const { clock } = new World();
    let [open, most] = [0, 0];
    const results = await fewAtATime([5, 1, 4, 2, 3], 2, async (tenths) => {
      open += 1;
      most = Math.max(most, open);
      await clock.sleep(tenths * 100);
      open -= 1;
      return tenths * 10;
    });
    expect([results, most]).toEqual([[50, 10, 40, 20, 30], 2]);
  });

  test("none at all is nothing to do", async () => {
    expect(await fewAtATime([], 3, async () => await Promise.reject(new Error("nobody asked")))).toEqual([]);
  });
});
