import type { GitHubStandIn } from "../../sandbox/github/types";

/** What another action would do: it may put files into the workspace, and returns its outputs. */
export type OtherAction = (step: {
  readonly with: Readonly<Record<string, string>>;
  readonly workspace: string;
}) => Promise<Readonly<Record<string, string>>> | Readonly<Record<string, string>>;

export interface WorkflowOptions {
  /** The workflow's file. */
  readonly text: string;
  /** How the file names our action, without the version: `OWNER/rotate-snaptrade-user-secret`. */
  readonly action: string;
  /** Folder of our action.yml. */
  readonly root: string;
  /** Path of the node binary that runs our action. */
  readonly node: string;
  /** Where secrets are read. */
  readonly github: GitHubStandIn;
  readonly apiUrl: string;
  readonly repository: string;
  readonly event: string;
  /** The choices of whoever dispatched the workflow. */
  readonly inputs?: Readonly<Record<string, string>>;
  readonly vars?: Readonly<Record<string, string>>;
  /** Given to every use of our action beside what the file says: where the stand-ins are, and short waits. */
  readonly actionInputs?: Readonly<Record<string, string>>;
  /** Other actions by their names, such as `actions/checkout`. */
  readonly otherActions?: Readonly<Record<string, OtherAction>>;
}
