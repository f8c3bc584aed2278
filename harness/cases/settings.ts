import { must, type OutsideCase, type Told } from "../case";
import { piecesPrinted } from "../pieces";

const noReset = ({ stage }: Told): string[] => must(stage.snapTrade.resetRequests === 0, "a reset was sent");

/** Nothing of a secret is printed in any letter case, nor in the address of any request. */
const keepsItToItself = ({ stage, run }: Told): string[] => {
  const asked = stage.github.requests.map(({ path }) => path.toLowerCase()).join("\n");
  const sent = [stage.given, stage.token].filter((secret) => asked.includes(secret.toLowerCase()));
  return [...piecesPrinted(run, stage.secrets()), ...must(sent.length === 0, "a secret was sent as a path")];
};

const warns =
  (words: RegExp) =>
  ({ run }: Told): string[] =>
    must(
      run.main.annotations.some(
        ({ level, title, message }) => level === "warning" && words.test(`${title} ${message}`),
      ),
      `no warning says ${String(words)}`,
    );

const NODE_OPTIONS = [/NODE_OPTIONS/, /NODE_OPTIONS: ""/];

const ofNode: readonly OutsideCase[] = [
  ...["trace-events", "tls-keylog", "require", "underscored"].map((end) => ({
    about: "refused",
    fault: `node-options-${end}`,
    says: NODE_OPTIONS,
    check: noReset,
  })),
  { about: "refused", fault: "node-debug-stream", says: [/NODE_DEBUG/], check: noReset },
  { about: "does no harm", fault: "node-options-harmless" },
  { about: "counts as unset", fault: "node-options-empty" },
];

const CHECK = { mode: "check" };
const CHECKED = ["checked", "main", 0, "saved"] as const;

const ofWorkflow: readonly OutsideCase[] = [
  ...["save-to-is-the-secret", "save-to-is-the-secret-in-an-environment", "save-to-is-the-token"].map((fault) => ({
    about: "not printed, not sent",
    fault,
    says: [/save-to/],
    check: keepsItToItself,
  })),
  { about: "refused", fault: "save-to-with-a-literal-line-end", says: [/save-to/], check: noReset },
  {
    about: "no link to a page of the outer action",
    fault: "inside-a-composite-action",
    says: [/docs\/recovery\.md/],
    saysNot: [/octo-org\/deploy\/blob/],
  },
  {
    about: "named in the summary",
    fault: "hidden-by-a-nearer-secret",
    check: ({ run }) => must(/hides|hidden/.test(run.main.summary), "the summary names no nearer secret"),
  },
  {
    about: "a warning in check",
    fault: "hidden-by-a-nearer-secret",
    inputs: CHECK,
    row: CHECKED,
    check: warns(/hides|hidden/),
  },
  {
    about: "said beside the command",
    fault: "user-id-of-one-digit-kept-as-a-secret",
    says: [/user[- ]id/i, /variable/],
  },
  {
    about: "a warning in check",
    fault: "user-id-of-one-digit-kept-as-a-secret",
    inputs: CHECK,
    row: CHECKED,
    check: warns(/user[- ]id/i),
  },
  { about: "accepted", fault: "owner-with-hyphens-at-its-ends" },
];

const ofEvents: readonly OutsideCase[] = [
  { about: "accepted", fault: "workflow-run-of-this-repository" },
  { about: "accepted when it is whole", fault: "workflow-run-event-file-torn-for-a-while" },
  { about: "accepted", fault: "dispatched-without-inputs" },
  ...["by-a-pull-request", "of-a-fork", "event-file-empty", "event-file-missing"].map((end) => ({
    about: "refused",
    fault: `workflow-run-${end}`,
    says: [/workflow_run/],
    check: noReset,
  })),
];

const CONFIRM = [/confirm-user-id/];

const ofRescues: readonly OutsideCase[] = [
  { about: "goes on", fault: "rescue-confirmed" },
  { about: "goes on when the file is whole", fault: "rescue-event-file-torn-for-a-while" },
  ...["unconfirmed", "confirmed-for-another", "confirmed-by-a-variable", "confirmed-under-another-name"].map((end) => ({
    about: "refused",
    fault: `rescue-${end}`,
    says: CONFIRM,
    check: noReset,
  })),
  { about: "refused", fault: "rescue-on-a-schedule", says: [/workflow_dispatch/], check: noReset },
  { about: "refused", fault: "rescue-event-file-torn", check: noReset },
  ...["x", "0", "secret"].map((text) => ({
    about: "refused, for the mask would tear up the command",
    fault: `rescue-with-the-text-${text}`,
    says: [/user-secret/],
    check: noReset,
  })),
  {
    about: "the other user keeps the secret",
    fault: "rescue-of-another-user",
    says: CONFIRM,
    check: (told) => [
      ...noReset(told),
      ...must(
        told.stage.snapTrade.secretInForce("customer-2") === "held-by-another-system",
        "another user's secret was reset",
      ),
    ],
  },
];

export const settings: readonly OutsideCase[] = [...ofNode, ...ofWorkflow, ...ofEvents, ...ofRescues];
