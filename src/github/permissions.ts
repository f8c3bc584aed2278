/**
 * A permission as GitHub's forms call it, from its API key: `environments` with `write` is `Environments: Read and
 * write`. Organization permissions are under a heading of their own.
 */
export function permissionName(key: string, level: "read" | "write"): string {
  const [, organization, rest = key] = /^(organization_)?(.*)$/.exec(key) ?? [];
  const words = rest.replaceAll("_", " ");
  const name = words.charAt(0).toUpperCase() + words.slice(1);
  const rights = level === "write" || WRITE_ONLY.has(key) ? "Read and write" : "Read-only";
  return `${organization === undefined ? "" : "Organization permissions, "}${name}: ${rights}`;
}

/** Their form has no read-only choice, so reading needs write access too. */
const WRITE_ONLY: ReadonlySet<string> = new Set(["codespaces_secrets", "workflows"]);

/**
 * The list in `X-Accepted-GitHub-Permissions`, in words: commas join permissions that are needed together, semicolons
 * join alternatives. Null if it is not such a list.
 * @param needed the permission that will be needed for writing, so that read access alone is never advised.
 */
export function permissionsIn(list: string, needed: string): string | null {
  const alternatives: string[] = [];
  for (const set of list.split(";")) {
    const names: string[] = [];
    for (const item of set.split(",")) {
      const [, key, level] = /^\s*(\w+)=(\w+)\s*$/.exec(item) ?? [];
      if (key === undefined) return null;
      names.push(permissionName(key, level === "read" && key !== needed ? "read" : "write"));
    }
    alternatives.push([...new Set(names)].join(" and "));
  }
  return [...new Set(alternatives)].join(", or ");
}
