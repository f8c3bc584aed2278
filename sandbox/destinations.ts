import type { GitHubStandIn, ScopeName } from "./github";
import { parseScope } from "./github/scopes";

/** Where a line of `save-to` wants the secret, in the stand-in's words. */
export interface Destination {
  readonly where: ScopeName;
  readonly name: string;
}

const FLAGS: Readonly<Record<string, string>> = {
  "-e": "env",
  "--env": "env",
  "-R": "repo",
  "--repo": "repo",
  "-o": "org",
  "--org": "org",
  "-a": "app",
  "--app": "app",
};

/** Splits at spaces; quotes hold a word together, and a word that starts with `#` begins a comment. */
function wordsOf(line: string): string[] {
  const words = line.match(/"[^"]*"|'[^']*'|[^\s"']+/g) ?? [];
  const comment = words.findIndex((word) => word.startsWith("#"));
  return (comment === -1 ? words : words.slice(0, comment)).map((word) => word.replace(/^(["'])(.*)\1$/, "$2"));
}

function destinationOf(line: string, repository: string): Destination | undefined {
  const words = wordsOf(line).flatMap((word) =>
    /^--\w+=/.test(word) ? [word.slice(0, word.indexOf("=")), word.slice(word.indexOf("=") + 1)] : [word],
  );
  const [name, ...rest] = words;
  if (name === undefined) return undefined;
  const flags: Record<string, string> = {};
  for (let index = 0; index + 1 < rest.length; index += 2) {
    const flag = FLAGS[rest[index] ?? ""];
    if (flag !== undefined) flags[flag] = rest[index + 1] ?? "";
  }
  const place = flags["org"] === undefined ? (flags["repo"] ?? repository) : `org ${flags["org"]}`;
  const environment = flags["env"] === undefined ? "" : ` env ${flags["env"]}`;
  const app = flags["app"] === undefined || flags["app"] === "actions" ? "" : ` app ${flags["app"]}`;
  const where = `${place}${environment}${app}`;
  return isScopeName(where) ? { where, name } : undefined;
}

function isScopeName(words: string): words is ScopeName {
  try {
    parseScope(words);
    return true;
  } catch {
    return false;
  }
}

/** The destinations of `save-to` that a GitHub could have. What it could not have is for the action to refuse. */
export function destinationsOf(saveTo: string, repository: string): Destination[] {
  return saveTo.split("\n").flatMap((line) => destinationOf(line, repository) ?? []);
}

/** Makes the place, so that a secret can be put there. */
export function addPlace(github: GitHubStandIn, where: ScopeName): void {
  const place = parseScope(where);
  if (place.kind === "organization") github.addOrganization(place.organization);
  else if (place.kind === "repository") github.addRepository(place.repository);
  else github.addEnvironment(place.repository, place.environment);
}
