import type { Stage, StageOptions } from "../../sandbox/stage";
import type { Scenarios } from "./scenario";

const stage: StageOptions = { inputs: { mode: "verify" } };

/** Somebody rotates and saves, so much after the job of this run began. */
function saveNewer({ snapTrade, github, userId, destinations }: Stage, afterMs: number): void {
  const newer = snapTrade.rotateBehindBack(userId);
  for (const { where, name } of destinations) github.seed(where, name, newer, new Date(Date.now() + afterMs));
}

/** A run that only verifies, and is handed another value than the one that is saved by then. */
export const outdatedValues: Scenarios = {
  "verify-of-an-older-value": {
    says: "mode verify is given an environment's secret, and another job saves a newer one after that",
    row: ["unchanged", "main", 0, "saved"],
    play: {
      stage,
      prepare: (set) => {
        saveNewer(set, 1_000);
        return {};
      },
    },
  },
  "verify-of-an-older-value-of-the-repository": {
    says: "mode verify is given the repository's secret, and another run saves a newer one after this run was queued",
    row: ["unchanged", "main", 0, "saved"],
    play: {
      stage: { inputs: { mode: "verify", "save-to": "SNAPTRADE_USER_SECRET" } },
      prepare: (set) => {
        saveNewer(set, 1_000);
        return {};
      },
    },
  },
  "verify-of-a-value-that-the-job-may-have-missed": {
    says: "an environment's secret was saved after the run began, while an earlier step of this job was under way",
    row: ["dead", "main", 0, "saved"],
    play: {
      stage,
      prepare: (set) => {
        set.github.policy.runStartedAt = new Date(Date.now() - 300_000);
        saveNewer(set, -120_000);
        return {};
      },
    },
  },
  "verify-of-a-dead-secret": {
    says: "mode verify is given the secret that is saved, which is dead",
    row: ["dead", "main", 0, "not saved"],
    play: {
      stage,
      prepare: ({ snapTrade, userId }) => {
        snapTrade.rotateBehindBack(userId);
        return {};
      },
    },
  },
  "verify-of-an-older-value-alone": {
    says: "mode verify is given an older value, and no token with which to find that out",
    row: ["dead", "main", 0, "saved"],
    play: {
      stage: { inputs: { mode: "verify", "github-token": "" } },
      prepare: (set) => {
        saveNewer(set, 1_000);
        return {};
      },
    },
  },
};
