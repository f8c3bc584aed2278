import type { Attempt, Instant } from "../rotation/model";
import type { GitHubClock } from "../rotation/ports";
import type { Secret } from "../text/secret";
import { read } from "./answer";
import type { Answer, Reader } from "./answer";
import { Lane } from "./connection";
import type { Received, Request } from "./connection";
import { hostnameOf } from "./hostname";
import { ServerClock } from "./server-clock";

export interface GitHubOptions {
  /** The runner's GITHUB_API_URL. */
  readonly apiUrl: URL;
  readonly token: Secret;
  /** How long one request may take if it is not said for that one, in milliseconds. */
  readonly requestTimeoutMs: number;
  readonly lifetime: AbortSignal;
  /** Makes a server's text fit to print; null where it may hold a part of a secret. */
  readonly quote: Reader["quote"];
  /** Loads who makes the requests. */
  readonly loadOctokit: (token: Secret, apiUrl: URL) => Promise<Octokit>;
  /** For how long connecting is repeated, in milliseconds. Not one byte of a request has gone out then. */
  readonly reconnectForMs?: number;
}

/** What is needed of octokit: it makes a request, signs it in, and hands it to the `fetch` that it is given. */
export interface Octokit {
  request(parameters: {
    readonly method: Request["method"];
    readonly url: string;
    readonly request: { readonly fetch: (url: string, made: Made) => Promise<Response> };
  }): Promise<unknown>;
}

/** A request as octokit hands it on. */
export interface Made {
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** One of two sets of connections, each of which is warm while `keepWarm` lasts. */
export type LaneName = "first" | "second";

/** How one request travels. */
export interface Travel {
  /** The one that is free, if it is not said. */
  readonly lane?: LaneName;
  /** By then the call has settled, whatever the network does, in milliseconds. */
  readonly timeoutMs?: number;
}

/** GitHub's API, one request at a time, each with an answer or a fault and never an exception. */
export interface GitHub {
  /** @param path from the API's root, with every name in it encoded. */
  call(
    method: "GET" | "PUT" | "DELETE",
    path: string,
    body?: Readonly<Record<string, unknown>>,
    travel?: Travel,
  ): Promise<Attempt<Answer>>;
  /** The lane with the least under way; of two that are idle, the one that has been so for longer. */
  freeLane(): LaneName;
  /** Loads undici; `call` does it too, if nobody has before. */
  load(): Promise<void>;
  /** For `gh --hostname`, null for github.com. */
  readonly hostname: string | null;
  /** GitHub's clock, as far as its answers have told it. */
  now(): Instant;
  readonly clock: GitHubClock;
  /** Keeps a connection of each lane open while some other work is under way, however long it takes. */
  keepWarm<T>(work: () => Promise<T>): Promise<T>;
  /** Closes the connections, so that the process can end. */
  close(): Promise<void>;
}

/** Servers close idle connections, some after five seconds. Each of the two lanes has its turn. */
const WARMING_INTERVAL_MS = 1_500;
/** A connection that does not answer within this is none to save over. */
const WARMING_TIMEOUT_MS = 4_000;
const CONNECT_TIMEOUT_MS = 15_000;
const CONNECT_SHARE = 0.8;
const RECONNECT_FOR_MS = 3_000;
const RECONNECT_PAUSE_MS = 100;

/** GitHub over connections of our own, without redirects or repetition. */
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
    // Another try has to find time within the same save.
    const timeoutMs = Math.min(travel.timeoutMs ?? Infinity, options.requestTimeoutMs);
    const received = await new Promise<Received>((resolve, reject) => {
      const fetch = async (url: string, made: Made): Promise<Response> => {
        resolve(await lane.exchange(requestOf(url, method, made), timeoutMs, options.lifetime));
        // The answer is read from the bytes that came, which octokit would reshape.
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
        // One that still waits for an answer is not asked for another.
        if (open[lane].underWay === 0)
          await call("GET", "/rate_limit", undefined, { lane, timeoutMs: WARMING_TIMEOUT_MS });
      };
      const timer = setInterval(() => void warm(), WARMING_INTERVAL_MS);
      try {
        return await work();
      } finally {
        clearInterval(timer);
      }
    },
    close: async () => {
      // What could not be loaded has been told of where it was needed.
      const open = await loading?.catch(() => null);
      await Promise.all([open?.first.close(), open?.second.close()]);
    },
  };
}

type Lanes = Readonly<Record<LaneName, Lane>> & { readonly octokit: Octokit };

/** Together in one chunk with `@actions/core`, since all of them bring undici. */
async function loadLanes(options: GitHubOptions): Promise<Lanes> {
  const { apiUrl, token, lifetime, requestTimeoutMs, loadOctokit, reconnectForMs = RECONNECT_FOR_MS } = options;
  const undici = await import(/* webpackChunkName: "services" */ "undici");
  const octokit = await loadOctokit(token, apiUrl);
  const retry = { forMs: reconnectForMs, pauseMs: RECONNECT_PAUSE_MS };
  // Sooner than a request gives up, so that it learns what stood in the way.
  const timeoutMs = Math.min(CONNECT_TIMEOUT_MS, requestTimeoutMs * CONNECT_SHARE);
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
