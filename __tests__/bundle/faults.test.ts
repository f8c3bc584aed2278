import { faults } from "../../sandbox/faults";
import { inPool, withPlayed } from "../support/bundle";
import { faultsOf, faultsOfTwo } from "../support/expect-row";
import { FAULT_ALLOWANCES, FAULT_TABLE, SLOW_FAULTS } from "./fault-table";

const names = [...faults.keys()].filter((name) => !SLOW_FAULTS.includes(name));

/** The name of each fault → what is wrong with the run under it. */
async function playAll(): Promise<ReadonlyMap<string, readonly string[]>> {
  const played = await inPool(names, async (name): Promise<[string, readonly string[]]> => {
    const fault = faults.get(name);
    if (fault === undefined) return [name, ["is no fault"]];
    const play = async (): Promise<string[]> =>
      await withPlayed({ prepare: (stage) => fault.apply(stage) }, (one) =>
        faultsOf(one, FAULT_TABLE[name], FAULT_ALLOWANCES[name]),
      );
    return [name, await faultsOfTwo(play)];
  });
  return new Map(played);
}

describe("under every named fault the world, the result and the words are as the contract says", () => {
  let wrong: ReadonlyMap<string, readonly string[]>;
  beforeAll(async () => {
    wrong = await playAll();
  }, 300_000);

  test.each(names)("%s", (name) => {
    expect(wrong.get(name)).toEqual([]);
  });
});

test("every row of the table is about a fault that there is", () => {
  expect(Object.keys(FAULT_TABLE).filter((name) => !faults.has(name))).toEqual([]);
});
