import { BAD_GATEWAY } from "../../sandbox/github/fault-effects";
import { setTimeout as sleep } from "node:timers/promises";
import type { Stage } from "../../sandbox/stage";
import type { Play, StepChanges } from "../play";
import { instant } from "../circumstances";
import type { Scenario, Scenarios } from "./scenario";

const TWO = "SNAPTRADE_USER_SECRET --env production\nA_COPY --env staging";
const YESTERDAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** Main has noted an acknowledgement so long after it was sent. */
const NOTED_WITHIN_MS = 300;

/** The primary was saved an hour ago, the copy a day ago, and it holds another value. */
function copyLiesBehind({ github, destinations }: Stage): void {
  const [primary, copy] = destinations;
  if (primary === undefined || copy === undefined) throw new Error("two destinations");
  github.age(primary.where, HOUR_MS);
  github.seed(copy.where, copy.name, "dead-by-now", { at: new Date(Date.now() - YESTERDAY_MS) });
}

function copying(prepare: (stage: Stage) => StepChanges, inputs: Readonly<Record<string, string>> = {}): Play {
  return { stage: { inputs: { mode: "copy", "save-to": TWO, ...inputs } }, prepare };
}

/** A copy that lies behind, and then something happens. */
function behind(
  says: string,
  row: Scenario["row"],
  then: (stage: Stage) => StepChanges = () => ({}),
  inputs: Readonly<Record<string, string>> = {},
): Scenario {
  const prepare = (stage: Stage): StepChanges => {
    copyLiesBehind(stage);
    return then(stage);
  };
  return { says, row, play: copying(prepare, inputs) };
}

/** Runs that bring the live secret to copies, without a reset. */
export const copies: Scenarios = {
  "copy-that-lies-behind": behind("mode: copy, and a copy holds a dead secret", ["copied", "main", 0, "saved"]),
  "copy-that-is-new": {
    says: "mode: copy with create: true, and the copy does not exist yet",
    row: ["copied", "main", 0, "saved"],
    play: copying(
      ({ github, destinations }) => {
        const [primary, copy] = destinations;
        if (primary !== undefined) github.age(primary.where, HOUR_MS);
        if (copy !== undefined) github.remove(copy.where, copy.name);
        return {};
      },
      { create: "true" },
    ),
  },
  "copy-of-a-dead-secret": behind(
    "mode: copy, and the secret given is dead",
    ["dead", "main", 0, "not saved"],
    ({ snapTrade, userId }) => {
      snapTrade.rotateBehindBack(userId);
      return {};
    },
  ),
  "copy-that-cannot-be-written": behind(
    "mode: copy, and GitHub answers every save of the copy with 502",
    ["partly-saved", "main", 0, "saved"],
    ({ github }) => {
      github.faults.inject({ on: { which: "put", name: "A_COPY" }, effect: BAD_GATEWAY, times: "always" });
      return {};
    },
  ),
  "copy-and-the-primary-moves": behind(
    "mode: copy, and somebody else rotates and saves the primary while the copy is saved",
    ["saved-unverified", "main", 0, "saved"],
    ({ github, snapTrade, userId, destinations: [primary] }) => {
      const off = github.on("put-arrived", () => {
        off();
        const theirs = snapTrade.rotateBehindBack(userId);
        if (primary !== undefined) github.seed(primary.where, primary.name, theirs, { at: new Date() });
      });
      return {};
    },
  ),
  "copy-is-killed": behind(
    "mode: copy, and the step is killed while it saves the copy",
    ["partly-saved", "post", 0, "saved"],
    (stage) => {
      stage.github.faults.inject({ on: { which: "put" }, effect: { kind: "cut", applied: false, by: "stall" } });
      return { kill: instant(stage, "put-arrived") };
    },
  ),
  "copy-is-killed-when-another-is-saved": behind(
    "mode: copy, and the step is killed when one copy is saved and the other is not",
    ["partly-saved", "post", 0, "saved"],
    ({ github }) => {
      github.faults.inject({
        on: { which: "put", name: "LAST" },
        effect: { kind: "cut", applied: false, by: "stall" },
      });
      const saved = github.waitFor("put-answered", { name: "A_COPY" });
      return { kill: saved.then(() => sleep(NOTED_WITHIN_MS)) };
    },
    { "save-to": `${TWO}\nLAST --env staging` },
  ),
  "copy-lies-behind-a-young-primary": behind(
    "the primary is younger than min-age, and a copy lies behind it",
    ["skipped", "main", 0, "saved"],
    () => ({}),
    { mode: "rotate", "min-age": "12h" },
  ),
};
