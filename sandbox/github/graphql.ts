import { type Answer, json } from "./answers";
import { membersIn } from "./bodies";
import type { Repository, World } from "./world";

/** What `gh` asks here by GraphQL, where its REST has nothing: names to numbers, a repository, and a new issue. */
export function answerGraphql(body: string, world: World): Answer {
  const members = membersIn(body);
  const query = members?.get("query");
  const variables = new Map(Object.entries(members?.get("variables") ?? {}));
  if (typeof query !== "string") return json(400, { message: "Problems parsing JSON" });
  const operation = /(?:query|mutation) (?<name>\w+)/u.exec(query)?.groups?.["name"];
  switch (operation) {
    case "MapRepositoryNames":
      return json(200, mapRepositoryNames(query, world));
    case "RepositoryInfo":
    case "IssueRepositoryInfo":
      return json(200, repositoryInfo(`${String(variables.get("owner"))}/${String(variables.get("name"))}`, world));
    case "IssueCreate":
      return json(200, createIssue(variables.get("input"), world));
    case undefined:
    default:
      return json(200, errors("undefinedField", `This GitHub knows no operation ${operation ?? "without a name"}.`));
  }
}

/** Names to ids, by alias. */
function mapRepositoryNames(query: string, world: World): object {
  const aliases = query.matchAll(/(?<alias>\w+): repository\(owner: "(?<owner>[^"]+)", name: "(?<name>[^"]+)"\)/gu);
  const entries = [...aliases].map(({ groups }): [string, object | null] => {
    const repository = world.repository(`${groups?.["owner"] ?? ""}/${groups?.["name"] ?? ""}`);
    return [groups?.["alias"] ?? "", repository === undefined ? null : { databaseId: repository.id }];
  });
  const data: Record<string, object | null> = Object.fromEntries(entries);
  return { data };
}

function repositoryInfo(fullName: string, world: World): object {
  const repository = world.repository(fullName);
  if (repository !== undefined) return { data: { repository: described(repository) } };
  const unresolved = errors("NOT_FOUND", `Could not resolve to a Repository with the name '${fullName}'.`);
  return { data: { repository: null }, ...unresolved };
}

function described({ id, fullName }: Repository): object {
  const [login, name] = fullName.split("/");
  return {
    id: nodeId(id),
    databaseId: id,
    name,
    owner: { login },
    sshUrl: `git@github.com:${fullName}.git`,
    description: null,
    hasIssuesEnabled: true,
    hasWikiEnabled: false,
    viewerPermission: "ADMIN",
    defaultBranchRef: { name: "main" },
    parent: null,
    mergeCommitAllowed: true,
    rebaseMergeAllowed: true,
    squashMergeAllowed: true,
  };
}

function createIssue(input: unknown, world: World): object {
  const given = new Map<string, unknown>(Object.entries(typeof input === "object" && input !== null ? input : {}));
  const repository = world.repositoryById(Number(String(given.get("repositoryId")).slice(nodeId("").length)));
  const [title, body] = [given.get("title"), given.get("body")];
  if (repository === undefined) return errors("NOT_FOUND", "Could not resolve to a node with the global id.");
  if (typeof title !== "string" || title === "" || typeof body !== "string") {
    return errors("UNPROCESSABLE", "An issue has a title and a body.");
  }
  const number = world.issues.push({ repository: repository.fullName, title, body });
  const url = `https://github.com/${repository.fullName}/issues/${number}`;
  return { data: { createIssue: { issue: { id: `I_${number}`, number, title, url } } } };
}

function nodeId(id: number | string): string {
  return `R_${id}`;
}

function errors(type: string, message: string): object {
  return { errors: [{ type, message }] };
}
