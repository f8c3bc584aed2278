import type { Allowance, Issuer, Probe, Reading, Reply, SentReply, Verdict } from "../rotation/ports";
import type { Secret } from "../rotation/secret";
import { errorCode, isRecord, parseJson, readReply, weighReply } from "./answer";
import { parseFrame } from "./frame";
import type { Frame } from "./frame";
import { queryFor, sign } from "./sign";
import type { Content } from "./sign";
import { exchange, now } from "./wire";

export interface SnapTradeOptions {
  /** Scheme and host; paths are SnapTrade's own. */
  readonly baseUrl: URL;
  readonly clientId: string;
  readonly consumerKey: Secret;
  readonly userId: string;
  readonly resetTimeoutMs: number;
  readonly lifetime: AbortSignal;
}

const RESET_PATH = "/snapTrade/resetUserSecret";
const PROBE_PATH = "/authorizations";
/** Probes may be repeated, so they need not wait as long as the reset. */
const PROBE_TIMEOUT_MAX_MS = 15_000;
/** Only connecting is repeated, never the reset: for the reset a blip at the handshake would be a run in vain. */
const RESET_RECONNECT = { forMs: 10_000, pauseMs: 100 } as const;
const CODE_NOT_LIVE = "1083";
const CODE_SIGNATURE = "1076";

/** SnapTrade over the wire. Each request has a connection of its own: a pooled one that the server closes under us is ambiguous. */
export class SnapTrade implements Issuer {
  readonly #options: SnapTradeOptions;

  constructor(options: SnapTradeOptions) {
    this.#options = options;
  }

  /** `GET /authorizations`: 200 with an array is live, 401 with code 1083 is not, anything else says nothing. */
  async probe(candidate: Secret): Promise<Probe> {
    const reply = await this.#get(PROBE_PATH, { userId: this.#options.userId, userSecret: candidate.reveal() });
    if (reply.kind === "not-sent") {
      return { verdict: { kind: "cannot-tell", doubt: { kind: "no-answer", why: reply.why } }, allowance: null };
    }
    const frame = parseFrame(reply.raw);
    return { verdict: verdictOf(reply, frame), allowance: allowanceOf(frame) };
  }

  async reset(current: Secret): Promise<Reply> {
    const { userId, resetTimeoutMs, lifetime } = this.#options;
    const content = { userId, userSecret: current.reveal() };
    const { url, headers } = this.#signed(RESET_PATH, {}, content);
    const body = JSON.stringify(content);
    const bodyHeaders = { "content-type": "application/json", "content-length": String(Buffer.byteLength(body)) };
    return await exchange(
      { method: "POST", url, headers: { ...headers, ...bodyHeaders }, body },
      {
        timeoutMs: resetTimeoutMs,
        reconnect: RESET_RECONNECT,
        lifetime,
        weigh: (raw) => weighReply(raw, current, userId),
      },
    );
  }

  read(reply: SentReply, current: Secret): Reading {
    return readReply(reply, current, this.#options.userId);
  }

  /** `GET /` needs no authentication; its Date header tells SnapTrade's time to the second. */
  async skewMs(): Promise<number | null> {
    const reply = await this.#get("/", null);
    if (reply.kind === "not-sent") return null;
    const date = Date.parse(parseFrame(reply.raw).headers.get("date") ?? "");
    return Number.isNaN(date) ? null : date - reply.at;
  }

  async #get(path: string, parameters: Readonly<Record<string, string>> | null): Promise<Reply> {
    const { baseUrl, resetTimeoutMs, lifetime } = this.#options;
    const timeoutMs = Math.min(resetTimeoutMs, PROBE_TIMEOUT_MAX_MS);
    const { url, headers } =
      parameters === null ? { url: new URL(path, baseUrl), headers: HEADERS } : this.#signed(path, parameters, null);
    return await exchange({ method: "GET", url, headers, body: null }, { timeoutMs, lifetime, weigh: () => "all" });
  }

  #signed(
    path: string,
    parameters: Readonly<Record<string, string>>,
    content: Content,
  ): { url: URL; headers: Readonly<Record<string, string>> } {
    const { baseUrl, clientId, consumerKey } = this.#options;
    const query = queryFor(clientId, parameters, now());
    const signature = sign(consumerKey, path, query, content);
    return { url: new URL(`${path}?${query}`, baseUrl), headers: { ...HEADERS, signature } };
  }
}

const HEADERS = {
  accept: "application/json",
  "accept-encoding": "identity",
  "user-agent": "rotate-snaptrade-user-secret",
} as const;

function verdictOf(reply: SentReply, { status, body }: Frame): Verdict {
  if (reply.ending !== "complete" || status === null) {
    return {
      kind: "cannot-tell",
      doubt: { kind: "no-answer", why: reply.ending === "deadline" ? "time-out" : "cut off" },
    };
  }
  const json = parseJson(body);
  if (status === 200 && Array.isArray(json)) return { kind: "live" };
  if (status === 401 && isRecord(json)) {
    if (errorCode(json) === CODE_NOT_LIVE) return { kind: "refused" };
    if (errorCode(json) === CODE_SIGNATURE) return { kind: "cannot-tell", doubt: { kind: "signature" } };
  }
  if (status === 429) return { kind: "cannot-tell", doubt: { kind: "throttled", retryAfterMs: resetMsOf(reply) } };
  return { kind: "cannot-tell", doubt: { kind: "strange-answer", status } };
}

function resetMsOf(reply: SentReply): number | null {
  return allowanceOf(parseFrame(reply.raw))?.resetMs ?? null;
}

/** SnapTrade counts requests a minute and client id, and tells the rest in seconds. */
function allowanceOf({ headers }: Frame): Allowance | null {
  const remaining = wholeNumber(headers.get("x-ratelimit-remaining"));
  const resetSeconds = wholeNumber(headers.get("x-ratelimit-reset"));
  if (remaining === null || resetSeconds === null) return null;
  return { limit: wholeNumber(headers.get("x-ratelimit-limit")), remaining, resetMs: resetSeconds * 1000 };
}

function wholeNumber(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : null;
}
