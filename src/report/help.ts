import type { ReasonCode } from "../rotation/outcome";

const PAGE = "docs/recovery.md";

/** Where the runner unpacks what `uses: OWNER/REPO@REF` names. A copy in another action's or repository's folder is deeper. */
const UNPACKED =
  /[/\\]_actions[/\\](?<owner>[\w.-]+)[/\\](?<repo>[\w.-]+)[/\\](?<ref>[\w.-]+)[/\\]dist[/\\](?:index|post)\.js$/;

/**
 * The page about recovery in the very version of the action that runs; its name alone where that is not certain. Inside a
 * composite action GITHUB_ACTION_REPOSITORY and GITHUB_ACTION_REF are the outer action's, so the script's own path tells.
 * An Enterprise Server may have the action from github.com or from itself, which nothing tells.
 */
export function recoveryPage(env: Readonly<Record<string, string | undefined>>, script: string): string {
  const { owner, repo, ref } = UNPACKED.exec(script)?.groups ?? {};
  if (owner === undefined || repo === undefined || ref === undefined) return PAGE;
  if (env["GITHUB_SERVER_URL"] !== "https://github.com") return PAGE;
  return `https://github.com/${owner}/${repo}/blob/${ref}/${PAGE}`;
}

/** The place on that page which is about one reason. */
export function helpFor(code: ReasonCode, page: string): string {
  return `${page}#${code}`;
}
