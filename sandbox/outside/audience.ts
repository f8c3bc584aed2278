import { type Catalogue, fault, setting } from "./ways";
import type { WorldFault } from "../named-fault";
import type { Stage } from "../stage";

const DEPENDABOT = { inputs: { "save-to": "SNAPTRADE_USER_SECRET --org octo-org --app dependabot" } } as const;
const ACTIONS = { inputs: { "save-to": "SNAPTRADE_USER_SECRET --org octo-org" } } as const;
const LISTS = { which: "repositories" } as const;
const PAGES = 120;
const MANY = Array.from({ length: PAGES }, (_, index) => `octo-org/repository-${index + 1}`);
const THREE = ["octo-org/brokerage", "octo-org/reports", "octo-org/billing"] as const;

/** Who may read an organization's secret, and how a server tells and takes it. */
export const audiences: Catalogue = {
  "dependabot-ids-as-strings": shared(
    setting(
      "A server takes the repositories of an organization's Dependabot secret as strings only.",
      ({ policy }) => {
        policy.dependabotIds = "strings";
      },
      DEPENDABOT,
    ),
    THREE.slice(0, 2),
  ),
  "audience-list-short": shared(
    fault(
      "The list of repositories that may read the secret has two members, and reports that there are three.",
      LISTS,
      { kind: "shorten-list", by: 1 },
      { times: "always", stage: ACTIONS },
    ),
    THREE,
  ),
  "audience-list-short-once": shared(
    fault(
      "One list of the repositories that may read the secret is short of a member.",
      LISTS,
      { kind: "shorten-list", by: 1 },
      { stage: ACTIONS },
    ),
    THREE,
  ),
  "audience-of-many-pages": shared(
    setting(
      "A hundred and twenty repositories may read the secret, more than fit on a page.",
      () => undefined,
      ACTIONS,
    ),
    MANY,
  ),
  "audience-page-lost-once": shared(
    setting(
      "A hundred and twenty repositories may read the secret, and the second page of the list is empty once.",
      ({ faults }) => {
        faults.inject({ on: LISTS, effect: { kind: "shorten-list", by: PAGES }, skip: 1 });
      },
      ACTIONS,
    ),
    MANY,
  ),
  "audience-changes-before-reset": shared(
    setting(
      "Someone lets a third repository read the secret while the write check is under way.",
      (github, stage) => {
        github.on("canary-applied", () => shareWith(stage, THREE));
      },
      ACTIONS,
    ),
    THREE.slice(0, 2),
  ),
};

/** Lets exactly these read it, as on GitHub's own page; its value stays as it is. */
function shareWith({ github, destinations, given }: Stage, repositories: readonly string[]): void {
  for (const { where, name } of destinations) {
    github.seed(where, name, given, { sharing: { visibility: "selected", repositories } });
  }
}

/** The organization's secret is there and may be read by these. */
function shared(played: WorldFault, repositories: readonly string[]): WorldFault {
  return {
    ...played,
    apply: (stage: Stage) => {
      shareWith(stage, repositories);
      return played.apply(stage);
    },
  };
}
