import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { secondaryLimit } from "../../sandbox/github/answers";
import { BAD_GATEWAY, from } from "../../sandbox/github/fault-effects";
import { SHORT_WAITS } from "../../sandbox/faults";
import { at, firstSaveIsCut } from "../../sandbox/instants";
import { playStep, type StepRun } from "../../sandbox/runner";
import { type Stage, startStage } from "../../sandbox/stage";
import { resultOf, type StepChanges, stepOf, withPlayed } from "../../harness/play";
import { canariesIn, strangersTouched } from "../../harness/canaries";
import { faultsOf } from "../../harness/expect-row";
import { must, wordsOf } from "../../harness/case";
import { healWorld } from "../../harness/recovery";
import { shareOf } from "../../harness/share";

const TWO = "SNAPTRADE_USER_SECRET --env production\nA_COPY --env staging";
const TWO_HOURS_MS = 7_200_000;

/** A run of its own on a stage that has seen others: it is given what GitHub holds by then. */
async function runAgain(stage: Stage, inputs: Readonly<Record<string, string>> = {}): Promise<StepRun> {
  const [primary] = stage.destinations;
  const held = primary === undefined ? undefined : stage.github.plaintext(primary.where, primary.name);
  return await playStep(stepOf(stage, { inputs: { ...stage.inputs, "user-secret": held ?? "", ...inputs } }));
}

async function onStage<T>(inputs: Readonly<Record<string, string>>, play: (stage: Stage) => Promise<T>): Promise<T> {
  const stage = await startStage({ inputs: { ...SHORT_WAITS, ...inputs } });
  try {
    return await play(stage);
  } finally {
    await stage.close();
  }
}

/** The canary of one run stays, is told of, stands in nobody's way, and is taken away when it is old enough. */
async function canaryThatStays(): Promise<string[]> {
  return await onStage({}, async (stage) => {
    const { github, destinations } = stage;
    const throttled = from(secondaryLimit(429, { "retry-after": "180" }));
    const lift = github.faults.inject({ on: { which: "delete" }, effect: throttled, times: "always" });
    const first = await playStep(stepOf(stage));
    const left = canariesIn(stage).map((one) => one.split(" ")[0] ?? "");
    lift();
    const second = await runAgain(stage);
    const kept = canariesIn(stage).length;
    for (const { where } of destinations) github.age(where, TWO_HOURS_MS);
    const third = await runAgain(stage);
    return [
      ...must(left.length === 1, `${left.length} canaries were left by the first run`),
      ...must(
        left.every((one) => wordsOf({ run: first }).includes(one)),
        "the first run does not name what it left",
      ),
      ...must(kept === left.length, "the second run took a canary away that may be another run's"),
      ...must(canariesIn(stage).length === 0, "the third run left an old canary where it was"),
      ...[first, second, third].map(resultOf).flatMap(({ result }) => must(result === "rotated", `became ${result}`)),
      ...strangersTouched(stage),
    ];
  });
}

/** A copy lies behind since the run before. Both ways that bring it up are played on the same beginning. */
async function copyThatLiesBehind(by: "min-age" | "mode"): Promise<string[]> {
  return await onStage({ "save-to": TWO, "min-age": "12h" }, async (stage) => {
    const { github, destinations, snapTrade, userId } = stage;
    for (const { where } of destinations) github.age(where, 24 * TWO_HOURS_MS);
    github.faults.inject({ on: { which: "put", name: "A_COPY" }, effect: BAD_GATEWAY, times: "always" });
    const first = await playStep(stepOf(stage));
    const isBehind = behind(stage);
    await healWorld(stage);
    // GitHub tells whole seconds, and a copy lies behind only if it is older than the primary.
    await sleep(1_100);
    const second = await runAgain(stage, by === "mode" ? { mode: "copy" } : {});
    const { result } = resultOf(second);
    const expected = by === "mode" ? "copied" : "skipped";
    return [
      ...must(resultOf(first).result === "partly-saved" && isBehind, `the first run became ${resultOf(first).result}`),
      ...must(result === expected, `the second run became ${result}, and not ${expected}`),
      ...must(second.main.exitCode === 0, `the second run ended with ${String(second.main.exitCode)}`),
      ...must(!behind(stage), "the copy does not hold the secret in force"),
      ...must(snapTrade.resetRequests === 1, `${snapTrade.resetRequests} resets were sent`),
      ...must(snapTrade.everInForce(userId).length === 2, "the secret in force is another"),
    ];
  });
}

function behind({ github, destinations, snapTrade, userId }: Stage): boolean {
  const inForce = snapTrade.secretInForce(userId);
  return destinations.some(({ where, name }) => github.plaintext(where, name) !== inForce);
}

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
async function earlierAttempt(): Promise<string[]> {
  const runnerTemp = mkdtempSync(join(tmpdir(), "kept-machine-"));
  try {
    const lost = (stage: Stage): StepChanges => ({ ...killedAtSave(stage, runnerTemp, "1"), runnerLost: true });
    const consumerKey = await withPlayed({ prepare: lost }, ({ stage }) => stage.consumerKey);
    const before = journalsIn(runnerTemp);
    const play = {
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

const PATIENCE_MS = 150_000;

const RUNS = {
  "a copy that lies behind: the next run, which skips the reset, brings it up": () => copyThatLiesBehind("min-age"),
  "a copy that lies behind: mode copy brings it up": () => copyThatLiesBehind("mode"),
  "a canary that stays is told of, stands in nobody's way, and goes when it is old": canaryThatStays,
  "a journal that an earlier attempt has left is neither touched nor taken for this one's": earlierAttempt,
} as const;

test.concurrent.each(shareOf(Object.entries(RUNS), ([name]) => name.includes("skips")))(
  "%s",
  async (_, play) => expect(await play()).toEqual([]),
  PATIENCE_MS,
);
