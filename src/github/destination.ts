import { randomBytes } from "node:crypto";
import { quote } from "shell-quote";
import type {
  Acknowledgement,
  Attempt,
  Audience,
  Box,
  Destination,
  Instant,
  Run,
  SealingKey,
  Survey,
} from "../rotation/ports";
import { Secret } from "../rotation/secret";
import { pathOf } from "./areas";
import type { Answer, GitHub } from "./client";
import { malformed } from "./client";
import type { Place } from "./places";
import { canaryOf } from "./places";
import type { Sealer } from "./seal";

/** Repositories that may read an organization secret come a hundred to a page. */
const PAGE_SIZE = 100;
const PAGES_MAX = 100;
/** The canary of an organization secret is visible to no repository. */
const NOBODY: Audience = { visibility: "selected", selectedRepositoryIds: [] };

/** One secret in one scope of GitHub's. */
export class GitHubSecret implements Destination {
  readonly label: string;
  readonly visible: Destination["visible"];
  readonly mustExist: boolean;
  readonly #github: GitHub;
  readonly #sealer: Sealer;
  readonly #name: string;
  readonly #secrets: string;
  readonly #permission: string;

  constructor({ area, scope, name, label }: Place, github: GitHub, sealer: Sealer) {
    this.label = label;
    this.visible = area.visible;
    this.mustExist = scope.kind === "organization";
    this.#github = github;
    this.#sealer = sealer;
    this.#name = name;
    this.#secrets = pathOf(area, scope);
    this.#permission = area.permission;
  }

  async survey(): Promise<Attempt<Survey>> {
    const [key, metadata] = await Promise.all([this.#publicKey(), this.#metadata()]);
    if (!key.ok) return key;
    if (!metadata.ok) return metadata;
    const audience = metadata.value.updatedAt === null ? ok(null) : await this.#audience(metadata.value.data);
    if (!audience.ok) return audience;
    const { serverTime, tokenExpiresAt } = key.value;
    const sealingKey = { ...key.value.key, audience: audience.value };
    return ok({ updatedAt: metadata.value.updatedAt, key: sealingKey, serverTime, tokenExpiresAt });
  }

  async updatedAt(): Promise<Attempt<string | null>> {
    const metadata = await this.#metadata();
    return metadata.ok ? ok(metadata.value.updatedAt) : metadata;
  }

  async key(): Promise<Attempt<SealingKey>> {
    const surveyed = await this.survey();
    return surveyed.ok ? ok(surveyed.value.key) : surveyed;
  }

  seal(secret: Secret, { keyId, publicKey, audience }: SealingKey): Box {
    return { keyId, sealed: this.#sealer.seal(secret, publicKey), audience };
  }

  async put(box: Box): Promise<Attempt<Acknowledgement>> {
    return await this.#put(this.#name, box);
  }

  async isCanaryTaken(): Promise<Attempt<boolean>> {
    const answer = await this.#call("GET", `${this.#secrets}/${canaryOf(this.#name)}`);
    if (answer.ok) return ok(true);
    return answer.fault.cause === "missing" ? ok(false) : answer;
  }

  async writeCanary(key: SealingKey): Promise<Attempt<Acknowledgement>> {
    const sealed = this.seal(new Secret(randomBytes(16).toString("hex")), key);
    return await this.#put(canaryOf(this.#name), this.mustExist ? { ...sealed, audience: NOBODY } : sealed);
  }

  async deleteCanary(): Promise<Attempt<Acknowledgement>> {
    const answer = await this.#call("DELETE", `${this.#secrets}/${canaryOf(this.#name)}`);
    return answer.ok ? ok({ serverTime: answer.value.serverTime }) : answer;
  }

  command(box: Box): string {
    const { hostname } = this.#github;
    const words = ["gh", "api", "--method", "PUT", ...(hostname === null ? [] : ["--hostname", hostname])];
    words.push(`${this.#secrets}/${this.#name}`, "-f", `encrypted_value=${box.sealed}`, "-f", `key_id=${box.keyId}`);
    if (box.audience !== null) {
      words.push("-f", `visibility=${box.audience.visibility}`);
      for (const id of box.audience.selectedRepositoryIds ?? []) words.push("-F", `selected_repository_ids[]=${id}`);
    }
    return words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : quote([word]))).join(" ");
  }

  /** GitHub does not always say which permission is missing; the place does. */
  async #call(...request: Parameters<GitHub["call"]>): Promise<Attempt<Answer>> {
    const answer = await this.#github.call(...request);
    if (answer.ok || (answer.fault.cause !== "forbidden" && answer.fault.cause !== "missing")) return answer;
    return { ok: false, fault: { ...answer.fault, permission: answer.fault.permission ?? this.#permission } };
  }

  async #put(name: string, { keyId, sealed, audience }: Box): Promise<Attempt<Acknowledgement>> {
    const body = { encrypted_value: sealed, key_id: keyId, ...(audience === null ? {} : audienceFields(audience)) };
    const answer = await this.#call("PUT", `${this.#secrets}/${name}`, body);
    if (!answer.ok) return answer;
    const { status, serverTime } = answer.value;
    return status === 201 || status === 204 ? ok({ serverTime }) : malformed(`answer to a PUT (${status})`);
  }

  async #publicKey(): Promise<
    Attempt<{ key: SealingKey; serverTime: Instant | null; tokenExpiresAt: Instant | null }>
  > {
    const answer = await this.#call("GET", `${this.#secrets}/public-key`);
    if (!answer.ok) return answer;
    const { data, serverTime, tokenExpiresAt } = answer.value;
    const { key_id: keyId, key: publicKey } = fieldsOf(data);
    const usable = typeof keyId === "string" && /^[\w-]{1,64}$/.test(keyId) && typeof publicKey === "string";
    if (!usable || !this.#sealsWith(publicKey)) return malformed("public key");
    return ok({ key: { keyId, publicKey, audience: null }, serverTime, tokenExpiresAt });
  }

  /** A key that is cut, or of low order, shows when something is sealed with it. */
  #sealsWith(publicKey: string): boolean {
    try {
      this.#sealer.seal(new Secret("trial"), publicKey);
      return true;
    } catch {
      return false;
    }
  }

  async #metadata(): Promise<Attempt<{ updatedAt: string | null; data: unknown }>> {
    const answer = await this.#call("GET", `${this.#secrets}/${this.#name}`);
    if (!answer.ok) return answer.fault.cause === "missing" ? ok({ updatedAt: null, data: null }) : answer;
    const { updated_at: updatedAt } = fieldsOf(answer.value.data);
    if (typeof updatedAt !== "string" || Number.isNaN(Date.parse(updatedAt))) return malformed("metadata");
    return ok({ updatedAt, data: answer.value.data });
  }

  /** Who may read an organization secret. It is sent again with every write, so that it stays. */
  async #audience(metadata: unknown): Promise<Attempt<Audience | null>> {
    if (!this.mustExist) return ok(null);
    const { visibility } = fieldsOf(metadata);
    if (visibility === "all" || visibility === "private") return ok({ visibility, selectedRepositoryIds: null });
    if (visibility !== "selected") return malformed("visibility");
    const ids: number[] = [];
    for (let page = 1; page <= PAGES_MAX; page += 1) {
      const path = `${this.#secrets}/${this.#name}/repositories?per_page=${PAGE_SIZE}&page=${page}`;
      const answer = await this.#call("GET", path);
      if (!answer.ok) return answer;
      const found = repositoryIds(answer.value);
      if (found === null) return malformed("list of repositories");
      ids.push(...found);
      if (found.length < PAGE_SIZE) return ok({ visibility, selectedRepositoryIds: ids });
    }
    return malformed("list of repositories");
  }
}

/** The workflow run that this job belongs to. Reading it needs Actions: read, which a token for secrets may lack. */
export class GitHubRun implements Run {
  readonly #github: GitHub;
  readonly #path: string;

  constructor(github: GitHub, repository: { readonly owner: string; readonly repo: string }, runId: string) {
    this.#github = github;
    this.#path = `/repos/${repository.owner}/${repository.repo}/actions/runs/${encodeURIComponent(runId)}`;
  }

  async startedAt(): Promise<Instant | null> {
    const answer = await this.#github.call("GET", this.#path);
    if (!answer.ok) return null;
    const { run_started_at: startedAt } = fieldsOf(answer.value.data);
    const at = typeof startedAt === "string" ? Date.parse(startedAt) : Number.NaN;
    return Number.isNaN(at) ? null : at;
  }
}

function ok<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value };
}

function fieldsOf(data: unknown): Readonly<Record<string, unknown>> {
  return typeof data === "object" && data !== null ? { ...data } : {};
}

function repositoryIds({ data }: Answer): readonly number[] | null {
  const { repositories } = fieldsOf(data);
  if (!Array.isArray(repositories)) return null;
  const ids = repositories.map((repository: unknown) => fieldsOf(repository)["id"]);
  return ids.every((id): id is number => typeof id === "number") ? ids : null;
}

function audienceFields({ visibility, selectedRepositoryIds }: Audience): Readonly<Record<string, unknown>> {
  return { visibility, ...(selectedRepositoryIds === null ? {} : { selected_repository_ids: selectedRepositoryIds }) };
}
