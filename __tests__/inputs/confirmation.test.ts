import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readInputs } from "../../src/inputs/inputs";
import type { Environment } from "../../src/inputs/fields";
import { Refusal } from "../../src/rotation/refusal";
import { refuseUnconfirmed } from "../../src/inputs/confirmation";
import { START, VirtualClock } from "../support/virtual-clock";

const USER = "customer-1";
const folder = mkdtempSync(join(tmpdir(), "event-"));
const path = join(folder, "event.json");
afterAll(() => rmSync(folder, { recursive: true }));

const SOUND: Environment = {
  GITHUB_EVENT_NAME: "workflow_dispatch",
  GITHUB_EVENT_PATH: path,
  GITHUB_REPOSITORY: "octo-org/brokerage",
  INPUT_MODE: "rescue",
  "INPUT_CLIENT-ID": "client",
  "INPUT_CONSUMER-KEY": "consumer-key-value",
  "INPUT_USER-ID": USER,
  "INPUT_USER-SECRET": "user-secret-value",
  "INPUT_SAVE-TO": "NAME",
  "INPUT_GITHUB-TOKEN": "token-value",
  "INPUT_CONFIRM-USER-ID": USER,
};

const clock = new VirtualClock();

/** What is refused and why; empty where nothing is. */
async function refused(change: Environment, event: unknown = { inputs: { "confirm-user-id": USER } }): Promise<string> {
  writeFileSync(path, typeof event === "string" ? event : JSON.stringify(event));
  const env = { ...SOUND, ...change };
  try {
    const inputs = readInputs(env);
    if (inputs.mode !== "rescue") throw new Error("not a rescue");
    await refuseUnconfirmed(inputs, env, clock);
    return "";
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { reason } = error;
    if (reason.code === "refused-input") return `${reason.input} ${reason.problem}`;
    if (reason.code === "refused-setting") return `${reason.setting} ${reason.problem}`;
    throw error;
  }
}

describe("a rescue", () => {
  test("goes on where a person has typed the user id once more", async () => {
    expect(await refused({})).toBe("");
  });

  test("of a user id with white space in it goes on where it was typed so", async () => {
    const id = " customer 1 ";
    const change = { "INPUT_USER-ID": id, "INPUT_CONFIRM-USER-ID": id };
    expect(await refused(change, { inputs: { "confirm-user-id": id } })).toBe("");
  });

  test.each<[string, Environment, unknown, RegExp]>([
    ["nothing was typed", { "INPUT_CONFIRM-USER-ID": "" }, undefined, /^confirm-user-id must not be empty/],
    [
      "another user was typed",
      { "INPUT_CONFIRM-USER-ID": "customer-2" },
      undefined,
      /^confirm-user-id differs from user-id/,
    ],
    [
      "it differs in case",
      { "INPUT_CONFIRM-USER-ID": "Customer-1" },
      undefined,
      /^confirm-user-id differs from user-id/,
    ],
    [
      "user-id is somebody else's",
      { "INPUT_USER-ID": "customer-2" },
      undefined,
      /^confirm-user-id differs from user-id/,
    ],
    ["the event has no inputs", {}, { inputs: null }, /^confirm-user-id not an input of the event/],
    ["the event has other inputs", {}, { inputs: { user: USER } }, /^confirm-user-id not an input of the event/],
    ["the event says otherwise", {}, { inputs: { "confirm-user-id": "" } }, /^confirm-user-id differs from the event/],
    ["it is no text in the event", {}, { inputs: { "confirm-user-id": 1 } }, /^confirm-user-id not an input/],
    ["there is no event's file", { GITHUB_EVENT_PATH: join(folder, "none") }, undefined, /^confirm-user-id cannot be/],
    ["the runner names none", { GITHUB_EVENT_PATH: undefined }, undefined, /^confirm-user-id cannot be compared/],
  ])("is refused where %s", async (_, change, event, words) => {
    expect(await refused(change, event)).toMatch(words);
  });

  test("is refused where the event's file stays torn, after two seconds", async () => {
    const before = clock.now();
    expect(await refused({}, '{"inputs":')).toMatch(/^confirm-user-id cannot be compared/);
    expect(clock.now() - before).toBe(2_000);
    expect(clock.now()).toBeGreaterThan(START);
  });
});
