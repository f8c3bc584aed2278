import { Access } from "./access";
import { Clock } from "./clock";
import { Faults } from "./faults";
import { keysReady, newKeyPair } from "./keys";
import { policyOf } from "./options";
import type { GitHubOptions, GitHubPolicy } from "./options";
import { Events, Writes } from "./records";
import type { EventFilter, EventKind, GitHubEvent, GitHubRequest, Handler, WriteRecord } from "./records";
import { Routes } from "./routes";
import { parseScope, quotaOf, scopeName } from "./scopes";
import type { ScopeName } from "./scopes";
import { SecretEndpoints } from "./secrets";
import { SetUp } from "./set-up";
import { Listener } from "./server";
import type { ConnectionCounts } from "./server";
import { Timers } from "./timers";
import type { GitHubStandIn, Seeding, Sharing } from "./types";
import { World } from "./world";
import type { Dispatch, Issue, StoredSecret, Vault, WorkflowInputs } from "./world";

export type { Which } from "./calls";

export type { BadKey, Effect, Ending, Fault, Faults as GitHubFaults, FaultTarget, MadeUpAnswer } from "./faults";

export { githubFaultNames, type NamedGitHubFault } from "./fault-names";

export type { GitHubOptions, GitHubPolicy, Permissions, PrimaryLimit, SecondaryLimit } from "./options";

export type { EventFilter, EventKind, GitHubEvent, GitHubRequest, Handler, WriteRecord } from "./records";

export type { App, Area, ScopeName } from "./scopes";

export type { ConnectionCounts } from "./server";

export { isCanaryName, isCanaryOf } from "./canaries";
export type { GitHubStandIn, Sharing } from "./types";

export type { Dispatch, Issue, Visibility, WorkflowInputs } from "./world";

const AN_HOUR_MS = 3_600_000;

/** Starts a GitHub on a free port of 127.0.0.1, without any repository. */
export async function startGitHub(options: GitHubOptions): Promise<GitHubStandIn> {
  await keysReady();
  const github = new GitHub(options);
  await github.listen();
  return github;
}

class GitHub implements GitHubStandIn {
  readonly socketPath: string | undefined;
  readonly policy: GitHubPolicy;
  readonly faults: Faults;
  readonly seeds: { readonly scope: ScopeName; readonly name: string }[] = [];
  readonly #world = new World();
  readonly #events = new Events();
  readonly #writes = new Writes();
  readonly #timers = new Timers();
  readonly #clock: Clock;
  readonly #endpoints: SecretEndpoints;
  readonly #listener: Listener;
  readonly #basePath: string;

  constructor(options: GitHubOptions) {
    this.socketPath = options.socketPath;
    this.policy = policyOf(options);
    this.faults = new Faults({
      rotateKey: (scope) => this.#rotateKey(scope),
      humanWrites: (where, name, plaintext) => this.#humanWrites(where, name, plaintext),
    });
    this.#basePath = options.basePath ?? "";
    this.#clock = new Clock(options.clockSkewMs ?? 0, options.timePrecision ?? "seconds");
    const access = new Access(this.policy, this.#clock);
    const shared = { access, clock: this.#clock, policy: this.policy, world: this.#world };
    this.#endpoints = new SecretEndpoints(this.#world, this.#clock, this.policy);
    const setUp = new SetUp(this.#world, this.#clock);
    const routes = new Routes({ ...shared, endpoints: this.#endpoints, setUp, writes: this.#writes });
    const parts = { ...shared, events: this.#events, faults: this.faults, routes, timers: this.#timers };
    this.#listener = new Listener(options, parts);
  }

  async listen(): Promise<void> {
    await this.#listener.listen();
  }

  get url(): string {
    return this.#listener.origin + this.#basePath;
  }

  get port(): number {
    return this.#listener.port;
  }

  get requests(): readonly Readonly<GitHubRequest>[] {
    return this.#listener.requests;
  }

  get writes(): readonly Readonly<WriteRecord>[] {
    return this.#writes.all;
  }

  get keyId(): string {
    return this.#world.keyId("actions");
  }

  addRepository(fullName: string, options: { readonly private?: boolean } = {}): void {
    this.#world.addRepository(fullName, options.private ?? true);
  }

  addEnvironment(fullName: string, environment: string): void {
    this.#world.addEnvironment(fullName, environment);
  }

  addOrganization(organization: string): void {
    this.#world.addOrganization(organization);
  }

  addWorkflow(fullName: string, file: string, inputs: WorkflowInputs): void {
    this.#world.addRepository(fullName, true).workflows.set(file, inputs);
  }

  renameRepository(from: string, to: string): void {
    this.#world.rename(from, to);
  }

  hideRepository(fullName: string): void {
    this.#world.remove(fullName);
  }

  seed(where: ScopeName, name: string, plaintext: Uint8Array | string, { at, sharing }: Seeding = {}): void {
    const bytes = typeof plaintext === "string" ? new Uint8Array(Buffer.from(plaintext, "utf8")) : plaintext;
    const selected = sharing?.repositories?.map((fullName) => this.#world.addRepository(fullName, true).id) ?? [];
    const shared = sharing && { visibility: sharing.visibility, selected };
    const vault = this.#vault(where);
    this.seeds.push({ scope: scopeName(vault.place), name: name.toUpperCase() });
    const moment = at ?? new Date(this.#clock.now().getTime() - AN_HOUR_MS);
    this.#endpoints.store({ vault, name, plaintext: bytes, ...(shared && { sharing: shared }) }, moment);
  }

  remove(where: ScopeName, name: string): void {
    this.#vault(where).secrets.delete(name.toUpperCase());
  }

  age(where: ScopeName, byMs: number): void {
    const { secrets } = this.#vault(where);
    const older = (at: Date): Date => new Date(at.getTime() - byMs);
    for (const [name, secret] of secrets) {
      secrets.set(name, { ...secret, createdAt: older(secret.createdAt), updatedAt: older(secret.updatedAt) });
    }
  }

  get connections(): ConnectionCounts {
    return this.#listener.connections;
  }

  dropConnections(): void {
    this.#listener.dropConnections();
  }

  fill(where: ScopeName): number {
    const missing = quotaOf(parseScope(where)) - this.names(where).length;
    for (let n = 1; n <= missing; n++) this.seed(where, `FILLER_${n}`, "x");
    return missing;
  }

  plaintext(where: ScopeName, name: string): string | undefined {
    const bytes = this.bytes(where, name);
    return bytes && Buffer.from(bytes).toString("utf8");
  }

  bytes(where: ScopeName, name: string): Uint8Array | undefined {
    return this.#secret(where, name)?.plaintext;
  }

  updatedAt(where: ScopeName, name: string): Date | undefined {
    return this.#secret(where, name)?.updatedAt;
  }

  variable(where: ScopeName, name: string): string | undefined {
    return this.#vault(where).variables.get(name.toUpperCase())?.value;
  }

  get dispatches(): readonly Dispatch[] {
    return this.#world.dispatches;
  }

  get issues(): readonly Issue[] {
    return this.#world.issues;
  }

  sharing(where: ScopeName, name: string): Sharing | undefined {
    const secret = this.#secret(where, name);
    if (secret === undefined) return undefined;
    const repositories = secret.selected.flatMap((id) => this.#world.repositoryById(id)?.fullName ?? []);
    return { visibility: secret.visibility, repositories };
  }

  names(where: ScopeName): readonly string[] {
    return [...this.#vault(where).secrets.keys()].sort();
  }

  publicKey(where: ScopeName): string {
    return Buffer.from(this.#vault(where).pair.publicKey).toString("base64");
  }

  on(kind: EventKind, handler: Handler): () => void {
    return this.#events.on(kind, handler);
  }

  waitFor(kind: EventKind, filter?: EventFilter): Promise<GitHubEvent> {
    return this.#events.waitFor(kind, filter);
  }

  async close(): Promise<void> {
    this.#timers.close();
    await this.#listener.close();
  }

  #vault(where: ScopeName): Vault {
    const vault = this.#world.vault(parseScope(where));
    if (vault === undefined) throw new Error(`There is no ${where} at this GitHub: add it first.`);
    return vault;
  }

  #secret(where: ScopeName, name: string): StoredSecret | undefined {
    return this.#vault(where).secrets.get(name.toUpperCase());
  }

  #rotateKey(scope: ScopeName | undefined): void {
    if (scope === undefined) this.#world.rotateAllKeys();
    else this.#vault(scope).pair = newKeyPair();
  }

  #humanWrites(where: ScopeName, name: string, plaintext: string): void {
    const vault = this.#vault(where);
    const bytes = new Uint8Array(Buffer.from(plaintext, "utf8"));
    this.#endpoints.store({ vault, name, plaintext: bytes });
    this.#writes.add(vault.place, name, bytes, "human");
  }
}
