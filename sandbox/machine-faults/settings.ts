import { serverError } from "../github/fault-effects";
import type { StepChange, WorldFault } from "../named-fault";
import type { Stage } from "../stage";

type Catalogue = Readonly<Record<string, WorldFault>>;

const env = (says: string, variables: Readonly<Record<string, string>>): WorldFault => ({
  says,
  apply: () => ({ env: variables }),
});

const given =
  (own: (stage: Stage) => Readonly<Record<string, string>>) =>
  (stage: Stage): StepChange => ({ inputs: { ...stage.inputs, ...own(stage) } });

function neverSaved({ github }: Stage): void {
  github.faults.inject({ on: { which: "put" }, effect: serverError(500), times: "always" });
}

/** What would have Node print, store or hand on secrets. */
const ofNode: Catalogue = {
  "node-options-trace-events": env("NODE_OPTIONS has Node write every HTTP request to the disk.", {
    NODE_OPTIONS: "--trace-event-categories=node.http",
  }),
  "node-options-tls-keylog": env("NODE_OPTIONS has Node write the keys of TLS to the disk, its name in quotes.", {
    NODE_OPTIONS: '--tls-"keylog=/dev/null"',
  }),
  "node-options-require": env("NODE_OPTIONS has Node run other code first.", { NODE_OPTIONS: "--require fs" }),
  "node-options-underscored": env("NODE_OPTIONS has Node write reports, spelt with underscores.", {
    NODE_OPTIONS: "--report_on_signal",
  }),
  "node-options-harmless": env("NODE_OPTIONS gives Node more memory and no warnings.", {
    NODE_OPTIONS: " --max_old_space_size=512  --no-warnings ",
  }),
  "node-options-empty": env("NODE_OPTIONS and NODE_DEBUG are there and empty.", { NODE_OPTIONS: "", NODE_DEBUG: "" }),
  "node-debug-stream": env("NODE_DEBUG has Node print what goes through its streams.", { NODE_DEBUG: "stream" }),
};

/** A workflow that says something else than was meant. */
const ofWorkflow: Catalogue = {
  "save-to-is-the-secret": {
    says: "save-to is given the value of the secret instead of its name.",
    apply: given((stage) => ({ "save-to": stage.given })),
  },
  "save-to-is-the-secret-in-an-environment": {
    says: "save-to is given the value of the secret as the name of an environment.",
    apply: given((stage) => ({ "save-to": `SNAPTRADE_USER_SECRET --env ${stage.given}` })),
  },
  "save-to-is-the-token": {
    says: "save-to is given the token instead of a name.",
    apply: given(({ token }) => ({ "save-to": token, create: "true" })),
  },
  "save-to-with-a-literal-line-end": {
    says: "save-to stands in single quotes with a backslash and an n where a line end was meant.",
    apply: given(() => ({ "save-to": String.raw`SNAPTRADE_USER_SECRET\nA_COPY`, create: "true" })),
  },
  "inside-a-composite-action": {
    says: "The action is used inside a composite action, and GitHub accepts no save.",
    apply: (stage) => {
      neverSaved(stage);
      const outer = { GITHUB_ACTION_REPOSITORY: "octo-org/deploy", GITHUB_ACTION_REF: "v3" };
      return { env: { GITHUB_ACTION: "deploy", ...outer } };
    },
  },
  "hidden-by-a-nearer-secret": {
    says: "The destination is an organization's secret, and the repository has one of the same name that hides it.",
    stage: { inputs: { "save-to": "SNAPTRADE_USER_SECRET --org octo-org" } },
    apply: ({ github, repository, given: secret }) => {
      github.addRepository(repository);
      if (isRepository(repository)) github.seed(repository, "SNAPTRADE_USER_SECRET", secret);
      return {};
    },
  },
  "user-id-of-one-digit-kept-as-a-secret": {
    says: "The user ID is 1 and kept as a secret, so that GitHub masks every 1; no save is accepted.",
    stage: { userId: "1" },
    apply: (stage) => {
      neverSaved(stage);
      return { secrets: [stage.userId] };
    },
  },
  "owner-with-hyphens-at-its-ends": {
    says: "The owner of the repository has hyphens at both ends of its name.",
    stage: { repository: "-ACE-/brokerage" },
    apply: () => ({}),
  },
};

function isRepository(name: string): name is `${string}/${string}` {
  return name.includes("/");
}

/** What the job's environment and the workflow's file give to the step. */
export const settings: Catalogue = { ...ofNode, ...ofWorkflow };
