import { poll } from "../../src/rotation/waiting";
import { START, VirtualClock } from "../support/virtual-clock";

test.each([
  ["an answer at once", 0, 0, "answer"],
  ["an answer after three pauses", 3, 3_000, "answer"],
  ["an answer when time is just up", 10, 10_000, "answer"],
  ["no answer in time", 11, 10_000, null],
])("%s", async (_, pauses, tookMs, expected) => {
  const clock = new VirtualClock();
  const announced: number[] = [];
  let asked = 0;
  const ask = (): string | null => (asked++ < pauses ? null : "answer");
  const announce = (forMs: number): void => void announced.push(forMs);
  expect(await poll(ask, { clock, everyMs: 1_000, until: START + 10_000, announce })).toBe(expected);
  expect(clock.now() - START).toBe(tookMs);
  expect(announced).toEqual(pauses === 0 ? [] : [10_000]);
});

test("a short wait is not announced, and one question is asked although time is up", async () => {
  const clock = new VirtualClock();
  const announced: number[] = [];
  const announce = (forMs: number): void => void announced.push(forMs);
  expect(await poll(() => null, { clock, everyMs: 1_000, until: START + 5_000, announce })).toBeNull();
  expect(await poll(() => "answer", { clock, everyMs: 1_000, until: START, announce })).toBe("answer");
  expect(announced).toEqual([]);
});
