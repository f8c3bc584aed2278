import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readEvent } from "../../src/inputs/event";
import { START, VirtualClock } from "../support/virtual-clock";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "event-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const EVENT = {
  inputs: { "confirm-user-id": "customer-1", mode: "rescue", count: 7, nothing: null },
  repository: { full_name: "octo-org/brokerage" },
  workflow_run: { event: "push", head_repository: { full_name: "octo-org/brokerage" } },
};

function fileWith(text: string): string {
  const path = join(folder, "event.json");
  writeFileSync(path, text);
  return path;
}

test("what is asked of an event is read from its file", async () => {
  const path = fileWith(JSON.stringify(EVENT));
  expect(await readEvent({ GITHUB_EVENT_PATH: path }, new VirtualClock())).toEqual({
    inputs: { "confirm-user-id": "customer-1", mode: "rescue" },
    headRepository: "octo-org/brokerage",
    causedBy: "push",
    repository: "octo-org/brokerage",
  });
});

test.each(["{}", '{"inputs":null,"workflow_run":null}', '{"inputs":[1],"repository":"x"}'])(
  "%s is an event that tells nothing",
  async (text) => {
    expect(await readEvent({ GITHUB_EVENT_PATH: fileWith(text) }, new VirtualClock())).toEqual({
      inputs: {},
      headRepository: null,
      causedBy: null,
      repository: null,
    });
  },
);

test.each(["", '{"inputs":{"a', "null"])("a file that is %j at first is read again", async (torn) => {
  const clock = new VirtualClock();
  const path = fileWith(torn);
  const reading = readEvent({ GITHUB_EVENT_PATH: path }, clock);
  void clock.sleep(1_900).then(() => writeFileSync(path, JSON.stringify(EVENT)));
  expect(await reading).toMatchObject({ repository: "octo-org/brokerage" });
});

test.each(["", "{"])("a file that stays %j is given up after two seconds", async (torn) => {
  const clock = new VirtualClock();
  expect(await readEvent({ GITHUB_EVENT_PATH: fileWith(torn) }, clock)).toBeNull();
  expect(clock.now() - START).toBe(2_000);
});

test("no file at all is no event", async () => {
  const clock = new VirtualClock();
  for (const env of [{}, { GITHUB_EVENT_PATH: "" }]) expect(await readEvent(env, clock)).toBeNull();
  expect(clock.now()).toBe(START);
});
