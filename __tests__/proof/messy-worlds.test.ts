import { Covering, type World } from "../../proof/bundle/covering";
import { Exclusion } from "../../proof/bundle/exclusion";
import { random } from "../../proof/bundle/row";
import { POLICIES, TASKS } from "../../proof/bundle/world-policies";
import { faults, type NamedFault } from "../../sandbox/faults";

const WHOLE_SHARE = 1_000;

let exclusion: Exclusion;

beforeAll(async () => {
  exclusion = await Exclusion.among([...POLICIES, ...new Set(TASKS)]);
});

function drawn(seed: number, count: number): { readonly covering: Covering; readonly worlds: readonly World[] } {
  const covering = new Covering({ policies: POLICIES, tasks: TASKS, exclusion, draw: random(seed) });
  return { covering, worlds: Array.from({ length: count }, () => covering.next()) };
}

test("the whole share has each pair of different sources three times, whatever the seed", () => {
  for (const seed of [1, 20_261_126]) {
    const { played } = drawn(seed, WHOLE_SHARE).covering;
    expect(played.length).toBeGreaterThan(700);
    expect(Math.min(...played)).toBeGreaterThanOrEqual(3);
  }
});

test("a world has two to four policies, each of another source, and none that excludes another", () => {
  for (const { task, policies } of drawn(7, 200).worlds) {
    expect(policies.length).toBeGreaterThanOrEqual(2);
    expect(policies.length).toBeLessThanOrEqual(4);
    expect(new Set(policies.map(({ source }) => source)).size).toBe(policies.length);
    const parts = [task, ...policies];
    const clashes = parts.flatMap((one, index) =>
      parts.slice(index + 1).flatMap((other) => exclusion.between(one, other)),
    );
    expect(clashes).toEqual([]);
  }
});

test("a smaller share is the beginning of a larger one of the same seed, and another seed draws other worlds", () => {
  const names = (seed: number, count: number): string[] =>
    drawn(seed, count).worlds.map(({ task, policies }) => [task, ...policies].map(({ name }) => name).join());
  expect(names(3, 20)).toEqual(names(3, 100).slice(0, 20));
  expect(names(4, 20)).not.toEqual(names(3, 20));
});

test.each([
  ["killed-before-save", "cancelled-at-save", []],
  ["killed-before-save", "killed-after-save", ["kill"]],
  ["reset-500", "background-cancelled-at-reset", ["the answer to the reset"]],
  ["new-live-late", "save-502-and-new-live-late", ["SnapTrade's newLiveAfterMs"]],
  ["environment-misspelt", "allowance-of-seven", ["inputs.save-to"]],
  ["token-young-401", "policy-classic-forbidden", ["tokenKind"]],
  ["proxy-ends", "proxy-takes-a-second", ["env.HTTPS_PROXY"]],
  ["clock-jumps", "fsync-einval", []],
  ["token-blinks-401", "proxy-ends-from-reset", []],
])("%s and %s both set %j", async (one, other, both) => {
  const [first, second] = [named(one), named(other)];
  const among = await Exclusion.among([first, second]);
  expect(among.between(first, second)).toEqual(both);
  expect(among.between(second, first)).toEqual(both);
});

function named(name: string): NamedFault {
  const fault = faults.get(name);
  if (fault === undefined) throw new Error(`There is no fault ${name}.`);
  return fault;
}
