import { inPool } from "../support/bundle";
import { faultsOfTwo } from "../support/expect-row";
import { wrongWith } from "../support/outside-case";
import { earlierAttempt } from "./outside/attempts";
import { machine } from "./outside/machine";
import { settings } from "./outside/settings";
import { MACHINE_TABLE } from "./machine-table";

const CASES = [...machine, ...settings];

describe("what runners, machines and people have done elsewhere ends here as the contract says", () => {
  const named = CASES.map((one) => ({ one, name: `${one.fault}: ${one.about}` }));
  let wrong: ReadonlyMap<string, readonly string[]>;
  beforeAll(async () => {
    const found = await inPool(named, async ({ one, name }): Promise<[string, readonly string[]]> => [
      name,
      await faultsOfTwo(async () => await wrongWith(one).catch((error: unknown) => [String(error)])),
    ]);
    wrong = new Map(found);
  }, 900_000);

  test.each(named.map(({ name }) => name))("%s", (name) => {
    expect(wrong.get(name)).toEqual([]);
  });
});

test("a journal that an earlier attempt has left is neither touched nor taken for this one's", async () => {
  expect(await earlierAttempt()).toEqual([]);
}, 120_000);

test("each of these faults is played", () => {
  expect([...new Set(CASES.map(({ fault }) => fault))].sort()).toEqual(Object.keys(MACHINE_TABLE).sort());
});
