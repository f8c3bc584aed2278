import { randomBytes } from "node:crypto";
import { quote } from "shell-quote";
import type { Acknowledgement, Attempt, Box, Passage, SealingKey, Survey } from "../rotation/model";
import type { Destination } from "../rotation/ports";
import { fieldsOf } from "../text/json";
import { Secret } from "../text/secret";
import { malformed } from "./answer";
import type { Answer } from "./answer";
import { pathOf } from "./areas";
import type { Area } from "./areas";
import { audienceFields, audienceFlags, NOBODY, readAudience } from "./audience";
import { canaryName, isOwnCanary } from "./canary";
import type { Beside } from "./canary";
import type { GitHub, LaneName, Travel } from "./client";
import { listAll } from "./listing";
import { permissionsIn } from "./permissions";
import type { Place } from "./places";
import { endOfCommand } from "./recovery-command";
import type { Sealer } from "./seal";

/** A younger canary may belong to a run that is still under way. */
const STALE_AFTER_MS = 3_600_000;

/** Shorter values appear in too many boxes to be avoided. */
const AVOIDABLE_CHARACTERS_MIN = 4;

/** One secret in one scope at GitHub. */
export class GitHubSecret implements Destination {
  readonly label: string;
  readonly visible: Destination["visible"];
  readonly mustExist: boolean;
  readonly exposed: readonly string[];
  readonly #github: GitHub;
  readonly #sealer: Sealer;
  readonly #area: Area;
  readonly #place: Beside;
  #lastLane: LaneName | null = null;

  /** @param ids inputs that are not secret, but may be stored as secrets and so be masked. */
  constructor(
    { area, scope, name, label }: Place,
    github: GitHub,
    sealer: Sealer,
    ids: Readonly<Record<string, string>> = {},
  ) {
    this.label = label;
    this.visible = area.visible;
    this.mustExist = scope.kind === "organization";
    this.#github = github;
    this.#sealer = sealer;
    this.#area = area;
    this.#place = { secrets: pathOf(area, scope), name };
    const without = this.command({ keyId: "", sealed: "", audience: null, sealedAt: 0 });
    const isExposed = (id: string): boolean =>
      id.length < AVOIDABLE_CHARACTERS_MIN || without.includes(id) || without.includes(encodeURIComponent(id));
    this.exposed = Object.keys(ids).filter((input) => isExposed(ids[input] ?? ""));
  }

  async survey(): Promise<Attempt<Survey>> {
    const [key, metadata] = await Promise.all([this.#publicKey(), this.#metadata()]);
    if (!key.ok) return key;
    if (!metadata.ok) return metadata;
    const { updatedAt, data } = metadata.value;
    const ask = async (path: string): Promise<Attempt<Answer>> => await this.#call("GET", path);
    const hasAudience = this.mustExist && updatedAt !== null;
    const audience = hasAudience ? await readAudience(ask, this.#path(), data) : ok(null);
    if (!audience.ok) return audience;
    const { serverTime, tokenExpiresAt } = key.value.answer;
    const sealingKey = { ...key.value.key, audience: audience.value };
    return ok({ updatedAt, key: sealingKey, serverTime, tokenExpiresAt, ...allowanceOf(key.value.answer) });
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
    return { keyId, sealed: this.#sealer.seal(secret, publicKey), audience, sealedAt: this.#github.now() };
  }

  rehearse(box: Box): void {
    JSON.stringify(this.#bodyOf(box));
    this.command(box);
  }

  async put(box: Box, { over = "free", timeoutMs }: Passage = {}): Promise<Attempt<Acknowledgement>> {
    const free = this.#github.freeLane();
    const lane = over === "free" || this.#lastLane === null ? free : OTHER[this.#lastLane];
    this.#lastLane = lane;
    return await this.#put(this.#place.name, box, { lane, ...(timeoutMs === undefined ? {} : { timeoutMs }) });
  }

  canaryName(): string {
    return canaryName(this.#place);
  }

  isOwnCanary(name: string): boolean {
    return isOwnCanary(name, this.#place);
  }

  async staleCanaries(olderThanMs = STALE_AFTER_MS): Promise<Attempt<readonly string[]>> {
    const ask = async (path: string): Promise<Attempt<Answer>> => await this.#call("GET", path);
    const listed = await listAll(ask, this.#place.secrets, "secrets", "name");
    if (!listed.ok) return listed;
    const { members, serverTime } = listed.value;
    const now = serverTime ?? Date.now();
    const stale = members.flatMap(({ name, created_at: createdAt, updated_at: updatedAt }) => {
      if (typeof name !== "string" || typeof createdAt !== "string" || !this.isOwnCanary(name)) return [];
      return createdAt === updatedAt && now - Date.parse(createdAt) >= olderThanMs ? [name] : [];
    });
    return ok(stale);
  }

  /** Like the real write in everything, except that no repository may read it. */
  async writeCanary(name: string, key: SealingKey): Promise<Attempt<Acknowledgement>> {
    const sealed = this.seal(new Secret(randomBytes(16).toString("hex")), key);
    return await this.#put(name, this.mustExist ? { ...sealed, audience: NOBODY } : sealed);
  }

  async deleteCanary(name: string): Promise<Attempt<Acknowledgement>> {
    if (!this.isOwnCanary(name)) throw new TypeError("not a canary of this destination");
    const answer = await this.#call("DELETE", this.#path(name));
    return answer.ok ? ok(acknowledged(answer.value)) : answer;
  }

  command(box: Box): string {
    const { hostname } = this.#github;
    const words = ["gh", "api", "--method", "PUT", ...(hostname === null ? [] : ["--hostname", hostname])];
    words.push(this.#path(), "-f", `encrypted_value=${box.sealed}`, "-f", `key_id=${box.keyId}`);
    if (box.audience !== null) words.push(...audienceFlags(box.audience, this.#area.app));
    const quoted = words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : quote([word])));
    return [...quoted, endOfCommand(box)].join(" ");
  }

  #path(name = this.#place.name): string {
    return `${this.#place.secrets}/${name}`;
  }

  /** GitHub does not always name the missing permission, and for a read names only read access. */
  async #call(...request: Parameters<GitHub["call"]>): Promise<Attempt<Answer>> {
    const answer = await this.#github.call(...request);
    if (answer.ok || !PERMISSION_CAUSES.has(answer.fault.cause)) return answer;
    const { permission: said } = answer.fault;
    const { permission, permissionKey } = this.#area;
    const needed = said === null ? permission : (permissionsIn(said, permissionKey) ?? said);
    return { ok: false, fault: { ...answer.fault, permission: needed } };
  }

  #bodyOf({ keyId, sealed, audience }: Box): Readonly<Record<string, unknown>> {
    const who = audience === null ? {} : audienceFields(audience, this.#area.app);
    return { encrypted_value: sealed, key_id: keyId, ...who };
  }

  async #put(name: string, box: Box, travel: Travel = {}): Promise<Attempt<Acknowledgement>> {
    const answer = await this.#call("PUT", this.#path(name), this.#bodyOf(box), travel);
    if (!answer.ok) return answer;
    const { status } = answer.value;
    return /* guard: 2xx needed (2) */ status === 201 || status === 204
      ? ok(acknowledged(answer.value))
      : malformed(`answer to a PUT (${status})`, { status });
  }

  async #publicKey(): Promise<Attempt<{ readonly key: SealingKey; readonly answer: Answer }>> {
    const answer = await this.#call("GET", /* guard: key of the same scope */ `${this.#place.secrets}/public-key`);
    if (!answer.ok) return answer;
    const { key_id: id, key: publicKey } = fieldsOf(answer.value.data);
    const keyId = typeof id === "number" ? digitsOf(answer.value.text) : id;
    const usable = typeof keyId === "string" && /^[\w-]{1,64}$/.test(keyId) && typeof publicKey === "string";
    if (!usable || !this.#sealsWith(publicKey)) return malformed("public key");
    return ok({ key: { keyId, publicKey, audience: null }, answer: answer.value });
  }

  /** A truncated key, or one of low order, only fails when it is used. */
  #sealsWith(publicKey: string): boolean {
    try {
      this.#sealer.seal(new Secret("trial"), publicKey);
      return true;
    } catch {
      return false;
    }
  }

  async #metadata(): Promise<Attempt<{ readonly updatedAt: string | null; readonly data: unknown }>> {
    const answer = await this.#call("GET", this.#path());
    if (!answer.ok) return answer.fault.cause === "missing" ? ok({ updatedAt: null, data: null }) : answer;
    const { updated_at: updatedAt } = fieldsOf(answer.value.data);
    if (typeof updatedAt !== "string" || Number.isNaN(Date.parse(updatedAt))) return malformed("metadata");
    return ok({ updatedAt, data: answer.value.data });
  }
}

const OTHER = { first: "second", second: "first" } as const satisfies Record<LaneName, LaneName>;

const PERMISSION_CAUSES: ReadonlySet<string> = new Set(["forbidden-permission", "forbidden", "missing"]);

/** Old servers send the ID as a number that JavaScript would round, so the digits come from the text. */
function digitsOf(text: string): string | null {
  const [id, another] = text.matchAll(/"key_id"\s*:\s*(\d+)(?![\d.eE])/g);
  return id === undefined || another !== undefined ? null : (id[1] ?? null);
}

function acknowledged(answer: Answer): Acknowledgement {
  return { serverTime: answer.serverTime, ...allowanceOf(answer) };
}

function allowanceOf({ allowance }: Answer): Pick<Acknowledgement, "allowance"> {
  return allowance === null ? {} : { allowance };
}

function ok<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value };
}
