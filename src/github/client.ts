import type { Attempt, Instant } from "../rotation/model";
import type { GitHubClock } from "../rotation/ports";
import type { Secret } from "../text/secret";
import {
  CONNECT_ATTEMPT_MAX_MS,
  CONNECT_SHARE,
  RECONNECT_FOR_MS,
  RECONNECT_PAUSE_MS,
  WARMING_EVERY_MS,
  WARMING_TIMEOUT_MS,
} from "../timing";
import { read } from "./answer";
import type { Answer, Reader } from "./answer";
import { Lane } from "./connection";
import type { Received, Request } from "./connection";
import { hostnameOf } from "./hostname";
import { ServerClock } from "./server-clock";

export interface GitHubOptions {
  readonly apiUrl: URL;
  readonly token: Secret;
  /** The default time limit of one request, in milliseconds. */
  readonly requestTimeoutMs: number;
  readonly lifetime: AbortSignal;
  /** Makes a server's text safe to print; null if it may contain a part of a secret. */
  readonly quote: Reader["quote"];
  readonly loadOctokit: (token: Secret, apiUrl: URL) => Promise<Octokit>;
  /** For how long connecting is retried, in milliseconds. Nothing of the request has been sent by then. */
  readonly reconnectForMs?: number;
}

/** The part of octokit that is used: it builds an authenticated request and passes it to the given `fetch`. */
export interface Octokit {
  request(parameters: {
    readonly method: Request["method"];
    readonly url: string;
    readonly request: { readonly fetch: (url: string, made: Made) => Promise<Response> };
  }): Promise<unknown>;
}

/** A request as octokit passes it to `fetch`. */
export interface Made {
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** One of two sets of connections, both of which `keepWarm` keeps open. */
export type LaneName = "first" | "second";

/** Options of one request. */
export interface Travel {
  /** The free lane by default. */
  readonly lane?: LaneName;
  /** The call settles within this, whatever the network does. In milliseconds. */
  readonly timeoutMs?: number;
}

/** GitHub's API. Each request returns an answer or a fault, and never throws. */
export interface GitHub {
  /** @param path from the API's root, with every name encoded. */
  call(
    method: "GET" | "PUT" | "DELETE",
    path: string,
    body?: Readonly<Record<string, unknown>>,
    travel?: Travel,
  ): Promise<Attempt<Answer>>;
  /** The lane with the fewest requests under way; if both are idle, the one that has been idle longer. */
  freeLane(): LaneName;
  /** Loads undici ahead of the first `call`. */
  load(): Promise<void>;
  /** For `gh --hostname`; null for github.com. */
  readonly hostname: string | null;
  /** GitHub's clock, estimated from its answers. */
  now(): Instant;
  readonly clock: GitHubClock;
  /** Keeps a connection of each lane open while some other work is under way. */
  keepWarm<T>(work: () => Promise<T>): Promise<T>;
  /** Closes the connections, so that the process can end. */
  close(): Promise<void>;
}

/** GitHub over our own connections, without redirects or retries. */
export function connectGitHub(options: GitHubOptions): GitHub {
  let loading: Promise<Lanes> | null = null;
  const lanes = async (): Promise<Lanes> => await (loading ??= loadLanes(options));
  const opened: { lanes: Lanes | null } = { lanes: null };
  const clock = new ServerClock();
  const freeLane = (): LaneName => (opened.lanes === null ? "first" : freest(opened.lanes));
  const load = async (): Promise<Lanes> => (opened.lanes = await lanes());
  const call: GitHub["call"] = async (method, path, body, travel = {}) => {
    const open = await load();
    const lane = open[travel.lane ?? freeLane()];
    // The same save needs time for another try.
    const timeoutMs = Math.min(travel.timeoutMs ?? Infinity, options.requestTimeoutMs);
    const received = await new Promise<Received>((resolve, reject) => {
      const fetch = async (url: string, made: Made): Promise<Response> => {
        resolve(await lane.exchange(requestOf(url, method, made), timeoutMs, options.lifetime));
        // The answer is read from the received bytes, because octokit would reshape it.
        return new Response(null, { status: 204 });
      };
      open.octokit.request({ method, url: path, ...body, request: { fetch } }).catch(reject);
    });
    const answer = read(received, method, readerOf(options));
    if (answer.ok) clock.hear(answer.value.serverTime);
    return answer;
  };
  return {
    hostname: hostnameOf(options.apiUrl),
    now: () => clock.now(),
    clock,
    freeLane,
    call,
    load: async () => {
      await load();
    },
    keepWarm: async (work) => {
      const warm = async (): Promise<void> => {
        const open = await load();
        const lane = freest(open);
        // A lane with a request under way is not idle.
        if (open[lane].underWay === 0)
          await call("GET", "/rate_limit", undefined, { lane, timeoutMs: WARMING_TIMEOUT_MS });
      };
      const timer = setInterval(() => void warm(), WARMING_EVERY_MS);
      try {
        return await work();
      } finally {
        clearInterval(timer);
      }
    },
    close: async () => {
      // The caller that needed it has already reported the failure.
      const open = await loading?.catch(() => null);
      await Promise.all([open?.first.close(), open?.second.close()]);
    },
  };
}

type Lanes = Readonly<Record<LaneName, Lane>> & { readonly octokit: Octokit };

/** One chunk together with `@actions/core`, because both bring undici. */
async function loadLanes(options: GitHubOptions): Promise<Lanes> {
  const { apiUrl, token, lifetime, requestTimeoutMs, loadOctokit, reconnectForMs = RECONNECT_FOR_MS } = options;
  const undici = await import(/* webpackChunkName: "services" */ "undici");
  const octokit = await loadOctokit(token, apiUrl);
  const retry = { forMs: reconnectForMs, pauseMs: RECONNECT_PAUSE_MS };
  // Connecting gives up before the request does, so that the request can report the cause.
  const timeoutMs = Math.min(CONNECT_ATTEMPT_MAX_MS, requestTimeoutMs * CONNECT_SHARE);
  const connecting = { apiUrl, timeoutMs, retry, lifetime };
  return { octokit, first: new Lane(connecting, undici), second: new Lane(connecting, undici) };
}

function freest({ first, second }: Pick<Lanes, LaneName>): LaneName {
  if (first.underWay !== second.underWay) return first.underWay < second.underWay ? "first" : "second";
  return first.idleSince <= second.idleSince ? "first" : "second";
}

function requestOf(url: string, method: Request["method"], { headers, body }: Made): Request {
  const { pathname, search } = new URL(url);
  return { method, path: pathname + search, headers, body: body ?? null };
}

function readerOf({ apiUrl, quote, token }: GitHubOptions): Reader {
  return { apiUrl, quote, isInstallation: token.reveal().startsWith("ghs_") };
}
