import { unlessStopped } from "../../src/rotation/stop";
import type { Task } from "../../src/rotation/model";
import { prepare } from "../../src/rotation/prepare";
import { fault } from "../support/fake-destination";
import { START } from "../support/virtual-clock";
import { World } from "../support/world";

/** A world in which a destination was written so many milliseconds before the run. */
function writtenAgo(ms: number, task: Partial<Task> = {}): World {
  const world = new World({ copies: 1, task });
  const [copy] = world.copies;
  if (copy === undefined) throw new Error("there is a copy");
  copy.written = new Date(START - ms).toISOString();
  return world;
}

function surveysOf(world: World): number {
  return world.log.filter((entry) => entry.endsWith(" survey")).length;
}

describe("a destination that was written a moment ago", () => {
  test.each<[string, number, Partial<Task>, number]>([
    ["within half a minute", 3_000, {}, 27_000],
    ["within a shorter settle time", 150, { settleMs: 200 }, 50],
    ["in the future, by GitHub's own clock", -60_000, {}, 30_000],
    ["half a minute ago", 30_000, {}, 0],
    ["within it, but nothing is to be reset", 3_000, { mode: "check" }, 0],
  ])("%s: waits for what a run that was ended may have left", async (_, ago, task, waitMs) => {
    const world = writtenAgo(ago, task);
    expect((await prepare(world.context())).kind).toBe("ready");
    expect(world.clock.now() - START).toBe(waitMs);
    expect(world.codes().includes("recent-write")).toBe(waitMs > 0);
    // At first, after the wait, and as the last thing of all.
    expect(surveysOf(world)).toBe(waitMs > 0 ? 6 : 4);
  });

  test("is looked at again, so that a write that landed meanwhile is not taken for a later one", async () => {
    const world = writtenAgo(3_000);
    const landed = new Date(START + 1_000).toISOString();
    void world.clock.sleep(1_000).then(() => (world.primary.written = landed));
    expect(await unlessStopped(prepare(world.context()))).toMatchObject({
      kind: "ready",
      primary: { updatedAt: landed },
    });
  });

  test("and cannot be looked at again: stops, nothing changed", async () => {
    const world = writtenAgo(3_000);
    void world.clock.sleep(1_000).then(() => world.primary.surveys.push(fault("policy")));
    expect(await unlessStopped(prepare(world.context()))).toMatchObject({
      outcome: { result: "unchanged", reason: { code: "destination-unreadable" } },
    });
  });

  test("and a signal ends the wait", async () => {
    const world = writtenAgo(3_000);
    void world.clock.sleep(1_000).then(() => world.cancel("SIGTERM"));
    expect(await unlessStopped(prepare(world.context()))).toMatchObject({
      outcome: { result: "unchanged", reason: { code: "cancelled", signal: "SIGTERM" } },
    });
    expect(world.log.filter((entry) => entry.includes("canary"))).toEqual([]);
  });

  test("and a signal ends the run although GitHub says nothing the second time", async () => {
    const world = writtenAgo(3_000);
    const survey = world.primary.survey.bind(world.primary);
    world.primary.survey = async () =>
      world.clock.now() === START ? await survey() : await new Promise<never>(() => undefined);
    void world.clock.sleep(8_000).then(() => world.cancel("SIGINT"));
    expect(await unlessStopped(prepare(world.context()))).toMatchObject({
      outcome: { result: "unchanged", reason: { code: "cancelled", signal: "SIGINT" } },
    });
  });
});
