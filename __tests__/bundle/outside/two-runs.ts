import { setTimeout as sleep } from "node:timers/promises";
import { SHORT_WAITS } from "../../../sandbox/faults";
import { playStep, type StepRun } from "../../../sandbox/runner";
import { type Stage, startStage } from "../../../sandbox/stage";
import { resultOf, stepOf } from "../../support/bundle";
import { canariesIn, strangersTouched } from "../../support/canaries";
import { must, wordsOf } from "../../support/outside-case";
import { healWorld } from "../../support/recovery";

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
export async function canaryThatStays(): Promise<string[]> {
  return await onStage({}, async (stage) => {
    const { github, destinations } = stage;
    const throttled = { kind: "answer", status: 429, headers: { "retry-after": "180" } } as const;
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
export async function copyThatLiesBehind(by: "min-age" | "mode"): Promise<string[]> {
  return await onStage({ "save-to": TWO, "min-age": "12h" }, async (stage) => {
    const { github, destinations, snapTrade, userId } = stage;
    for (const { where } of destinations) github.age(where, 24 * TWO_HOURS_MS);
    const failing = { kind: "answer", status: 502 } as const;
    github.faults.inject({ on: { which: "put", name: "A_COPY" }, effect: failing, times: "always" });
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
