import { contextOf } from "../../src/rotation/context";
import { copyEverywhere } from "../../src/rotation/copy";
import type { Hiding } from "../../src/rotation/model";
import { rotate } from "../../src/rotation/rotate";
import { OLD, World } from "../support/world";

const HIDDEN: readonly Hiding[] = [{ label: "primary", by: "the repository's" }];

function worldThatHides(mode: World["task"]["mode"], copies = 0): World {
  const world = new World({ task: { mode }, copies });
  world.onHiding = async () => {
    world.log.push("hiding");
    return await Promise.resolve(HIDDEN);
  };
  return world;
}

test("a hidden destination is a warning in check", async () => {
  const world = worldThatHides("check");
  const { outcome } = await rotate(world.task, world.ports);
  expect(outcome.result).toBe("checked");
  expect(world.count("remark destination-hidden")).toBe(1);
  expect(world.notices).toContainEqual({ code: "destination-hidden", hidden: HIDDEN });
});

test("a hidden destination is a line of the summary in a rotation, and stops nothing", async () => {
  const world = worldThatHides("rotate");
  const { outcome } = await rotate(world.task, world.ports);
  expect(outcome.result).toBe("rotated");
  expect([world.count("note destination-hidden"), world.count("remark destination-hidden")]).toEqual([1, 0]);
});

test("a hidden copy is told by mode: copy too", async () => {
  const world = worldThatHides("copy", 1);
  world.clock.advance(3_600_000);
  const outcome = await copyEverywhere(contextOf(world.task, world.ports));
  expect(outcome.result).toBe("copied");
  expect(world.count("note destination-hidden")).toBe(1);
});

test("nothing is said where nothing is hidden, or where it cannot be told", async () => {
  for (const look of [async () => await Promise.resolve([]), async () => await Promise.reject(new Error("broken"))]) {
    const world = new World({ task: { mode: "check" } });
    world.onHiding = look;
    expect((await rotate(world.task, world.ports)).outcome.result).toBe("checked");
    expect(world.codes()).not.toContain("destination-hidden");
  }
});

test("it is asked behind the first look at the destinations, and once", async () => {
  const world = worldThatHides("rotate");
  await rotate(world.task, world.ports);
  expect(world.at("primary survey")).toBeLessThan(world.at("hiding"));
  expect(world.count("hiding")).toBe(1);
});

test("a look that never ends delays no reset, and is over by then", async () => {
  const world = new World();
  let isWanted = (): boolean => false;
  const wanted: boolean[] = [];
  world.onHiding = async (ask) => {
    isWanted = ask;
    wanted.push(ask());
    return await new Promise<never>(() => undefined);
  };
  const { onReset } = world;
  world.onReset = () => {
    wanted.push(isWanted());
    return onReset();
  };
  const { outcome } = await rotate(world.task, world.ports);
  expect(outcome.result).toBe("rotated");
  expect(wanted).toEqual([true, false]);
});

test("a signal ends a check that waits for it", async () => {
  const world = new World({ task: { mode: "check" } });
  world.onHiding = async () => {
    void world.clock.sleep(1_000).then(() => world.cancel("SIGINT"));
    return await new Promise<never>(() => undefined);
  };
  expect((await rotate(world.task, world.ports)).outcome.reason.code).toBe("cancelled");
});

describe("an id that a command cannot avoid", () => {
  test("is a warning in check, once for all destinations", async () => {
    const world = new World({ task: { mode: "check" }, copies: 2 });
    for (const one of [world.primary, ...world.copies]) one.exposed = ["user-id"];
    await rotate(world.task, world.ports);
    expect(world.notices.filter(({ code }) => code === "id-exposed")).toEqual([
      { code: "id-exposed", inputs: ["user-id"] },
    ]);
    expect(world.count("remark id-exposed")).toBe(1);
  });

  test.each(["check", "rotate"] as const)("is not spoken of where there is none, or no command (%s)", async (mode) => {
    const world = new World({ task: { mode } });
    world.primary.exposed = mode === "check" ? [] : ["user-id"];
    await rotate(world.task, world.ports);
    expect(world.codes()).not.toContain("id-exposed");
    expect(JSON.stringify(world.notices)).not.toContain("user-id");
  });

  test("is told with the command, in the log and in the outcome", async () => {
    const world = new World();
    world.primary.exposed = ["user-id", "client-id"];
    world.primary.put = async () =>
      await Promise.resolve({
        ok: false,
        fault: { cause: "server", answered: true, retryAfterMs: null, detail: "500", permission: null, status: 500 },
      });
    const { outcome } = await rotate(world.task, world.ports);
    expect(outcome.result).toBe("unsaved");
    expect(outcome.unsaved[0]?.exposed).toEqual(["user-id", "client-id"]);
    const said = world.notices.find((notice) => notice.code === "sealed-command");
    expect(said).toMatchObject({ exposed: ["user-id", "client-id"] });
    expect(world.resets).toBe(1);
    expect(world.inForce).not.toBe(OLD);
  });
});
