import { faults } from "../../sandbox/faults";
import type { Entry } from "../support/catalogue";
import { messagesOf, playAll } from "../support/catalogue";
import { shareOf, shareTold } from "../support/share";
import { FAULT_ALLOWANCES, FAULT_TABLE, SLOW_FAULTS } from "./fault-table";

const all = [...faults.keys()].filter((name) => !SLOW_FAULTS.includes(name));
const names = shareOf(all, (name) => messagesOf(name).length > 0);

function entryOf(name: string): Entry {
  const fault = faults.get(name);
  const play = { prepare: fault === undefined ? () => ({}) : fault.apply.bind(fault) };
  return { name, play, row: FAULT_TABLE[name], allowed: FAULT_ALLOWANCES[name] };
}

describe(`under a named fault the world, the result and the words are as the contract says: ${shareTold(names.length, all.length)}`, () => {
  let wrong: ReadonlyMap<string, readonly string[]>;
  beforeAll(async () => {
    wrong = await playAll(names.map(entryOf));
  }, 300_000);

  test.each(names)("%s", (name) => {
    expect(wrong.get(name)).toEqual([]);
  });
});

test("every fault has its row, and every row is about a fault that there is", () => {
  expect(Object.keys(FAULT_TABLE).sort()).toEqual([...faults.keys()].sort());
});
