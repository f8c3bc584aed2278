import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type BundleRun, runBundle } from "../../bench/bundle-run";
import { type SlowReset, slowResetRun, unluckyResetRun } from "../../bench/slow-reset";
import { loadedFiles } from "../../bench/start-up";
import { roundTold, roundTripsOf } from "../../bench/traffic";
import { onDistantStage, ROOT } from "../../bench/world";

/** So far away that what the machine does in between is small beside it. */
const FAR_MS = 300;

/** A busy machine may send late what belongs together, and make two rounds of it. It never makes one of two. */
const RUNS_MAX = 4;

const ROUNDS = [
  "GitHub key + GitHub list + GitHub metadata + SnapTrade probe ×2",
  "GitHub canary",
  "GitHub delete",
  // The last thing before the reset: nobody has changed anything meanwhile.
  "GitHub key + GitHub metadata",
  "SnapTrade reset",
  "GitHub put",
  "GitHub metadata + SnapTrade probe ×2",
  // The old secret has to be refused three times, and nothing depends on how soon.
  "SnapTrade probe",
  "SnapTrade probe",
];

describe("one rotation", () => {
  let run: BundleRun;
  beforeAll(async () => {
    for (let runs = 0; runs < RUNS_MAX; runs += 1) {
      run = await onDistantStage(runBundle, FAR_MS);
      if (run.rounds.length <= ROUNDS.length) return;
    }
  }, 240_000);

  it("sends these requests and no other, independent ones side by side", () => {
    expect(run.rounds.map(roundTold)).toEqual(ROUNDS);
  });

  it("has the secret at risk for one round trip: the save alone, next after the reset, on an open connection", () => {
    const reset = run.rounds.findIndex((round) => round.some(({ what }) => what === "SnapTrade reset"));
    const save = run.rounds[reset + 1] ?? [];
    expect(save.map(({ what, isWarm }) => ({ what, isWarm }))).toEqual([{ what: "GitHub put", isWarm: true }]);
    expect(roundTripsOf([save])).toBe(1);
  });

  it("crosses the network no more often than this, one time after the other", () => {
    // The canary's PUT may find both connections of the round before still busy, and then opens a third.
    expect(roundTripsOf(run.rounds)).toBeLessThanOrEqual(16);
  });

  it("saves over a connection that is open, and opens none for anything that follows at GitHub", () => {
    const after = run.rounds.slice(4).flat();
    expect(after.filter(({ what, isWarm }) => what.startsWith("GitHub") && !isWarm)).toEqual([]);
  });
});

describe("the save goes over an open connection", () => {
  let slow: SlowReset, unlucky: SlowReset;
  beforeAll(async () => {
    [slow, unlucky] = await Promise.all([slowResetRun(8_000), unluckyResetRun(2)]);
  }, 60_000);

  test("even when the reset takes 8 s", () => {
    expect(slow).toMatchObject({ isOpen: true });
  });

  test("even when the answer comes while a connection is being kept open", () => {
    expect(unlucky).toMatchObject({ isOpen: true });
  });
});

describe("the bundle", () => {
  it("loads at most 1.3 MB of code where there is no recovery recipient, and age is not in it", async () => {
    const loaded = await loadedFiles();
    expect([...loaded.keys()]).toContain("index.js");
    expect([...loaded.values()].reduce((sum, bytes) => sum + bytes, 0)).toBeLessThanOrEqual(1_300_000);
    for (const name of loaded.keys()) {
      expect(await readFile(join(ROOT, "dist", name), "latin1")).not.toContain("age-encryption.org/v1");
    }
  });

  it("is at most 1.45 MB of code in all", async () => {
    const names = (await readdir(join(ROOT, "dist"))).filter((name) => name.endsWith(".js"));
    const sizes = await Promise.all(names.map(async (name) => (await readFile(join(ROOT, "dist", name))).length));
    expect(sizes.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThanOrEqual(1_450_000);
  });
});
