import type { Faults } from "./faults";
import type { GitHubPolicy } from "./options";
import type { EventFilter, EventKind, GitHubEvent, GitHubRequest, Handler, WriteRecord } from "./records";
import type { ScopeName } from "./scopes";
import type { ConnectionCounts } from "./server";
import type { Dispatch, Issue, Visibility, WorkflowInputs } from "./world";

/** How an organization's secret is shared. */
export interface Sharing {
  readonly visibility: Visibility;
  /** Full names, for `selected`. */
  readonly repositories?: readonly string[];
}

export interface Seeding {
  /** By GitHub's clock; an hour ago if it is not given. */
  readonly at?: Date | undefined;
  /** Of an organization's secret. */
  readonly sharing?: Sharing;
}

/** A GitHub that keeps secrets, opens every box, and remembers what really happened. */
export interface GitHubStandIn {
  /** The value for `GITHUB_API_URL`. */
  readonly url: string;
  readonly port: number;
  readonly socketPath: string | undefined;
  /** What may be changed while it runs: token, permissions, limits, lags. */
  readonly policy: GitHubPolicy;
  readonly faults: Faults;
  /** Requests in the order in which their heads arrived. */
  readonly requests: readonly Readonly<GitHubRequest>[];
  /** Stored secrets, oldest first; seeds are not among them. */
  readonly writes: readonly Readonly<WriteRecord>[];
  addRepository(fullName: string, options?: { readonly private?: boolean }): void;
  /** Adds the environment, and its repository if there is none yet. */
  addEnvironment(fullName: string, environment: string): void;
  addOrganization(organization: string): void;
  /** Adds a workflow that can be started manually, with these inputs, and its repository if there is none yet. */
  addWorkflow(fullName: string, file: string, inputs: WorkflowInputs): void;
  /** From now on the old name redirects to the repository's number. */
  renameRepository(from: string, to: string): void;
  /** From now on the repository is 404, as if the token could not see it. */
  hideRepository(fullName: string): void;
  /** Puts a secret there before the story begins. */
  seed(where: ScopeName, name: string, plaintext: Uint8Array | string, seeding?: Seeding): void;
  /** Takes a secret away, as somebody on GitHub's own page. */
  remove(where: ScopeName, name: string): void;
  /** Makes everything in a place so much older. */
  age(where: ScopeName, byMs: number): void;
  /** What was put there by `seed`, in upper case as stored. */
  readonly seeds: readonly { readonly scope: ScopeName; readonly name: string }[];
  /** Seeds secrets until the place holds as many as it can; returns how many were added. */
  fill(where: ScopeName): number;
  /** GROUND TRUTH: what the opened box says as UTF-8, `""` if stored empty, `undefined` if there is no such secret. */
  plaintext(where: ScopeName, name: string): string | undefined;
  /** GROUND TRUTH: the very bytes. */
  bytes(where: ScopeName, name: string): Uint8Array | undefined;
  /** By GitHub's clock, to the millisecond. */
  updatedAt(where: ScopeName, name: string): Date | undefined;
  /** The value of a configuration variable of a repository or of an environment. */
  variable(where: ScopeName, name: string): string | undefined;
  /** Runs that were started manually, oldest first. */
  readonly dispatches: readonly Dispatch[];
  /** Issues that were opened, oldest first. */
  readonly issues: readonly Issue[];
  sharing(where: ScopeName, name: string): Sharing | undefined;
  /** All names in a place, in upper case as stored. */
  names(where: ScopeName): readonly string[];
  /** The public key of a place as GitHub would hand it out, in base64. */
  publicKey(where: ScopeName): string;
  /** That of Actions. */
  readonly keyId: string;
  readonly connections: ConnectionCounts;
  /** Resets every connection that is open. */
  dropConnections(): void;
  on(kind: EventKind, handler: Handler): () => void;
  waitFor(kind: EventKind, filter?: EventFilter): Promise<GitHubEvent>;
  close(): Promise<void>;
}
