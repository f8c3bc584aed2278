import type * as Undici from "undici";
import { proxyAuthorization, proxyFor } from "../net/proxy";
import { printable } from "../rotation/printable";
import type { Attempt, Fault, FaultCause, Instant } from "../rotation/ports";
import type { Secret } from "../rotation/secret";

export interface GitHubOptions {
  /** The runner's GITHUB_API_URL. */
  readonly apiUrl: URL;
  readonly token: Secret;
  /** How long one request may take, in milliseconds. */
  readonly requestTimeoutMs: number;
  readonly lifetime: AbortSignal;
}

export interface Answer {
  readonly status: number;
  readonly data: unknown;
  readonly serverTime: Instant | null;
  readonly tokenExpiresAt: Instant | null;
}

/** GitHub's API, one request at a time, each with an answer or a fault and never an exception. */
export interface GitHub {
  /** @param path from the API's root, with every name in it encoded. */
  call(
    method: "GET" | "PUT" | "DELETE",
    path: string,
    body?: Readonly<Record<string, unknown>>,
  ): Promise<Attempt<Answer>>;
  /** Loads octokit; `call` does it too, if nobody has before. */
  load(): Promise<void>;
  /** For `gh --hostname`, null for github.com. */
  readonly hostname: string | null;
  /** Keeps a connection open while some other work is under way, however long it takes. */
  keepWarm<T>(work: () => Promise<T>): Promise<T>;
  /** Closes the connections, so that the process can end. */
  close(): Promise<void>;
}

/** undici drops an idle connection after four seconds; ours has to be open when a slow reset is answered. */
const KEEP_ALIVE_MS = 600_000;
/** Servers close idle connections too, some after five seconds. Each of the two lanes has its turn. */
const WARMING_INTERVAL_MS = 1_500;
const CONNECT_TIMEOUT_MS = 15_000;
/** GitHub's documentation: without a header, wait at least a minute. */
const SECONDARY_LIMIT_WAIT_MS = 60_000;

/** `@actions/github`'s octokit, which does not retry, over connections of our own. */
export function connectGitHub(options: GitHubOptions): GitHub {
  let connecting: Promise<Connection> | null = null;
  const connected = async (): Promise<Connection> => await (connecting ??= connect(options));
  return {
    hostname: hostnameOf(options.apiUrl),
    load: async () => {
      await connected();
    },
    call: async (method, path, body) => await (await connected()).call(method, path, body),
    keepWarm: async (work) => {
      const { call } = await connected();
      const timer = setInterval(() => void call("GET", "/rate_limit"), WARMING_INTERVAL_MS);
      try {
        return await work();
      } finally {
        clearInterval(timer);
      }
    },
    close: async () => {
      // What could not be loaded has been told of where it was needed.
      const connection = await connecting?.catch(() => null);
      await connection?.close();
    },
  };
}

type Connection = Pick<GitHub, "call" | "close">;

/** Together in one chunk with `@actions/core`, since all of them bring undici. */
async function connect({ apiUrl, token, requestTimeoutMs, lifetime }: GitHubOptions): Promise<Connection> {
  const { getOctokit } = await import(/* webpackChunkName: "services" */ "@actions/github");
  const undici = await import(/* webpackChunkName: "services" */ "undici");
  const lanes = [new Lane(apiUrl, undici), new Lane(apiUrl, undici)] as const;
  const silent = (): undefined => undefined;
  const log = { debug: silent, info: silent, warn: silent, error: silent };
  const octokit = getOctokit(token.reveal(), {
    baseUrl: apiUrl.href.replace(/\/$/, ""),
    log,
    userAgent: "rotate-snaptrade-user-secret",
  });
  const isInstallation = token.reveal().startsWith("ghs_");
  // A server that says the token back must not have it printed, nor a part of it.
  const clean = (text: string): string => printable(text.replaceAll(token.reveal(), "***"));
  const call: GitHub["call"] = async (method, path, body = {}) => {
    const signal = AbortSignal.any([lifetime, AbortSignal.timeout(requestTimeoutMs)]);
    const lane = freest(lanes);
    lane.underWay += 1;
    try {
      const response: unknown = await octokit.request({
        method,
        url: path,
        ...body,
        // A request has a log of its own, in which octokit warns of what GitHub calls deprecated.
        request: { signal, fetch: lane.fetch, log },
      });
      return judge(responseOf(response), method, isInstallation, clean);
    } catch (error) {
      return judge(responseOf(isRecord(error) ? error["response"] : undefined), method, isInstallation, clean);
    } finally {
      lane.underWay -= 1;
      lane.idleSince = performance.now();
    }
  };
  const close = async (): Promise<void> => {
    await Promise.all(lanes.map((lane) => lane.dispatcher.destroy()));
  };
  return { call, close };
}

/**
 * Connections of our own. There are two sets of them, so that the save never has to wait for a request that
 * only keeps a connection open, nor to open a new one because of it.
 */
class Lane {
  readonly dispatcher: Undici.Dispatcher;
  /** For octokit, in place of the standard `fetch`. */
  readonly fetch: (url: string, init: Sent) => Promise<Undici.Response>;
  underWay = 0;
  idleSince = 0;

  constructor(apiUrl: URL, undici: typeof Undici) {
    const dispatcher = dispatcherFor(apiUrl, undici);
    this.dispatcher = dispatcher;
    // One request and one answer. The standard's fetch sends it again by itself when the answer is 421, hides one of 407, and
    // follows redirects, which would carry the box to a place that nobody has proven.
    this.fetch = async (url, { method, headers, body = null, signal }) => {
      const answer = await undici.request(url, { dispatcher, method, headers, body, signal });
      const text = await answer.body.text().catch(() => "");
      return new undici.Response(BODILESS_STATUSES.includes(answer.statusCode) ? null : text, {
        status: answer.statusCode,
        headers: Object.entries(answer.headers).map(([name, value = ""]) => [name, inLatin1(String(value))]),
      });
    };
  }
}

/** A `Response` takes no other characters in a header, and a proxy may have put one into a header that nobody here reads. */
function inLatin1(text: string): string {
  return text.replaceAll(/[^\0-\u00ff]/g, "?");
}

/** A `Response` with one of these takes no body. */
const BODILESS_STATUSES: readonly number[] = [204, 205, 304];

/** What octokit gives to `fetch`. */
interface Sent {
  readonly method: Undici.Dispatcher.HttpMethod;
  readonly headers: Record<string, string>;
  readonly body?: string;
  readonly signal: AbortSignal;
}

/** The one with the least under way; of two that are idle, the one that has been so for longer. */
function freest([first, second]: readonly [Lane, Lane]): Lane {
  if (first.underWay !== second.underWay) return first.underWay < second.underWay ? first : second;
  return first.idleSince <= second.idleSince ? first : second;
}

function dispatcherFor(apiUrl: URL, { Agent, ProxyAgent }: typeof Undici): Undici.Dispatcher {
  const keepAlive = { keepAliveTimeout: KEEP_ALIVE_MS, keepAliveMaxTimeout: KEEP_ALIVE_MS };
  const proxy = proxyFor(apiUrl);
  if (proxy === null) return new Agent({ ...keepAlive, connect: { timeout: CONNECT_TIMEOUT_MS } });
  const authorization = proxyAuthorization(proxy);
  const uri = `${proxy.protocol}//${proxy.host}`;
  return new ProxyAgent({ ...keepAlive, uri, ...(authorization === null ? {} : { token: authorization }) });
}

/** `api.github.com` → null, `api.NAME.ghe.com` → `NAME.ghe.com`, a GitHub Enterprise Server → itself. gh takes no port. */
function hostnameOf({ hostname }: URL): string | null {
  if (hostname === "api.github.com") return null;
  return /^api\.([^.]+\.ghe\.com)$/.exec(hostname)?.[1] ?? hostname;
}

interface Response {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly data: unknown;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

/** The answer inside what octokit returns or throws; null if there was none. */
function responseOf(value: unknown): Response | null {
  if (!isRecord(value)) return null;
  const { status, headers, data } = value;
  return typeof status === "number" && isRecord(headers) ? { status, headers, data } : null;
}

function judge(
  response: Response | null,
  method: string,
  isInstallation: boolean,
  clean: (text: string) => string,
): Attempt<Answer> {
  if (response === null) return fault("network", false, `GitHub did not answer the ${method}`);
  const { status, headers, data } = response;
  const known = { status, data, serverTime: instant(headers["date"]), tokenExpiresAt: expiry(headers) };
  if (status >= 200 && status < 300) return { ok: true, value: known };
  const message = isRecord(data) && typeof data["message"] === "string" ? data["message"] : "";
  const cause = causeOf(status, headers, message);
  const said = message === "" ? "" : ` "${clean(message)}"`;
  const hint = isInstallation && (cause === "forbidden" || cause === "missing") ? INSTALLATION_HINT : "";
  // A gateway that gave up waiting says nothing about the request, and neither does a server that failed.
  const answered = cause !== "server";
  return fault(cause, answered, `GitHub answered the ${method} with ${status}${said}${hint}`, {
    retryAfterMs: cause === "throttled" ? waitMs(headers, known.serverTime) : null,
    permission: cause === "forbidden" ? permissionIn(headers, clean) : null,
  });
}

const INSTALLATION_HINT =
  "; the token is an installation token, and if it is the job's own GITHUB_TOKEN it can never write secrets";

function fault(
  cause: FaultCause,
  answered: boolean,
  detail: string,
  known: Partial<Fault> = {},
): { ok: false; fault: Fault } {
  return { ok: false, fault: { cause, answered, detail, retryAfterMs: null, permission: null, ...known } };
}

/** An answer that is not what GitHub's description promises. It was answered, so nothing is still under way. */
export function malformed(what: string): { ok: false; fault: Fault } {
  return fault("malformed", true, `GitHub's ${what} is not what it should be`);
}

function causeOf(status: number, headers: Response["headers"], message: string): FaultCause {
  const limited =
    "retry-after" in headers || headers["x-ratelimit-remaining"] === "0" || /rate limit|abuse/i.test(message);
  if (status === 429 || (status === 403 && limited)) return "throttled";
  if (status >= 300 && status < 400) return "moved";
  if (status >= 500) return "server";
  switch (status) {
    case 401:
      return "unauthorized";
    case 403:
      return "forbidden";
    case 404:
      return "missing";
    case 409:
      return "conflict";
    case 422:
      return /maximum|quota|exceed|limit|too many/i.test(message) ? "quota" : "box-refused";
    default:
      return "malformed";
  }
}

/** As told by `retry-after` (seconds), else by `x-ratelimit-reset` (Unix seconds), else a minute. */
function waitMs(headers: Response["headers"], serverTime: Instant | null): number {
  const retryAfter = wholeNumber(headers["retry-after"]);
  if (retryAfter !== null) return retryAfter * 1000;
  const reset = headers["x-ratelimit-remaining"] === "0" ? wholeNumber(headers["x-ratelimit-reset"]) : null;
  if (reset === null) return SECONDARY_LIMIT_WAIT_MS;
  return Math.max(1000, reset * 1000 - (serverTime ?? Date.now()));
}

function wholeNumber(value: unknown): number | null {
  const text = typeof value === "number" ? String(value) : value;
  return typeof text === "string" && /^\d{1,12}$/.test(text) ? Number(text) : null;
}

function instant(value: unknown): Instant | null {
  const at = typeof value === "string" ? Date.parse(value) : Number.NaN;
  return Number.isNaN(at) ? null : at;
}

function expiry(headers: Response["headers"]): Instant | null {
  return instant(headers["github-authentication-token-expiration"]);
}

/** Fine-grained tokens are told the permission, classic ones their scopes. */
function permissionIn(headers: Response["headers"], clean: (text: string) => string): string | null {
  const accepted = headers["x-accepted-github-permissions"];
  if (typeof accepted === "string" && accepted !== "") return clean(accepted);
  const scopes = headers["x-accepted-oauth-scopes"];
  return typeof scopes === "string" && scopes !== "" ? `the scope ${clean(scopes)}` : null;
}
