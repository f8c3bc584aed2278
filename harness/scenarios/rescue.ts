import type { Stage } from "../../sandbox/stage";
import type { StageOptions } from "../../sandbox/stage";
import type { Scenarios } from "./scenario";

const stage: StageOptions = { inputs: { mode: "rescue", "confirm-user-id": "customer-1" } };
/** A person has typed it. */
const CONFIRMED = { eventInputs: { "confirm-user-id": "customer-1" } };

/** The secret that GitHub holds is dead, and nobody has the one in force. */
function lose({ snapTrade, userId }: Stage, takesDeadSecret: boolean): void {
  snapTrade.faults.resetNeedsOldSecret = !takesDeadSecret;
  snapTrade.rotateBehindBack(userId);
}

/** One reset with a dead secret, by hand, after a loss. */
export const rescues: Scenarios = {
  "rescue-succeeds": {
    says: "SnapTrade resets although the secret is dead",
    row: ["rotated", "main", 1, "saved"],
    play: {
      stage,
      prepare: (set) => {
        lose(set, true);
        return CONFIRMED;
      },
    },
  },
  "rescue-refused": {
    says: "SnapTrade refuses the reset with the dead secret",
    row: ["dead", "main", 0, "not saved"],
    play: {
      stage,
      prepare: (set) => {
        lose(set, false);
        return CONFIRMED;
      },
    },
  },
  "rescue-unanswered": {
    says: "the reset with the dead secret happens, and its answer is lost",
    row: ["unknown", "main", 1, "not saved"],
    play: {
      stage,
      prepare: (set) => {
        lose(set, true);
        set.snapTrade.faults.onReset({ answer: "none", delivery: { ending: "rst" } });
        return CONFIRMED;
      },
    },
  },
  "rescue-stale": {
    says: "the primary was saved after this run began",
    row: ["dead", "main", 0, "saved"],
    play: {
      stage,
      prepare: (set) => {
        lose(set, true);
        const newer = set.snapTrade.secretInForce(set.userId) ?? "";
        for (const { where, name } of set.destinations) {
          set.github.seed(where, name, newer, new Date(Date.now() + 1_000));
        }
        return CONFIRMED;
      },
    },
  },
  "rescue-stale-before-its-step": {
    says: "an environment's secret was saved after the run began, while an earlier step of this job was under way",
    row: ["dead", "main", 0, "saved"],
    play: {
      stage,
      prepare: (set) => {
        lose(set, true);
        set.github.policy.runStartedAt = new Date(Date.now() - 300_000);
        const newer = set.snapTrade.secretInForce(set.userId) ?? "";
        for (const { where, name } of set.destinations) {
          set.github.seed(where, name, newer, new Date(Date.now() - 120_000));
        }
        return CONFIRMED;
      },
    },
  },
  "rescue-not-needed": {
    says: "the secret given is live",
    row: ["unchanged", "main", 0, "saved"],
    play: { stage, prepare: () => CONFIRMED },
  },
};
