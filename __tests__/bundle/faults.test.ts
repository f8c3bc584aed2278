import { faults } from "../../sandbox/faults";
import { FAULT_ENTRIES, messagesOf, playAll } from "../support/catalogue";
import { shareOf, shareTold } from "../support/share";
import { FAULT_TABLE, SLOW_FAULTS } from "./fault-table";
import { answers } from "./outside/answers";
import { limits } from "./outside/limits";
import { machine } from "./outside/machine";
import { network } from "./outside/network";
import { settings } from "./outside/settings";

/** Tests of their own play these every time, and look at more. */
const elsewhere = new Set([...limits, ...answers, ...network, ...machine, ...settings].map(({ fault }) => fault));
const isTold = (name: string): boolean => messagesOf(name).length > 0;
const all = FAULT_ENTRIES.filter(({ name }) => !SLOW_FAULTS.includes(name) && (isTold(name) || !elsewhere.has(name)));
const drawn = shareOf(all, ({ name }) => isTold(name));

describe(`under a named fault the world, the result and the words are as the contract says: ${shareTold(drawn.length, all.length)}`, () => {
  let wrong: ReadonlyMap<string, readonly string[]>;
  beforeAll(async () => {
    wrong = await playAll(drawn);
  }, 1_800_000);

  test.each(drawn.map(({ name }) => name))("%s", (name) => {
    expect(wrong.get(name)).toEqual([]);
  });
});

test("every fault has its row, and every row is about a fault that there is", () => {
  expect(Object.keys(FAULT_TABLE).sort()).toEqual([...faults.keys()].sort());
});
