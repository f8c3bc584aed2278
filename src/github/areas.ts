/** The kinds of secrets at GitHub. `actions` is the default of `gh secret set`. */
export const APPS = ["actions", "agents", "codespaces", "dependabot"] as const;
export type App = (typeof APPS)[number];

export type Scope =
  | { readonly kind: "repository"; readonly owner: string; readonly repo: string }
  | { readonly kind: "environment"; readonly owner: string; readonly repo: string; readonly environment: string }
  | { readonly kind: "organization"; readonly organization: string };

/** One place where GitHub stores secrets, and everything that differs between such places. */
export interface Area {
  readonly app: App;
  readonly scope: Scope["kind"];
  /** As in GitHub's REST reference. */
  readonly path: string;
  /** The permission of a fine-grained token, as GitHub's API calls it. */
  readonly permissionKey: string;
  /** The same, as GitHub's forms call it. */
  readonly permission: string;
  /** When a later job sees the saved value. */
  readonly visible: "next-run" | "next-job" | "elsewhere";
}

/** Every combination that GitHub has an endpoint for. Code, messages, documentation and tests all read this table. */
export const AREAS: readonly Area[] = [
  {
    app: "actions",
    scope: "repository",
    path: "/repos/{owner}/{repo}/actions/secrets",
    permissionKey: "secrets",
    permission: "Secrets: Read and write",
    visible: "next-run",
  },
  {
    app: "actions",
    scope: "environment",
    path: "/repos/{owner}/{repo}/environments/{environment}/secrets",
    permissionKey: "environments",
    permission: "Environments: Read and write",
    visible: "next-job",
  },
  {
    app: "actions",
    scope: "organization",
    path: "/orgs/{organization}/actions/secrets",
    permissionKey: "organization_secrets",
    permission: "Organization permissions, Secrets: Read and write",
    visible: "next-run",
  },
  {
    app: "dependabot",
    scope: "repository",
    path: "/repos/{owner}/{repo}/dependabot/secrets",
    permissionKey: "dependabot_secrets",
    permission: "Dependabot secrets: Read and write",
    visible: "elsewhere",
  },
  {
    app: "dependabot",
    scope: "organization",
    path: "/orgs/{organization}/dependabot/secrets",
    permissionKey: "organization_dependabot_secrets",
    permission: "Organization permissions, Dependabot secrets: Read and write",
    visible: "elsewhere",
  },
  {
    app: "codespaces",
    scope: "repository",
    path: "/repos/{owner}/{repo}/codespaces/secrets",
    permissionKey: "codespaces_secrets",
    permission: "Codespaces secrets: Read and write",
    visible: "elsewhere",
  },
  {
    app: "codespaces",
    scope: "organization",
    path: "/orgs/{organization}/codespaces/secrets",
    permissionKey: "organization_codespaces_secrets",
    permission: "Organization permissions, Codespaces secrets: Read and write",
    visible: "elsewhere",
  },
  {
    app: "agents",
    scope: "repository",
    path: "/repos/{owner}/{repo}/agents/secrets",
    permissionKey: "agent_secrets",
    permission: "Agent secrets: Read and write",
    visible: "elsewhere",
  },
  {
    app: "agents",
    scope: "organization",
    path: "/orgs/{organization}/agents/secrets",
    permissionKey: "organization_agent_secrets",
    permission: "Organization permissions, Agent secrets: Read and write",
    visible: "elsewhere",
  },
];

export function areaOf(app: App, scope: Scope["kind"]): Area | undefined {
  return AREAS.find((area) => area.app === app && area.scope === scope);
}

/** The path of a scope's secrets, with each name encoded as one segment. */
export function pathOf(area: Area, scope: Scope): string {
  const names: Readonly<Record<string, string>> = { ...scope };
  return area.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => segment(names[name] ?? ""));
}

/** Stricter than encodeURIComponent, because the path also appears in a shell command. */
function segment(text: string): string {
  return encodeURIComponent(text).replaceAll(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}
