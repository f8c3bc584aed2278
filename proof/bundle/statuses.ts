import { playAll, type Case } from "./play";
import { random, sample, type Row } from "./row";

const STATUSES = Array.from({ length: 500 }, (_, index) => 100 + index);
const PLAYS = { quick: 1, large: 100, whole: Number.POSITIVE_INFINITY } as const;

const RESETS = ["did not happen", "happened, without the secret", "happened, with the secret"] as const;
const SAVES = ["was not done", "was done"] as const;

function resetAnswered(status: number, reset: (typeof RESETS)[number]): Case {
  return {
    of: `the reset answered with ${status}: it ${reset}`,
    prepare: ({ snapTrade }) => {
      snapTrade.faults.onReset({
        ...(reset === "did not happen" ? { commit: "never" } : {}),
        answer: ({ userId, newSecret }) => ({
          status,
          strays: "anywhere",
          body: JSON.stringify(
            reset === "happened, with the secret"
              ? { userId, userSecret: newSecret }
              : { detail: "as the proof wants it", status_code: status, code: "0000" },
          ),
        }),
      });
      return {};
    },
  };
}

function saveAnswered(status: number, save: (typeof SAVES)[number]): Case {
  return {
    of: `the first save answered with ${status}: it ${save}`,
    prepare: ({ github }) => {
      github.faults.inject({
        on: { which: "put" },
        effect: {
          kind: "answer",
          status,
          applied: save === "was done",
          body: { message: "as the proof wants it" },
          strays: "anywhere",
        },
      });
      return {};
    },
  };
}

export const resetStatuses: Row = {
  name: "The reset answered with every status from 100 to 599, done or not, with the secret or without",
  run: async (setting) => {
    const all = RESETS.flatMap((reset) => STATUSES.map((status) => resetAnswered(status, reset)));
    return await playAll(resetStatuses.name, sample(all, PLAYS[setting.share], random(setting.seed)), setting);
  },
};

export const saveStatuses: Row = {
  name: "The save answered with every status from 100 to 599, done or not",
  run: async (setting) => {
    // A 201 or 204 for what was not done is GitHub lying, which nobody can see from outside.
    const all = SAVES.flatMap((save) =>
      STATUSES.filter((status) => save === "was done" || (status !== 201 && status !== 204)).map((status) =>
        saveAnswered(status, save),
      ),
    );
    return await playAll(saveStatuses.name, sample(all, PLAYS[setting.share], random(setting.seed)), setting);
  },
};
