import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { at, firstSaveIsCut } from "../../../sandbox/instants";
import type { Stage } from "../../../sandbox/stage";
import { type StepChanges, withPlayed } from "../../support/bundle";
import { faultsOf } from "../../support/expect-row";
import { must } from "../../support/outside-case";

const PATIENCE_MS = 45_000;

function killedAtSave(stage: Stage, runnerTemp: string, runAttempt: string): StepChanges {
  firstSaveIsCut(stage);
  return { kill: at(stage, "put-arrived"), runnerTemp, runAttempt };
}

/** The journals in a folder, by their names. */
function journalsIn(folder: string): ReadonlyMap<string, string> {
  const names = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(names.map(({ name }) => [name, readFileSync(join(folder, name)).toString("base64")]));
}

/** A machine that is not made new for each job is lost with a journal on it, and the run is tried again there. */
export async function earlierAttempt(): Promise<string[]> {
  const runnerTemp = mkdtempSync(join(tmpdir(), "kept-machine-"));
  try {
    const lost = (stage: Stage): StepChanges => ({ ...killedAtSave(stage, runnerTemp, "1"), runnerLost: true });
    const consumerKey = await withPlayed({ prepare: lost }, ({ stage }) => stage.consumerKey);
    const before = journalsIn(runnerTemp);
    const play = {
      patienceMs: PATIENCE_MS,
      stage: { consumerKey },
      prepare: (stage: Stage) => killedAtSave(stage, runnerTemp, "2"),
    };
    return await withPlayed(play, async (played) => [
      ...must(before.size === 1, `the first attempt left ${before.size} files`),
      ...must(
        JSON.stringify([...journalsIn(runnerTemp)]) === JSON.stringify([...before]),
        "the first attempt's journal is not as it was, or the second's is left",
      ),
      ...(await faultsOf(played, ["rotated", "post", 1, "saved"], { filesLeft: true })),
    ]);
  } finally {
    rmSync(runnerTemp, { recursive: true, force: true });
  }
}
