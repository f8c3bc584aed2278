import { says } from "../github/fault-effects";
import { type Catalogue, atReset, setting } from "./ways";
import type { WorldFault } from "../named-fault";
import type { Stage } from "../stage";

/** Somebody's own secret, which looks like one that a write check has left. */
const THEIRS = "somebody's own";

function seedBeside({ github, destinations }: Stage, ...ends: readonly string[]): void {
  for (const { where, name } of destinations) {
    for (const end of ends) github.seed(where, `${name}_CANARY${end}`, THEIRS);
  }
}

/** Places that are full, or become so. */
export const fullPlaces: Catalogue = {
  "place-filled-by-another": {
    says: "There is to be a new secret, and someone else takes the last place for one just before the save.",
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
    "Someone has secrets of their own whose names are the destination's with _CANARY and with _CANARY_20251101 behind it.",
    (_github, stage) => seedBeside(stage, "", "_20251101"),
  ),
  "secret-that-looks-like-a-canary": setting(
    "Someone has a secret of their own whose name is the destination's with _CANARY_ and sixteen hex digits behind it.",
    (_github, stage) => seedBeside(stage, "_0123456789ABCDEF"),
  ),
  "secret-deleted-at-reset": setting("Someone deletes the destination while SnapTrade resets.", (github, stage) => {
    for (const { where, name } of stage.destinations) atReset(stage, () => github.remove(where, name));
  }),
  "organization-secret-hidden": {
    says: "The workflow saves in an organization's secret, and its repository has one of the same name, which workflows read.",
    stage: { inputs: { "save-to": "SNAPTRADE_USER_SECRET --org octo-org" } },
    apply: ({ github, repository, given }) => {
      github.addRepository(repository);
      github.seed(ofRepository(repository), "SNAPTRADE_USER_SECRET", given);
      return {};
    },
  },
  "repository-secret-hidden": {
    says: "The workflow checks a repository's secret, and one of its environments has one of the same name.",
    stage: { inputs: { mode: "check", "save-to": "SNAPTRADE_USER_SECRET" } },
    apply: ({ github, repository, given }) => {
      for (const environment of ["staging", "production"]) github.addEnvironment(repository, environment);
      github.seed(`${ofRepository(repository)} env production`, "SNAPTRADE_USER_SECRET", given);
      return {};
    },
  },
  "organization-secret-hidden-by-an-environment": {
    says: "The workflow checks an organization's secret, and an environment of its repository has one of the same name.",
    stage: { inputs: { mode: "check", "save-to": "SNAPTRADE_USER_SECRET --org octo-org" } },
    apply: ({ github, repository, given }) => {
      github.addEnvironment(repository, "production");
      github.seed(`${ofRepository(repository)} env production`, "SNAPTRADE_USER_SECRET", given);
      return {};
    },
  },
  "id-in-the-command-checked": {
    says: "The workflow checks a destination in an environment that is called like the user, whose id is kept as a secret.",
    stage: { inputs: { mode: "check", "save-to": "SNAPTRADE_USER_SECRET --env customer-1" } },
    apply: ({ userId }) => ({ secrets: [userId] }),
  },
  "id-in-the-command": {
    says: "The environment is called like the user, and GitHub answers every save with 500.",
    stage: { inputs: { "save-to": "SNAPTRADE_USER_SECRET --env customer-1" } },
    apply: ({ github }) => {
      github.faults.inject({ on: { which: "put" }, effect: says(500, "Server Error"), times: "always" });
      return {};
    },
  },
  "audience-changes-at-reset": sharedWithAThird(
    "Someone lets a third repository read an organization's secret while SnapTrade resets.",
    (stage, act) => atReset(stage, act),
  ),
  "audience-changes-after-save": sharedWithAThird(
    "Someone lets a third repository read an organization's secret as soon as the new one is saved.",
    ({ github }, act) => {
      const off = github.on("put-applied", () => {
        off();
        act();
      });
    },
  ),
};

function ofRepository(repository: string): `${string}/${string}` {
  const [owner = "", name = ""] = repository.split("/");
  return `${owner}/${name}`;
}

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
          github.seed(where, name, held, {
            at: github.updatedAt(where, name),
            sharing: { visibility: "selected", repositories },
          });
        }
      };
      share("brokerage", "reports");
      when(stage, () => share("brokerage", "reports", "billing"));
      return {};
    },
  };
}
