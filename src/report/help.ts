import type { ReasonCode } from "../rotation/outcome";

const PAGE = "docs/recovery.md";

/** Where the runner unpacks `uses: OWNER/REPO@REF`. A copy in the folder of another action or repository is deeper. */
const UNPACKED =
  /[/\\]_actions[/\\](?<owner>[\w.-]+)[/\\](?<repo>[\w.-]+)[/\\](?<ref>[\w.-]+)[/\\]dist[/\\](?:index|post)\.js$/;

/**
 * The recovery page in the running version of the action; only the page's name if the version is uncertain. The version
 * comes from the script's path, because inside a composite action GITHUB_ACTION_REPOSITORY and GITHUB_ACTION_REF are
 * the outer action's. An Enterprise Server may have the action from github.com or from itself, and nothing shows which.
 */
export function recoveryPage(env: Readonly<Record<string, string | undefined>>, script: string): string {
  const { owner, repo, ref } = UNPACKED.exec(script)?.groups ?? {};
  if (owner === undefined || repo === undefined || ref === undefined) return PAGE;
  if (env["GITHUB_SERVER_URL"] !== "https://github.com") return PAGE;
  return `https://github.com/${owner}/${repo}/blob/${ref}/${PAGE}`;
}

/** The link to that page's section about one reason. */
export function helpFor(code: ReasonCode, page: string): string {
  return `${page}#${code}`;
}
