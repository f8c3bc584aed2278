import type { Attempt, Audience } from "../rotation/model";
import { fieldsOf } from "../text/json";
import { malformed } from "./answer";
import type { Answer } from "./answer";
import type { App } from "./areas";
import { listAll } from "./listing";

/** The canary of an organization secret is visible to no repository. */
export const NOBODY: Audience = { visibility: "selected", selectedRepositoryIds: [] };

/**
 * Reads who may read an organization secret, because every write must send it again.
 * @param secret the path of the secret.
 * @param metadata GitHub's answer about the secret.
 */
export async function readAudience(
  ask: (path: string) => Promise<Attempt<Answer>>,
  secret: string,
  metadata: unknown,
): Promise<Attempt<Audience>> {
  const { visibility } = fieldsOf(metadata);
  if (visibility === "all" || visibility === "private")
    return { ok: true, value: { visibility, selectedRepositoryIds: null } };
  if (visibility !== "selected") return malformed("visibility");
  const listed = await listAll(ask, `${secret}/repositories`, "repositories", "id");
  if (!listed.ok) return listed;
  const ids = listed.value.members.map(({ id }) => id);
  if (!ids.every((id): id is number => Number.isSafeInteger(id))) return malformed("list of repositories");
  return { ok: true, value: { visibility, selectedRepositoryIds: ids } };
}

/** As the PUT of that kind expects it. Dependabot wants IDs as strings, and servers have rejected integers. */
export function audienceFields(
  { visibility, selectedRepositoryIds: ids }: Audience,
  app: App,
): Readonly<Record<string, unknown>> {
  if (ids === null) return { visibility };
  return { visibility, selected_repository_ids: app === "dependabot" ? ids.map(String) : ids };
}

/** The same for `gh api`: `-f` sends a string, `-F` an integer. */
export function audienceFlags({ visibility, selectedRepositoryIds: ids }: Audience, app: App): readonly string[] {
  const flag = app === "dependabot" ? "-f" : "-F";
  return ["-f", `visibility=${visibility}`, ...(ids ?? []).flatMap((id) => [flag, `selected_repository_ids[]=${id}`])];
}
