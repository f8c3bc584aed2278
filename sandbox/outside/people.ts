import { type Catalogue, atReset, setting } from "./ways";
import type { WorldFault } from "../named-fault";
import type { Stage } from "../stage";

/** Somebody's own secret, which looks like one that a write proof has left. */
const THEIRS = "somebody's own";

function seedBeside({ github, destinations }: Stage, ...ends: readonly string[]): void {
  for (const { where, name } of destinations) {
    for (const end of ends) github.seed(where, `${name}_CANARY${end}`, THEIRS);
  }
}

/** Places that are full, or become so. */
export const fullPlaces: Catalogue = {
  "place-filled-by-another": {
    says: "There is to be a new secret, and somebody else takes the last place for one just before the save.",
    stage: { inputs: { create: "true" } },
    apply: (stage) => {
      const { github, destinations } = stage;
      for (const { where, name } of destinations) {
        github.fill(where);
        github.remove(where, name);
        atReset(stage, () => github.seed(where, "SOMEBODYS_SECRET", THEIRS));
        stage.onHeal(() => github.remove(where, "SOMEBODYS_SECRET"));
      }
      return {};
    },
  },
};

/** What other people do with secrets and places meanwhile, or write into the workflow. */
export const people: Catalogue = {
  "environment-misspelt": {
    says: "The workflow names an environment that does not exist.",
    apply: ({ inputs }) => ({ inputs: { ...inputs, "save-to": "SNAPTRADE_USER_SECRET --env prodution" } }),
  },
  "secret-named-like-a-canary": setting(
    "Somebody has secrets of their own whose names are the destination's with _CANARY and with _CANARY_20251101 behind it.",
    (_github, stage) => seedBeside(stage, "", "_20251101"),
  ),
  "secret-that-looks-like-a-canary": setting(
    "Somebody has a secret of their own whose name is the destination's with _CANARY_ and sixteen hex digits behind it.",
    (_github, stage) => seedBeside(stage, "_0123456789ABCDEF"),
  ),
  "secret-deleted-at-reset": setting("Somebody deletes the destination while SnapTrade resets.", (github, stage) => {
    for (const { where, name } of stage.destinations) atReset(stage, () => github.remove(where, name));
  }),
  "audience-changes-at-reset": sharedWithAThird(
    "Somebody lets a third repository read an organization's secret while SnapTrade resets.",
    (stage, act) => atReset(stage, act),
  ),
  "audience-changes-after-save": sharedWithAThird(
    "Somebody lets a third repository read an organization's secret as soon as the new one is saved.",
    ({ github }, act) => {
      const off = github.on("put-applied", () => {
        off();
        act();
      });
    },
  ),
};

/** An organization's secret that two repositories may read, and at some time a third. */
function sharedWithAThird(says: string, when: (stage: Stage, act: () => void) => void): WorldFault {
  return {
    says,
    stage: { inputs: { "save-to": "SNAPTRADE_USER_SECRET --org octo-org" } },
    apply: (stage) => {
      const { github, destinations } = stage;
      const share = (...names: readonly string[]): void => {
        const repositories = names.map((name) => `octo-org/${name}`);
        for (const { where, name } of destinations) {
          const held = github.plaintext(where, name) ?? stage.given;
          github.seed(where, name, held, github.updatedAt(where, name), { visibility: "selected", repositories });
        }
      };
      share("brokerage", "reports");
      when(stage, () => share("brokerage", "reports", "billing"));
      return {};
    },
  };
}
