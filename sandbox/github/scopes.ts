/** The four products of GitHub that keep secrets of their own. */
export type App = "actions" | "agents" | "codespaces" | "dependabot";

export const APPS: readonly App[] = ["actions", "agents", "codespaces", "dependabot"];

/** Where a secret lives: every place has its own key pair and its own quota. */
export type Place =
  | { readonly kind: "repository"; readonly repository: string; readonly app: App }
  | { readonly kind: "environment"; readonly repository: string; readonly environment: string; readonly app: "actions" }
  | { readonly kind: "organization"; readonly organization: string; readonly app: App };

/**
 * A place in words: `octo-org/brokerage`, `octo-org/brokerage env production` or `org octo-org`,
 * the first and the last optionally with ` app agents`, ` app codespaces` or ` app dependabot`.
 */
export type ScopeName = `${string}/${string}` | `org ${string}`;

/** What a token may be allowed to read or write, in the words of `X-Accepted-GitHub-Permissions`. */
export type Area =
  | "secrets"
  | "environments"
  | "agent_secrets"
  | "codespaces_secrets"
  | "dependabot_secrets"
  | "organization_secrets"
  | "organization_agent_secrets"
  | "organization_codespaces_secrets"
  | "organization_dependabot_secrets"
  | "actions"
  | "actions_variables"
  | "administration"
  | "metadata";

const ORGANIZATION_SECRETS_MAX = 1000;
const REPOSITORY_SECRETS_MAX = 100;

const WORDS =
  /^(?:org (?<organization>[^\s/]+)|(?<repository>[^\s/]+\/[^\s/]+?)(?: env (?<environment>.+?))?)(?: app (?<app>\S+))?$/u;

/** Reads a word such as `dependabot`; `undefined` if GitHub has no such product. */
export function parseApp(word: string): App | undefined {
  return APPS.find((app) => app === word);
}

/** Reads a scope name; throws a sentence if it names no place that GitHub has. */
export function parseScope(scope: string): Place {
  const groups = WORDS.exec(scope)?.groups;
  const app = parseApp(groups?.["app"] ?? "actions");
  if (groups === undefined || app === undefined) {
    throw new Error(
      `"${scope}" names no place: say OWNER/REPO, OWNER/REPO env NAME or org NAME, then perhaps app NAME.`,
    );
  }
  const { organization, repository, environment } = groups;
  if (organization !== undefined) return { kind: "organization", organization, app };
  if (repository === undefined) throw new Error(`"${scope}" names no repository.`);
  if (environment === undefined) return { kind: "repository", repository, app };
  if (app !== "actions") throw new Error(`"${scope}": only Actions has environment secrets.`);
  return { kind: "environment", repository, environment, app };
}

/** The name of a place, the inverse of {@link parseScope}. */
export function scopeName(place: Place): ScopeName {
  const app = place.app === "actions" ? "" : ` app ${place.app}`;
  switch (place.kind) {
    case "organization":
      return `org ${place.organization}${app}`;
    case "environment":
      return `${ownerAndName(place.repository)} env ${place.environment}`;
    case "repository":
      return `${ownerAndName(place.repository)}${app}`;
  }
}

/** GitHub does not tell upper from lower case in the names of owners, repositories and environments. */
export function sameScope(one: string, other: string): boolean {
  return scopeName(parseScope(one)).toLowerCase() === scopeName(parseScope(other)).toLowerCase();
}

const AREAS = {
  actions: "secrets",
  agents: "agent_secrets",
  codespaces: "codespaces_secrets",
  dependabot: "dependabot_secrets",
} as const satisfies Record<App, Area>;

/** The permission that guards the secrets of a place. */
export function areaOf(place: Place): Area {
  switch (place.kind) {
    case "environment":
      return "environments";
    case "repository":
      return AREAS[place.app];
    case "organization":
      return `organization_${AREAS[place.app]}`;
  }
}

/** How many secrets a place holds at most. */
export function quotaOf(place: Place): number {
  return place.kind === "organization" ? ORGANIZATION_SECRETS_MAX : REPOSITORY_SECRETS_MAX;
}

function ownerAndName(repository: string): `${string}/${string}` {
  const [owner = "", name = ""] = repository.split("/");
  return `${owner}/${name}`;
}
