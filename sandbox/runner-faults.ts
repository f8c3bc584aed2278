import { at, firstSaveIsCut, type Instant, LADDER } from "./instants";
import type { WorldFault } from "./named-fault";

function killed(says: string, instant: Instant): WorldFault {
  return { says, apply: (stage) => ({ kill: at(stage, instant) }) };
}

function cancelled(says: string, instant: Instant): WorldFault {
  return { says, apply: (stage) => ({ cancel: { when: at(stage, instant), ...LADDER } }) };
}

/** Every fault of the runner, of the machine, and of what the workflow gives to the step. */
export const runnerFaultNames = {
  "given-secret-dead": {
    says: "Someone has rotated before and saved the new secret nowhere.",
    apply: ({ snapTrade, userId }) => {
      snapTrade.rotateBehindBack(userId);
      return {};
    },
  },
  "given-secret-stale": {
    says: "Another run has rotated after this one was queued, so GitHub has a newer secret than the one given.",
    apply: ({ snapTrade, github, userId, destinations }) => {
      const newer = snapTrade.rotateBehindBack(userId);
      for (const { where, name } of destinations) github.seed(where, name, newer, { at: new Date(Date.now() + 1_000) });
      return {};
    },
  },
  "event-of-strangers": {
    says: "The workflow runs on pull_request_target, which strangers may trigger.",
    apply: () => ({ event: "pull_request_target" }),
  },
  "runner-temp-missing": {
    says: "RUNNER_TEMP names a folder that does not exist.",
    apply: () => ({ env: { RUNNER_TEMP: "/nowhere/runner-temp" } }),
  },
  "killed-before-reset": killed("The step is killed (SIGKILL) while the write check is under way.", "canary-applied"),
  "killed-at-reset": killed(
    "The step is killed while its reset is on the way, which therefore does not happen.",
    "reset-arrived",
  ),
  "killed-after-reset": killed("The step is killed when the reset has happened, before its answer.", "reset-committed"),
  "killed-before-save": {
    says: "The step is killed when it has the new secret, before GitHub stores anything.",
    apply: (stage) => {
      firstSaveIsCut(stage);
      return { kill: at(stage, "put-arrived") };
    },
  },
  "killed-at-save": killed("The step is killed when the save arrives at GitHub, which stores it.", "put-arrived"),
  "killed-after-save": killed(
    "The step is killed when GitHub has stored the secret, before it can report it.",
    "put-applied",
  ),
  "killed-and-post-inputs-differ": {
    says: "The step is killed before the save, and its inputs are others when they are evaluated again for the post step.",
    apply: (stage) => {
      firstSaveIsCut(stage);
      return { kill: at(stage, "put-arrived"), postInputs: { ...stage.inputs, "user-secret": "another-value" } };
    },
  },
  "runner-lost": {
    says: "The machine is lost when the step has the new secret, before GitHub stores anything, so that there is no post.",
    apply: (stage) => {
      firstSaveIsCut(stage);
      return { kill: at(stage, "put-arrived"), runnerLost: true };
    },
  },
  "cancelled-before-reset": cancelled("The run is cancelled while the write check is under way.", "canary-applied"),
  "cancelled-at-reset": cancelled("The run is cancelled while the reset is under way.", "reset-arrived"),
  "cancelled-at-save": cancelled("The run is cancelled while the save is under way.", "put-arrived"),
  "cancelled-while-save-stalls": {
    says: "The run is cancelled while GitHub leaves the first save unanswered, until the runner kills the step.",
    apply: (stage) => {
      stage.github.faults.inject({ on: { which: "put" }, effect: { kind: "cut", applied: false, by: "stall" } });
      return { cancel: { when: at(stage, "put-arrived"), ...LADDER } };
    },
  },
} as const satisfies Readonly<Record<string, WorldFault>>;
