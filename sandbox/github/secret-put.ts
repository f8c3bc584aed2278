import type { operations } from "@octokit/openapi-types";
import { type Answer, refusal } from "./answers";
import { membersIn } from "./bodies";
import type { Place } from "./scopes";
import type { StoredSecret, Visibility } from "./world";

type RepositoryPut = operations["actions/create-or-update-repo-secret"]["requestBody"]["content"]["application/json"];
type OrganizationPut = operations["actions/create-or-update-org-secret"]["requestBody"]["content"]["application/json"];
type Key = keyof RepositoryPut | keyof OrganizationPut;

/** The body of a PUT, understood. */
export interface SecretPut {
  readonly encryptedValue: string;
  readonly keyId: string;
  readonly sharing: Partial<Pick<StoredSecret, "visibility" | "selected">>;
}

const IN_REPOSITORY: readonly Key[] = ["encrypted_value", "key_id"] satisfies (keyof RepositoryPut)[];
const IN_ORGANIZATION: readonly Key[] = [
  "encrypted_value",
  "key_id",
  "visibility",
  "selected_repository_ids",
] satisfies (keyof OrganizationPut)[];

/** How `selected_repository_ids` are read. */
export interface RepositoryRules {
  readonly exists: (id: number) => boolean;
  /** Dependabot's; all other products take integers only. */
  readonly dependabotIds: "either" | "strings";
}

/** Reads the body of a PUT as strictly as GitHub's schema; `exists` tells which repository ids there are. */
export function readPut(body: string, place: Place, rules: RepositoryRules): SecretPut | Answer {
  const fields = membersIn(body);
  if (fields === undefined) return refusal(400, "Problems parsing JSON");
  const permitted = place.kind === "organization" ? IN_ORGANIZATION : IN_REPOSITORY;
  const stranger = [...fields.keys()].find((key) => !permitted.some((known) => known === key));
  if (stranger !== undefined) return invalid(`"${stranger}" is not a permitted key.`);
  const encryptedValue = readText(fields, "encrypted_value");
  if (typeof encryptedValue !== "string") return encryptedValue;
  const keyId = readText(fields, "key_id");
  if (typeof keyId !== "string") return keyId;
  if (place.kind !== "organization") return { encryptedValue, keyId, sharing: {} };
  const sharing = readSharing(fields, place.app === "dependabot" ? rules.dependabotIds : "integers", rules.exists);
  return "status" in sharing ? sharing : { encryptedValue, keyId, sharing };
}

function readSharing(
  fields: ReadonlyMap<string, unknown>,
  kind: "either" | "integers" | "strings",
  exists: (id: number) => boolean,
): Pick<StoredSecret, "visibility" | "selected"> | Answer {
  const visibility = readText(fields, "visibility");
  if (typeof visibility !== "string") return visibility;
  if (!isVisibility(visibility))
    return invalid(`For 'properties/visibility', "${visibility}" is not all, private, selected.`);
  const given: unknown = fields.get("selected_repository_ids");
  // Whoever says `selected` without saying which repositories takes the secret away from all of them.
  if (given === undefined) return { visibility, selected: [] };
  if (visibility !== "selected") {
    return refusal(422, "You can only provide a list of repository ids when the visibility is set to selected.");
  }
  if (!Array.isArray(given)) return invalid("For 'properties/selected_repository_ids', it is not an array.");
  const items: readonly unknown[] = given;
  const selected = items.flatMap((id) => readId(id, kind) ?? []);
  if (selected.length !== items.length) {
    const what = kind === "strings" ? "a string" : "an integer";
    return invalid(`For 'properties/selected_repository_ids', an id is not ${what}.`);
  }
  const unknown = selected.find((id) => !exists(id));
  if (unknown !== undefined)
    return refusal(422, `Repository ${unknown} does not exist or is not in this organization.`);
  return { visibility, selected };
}

function readId(id: unknown, kind: "either" | "integers" | "strings"): number | undefined {
  if (typeof id === "number") return kind === "strings" ? undefined : id;
  return kind !== "integers" && typeof id === "string" && /^\d+$/u.test(id) ? Number(id) : undefined;
}

function readText(fields: ReadonlyMap<string, unknown>, key: Key): string | Answer {
  const value = fields.get(key);
  if (value === undefined) return invalid(`"${key}" wasn't supplied.`);
  if (typeof value === "string") return value;
  return invalid(`For 'properties/${key}', ${JSON.stringify(value)} is not a string.`);
}

function invalid(what: string): Answer {
  return refusal(422, `Invalid request.\n\n${what}`);
}

function isVisibility(word: string): word is Visibility {
  return word === "all" || word === "private" || word === "selected";
}
