import type { operations } from "@octokit/openapi-types";
import type { Call } from "./calls";
import { type Answer, IMPROPER_BOX, json, notFound, quotaMessage, refusal, type Schemas } from "./answers";
import type { Clock } from "./clock";
import { fromBase64, openBox, toBase64 } from "./keys";
import type { GitHubPolicy } from "./options";
import { page } from "./pages";
import { quotaOf } from "./scopes";
import { readPut, type SecretPut } from "./secret-put";
import type { StoredSecret, Vault, World } from "./world";
import { minimalRepository } from "./repositories";

type ListedSecrets = operations["actions/list-repo-secrets"]["responses"]["200"]["content"]["application/json"];
type SelectedRepositories =
  operations["actions/list-selected-repos-for-org-secret"]["responses"]["200"]["content"]["application/json"];

const SECRET_BYTES_MAX = 49_152;

/** Where a secret is written to, and what there is to write. */
export interface Storing {
  readonly vault: Vault;
  readonly name: string;
  readonly plaintext: Uint8Array;
  readonly sharing?: Partial<Pick<StoredSecret, "visibility" | "selected">>;
}

/** The endpoints of one place: the same for repositories, environments and organizations, of every product. */
export class SecretEndpoints {
  readonly #world: World;
  readonly #clock: Clock;
  readonly #policy: GitHubPolicy;

  constructor(world: World, clock: Clock, policy: GitHubPolicy) {
    this.#world = world;
    this.#clock = clock;
    this.#policy = policy;
  }

  key(vault: Vault): Answer {
    const body: Schemas["actions-public-key"] & Schemas["codespaces-public-key"] & Schemas["dependabot-public-key"] = {
      key_id: this.#world.keyId(vault.place.app),
      key: toBase64(vault.pair.publicKey),
    };
    const answer = json(200, body);
    if (this.#policy.keyIdAs === "string") return answer;
    const old = answer.body?.replace(/"key_id":"(?<digits>\d+)"/u, '"key_id":$<digits>') ?? "";
    return { ...answer, body: old, strays: "body" };
  }

  metadata(vault: Vault, name: string, root: string): Answer {
    const secret = seen(vault).find((one) => one.name === name.toUpperCase());
    return secret === undefined ? notFound() : json(200, this.#describe(vault, secret, root));
  }

  list(vault: Vault, { query, path, root }: Call): Answer {
    const all = seen(vault).sort((one, other) => (one.name < other.name ? -1 : 1));
    const { items, headers } = page(all, query, new URL(root).origin + path);
    const secrets = items.map((secret) => this.#describe(vault, secret, root));
    const body: ListedSecrets = { total_count: all.length, secrets };
    return json(200, body, headers);
  }

  repositories(vault: Vault, name: string, { query, path, root }: Call): Answer {
    const secret = vault.secrets.get(name.toUpperCase());
    if (secret === undefined) return notFound();
    if (secret.visibility !== "selected") {
      // The description has this conflict only where a repository is added or removed.
      return { ...refusal(409, "The visibility of this secret is not set to selected."), strays: "status" };
    }
    const all = secret.selected.flatMap((id) => this.#world.repositoryById(id) ?? []);
    const { items, headers } = page(all, query, new URL(root).origin + path);
    const repositories = items.map((repository) => minimalRepository(repository, root));
    const body: SelectedRepositories = { total_count: all.length, repositories };
    return json(200, body, headers);
  }

  delete(vault: Vault, name: string): Answer {
    const key = name.toUpperCase();
    const secret = vault.secrets.get(key);
    if (secret === undefined || secret.seenFromMs > performance.now()) return notFound();
    vault.secrets.delete(key);
    vault.ghosts.set(key, { secret, untilMs: performance.now() + this.#policy.deleteLagMs });
    return { status: 204 };
  }

  /**
   * Checks a PUT as GitHub does.
   * @returns what is to be stored, or the refusal.
   */
  check(vault: Vault, name: string, body: string): Storing | Answer {
    const put = readPut(body, vault.place, {
      exists: (id) => this.#world.repositoryById(id) !== undefined,
      dependabotIds: this.#policy.dependabotIds,
    });
    if ("status" in put) return put;
    const refused = refuseName(name);
    if (refused !== undefined) return refused;
    const plaintext = this.#open(vault, put);
    if (plaintext === undefined) return refusal(422, IMPROPER_BOX);
    if (plaintext.length > SECRET_BYTES_MAX) return refusal(422, "Value is too large");
    const maximum = quotaOf(vault.place);
    if (!vault.secrets.has(name.toUpperCase()) && vault.secrets.size >= maximum) {
      return refusal(422, quotaMessage(maximum));
    }
    return { vault, name, plaintext, sharing: put.sharing };
  }

  /** Stores without any question, as GitHub's own web page would for a person; 201 if the secret is new, else 204. */
  store({ vault, name, plaintext, sharing }: Storing, at: Date = this.#clock.now()): Answer {
    const key = name.toUpperCase();
    const old = vault.secrets.get(key);
    const now = performance.now();
    const untilMs = now + this.#policy.metadataLagMs;
    vault.secrets.set(key, {
      name: key,
      createdAt: old?.createdAt ?? at,
      updatedAt: at,
      before: old && { updatedAt: old.updatedAt, untilMs },
      seenFromMs: old?.seenFromMs ?? now + this.#policy.createLagMs,
      plaintext,
      visibility: sharing?.visibility ?? old?.visibility ?? "private",
      selected: sharing?.selected ?? old?.selected ?? [],
    });
    const created: Schemas["empty-object"] = {};
    return old === undefined ? json(201, created) : { status: 204 };
  }

  #open(vault: Vault, put: SecretPut): Uint8Array | undefined {
    const box = fromBase64(put.encryptedValue);
    if (box === undefined || put.keyId !== this.#world.keyId(vault.place.app)) return undefined;
    const plaintext = openBox(box, vault.pair);
    return plaintext ?? (this.#policy.wrongScopeBoxStoredEmpty ? new Uint8Array() : undefined);
  }

  #describe(
    vault: Vault,
    secret: StoredSecret,
    root: string,
  ): Schemas["actions-secret"] | Schemas["organization-actions-secret"] {
    const { before } = secret;
    const updatedAt = before !== undefined && performance.now() < before.untilMs ? before.updatedAt : secret.updatedAt;
    const plain: Schemas["actions-secret"] & Schemas["dependabot-secret"] & Schemas["repo-codespaces-secret"] = {
      name: secret.name,
      created_at: this.#clock.iso(secret.createdAt),
      updated_at: this.#clock.iso(updatedAt),
    };
    if (vault.place.kind !== "organization") return plain;
    const { organization, app } = vault.place;
    const shared: Schemas["organization-actions-secret"] &
      Schemas["organization-dependabot-secret"] &
      Schemas["codespaces-org-secret"] = { ...plain, visibility: secret.visibility };
    if (secret.visibility !== "selected") return shared;
    const url = `${root}/orgs/${organization}/${app}/secrets/${secret.name}/repositories`;
    return { ...shared, selected_repositories_url: url };
  }
}

/** What a reader sees of a place, who may be a little behind. */
function seen(vault: Vault): StoredSecret[] {
  const now = performance.now();
  const there = [...vault.secrets.values()].filter(({ seenFromMs }) => seenFromMs <= now);
  const gone = [...vault.ghosts.values()].filter(
    ({ secret, untilMs }) => untilMs > now && !vault.secrets.has(secret.name),
  );
  return [...there, ...gone.map(({ secret }) => secret)];
}

/** GitHub has the same rules for the names of secrets and of variables. */
export function refuseName(name: string, what = "Secret"): Answer | undefined {
  if (!/^[a-z_][a-z0-9_]*$/iu.test(name)) {
    return refusal(
      422,
      `${what} names can only contain alphanumeric characters ([a-z], [A-Z], [0-9]) or underscores (_). ` +
        "Spaces are not allowed. Must start with a letter ([a-z], [A-Z]) or underscores (_).",
    );
  }
  if (/^github_/iu.test(name)) return refusal(422, `${what} names must not start with GITHUB_.`);
  return undefined;
}
