import type { StepChange, WorldFault } from "../named-fault";

type Catalogue = Readonly<Record<string, WorldFault>>;

const REPOSITORY = "octo-org/brokerage";
const HERE = { event: "push", headRepository: REPOSITORY };

const caused = (says: string, change: StepChange): WorldFault => ({
  says: `The workflow runs on workflow_run: ${says}`,
  apply: () => ({ event: "workflow_run", causedBy: HERE, ...change }),
});

/** By whom and by what the run was asked for. */
export const asked: Catalogue = {
  "workflow-run-of-this-repository": caused("a push to this repository caused it.", {}),
  "workflow-run-by-a-pull-request": caused("a pull request of this repository caused it.", {
    causedBy: { event: "pull_request", headRepository: REPOSITORY },
  }),
  "workflow-run-of-a-fork": caused("a push to a fork caused it.", {
    causedBy: { event: "push", headRepository: "octocat/brokerage" },
  }),
  "workflow-run-event-file-torn-for-a-while": caused("the event's file is torn for half a second.", {
    eventFile: { tornForMs: 500 },
  }),
  "workflow-run-event-file-empty": caused("the event's file is empty.", { eventFile: "empty" }),
  "workflow-run-event-file-missing": caused("the event's file is not there.", { eventFile: "missing" }),
  "dispatched-without-inputs": {
    says: "A person starts the run, and the event's file has null where the inputs would be.",
    apply: () => ({ event: "workflow_dispatch" }),
  },
};
