import { faults } from "../../sandbox/faults";
import { removeAuthority, sharedAuthority } from "../../harness/circumstances";
import { isReasoned, playAll, SCENARIO_ENTRIES } from "../../harness/catalogue";
import { LARGE_TIMEOUT_MS, shareOf, shareTold } from "../../harness/share";
import { hasTool } from "../../harness/tools";
import { hasTranscript } from "../support/transcripts";

const playable = SCENARIO_ENTRIES.filter(({ needs }) => needs === undefined || hasTool(needs));
const unplayable = SCENARIO_ENTRIES.filter((one) => !playable.includes(one));
const played = shareOf(playable, ({ name }) => isReasoned(name) && !hasTranscript(name));

describe(`whatever befalls a run beside the named faults, world, result and words are as the contract says: ${shareTold(played, playable)}`, () => {
  let wrong: ReadonlyMap<string, readonly string[]>;
  beforeAll(async () => {
    await sharedAuthority();
    wrong = await playAll(played);
  }, LARGE_TIMEOUT_MS);
  afterAll(removeAuthority);

  test.each(played.map(({ name, says }) => [name, says]))("%s: %s", (name) => {
    expect(wrong.get(name)).toEqual([]);
  });
});

test("no scenario has the name of a fault", () => {
  expect(SCENARIO_ENTRIES.filter(({ name }) => faults.has(name))).toEqual([]);
});

if (unplayable.length > 0) {
  test(`NOT RUN HERE: this machine has no strace for ${unplayable.map(({ name }) => name).join(", ")}`, () => {
    expect(process.env["CI_TOOLS_REQUIRED"]).not.toBe("1");
  });
}
