import { newKeyPair, type KeyPair } from "./keys";
import { type App, APPS, type Place } from "./scopes";

/** Who may see a secret of an organization. */
export type Visibility = "all" | "private" | "selected";

/** A repository as the stand-in knows it. */
export interface Repository {
  readonly id: number;
  fullName: string;
  readonly private: boolean;
  readonly environments: Map<string, string>;
  /** The workflows that can be started manually, by the names of their files. */
  readonly workflows: Map<string, WorkflowInputs>;
}

/** Ground truth about one secret. */
export interface StoredSecret {
  readonly name: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** `updatedAt` before the last write, and when that write came by `performance.now()`: readers may lag behind. */
  readonly before: { readonly updatedAt: Date; readonly untilMs: number } | undefined;
  /** Readers who lag behind do not see it before this, by `performance.now()`. */
  readonly seenFromMs: number;
  readonly plaintext: Uint8Array;
  readonly visibility: Visibility;
  readonly selected: readonly number[];
}

/** The secrets of one place, and the one key that opens boxes sealed for it. */
export interface Vault {
  readonly place: Place;
  pair: KeyPair;
  readonly secrets: Map<string, StoredSecret>;
  readonly variables: Map<string, Variable>;
  /** Deleted, and still shown until a moment by `performance.now()` to readers who lag behind. */
  readonly ghosts: Map<string, { readonly secret: StoredSecret; readonly untilMs: number }>;
}

/** A configuration variable, which is no secret. */
export interface Variable {
  readonly name: string;
  readonly value: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** What a workflow's `workflow_dispatch` lets people choose: the inputs by name, and what each may be. */
export type WorkflowInputs = Readonly<
  Record<string, { readonly isRequired?: boolean; readonly options?: readonly string[] }>
>;

/** A run that somebody started manually. */
export interface Dispatch {
  readonly repository: string;
  /** The file's name, below `.github/workflows`. */
  readonly workflow: string;
  readonly inputs: Readonly<Record<string, string>>;
}

/** An issue that somebody opened. */
export interface Issue {
  readonly repository: string;
  readonly title: string;
  readonly body: string;
}

const FIRST_ID = 1296269;

/** Everything that exists at this GitHub: repositories, environments, organizations and their vaults. */
export class World {
  readonly dispatches: Dispatch[] = [];
  readonly issues: Issue[] = [];
  readonly #repositories = new Map<string, Repository>();
  readonly #renamed = new Map<string, Repository>();
  readonly #organizations = new Set<string>();
  readonly #vaults = new Map<string, Vault>();
  /** Each product has one `key_id` for everybody, although the keys behind it differ. */
  readonly #keyIds: Record<App, string> = {
    actions: "3380204578043523366",
    agents: "3380217566468950943",
    codespaces: "3380204578043523367",
    dependabot: "3380217566468950944",
  };

  keyId(app: App): string {
    return this.#keyIds[app];
  }

  addRepository(fullName: string, isPrivate: boolean): Repository {
    const found = this.#repositories.get(fullName.toLowerCase());
    if (found !== undefined) return found;
    const id = FIRST_ID + this.#repositories.size + this.#renamed.size;
    const made = { environments: new Map<string, string>(), workflows: new Map<string, WorkflowInputs>() };
    const repository = { id, fullName, private: isPrivate, ...made };
    this.#repositories.set(fullName.toLowerCase(), repository);
    return repository;
  }

  addEnvironment(fullName: string, environment: string): void {
    this.addRepository(fullName, true).environments.set(environment.toLowerCase(), environment);
  }

  addOrganization(organization: string): void {
    this.#organizations.add(organization.toLowerCase());
  }

  rename(from: string, to: string): void {
    const repository = this.repository(from);
    if (repository === undefined) throw new Error(`There is no repository ${from} to rename.`);
    this.#repositories.delete(from.toLowerCase());
    this.#renamed.set(from.toLowerCase(), repository);
    repository.fullName = to;
    this.#repositories.set(to.toLowerCase(), repository);
  }

  remove(fullName: string): void {
    this.#repositories.delete(fullName.toLowerCase());
  }

  repository(fullName: string): Repository | undefined {
    return this.#repositories.get(fullName.toLowerCase());
  }

  repositoryById(id: number): Repository | undefined {
    return [...this.#repositories.values()].find((repository) => repository.id === id);
  }

  /** The repository that once had this name and now has another. */
  renamed(fullName: string): Repository | undefined {
    const key = fullName.toLowerCase();
    return this.#repositories.has(key) ? undefined : this.#renamed.get(key);
  }

  /** The vault of a place, made with its own key pair on first sight; `undefined` if there is no such place. */
  vault(place: Place): Vault | undefined {
    const address = this.#address(place);
    if (address === undefined) return undefined;
    const found = this.#vaults.get(address);
    if (found !== undefined) return found;
    const kept = { secrets: new Map<string, StoredSecret>(), variables: new Map<string, Variable>() };
    const vault: Vault = { place, pair: newKeyPair(), ...kept, ghosts: new Map() };
    this.#vaults.set(address, vault);
    return vault;
  }

  /** Gives every place a new key pair, and every product a new `key_id`, so that no older box is accepted. */
  rotateAllKeys(): void {
    for (const app of APPS) this.#keyIds[app] = (BigInt(this.#keyIds[app]) + 5n).toString();
    for (const vault of this.#vaults.values()) vault.pair = newKeyPair();
  }

  #address(place: Place): string | undefined {
    if (place.kind === "organization") {
      const organization = place.organization.toLowerCase();
      return this.#organizations.has(organization) ? `org ${organization} ${place.app}` : undefined;
    }
    const repository = this.repository(place.repository);
    if (repository === undefined) return undefined;
    if (place.kind === "repository") return `repository ${repository.id} ${place.app}`;
    const environment = place.environment.toLowerCase();
    return repository.environments.has(environment) ? `environment ${repository.id} ${environment}` : undefined;
  }
}
