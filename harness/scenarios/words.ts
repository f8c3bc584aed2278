import { at, trapdoor } from "../circumstances";
import type { Scenarios } from "./scenario";

/** Made by age-keygen; nobody has kept the other half. */
const RECIPIENT = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj";

/** What makes the bundle print words that no failure brings. */
export const wordings: Scenarios = {
  "mode-wrong": {
    says: "the mode is misspelt",
    row: ["unchanged", "main", 0, "saved"],
    play: { stage: { inputs: { mode: "rotat" } } },
  },
  "recipient-given": {
    says: "there is a recovery recipient",
    row: ["rotated", "main", 1, "saved"],
    play: { stage: { inputs: { "recovery-recipient": RECIPIENT } } },
  },
  "recipient-fails": {
    says: "the machine has no random numbers at the moment when the new secret is encrypted for the recipient",
    row: ["rotated", "main", 1, "saved"],
    play: {
      stage: { inputs: { "recovery-recipient": RECIPIENT } },
      prepare: (stage, later) => {
        const { step, spring } = trapdoor(later);
        const text = `const { getRandomValues } = crypto;
          crypto.getRandomValues = () => { crypto.getRandomValues = getRandomValues; throw new Error("no entropy"); };`;
        at(stage, "reset-arrived", () => spring(text));
        return step;
      },
    },
  },
  "given-secret-dead-unreadable": {
    says: "the secret given is dead, and the token may not read when the run began",
    row: ["dead", "main", 0, "not saved"],
    play: {
      stage: { inputs: { "save-to": "SNAPTRADE_USER_SECRET" } },
      prepare: ({ snapTrade, github, userId }) => {
        snapTrade.rotateBehindBack(userId);
        github.policy.permissions = { actions: "none" };
        return {};
      },
    },
  },
};
