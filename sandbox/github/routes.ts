import type { IncomingHttpHeaders } from "node:http";
import type { Access } from "./access";
import { type Answer, json, notFound } from "./answers";
import type { Call } from "./calls";
import type { Clock } from "./clock";
import type { GitHubPolicy } from "./options";
import type { Writes, WriteRecord } from "./records";
import { environmentList } from "./environments";
import { answerGraphql } from "./graphql";
import { fullRepository, workflowRun } from "./repositories";
import { scopeName } from "./scopes";
import type { SecretEndpoints } from "./secrets";
import type { SetUp } from "./set-up";
import type { Repository, Vault, World } from "./world";

/** What a request did: the answer to it and, if it stored a secret, the record of that. */
export interface Outcome {
  readonly answer: Answer;
  readonly write?: WriteRecord;
}

/** How a fault may bend what is stored. */
export interface Bend {
  readonly storeEmpty: boolean;
}

interface Parts {
  readonly access: Access;
  readonly clock: Clock;
  readonly endpoints: SecretEndpoints;
  readonly policy: GitHubPolicy;
  readonly setUp: SetUp;
  readonly world: World;
  readonly writes: Writes;
}

/** From an understood call to its outcome. Everything that changes the world happens in `handle`, at once. */
export class Routes {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  handle(call: Call, headers: IncomingHttpHeaders, body: string, bend: Bend): Outcome {
    const { access } = this.#parts;
    const refused = access.refuse(call, headers) ?? this.#redirect(call) ?? this.#refuseInvisible(call);
    if (refused !== undefined) return { answer: refused };
    const forbidden = access.refusePermission(call);
    if (forbidden !== undefined) return { answer: forbidden };
    const vault = call.place && this.#parts.world.vault(call.place);
    if (vault !== undefined) return this.#handleSecret(call, vault, body, bend);
    return { answer: this.#handleOther(call, body) };
  }

  #handleSecret(call: Call, vault: Vault, body: string, bend: Bend): Outcome {
    const { endpoints } = this.#parts;
    const name = call.name ?? "";
    switch (call.which) {
      case "key":
        return { answer: endpoints.key(vault) };
      case "metadata":
      case "canary-metadata":
        return { answer: endpoints.metadata(vault, name, call.root) };
      case "list":
        return { answer: endpoints.list(vault, call) };
      case "repositories":
        return { answer: endpoints.repositories(vault, name, call) };
      case "delete":
        return { answer: endpoints.delete(vault, name) };
      case "put":
      case "canary":
        return this.#put(vault, name, body, bend);
      case "repository":
      case "environments":
      case "run":
      case "rate-limit":
      case "graphql":
      case "set-up":
      case "unknown":
        return { answer: notFound() };
    }
  }

  #put(vault: Vault, name: string, body: string, bend: Bend): Outcome {
    const { endpoints, writes } = this.#parts;
    const checked = endpoints.check(vault, name, body);
    if ("status" in checked) return { answer: checked };
    const plaintext = bend.storeEmpty ? new Uint8Array() : checked.plaintext;
    const answer = endpoints.store({ ...checked, plaintext });
    return { answer, write: writes.add(vault.place, name, plaintext, "client") };
  }

  #handleOther(call: Call, body: string): Answer {
    const { access, world } = this.#parts;
    const repository = call.repository === undefined ? undefined : world.repository(call.repository);
    switch (call.which) {
      case "rate-limit":
        return access.rateLimit();
      case "graphql":
        return answerGraphql(body, world);
      case "set-up":
        return repository === undefined ? notFound() : this.#parts.setUp.answer(call, repository, body);
      case "repository":
        return repository === undefined ? notFound() : json(200, fullRepository(repository, call.root));
      case "environments":
        return repository === undefined ? notFound() : environmentList(repository, call);
      case "run":
        return repository === undefined ? notFound() : this.#run(call, repository);
      case "key":
      case "metadata":
      case "canary-metadata":
      case "list":
      case "repositories":
      case "put":
      case "canary":
      case "delete":
      case "unknown":
        return notFound();
    }
  }

  #run(call: Call, repository: Repository): Answer {
    const id = Number(call.run);
    if (!Number.isSafeInteger(id)) return notFound();
    const { clock, policy } = this.#parts;
    return json(200, workflowRun({ id, repository, began: clock.iso(policy.runStartedAt) }, call.root));
  }

  /** GitHub sends callers of an old name to the repository's number; other methods than GET get 307, so that they stay as they are. */
  #redirect(call: Call): Answer | undefined {
    const { world } = this.#parts;
    const moved = call.repository === undefined ? undefined : world.renamed(call.repository);
    if (moved === undefined) return undefined;
    const rest = call.path.replace(/^.*?\/repos\/[^/]+\/[^/]+/u, "");
    const search = call.query.size === 0 ? "" : `?${call.query.toString()}`;
    const location = `${call.root}/repositories/${moved.id}${rest}${search}`;
    const documentation =
      "https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api#follow-redirects";
    const message = { message: "Moved Permanently", url: location, documentation_url: documentation };
    return json(call.method === "GET" ? 301 : 307, message, { location });
  }

  #refuseInvisible(call: Call): Answer | undefined {
    const { world } = this.#parts;
    const hidden = call.repository !== undefined && world.repository(call.repository) === undefined;
    const missing = call.place !== undefined && world.vault(call.place) === undefined;
    return hidden || missing ? notFound() : undefined;
  }
}

/** The scope of a call in words, `undefined` where it is about no secrets. */
export function scopeOf(call: Call): ReturnType<typeof scopeName> | undefined {
  return call.place && scopeName(call.place);
}
