import { faults } from "../../sandbox/faults";
import { inPool, withPlayed } from "../support/bundle";
import { faultsOf, faultsOfTwo } from "../support/expect-row";
import { hasTool } from "../support/tools";
import { removeAuthority, sharedAuthority } from "../support/circumstances";
import { scenarios } from "./scenarios";

const all = Object.entries(scenarios);
const playable = all.filter(([, { needs }]) => needs === undefined || hasTool(needs));
const unplayable = all.filter((one) => !playable.includes(one));

/** The name of each scenario → what is wrong with the run in it. */
async function playAll(): Promise<ReadonlyMap<string, readonly string[]>> {
  await sharedAuthority();
  const wanted = process.env["SCENARIO"];
  const played = await inPool(
    playable.filter(([name]) => wanted === undefined || name === wanted),
    async ([name, { play, row, allowed }]): Promise<[string, readonly string[]]> => [
      name,
      await faultsOfTwo(
        async () =>
          await withPlayed(play, (one) => faultsOf(one, row, allowed)).catch((error: unknown) => [String(error)]),
      ),
    ],
  );
  return new Map(played);
}

describe("whatever befalls a run beside the named faults, world, result and words are as the contract says", () => {
  let wrong: ReadonlyMap<string, readonly string[]>;
  beforeAll(async () => {
    wrong = await playAll();
  }, 300_000);
  afterAll(removeAuthority);

  test.each(playable.map(([name, { says }]) => [name, says]))("%s: %s", (name) => {
    expect(wrong.get(name)).toEqual([]);
  });
});

test("no scenario has the name of a fault", () => {
  expect(all.filter(([name]) => faults.has(name))).toEqual([]);
});

if (unplayable.length > 0) {
  test(`NOT RUN HERE: this machine has no strace for ${unplayable.map(([name]) => name).join(", ")}`, () => {
    if (process.env["CI_TOOLS_REQUIRED"] === "1") throw new Error("strace is required here, and is not on PATH.");
  });
}
