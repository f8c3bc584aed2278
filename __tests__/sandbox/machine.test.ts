import { faults } from "../../sandbox/faults";
import { playStep, type StepOptions } from "../../sandbox/runner";
import { type Stage, startStage } from "../../sandbox/stage";
import { fakeAction, removeFakeActions } from "../support/fake-action";
import { exchange, resetRequest, statusOf } from "./raw-client";

afterAll(removeFakeActions);

const stages: Stage[] = [];

async function stageWith(name: string): Promise<{ stage: Stage; change: Partial<StepOptions> }> {
  const stage = await startStage();
  stages.push(stage);
  return { stage, change: (await faults.get(name)?.apply(stage)) ?? {} };
}

afterEach(async () => {
  await Promise.all(stages.splice(0).map((stage) => stage.close()));
});

/** What a step prints that looks at its clocks. */
async function clocksOf(change: Partial<StepOptions>): Promise<Record<string, number>> {
  const root = await fakeAction(
    `const clocks = { now: Date.now(), made: new Date().getTime(), fixed: new Date(5).getTime(), up: performance.now() };
     console.log(JSON.stringify(clocks));`,
  );
  const { main } = await playStep({
    root,
    node: process.execPath,
    inputs: {},
    apiUrl: "http://127.0.0.1:1",
    ...change,
  });
  expect(main.stderr).toBe("");
  const said: unknown = JSON.parse(main.stdout);
  return Object.fromEntries(Object.entries(said ?? {}).map(([name, value]) => [name, Number(value)]));
}

test.each([
  ["clock-jumps", 600_000],
  ["clock-jumps-back", -600_000],
])("%s: both wall clocks jump with the reset, and the monotonic one goes on", async (name, jumpMs) => {
  const { stage, change } = await stageWith(name);
  const { snapTrade, userId, given } = stage;
  const before = await clocksOf(change);
  expect(Math.abs((before["now"] ?? 0) - Date.now())).toBeLessThan(10_000);
  expect(statusOf(await exchange(snapTrade.port, resetRequest(stage, userId, given)))).toBe(200);
  expect(snapTrade.faults.clockSkewMs).toBe(jumpMs);
  const { now = 0, made = 0, fixed, up = 0 } = await clocksOf(change);
  expect(Math.abs(now - Date.now() - jumpMs)).toBeLessThan(10_000);
  expect(Math.abs(made - now)).toBeLessThan(1_000);
  expect(fixed).toBe(5);
  expect(up).toBeLessThan(60_000);
});

test("a fault may bring inputs of its own, beside the others", async () => {
  const { stage, change } = await stageWith("reset-answer-late");
  expect(change.inputs).toEqual({ ...stage.inputs, "settle-time": "3s", "reset-timeout": "1s" });
});

test("the event's file holds what a person entered", async () => {
  const root = await fakeAction(`console.log(require("fs").readFileSync(process.env.GITHUB_EVENT_PATH, "utf8"))`);
  const eventInputs = { "confirm-user-id": "customer-1" };
  const options = { root, node: process.execPath, inputs: {}, apiUrl: "http://127.0.0.1:1", eventInputs };
  const { main } = await playStep(options);
  expect(JSON.parse(main.stdout)).toMatchObject({ inputs: eventInputs });
});

test("what SnapTrade was asked about beside the secrets that there are counts as a secret", async () => {
  const { stage } = await stageWith("down-for-a-second");
  await stage.snapTrade.comeUp();
  const altered = `${stage.given.slice(0, -1)}!`;
  await exchange(stage.snapTrade.port, resetRequest(stage, stage.userId, altered));
  expect(stage.secrets()).toMatchObject({ "altered secret 1": altered });
  expect(Object.values(stage.secrets()).filter((secret) => secret === stage.given)).toHaveLength(1);
});
