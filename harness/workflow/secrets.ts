import type { GitHubStandIn, ScopeName } from "../../sandbox/github";
import { parseScope } from "../../sandbox/github/scopes";

type Secrets = Readonly<Record<string, string>>;

/** Repository and organization secrets, as they are at this instant: GitHub reads them when a run is queued. */
export function secretsWhenQueued(github: GitHubStandIn, repository: string): Secrets {
  const organization: ScopeName = `org ${repository.split("/")[0] ?? ""}`;
  return { ...visible(github, organization, repository), ...all(github, scopeNamed(repository)) };
}

/** Environment secrets are read when the job starts, and hide the others of the same name. */
export function secretsWhenStarted(
  github: GitHubStandIn,
  repository: string,
  environment: string | undefined,
  queued: Secrets,
): Secrets {
  if (environment === undefined) return queued;
  return { ...queued, ...all(github, scopeNamed(`${repository} env ${environment}`)) };
}

function all(github: GitHubStandIn, where: ScopeName): Secrets {
  return Object.fromEntries(github.names(where).map((name) => [name, github.plaintext(where, name) ?? ""]));
}

/** What an organization shares with the repository; there need be no such organization. */
function visible(github: GitHubStandIn, where: ScopeName, repository: string): Secrets {
  let secrets: Secrets;
  try {
    secrets = all(github, where);
  } catch {
    return {};
  }
  const isShared = (name: string): boolean => {
    const { visibility, repositories = [] } = github.sharing(where, name) ?? {};
    return visibility !== "selected" || repositories.includes(repository);
  };
  return Object.fromEntries(Object.entries(secrets).filter(([name]) => isShared(name)));
}

function scopeNamed(words: string): ScopeName {
  if (isScopeName(words)) return words;
  throw new Error(`${words} names no place.`);
}

function isScopeName(words: string): words is ScopeName {
  return parseScope(words).app === "actions";
}
