import { ServerClock } from "../../src/github/server-clock";

const ours = (): number => performance.timeOrigin + performance.now();

/** GitHub's clock minus ours, when it was told to be so much ahead. */
function aheadAfter(...toldMs: readonly number[]): number {
  const clock = new ServerClock();
  for (const ms of toldMs) clock.hear(ours() + ms);
  return clock.now() - ours();
}

/** Between two readings of a clock some time passes. */
const SLACK_MS = 100;

describe("GitHub's clock", () => {
  test("is ours until it has told its own", () => {
    const clock = new ServerClock();
    clock.hear(null);
    expect(Math.abs(clock.now() - ours())).toBeLessThan(SLACK_MS);
  });

  test.each([
    [0, 0],
    [-999, 0],
    [60_000, 60_000],
    [-60_000, -59_000],
  ])("told as %i ms ahead, in whole seconds, is %i ms ahead", (toldMs, aheadMs) => {
    expect(Math.abs(aheadAfter(toldMs) - aheadMs)).toBeLessThan(SLACK_MS);
  });

  test("is what it told last", () => {
    expect(Math.abs(aheadAfter(60_000, 5_000) - 5_000)).toBeLessThan(SLACK_MS);
  });

  test("is what another process was told, until it has told this one", () => {
    const clock = new ServerClock();
    clock.hear(null);
    clock.assume(60_000);
    expect([clock.aheadMs, Math.abs(clock.now() - ours() - 60_000) < SLACK_MS]).toEqual([60_000, true]);
    clock.hear(ours() + 5_000);
    clock.assume(60_000);
    expect(Math.abs(clock.aheadMs - 5_000)).toBeLessThan(SLACK_MS);
  });
});
