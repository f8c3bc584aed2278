import type { Stage } from "../../sandbox/stage";
import type { Scenario, Scenarios } from "./scenario";

type Inputs = Readonly<Record<string, string>>;

/** A run that only verifies, after something has befallen the world. */
function verify(says: string, row: Scenario["row"], befall: (stage: Stage) => void, inputs: Inputs = {}): Scenario {
  const prepare = (stage: Stage): object => {
    befall(stage);
    return {};
  };
  return { says, row, play: { stage: { inputs: { mode: "verify", ...inputs } }, prepare } };
}

/** One reset with a secret, by hand and confirmed, after something has befallen the world. */
function rescue(says: string, row: Scenario["row"], befall: (stage: Stage) => void = () => undefined): Scenario {
  const confirmed = { "confirm-user-id": "customer-1" };
  const prepare = (stage: Stage): object => {
    befall(stage);
    return { eventInputs: confirmed };
  };
  return { says, row, play: { stage: { inputs: { mode: "rescue", ...confirmed } }, prepare } };
}

/** Somebody rotates and saves, so much after the job of this run began. */
function saveNewer({ snapTrade, github, userId, destinations }: Stage, afterMs: number): void {
  const newer = snapTrade.rotateBehindBack(userId);
  for (const { where, name } of destinations) github.seed(where, name, newer, { at: new Date(Date.now() + afterMs) });
}

/** The same while an earlier step of this job was under way. */
function saveBeforeTheStep(stage: Stage): void {
  stage.github.policy.runStartedAt = new Date(Date.now() - 300_000);
  saveNewer(stage, -120_000);
}

const SOON_MS = 1_000;
const saveSoon = (stage: Stage): void => saveNewer(stage, SOON_MS);

/** The secret that GitHub holds is dead, and nobody has the one in force. */
function lose({ snapTrade, userId }: Stage): void {
  snapTrade.rotateBehindBack(userId);
}

/** SnapTrade resets whatever secret it is given. */
function takesAny({ snapTrade }: Stage): void {
  snapTrade.faults.resetNeedsOldSecret = false;
}

/** A run that is handed another value than the one that is in force by then. */
export const deadValues: Scenarios = {
  "verify-of-an-older-value": verify(
    "mode verify is given an environment's secret, and another job saves a newer one after that",
    ["unchanged", "main", 0, "saved"],
    saveSoon,
  ),
  "verify-of-an-older-value-of-the-repository": verify(
    "mode verify is given the repository's secret, and another run saves a newer one after this run was queued",
    ["unchanged", "main", 0, "saved"],
    saveSoon,
    { "save-to": "SNAPTRADE_USER_SECRET" },
  ),
  "verify-of-a-value-that-the-job-may-have-missed": verify(
    "an environment's secret was saved after the run began, while an earlier step of this job was under way",
    ["dead", "main", 0, "saved"],
    saveBeforeTheStep,
  ),
  "verify-of-a-dead-secret": verify(
    "mode verify is given the secret that is saved, which is dead",
    ["dead", "main", 0, "not saved"],
    lose,
  ),
  "verify-of-an-older-value-alone": verify(
    "mode verify is given an older value, and no token with which to find that out",
    ["dead", "main", 0, "saved"],
    saveSoon,
    { "github-token": "" },
  ),
  "rescue-succeeds": rescue(
    "SnapTrade resets although the secret is dead",
    ["rotated", "main", 1, "saved"],
    (stage) => {
      takesAny(stage);
      lose(stage);
    },
  ),
  "rescue-refused": rescue("SnapTrade refuses the reset with the dead secret", ["dead", "main", 0, "not saved"], lose),
  "rescue-unanswered": rescue(
    "the reset with the dead secret happens, and its answer is lost",
    ["unknown", "main", 1, "not saved"],
    (stage) => {
      takesAny(stage);
      lose(stage);
      stage.snapTrade.faults.onReset({ answer: "none", delivery: { ending: "rst" } });
    },
  ),
  "rescue-stale": rescue("the primary was saved after this run began", ["dead", "main", 0, "saved"], (stage) => {
    takesAny(stage);
    saveSoon(stage);
  }),
  "rescue-stale-before-its-step": rescue(
    "an environment's secret was saved after the run began, while an earlier step of this job was under way",
    ["dead", "main", 0, "saved"],
    (stage) => {
      takesAny(stage);
      saveBeforeTheStep(stage);
    },
  ),
  "rescue-not-needed": rescue("the secret given is live", ["unchanged", "main", 0, "saved"]),
};
