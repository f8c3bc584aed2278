import { faults } from "../../sandbox/faults";
import { type Entry, FAULT_ENTRIES, playAll, VARIANT_ENTRIES } from "../../harness/catalogue";
import { LARGE_TIMEOUT_MS, shareOf, shareTold } from "../../harness/share";
import { FAULT_TABLE, QUICK_FAULTS, SLOW_FAULTS } from "../../harness/tables/fault-table";
import { hasTranscript } from "../support/transcripts";

const isSlow = ({ name }: Entry): boolean => SLOW_FAULTS.includes(name);
/** The slow ones first, so that nobody has to wait for them in the end. */
const all = [...FAULT_ENTRIES, ...VARIANT_ENTRIES].sort((a, b) => Number(isSlow(b)) - Number(isSlow(a)));
const played = shareOf(all, ({ name }) => QUICK_FAULTS.includes(name) && !hasTranscript(name));

describe(`under a named fault the world, the result and the words are as the contract says: ${shareTold(played, all)}`, () => {
  let wrong: ReadonlyMap<string, readonly string[]>;
  beforeAll(async () => {
    wrong = await playAll(played);
  }, LARGE_TIMEOUT_MS);

  test.each(played.map(({ name, says }) => [name, says]))("%s: %s", (name) => {
    expect(wrong.get(name)).toEqual([]);
  });
});

test("every fault has its row, and every row is about a fault that there is", () => {
  expect(Object.keys(FAULT_TABLE).sort()).toEqual([...faults.keys()].sort());
  expect([...QUICK_FAULTS, ...SLOW_FAULTS].filter((name) => !faults.has(name))).toEqual([]);
});

test("each play has a name of its own", () => {
  expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
});
