import type { App, Area, Scope } from "../../src/github/areas";
import { AREAS } from "../../src/github/areas";
import type { ScopeName } from "../../sandbox/github";

/** One form of a line of `save-to`, and where it leads. */
export interface Form {
  readonly line: string;
  readonly where: ScopeName;
  readonly area: Area;
  /** What the stand-in calls the permission, in the words of X-Accepted-GitHub-Permissions. */
  readonly permission: string;
}

const NAME = "SNAPTRADE_USER_SECRET";

const LINES: Readonly<Record<Scope["kind"], readonly [flags: string, where: ScopeName][]>> = {
  repository: [
    ["", "octo-org/brokerage"],
    [" --repo octo-org/infra", "octo-org/infra"],
  ],
  environment: [
    [" --env production", "octo-org/brokerage env production"],
    [` -R octo-org/infra -e 'blue/green & "ünïcode"'`, `octo-org/infra env blue/green & "ünïcode"`],
  ],
  organization: [[" --org octo-org", "org octo-org"]],
};

/** What guards the secrets of each kind. */
const SECRETS_OF: Readonly<Record<App, string>> = {
  actions: "secrets",
  agents: "agent_secrets",
  codespaces: "codespaces_secrets",
  dependabot: "dependabot_secrets",
};

/** Every area in every form in which a line can name it; a new area is here by itself. */
export const FORMS: readonly Form[] = AREAS.flatMap((area) =>
  LINES[area.scope].map(([flags, place]): Form => {
    const ofApp = area.app === "actions" ? "" : ` --app ${area.app}`;
    const where: ScopeName = area.app === "actions" ? place : inApp(place, area.app);
    return { line: `${NAME}${flags}${ofApp}`, where, area, permission: permissionOf(area) };
  }),
);

function inApp(place: ScopeName, app: App): ScopeName {
  return place.startsWith("org ")
    ? `org ${place.slice(4)} app ${app}`
    : `octo-org/${place.split("/")[1] ?? ""} app ${app}`;
}

function permissionOf({ app, scope }: Area): string {
  if (scope === "environment") return "environments";
  return scope === "organization" ? `organization_${SECRETS_OF[app]}` : SECRETS_OF[app];
}
