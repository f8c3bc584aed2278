import type { operations } from "@octokit/openapi-types";
import { type Answer, json, notFound, refusal, type Schemas } from "./answers";
import { textsIn } from "./bodies";
import type { Call } from "./calls";
import type { Clock } from "./clock";
import { page } from "./pages";
import { refuseName } from "./secrets";
import type { Variable, Vault } from "./world";

type Listed = operations["actions/list-repo-variables"]["responses"]["200"]["content"]["application/json"];

const VALUE_BYTES_MAX = 49_152;
const DOCS = "https://docs.github.com/rest/actions/variables";

/** The configuration variables of one place. */
export class VariableEndpoints {
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  ofAll(vault: Vault, { method, query, path, root }: Call, body: string): Answer {
    if (method !== "GET") return this.#create(vault, body);
    const all = [...vault.variables.values()];
    const { items, headers } = page(all, query, new URL(root).origin + path);
    const listed: Listed = { total_count: all.length, variables: items.map((variable) => this.#described(variable)) };
    return json(200, listed, headers);
  }

  ofOne(vault: Vault, name: string, method: string, body: string): Answer {
    const found = vault.variables.get(name.toUpperCase());
    if (found === undefined) return notFound();
    if (method === "GET") return json(200, this.#described(found));
    if (method === "PATCH") return this.#update(vault, found, body);
    vault.variables.delete(found.name);
    return { status: 204 };
  }

  #create(vault: Vault, body: string): Answer {
    const given = textsIn(body, ["name", "value"]);
    if (given === undefined) return refusal(422, "Invalid request.\n\nA variable has a name and a value.", {}, DOCS);
    const name = given["name"]?.toUpperCase() ?? "";
    const refused = refuseName(name, "Variable") ?? refuseValue(given["value"] ?? "");
    if (refused !== undefined) return refused;
    if (vault.variables.has(name)) return refusal(409, "Already exists - Variable already exists", {}, DOCS);
    const now = this.#clock.now();
    vault.variables.set(name, { name, value: given["value"] ?? "", createdAt: now, updatedAt: now });
    const created: Schemas["empty-object"] = {};
    return json(201, created);
  }

  #update(vault: Vault, found: Variable, body: string): Answer {
    const { value, name } = textsIn(body, ["name", "value"]) ?? textsIn(body, ["value"]) ?? {};
    const isAnother = name !== undefined && name.toUpperCase() !== found.name;
    if (value === undefined || isAnother) return refusal(422, "This GitHub changes only values.", {}, DOCS);
    const refused = refuseValue(value);
    if (refused !== undefined) return refused;
    vault.variables.set(found.name, { ...found, value, updatedAt: this.#clock.now() });
    return { status: 204 };
  }

  #described({ name, value, createdAt, updatedAt }: Variable): Schemas["actions-variable"] {
    return { name, value, created_at: this.#clock.iso(createdAt), updated_at: this.#clock.iso(updatedAt) };
  }
}

function refuseValue(value: string): Answer | undefined {
  return Buffer.byteLength(value) > VALUE_BYTES_MAX ? refusal(422, "Value is too large", {}, DOCS) : undefined;
}
