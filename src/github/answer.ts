import type { Attempt, Fault, FaultCause, GitHubAllowance, Instant } from "../rotation/model";
import { fieldsOf } from "../text/json";
import type { Received } from "./connection";
import { hostnameOf } from "./hostname";
import { allowanceIn, instantIn, waitMsIn } from "./limits";
import type { Headers } from "./limits";

/** GitHub's answer to a request that succeeded. */
export interface Answer {
  readonly status: number;
  /** The body as JSON; `undefined` if there is none. */
  readonly data: unknown;
  /** The body as received: its numbers may be too large for JavaScript. */
  readonly text: string;
  readonly serverTime: Instant | null;
  readonly tokenExpiresAt: Instant | null;
  readonly allowance: GitHubAllowance | null;
}

export interface Reader {
  readonly apiUrl: URL;
  /** Makes a server's text safe to print; null if it may contain a part of a secret. */
  readonly quote: (text: string) => string | null;
  /** An installation token, such as the job's own. */
  readonly isInstallation: boolean;
}

type Sent = "GET" | "PUT" | "DELETE";
type Failed = { readonly ok: false; readonly fault: Fault };
type Whole = Extract<Received, { kind: "answer" }>;

/** Turns a response into an answer or a fault. */
export function read(received: Received, method: Sent, reader: Reader): Attempt<Answer> {
  if (received.kind === "silence") {
    const { trouble, why } = received;
    const detail = trouble.sent ? `GitHub did not answer the ${method}: ${why}` : `GitHub could not be reached: ${why}`;
    return fault("network", detail, { answered: false, network: trouble, repeatable: true });
  }
  const { status, headers, text } = received;
  if (status >= 200 && /* guard: 2xx needed */ status < 300) return accepted(received, method);
  if (status < 400) return /* guard: no redirects */ redirected(received, method, reader);
  const { message: said } = fieldsOf(parsed(text));
  const message = typeof said === "string" ? said : "";
  const cause = causeOf(status, headers, message);
  const told = `GitHub answered the ${method} with ${status}${saidIn(message, received, reader)}`;
  const hint = reader.isInstallation && INSTALLATION_CAUSES.has(cause) ? INSTALLATION_HINT : "";
  const permission = PERMISSION_CAUSES.has(cause) ? permissionIn(headers) : null;
  const ssoUrl = cause === "sso" ? ssoUrlIn(headers, reader) : null;
  return fault(cause, told + hint, {
    // A gateway timeout or a server error does not show whether the request took effect.
    answered: cause !== "server",
    retryAfterMs: cause === "throttled" ? waitMsIn(headers) : null,
    permission,
    ...repeatable(PASSING_CAUSES.has(cause)),
    ...(ssoUrl === null ? {} : { ssoUrl }),
    ...heard(received),
  });
}

/** An answer that contradicts GitHub's API description. It was answered, so no write is still under way. */
export function malformed(what: string, known: Partial<Fault> = {}): Failed {
  return fault("malformed", `GitHub's ${what} is not what it should be`, { repeatable: true, ...known });
}

function fault(cause: FaultCause, detail: string, known: Partial<Fault>): Failed {
  return { ok: false, fault: { cause, answered: true, detail, retryAfterMs: null, permission: null, ...known } };
}

function heard({ status, headers }: Whole): Pick<Fault, "status" | "allowance"> {
  const allowance = allowanceIn(headers);
  return { status, ...(allowance === null ? {} : { allowance }) };
}

function repeatable(isSo: boolean): Pick<Fault, "repeatable"> {
  return isSo ? { repeatable: true } : {};
}

/** A 200 must be complete JSON; a 201 or 204 needs no body. */
function accepted(received: Whole, method: Sent): Attempt<Answer> {
  const { status, headers, text, broken } = received;
  const data = broken === null ? parsed(text) : undefined;
  if (status === 200 && data === undefined) {
    const detail = `GitHub answered the ${method} with 200 and ${strangeness(received)}`;
    return fault("malformed", detail, { repeatable: true, ...heard(received) });
  }
  const serverTime = instantIn(headers, "date");
  const tokenExpiresAt = instantIn(headers, "github-authentication-token-expiration");
  return { ok: true, value: { status, data, text, serverTime, tokenExpiresAt, allowance: allowanceIn(headers) } };
}

function strangeness({ headers, text, broken }: Whole): string {
  if (broken === "too-long") return "more than 1 MiB";
  if (broken === "cut") return "a body that is cut off";
  if (text.trim() === "") return "nothing";
  return isPage(headers, text) ? "a page of HTML, as a proxy or a login does" : "a body that is no JSON";
}

function isPage(headers: Headers, text: string): boolean {
  return /html/i.test(headers["content-type"] ?? "") || text.trimStart().startsWith("<");
}

/** GitHub redirects only for a renamed repository, and never to another host or a login page. */
function redirected(received: Whole, method: Sent, { apiUrl, quote }: Reader): Failed {
  const { status, headers } = received;
  const told = `GitHub answered the ${method} with ${status}`;
  const to = URL.parse(headers["location"] ?? "", apiUrl.href);
  if (to === null || headers["location"] === undefined)
    return fault("malformed", `${told} and does not say where to`, { repeatable: true, ...heard(received) });
  const isLogin = /\/login\b/i.test(to.pathname) || to.host !== apiUrl.host;
  if (!isLogin && [301, 307, 308].includes(status)) return fault("moved", `${told}, to another path`, heard(received));
  const host = quote(to.host);
  const where = host === null ? "" : ` at ${host}`;
  const known = { repeatable: true, ...heard(received) } as const;
  return fault("login-page", `${told}, to what looks like a login page${where}`, known);
}

/** GitHub's message, or the body if there is none. */
function saidIn(message: string, { headers, text }: Whole, { quote }: Reader): string {
  if (message === "") return isPage(headers, text) ? " and a page of HTML, which is not GitHub's own answer" : "";
  const quoted = quote(message);
  return quoted === null ? "" : ` "${quoted}"`;
}

const INSTALLATION_CAUSES: ReadonlySet<FaultCause> = new Set(["forbidden-permission", "forbidden", "missing"]);
const INSTALLATION_HINT =
  ". This is an installation token; if it is the job's own GITHUB_TOKEN, it can never write secrets";
const PERMISSION_CAUSES: ReadonlySet<FaultCause> = new Set(["forbidden-permission", "forbidden"]);
const PASSING_CAUSES: ReadonlySet<FaultCause> = new Set(["server", "conflict", "throttled"]);

function causeOf(status: number, headers: Headers, message: string): FaultCause {
  if (status >= 500) return "server";
  switch (status) {
    case 401:
      return "unauthorized";
    case 403:
      return causeOfForbidden(headers, message);
    case 404:
      return "missing";
    case 408:
    case 425:
      return "server";
    case 409:
      return "conflict";
    case 422:
      return /maximum|quota|exceed|limit|too many/i.test(message) ? "quota" : "box-refused";
    case 429:
      return "throttled";
    default:
      return "malformed";
  }
}

/** A 403 has many causes, and only GitHub's message shows which. */
function causeOfForbidden(headers: Headers, message: string): FaultCause {
  if ("retry-after" in headers || /rate limit|abuse detection/i.test(message)) return "throttled";
  for (const [cause, sentence] of REASONS) if (sentence.test(message)) return cause;
  if (/^required/i.test(headers["x-github-sso"] ?? "")) return "sso";
  return allowanceIn(headers)?.remaining === 0 ? "throttled" : "forbidden";
}

const REASONS: readonly (readonly [FaultCause, RegExp])[] = [
  ["forbidden-permission", /^resource not accessible by/i],
  ["sso", /\bSAML\b|single sign-on/i],
  ["ip-list", /\bIP allow list\b|\bIP address\b/i],
  ["archived", /\barchived\b/i],
  ["suspended", /\bsuspended\b/i],
  ["policy", /\bforbids access\b|\blifetime\b|\bpolicy\b|\bpolicies\b|personal access token \(classic\)/i],
];

/** GitHub names the permission for fine-grained tokens, and the scopes for classic ones. */
function permissionIn(headers: Headers): string | null {
  const accepted = headers["x-accepted-github-permissions"] ?? "";
  if (/^[\w=,; ]{1,300}$/.test(accepted)) return accepted;
  const scopes = headers["x-accepted-oauth-scopes"] ?? "";
  return /^[\w:, ]{1,300}$/.test(scopes) ? `the scope ${scopes}` : null;
}

/** Only a link to the server that issued the token is printed. */
function ssoUrlIn(headers: Headers, { apiUrl, quote }: Reader): string | null {
  const [, text = ""] = /\burl=(\S+)/.exec(headers["x-github-sso"] ?? "") ?? [];
  const url = URL.parse(text);
  const own = [apiUrl.hostname, hostnameOf(apiUrl) ?? "github.com"];
  if (url === null || url.protocol !== apiUrl.protocol || !own.includes(url.hostname)) return null;
  return quote(url.href) === url.href ? url.href : null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) ?? undefined;
  } catch {
    return undefined;
  }
}
