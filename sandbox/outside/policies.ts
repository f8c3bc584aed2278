import { refusal } from "../github/answers";
import { from, says } from "../github/fault-effects";
import type { GitHubStandIn } from "../github";
import { ANY, atReset, type Catalogue, fault, setting } from "./ways";

const ALWAYS = { times: "always" } as const;
/** Only Enterprise Servers and tenants have a host of their own; here the stand-in's is the API's. */
const LIFETIME =
  "The 'octo-org' organization forbids access via a fine-grained personal access tokens if the token's lifetime is " +
  "greater than 366 days. Please adjust your token's lifetime at the following URL: " +
  "https://github.com/settings/personal-access-tokens/1234567";
const SAML =
  "Resource protected by organization SAML enforcement. You must grant your Personal Access token access to this organization.";
const IP_LIST =
  "Although you appear to have the correct authorization credentials, the `octo-org` organization has an IP allow list " +
  "enabled, and your IP address is not permitted to access this resource.";
const CLASSIC =
  "`octo-org` forbids access via a personal access token (classic). Please use a GitHub App, OAuth App, or a personal " +
  "access token with fine-grained permissions.";
const ARCHIVED = "Repository was archived so is read-only.";
const PATH = "/orgs/octo-org/sso?authorization_request=AAAAAAAAAAAAAAAAAAAA";

function singleSignOn({ faults }: GitHubStandIn, origin: string): void {
  const headers = { "x-github-sso": `required; url=${origin}${PATH}` };
  faults.inject({ on: ANY, effect: from(refusal(403, SAML, headers)), times: "always" });
}

/** What an organization or GitHub itself forbids, which no permission of a token changes. */
export const policies: Catalogue = {
  "policy-token-lifetime": fault(
    "The organization takes no token that lives so long.",
    ANY,
    says(403, LIFETIME),
    ALWAYS,
  ),
  "policy-saml": setting("The token was not granted to the organization's single sign-on.", (github) =>
    singleSignOn(github, new URL(github.url).origin),
  ),
  "policy-saml-elsewhere": setting(
    "The token was not granted to the organization's single sign-on, and the link to it leads to a stranger's host.",
    (github) => singleSignOn(github, "https://github.com.evil.test"),
  ),
  "policy-ip-allow-list": fault(
    "The runner's address is not on the organization's list.",
    ANY,
    says(403, IP_LIST),
    ALWAYS,
  ),
  "policy-classic-forbidden": fault("The organization takes no classic tokens.", ANY, says(403, CLASSIC), {
    ...ALWAYS,
    stage: { tokenKind: "ghp_" },
  }),
  "repository-archived": fault(
    "The repository is archived, and can only be read.",
    { which: ["put", "canary", "delete"] },
    says(403, ARCHIVED),
    ALWAYS,
  ),
  "repository-archived-at-save": setting("The repository is archived while SnapTrade resets.", ({ faults }, stage) => {
    atReset(stage, () => faults.inject({ on: { method: "PUT" }, effect: says(403, ARCHIVED), times: "always" }));
  }),
  "account-suspended": fault(
    "The account that the token belongs to is suspended.",
    ANY,
    says(403, "Sorry. Your account was suspended."),
    ALWAYS,
  ),
  "permission-to-write-environments": setting("The token may read environments, but not write them.", ({ policy }) => {
    policy.permissions = { environments: "read" };
  }),
  "permission-to-read-environments": setting("The token may not even read environments.", ({ policy }) => {
    policy.permissions = { environments: "none" };
  }),
};
