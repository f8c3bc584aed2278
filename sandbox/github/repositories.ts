import type { Schemas } from "./answers";
import type { Repository } from "./world";

type Owner = Pick<Schemas["simple-user"], "id" | "login" | "type">;

/** As much of a repository as the stand-in plays; the fields have GitHub's types, the rest is left out. */
export type PlayedRepository = Pick<
  Schemas["minimal-repository"] & Schemas["full-repository"],
  "full_name" | "html_url" | "id" | "name" | "node_id" | "private" | "url"
> & { owner: Owner };

/** As much of a workflow run as the stand-in plays. */
export type PlayedRun = Pick<
  Schemas["workflow-run"],
  "created_at" | "event" | "id" | "run_attempt" | "run_started_at" | "status" | "updated_at" | "url"
>;

/** A repository as the API shows it; `url` is the API's root. */
export function playedRepository(repository: Repository, url: string): PlayedRepository {
  const [owner = "", name = ""] = repository.fullName.split("/");
  return {
    id: repository.id,
    node_id: `R_${repository.id}`,
    name,
    full_name: repository.fullName,
    private: repository.private,
    owner: { login: owner, id: 1, type: "Organization" },
    html_url: `https://github.com/${repository.fullName}`,
    url: `${url}/repos/${repository.fullName}`,
  };
}

/** The answer to the one GraphQL query that `gh secret set --repos` sends: names to ids, by alias. */
export function mapRepositoryNames(query: string, find: (fullName: string) => Repository | undefined): object {
  const aliases = query.matchAll(/(?<alias>\w+): repository\(owner: "(?<owner>[^"]+)", name: "(?<name>[^"]+)"\)/gu);
  const entries = [...aliases].map(({ groups }): [string, object | null] => {
    const repository = find(`${groups?.["owner"] ?? ""}/${groups?.["name"] ?? ""}`);
    return [groups?.["alias"] ?? "", repository === undefined ? null : { databaseId: repository.id }];
  });
  const data: Record<string, object | null> = Object.fromEntries(entries);
  return { data };
}
