import type { Fault, FaultCause, NetworkTrouble } from "../rotation/model";

/** The purpose of a request, and its destination. */
export interface Where {
  readonly label: string;
  readonly doing: "reading" | "checking" | "saving" | "copying";
}

/** The cause, then GitHub's own words. It follows a colon and has no final full stop. */
export function faultWords(fault: Fault): string {
  const { cause, detail, permission, network } = fault;
  if (cause === "network") return network === undefined ? detail : networkWords(network);
  const needs = cause === "forbidden-permission" && permission !== null ? `. The token needs ${permission}` : "";
  const called = cause === "server" && !isServerError(fault) ? "GitHub gave up on the request" : CAUSES[cause];
  return `${called}. ${detail}${needs}`;
}

/** The same in full sentences. The verb follows from the cause: an unanswered request was not rejected. */
export function failureWords(fault: Fault, { label, doing }: Where): string {
  const { network } = fault;
  if (network === undefined) return `${CANNOT[doing]} ${label}: ${faultWords(fault)}.`;
  const what = network.sent ? "GitHub did not answer" : "GitHub could not be reached";
  return `${what} while ${WHILE[doing]} ${label}: ${faultWords(fault)}.`;
}

const CANNOT = {
  reading: "Cannot read",
  checking: "Cannot complete the write check for",
  saving: "Cannot save the secret in",
  copying: "Cannot save the secret in",
} as const;

const WHILE = {
  reading: "reading",
  checking: "checking write access to",
  saving: "saving the secret in",
  copying: "saving the secret in",
} as const;

const CAUSES: Readonly<Record<Exclude<FaultCause, "network">, string>> = {
  server: "GitHub reports an error of its own",
  conflict: "GitHub reports a conflict with another change",
  throttled: "GitHub's rate limit is reached",
  "box-refused": "GitHub does not accept the encrypted value",
  quota: "the maximum number of secrets is reached there",
  unauthorized: "GitHub does not accept the token",
  "forbidden-permission": "the token lacks a permission",
  policy: "a rule of the organization or enterprise forbids this token",
  sso: "the token is not authorized for the organization's single sign-on",
  "ip-list": "an IP allow list does not contain the address of this runner",
  archived: "the repository is archived, so nothing can be written to it",
  suspended: "the account or the app installation is suspended",
  forbidden: "GitHub forbids it",
  missing: "GitHub does not find this destination, or does not show it to this token",
  moved: "the repository has another name or owner now",
  "login-page": "a login page came instead of GitHub's answer",
  malformed: "the answer was not what GitHub's API promises",
};

/** Some servers answer with 408 for a request that they gave up. */
function isServerError({ status }: Fault): boolean {
  return status === undefined || status >= 500;
}

/** The code is always included, because people search for it. */
function networkWords({ cause, code, sent }: NetworkTrouble): string {
  const named = code === null ? "" : ` (${code})`;
  switch (cause) {
    case "dns":
      return `the host name was not resolved${named}`;
    case "refused":
      return `the host rejected the connection${named}`;
    case "unreachable":
      return `there is no route to the host${named}`;
    case "reset":
      return `the connection was closed${named}`;
    case "time-out":
      return `there was no ${sent ? "answer" : "connection"} in time${named}`;
    case "tls":
      return `${certificateWords(code)}${named}`;
    case "proxy":
      return proxyWords(code);
    case "garbled":
      return `what came back is not HTTP${named}`;
    case "ended":
      return `this process was asked to end${named}`;
    case "other":
      return `the connection failed${named}`;
  }
}

function certificateWords(code: string | null): string {
  if (isUnknownAuthority(code)) return "this machine does not know who issued the server's certificate";
  if (code === "CERT_HAS_EXPIRED") return "the server's certificate has expired";
  if (code === "CERT_NOT_YET_VALID") return "the server's certificate is not valid yet";
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") return "the server's certificate is for another host name";
  return "the TLS handshake failed";
}

/** For a proxy's answer the code is its status. */
function proxyWords(code: string | null): string {
  if (code === null) return "the proxy opened no tunnel";
  if (/^\d+$/.test(code)) return `the proxy answered with status ${code} and opened no tunnel`;
  return code.startsWith("HPE_")
    ? `what the proxy answered is not HTTP (${code})`
    : `the proxy opened no tunnel (${code})`;
}

function isUnknownAuthority(code: string | null): boolean {
  return code !== null && UNKNOWN_AUTHORITY.has(code);
}

/** OpenSSL's codes for a certificate from an authority that this machine does not trust. */
const UNKNOWN_AUTHORITY: ReadonlySet<string> = new Set([
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
]);

/** The steps that fix a fault. Before the reset they end with a new run; for a save they only fix the cause. */
export function adviceForFault(fault: Fault, where: Where): readonly string[] {
  const steps = stepsFor(fault, where);
  return isSave(where) ? steps : [...steps, "Start a new run."];
}

/** Faults that may pass by themselves, so that nothing needs to be fixed after the save. */
export function isPassing({ cause }: Fault): boolean {
  return ["network", "server", "conflict", "throttled", "box-refused", "malformed"].includes(cause);
}

/** GitHub rejects this token or this runner; a person with another login may still be able to write. */
export function isAboutToken({ cause }: Fault): boolean {
  return ["unauthorized", "forbidden-permission", "policy", "sso", "ip-list", "forbidden", "login-page"].includes(
    cause,
  );
}

function isSave({ doing }: Where): boolean {
  return doing === "saving" || doing === "copying";
}

function stepsFor(fault: Fault, where: Where): readonly string[] {
  switch (fault.cause) {
    case "network":
      return fault.network === undefined ? [CHECK_NETWORK] : stepsForNetwork(fault.network);
    case "server":
      return isServerError(fault) ? [CHECK_STATUS] : ["Wait a minute."];
    case "conflict":
      return ["Wait until nothing else writes secrets there."];
    case "throttled":
      return [throttleStep(fault)];
    case "box-refused":
      return ["Do what GitHub's message asks for. Every run reads GitHub's public key again."];
    case "quota":
      return stepsForQuota(where);
    case "unauthorized":
      return [NEW_TOKEN];
    case "forbidden-permission":
      return [`Give the token ${fault.permission ?? "the permission that GitHub's message names"}. ${WHERE_TO_GIVE}`];
    case "forbidden":
      return stepsForForbidden(fault);
    case "missing":
      return stepsForMissing(fault, where);
    case "policy":
      return ["Do what GitHub's message asks for, or ask an owner of the organization or enterprise."];
    case "sso":
      return [ssoStep(fault)];
    case "ip-list":
      return ["Use a runner whose address is on the IP allow list, or have its address added."];
    case "archived":
      return ["Unarchive the repository: Settings, General, Danger Zone."];
    case "suspended":
      return ["Have the suspension lifted: by an owner for an app installation, by GitHub's support for an account."];
    case "moved":
      return ["Write the new name into save-to, as --repo OWNER/REPO."];
    case "login-page":
      return ["Check GITHUB_API_URL. Ask the administrators of the network how this runner gets past the login page."];
    case "malformed":
      return ["If it happens again: check GITHUB_API_URL, and whether a proxy answers in GitHub's place."];
  }
}

const CHECK_NETWORK = "Check the network between the runner and GitHub.";
const CHECK_STATUS = "Check githubstatus.com; for GitHub Enterprise Server, ask its administrator.";
const NEW_TOKEN =
  "Create a new token, because this one is wrong, expired or revoked. Save it as the secret that github-token reads.";
const WHERE_TO_GIVE =
  "For a fine-grained token: Settings, Developer settings, Personal access tokens of the account that created it. For a GitHub App: change its Permissions, and have an owner accept them. The job's own GITHUB_TOKEN cannot write secrets: use a fine-grained token or a GitHub App's token.";

function throttleStep({ allowance }: Fault): string {
  const resetAt = allowance?.remaining === 0 ? allowance.resetAt : null;
  return resetAt === null
    ? "Wait a few minutes."
    : `Wait until the limit lifts, at ${new Date(resetAt).toISOString()}.`;
}

function stepsForQuota({ label, doing }: Where): readonly string[] {
  const remove = `Delete a secret that you do not need, next to ${label}.`;
  switch (doing) {
    case "saving":
      return [`${remove} Until then the printed command fails too.`];
    case "checking":
      return [`${remove} If the destination exists already, canary: false helps too.`];
    case "reading":
    case "copying":
      return [remove];
  }
}

/** Only GitHub's message may name the cause, and a page of HTML is not from GitHub. */
function stepsForForbidden({ permission }: Fault): readonly string[] {
  return [
    "Do what GitHub's message asks for. If a page of HTML came, a proxy or firewall answered: ask the administrators of the network.",
    ...(permission === null ? [] : [`If neither helps, check that the token has ${permission}.`]),
  ];
}

/** The repository, environment or organization of a destination. */
export function scopeIn(label: string): string {
  return /secret of (.*)\)$/s.exec(label)?.[1] ?? label;
}

/** A typing error comes first, because it is more likely than a token without access, and found faster. */
function stepsForMissing({ permission }: Fault, { label }: Where): readonly string[] {
  const needed = permission === null ? "" : `, with ${permission}`;
  return [
    `Correct the name in save-to if ${scopeIn(label)} is misspelled or does not exist.`,
    `If it is right, give the token access to it${needed}. GitHub answers 404 if a token cannot see something.`,
  ];
}

function ssoStep({ ssoUrl }: Fault): string {
  return ssoUrl === undefined
    ? "Authorize the token: Settings, Developer settings, Personal access tokens, Configure SSO."
    : `Open ${ssoUrl} and authorize the token there.`;
}

function stepsForNetwork({ cause, code }: NetworkTrouble): readonly string[] {
  switch (cause) {
    case "dns":
      return ["Check the host name in GITHUB_API_URL, and whether this runner can resolve it."];
    case "refused":
      return ["Check host and port in GITHUB_API_URL, and whether a firewall rejects connections of this runner."];
    case "unreachable":
      return ["Check the runner's network: it has no route to GitHub."];
    case "reset":
      return ["Check whether a firewall between the runner and GitHub closes connections."];
    case "time-out":
      return ["Check whether a firewall drops what this runner sends.", CHECK_STATUS];
    case "tls":
      return [certificateStep(code)];
    case "proxy":
      return [...(isUnknownAuthority(code) ? [EXTRA_CERTIFICATES] : []), proxyStep(code)];
    case "garbled":
      return ["Check GITHUB_API_URL and any proxy: the server there does not speak HTTP."];
    case "ended":
      return [];
    case "other":
      return [CHECK_NETWORK];
  }
}

const EXTRA_CERTIFICATES =
  "Set NODE_EXTRA_CA_CERTS, in the runner's environment, to a PEM file with the certificate of that issuer.";

function certificateStep(code: string | null): string {
  if (isUnknownAuthority(code)) return EXTRA_CERTIFICATES;
  if (code === "CERT_HAS_EXPIRED" || code === "CERT_NOT_YET_VALID")
    return "Check the clock of this runner, and the certificate of the server.";
  return "Check GITHUB_API_URL, and whether something between the runner and GitHub intercepts TLS.";
}

function proxyStep(code: string | null): string {
  const exempt = "or exempt GitHub's host from the proxy in NO_PROXY";
  return code === "407"
    ? `Put the proxy's credentials into HTTPS_PROXY, as http://USER:PASSWORD@HOST:PORT, ${exempt}.`
    : `Let the proxy that HTTPS_PROXY names connect to GitHub, ${exempt}. Both are variables of the runner or of the workflow.`;
}
