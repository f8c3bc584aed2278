import { randomUUID } from "node:crypto";
import { now } from "../net/now";
import type { Control, Doubt, Instant, Probe, Reading, Reply, SentReply, Verdict } from "../rotation/model";
import type { Issuer } from "../rotation/ports";
import { parseJson } from "../text/json";
import type { Secret } from "../text/secret";
import { PROBE_TIMEOUT_MAX_MS } from "../timing";
import { readReply, weighReply } from "./answer";
import type { Expected } from "./answer";
import { parseFrame } from "./frame";
import type { Frame } from "./frame";
import { allowanceOf, throttleMs } from "./limits";
import { refusalIn } from "./refusal";
import type { Listener, Refused } from "./refusal";
import { queryFor, sign } from "./sign";
import type { Content } from "./sign";
import { UserList } from "./user-list";
import { exchange, stream } from "./wire";

export interface SnapTradeOptions {
  /** Scheme and host; paths are SnapTrade's own. */
  readonly baseUrl: URL;
  readonly clientId: string;
  readonly consumerKey: Secret;
  readonly userId: string;
  readonly resetTimeoutMs: number;
  readonly lifetime: AbortSignal;
  /** A text from SnapTrade, safe to print; null if it must not be printed. */
  readonly quote: (text: string) => string | null;
}

const RESET_PATH = "/snapTrade/resetUserSecret";
const PROBE_PATH = "/authorizations";
const USERS_PATH = "/snapTrade/listUsers";
/** Enough for an error; the rest is dropped. */
const ERROR_MAX_BYTES = 64 * 1024;
/** Only connecting is retried, never the reset: a failed handshake should not fail the run. */
const RESET_RECONNECT = { forMs: 10_000, pauseMs: 100 } as const;

/** Each request has its own connection, because a request is ambiguous if the server closes a pooled one. */
export class SnapTrade implements Issuer {
  readonly #options: SnapTradeOptions;

  constructor(options: SnapTradeOptions) {
    this.#options = options;
  }

  /** `GET /authorizations`: 200 with an array is live, 401 with 1083 about the secret is dead, the rest is unclear. */
  async probe(candidate: Secret): Promise<Probe> {
    const reply = await this.#get(PROBE_PATH, { userId: this.#options.userId, userSecret: candidate.reveal() });
    if (reply.kind === "not-sent") return { verdict: noAnswer(reply.why), allowance: null };
    const frame = parseFrame(reply.raw);
    return { verdict: verdictOf(reply, frame, this.#options), allowance: allowanceOf(frame) };
  }

  /** `GET /snapTrade/listUsers`, which needs the client ID and the consumer key, but not the user's secret. */
  async control(): Promise<Control> {
    const { url, headers } = this.#signed(USERS_PATH, {}, null);
    const users = new UserList(this.#options.userId);
    const error: Uint8Array[] = [];
    let errorBytes = 0;
    const answer = await stream({ method: "GET", url, headers, body: null }, this.#patience(), (status, chunk) => {
      if (status === 200) return users.read(chunk);
      error.push(chunk);
      errorBytes += chunk.byteLength;
      return errorBytes > ERROR_MAX_BYTES;
    });
    if (typeof answer === "string") return { kind: "no-answer", doubt: { kind: "no-answer", why: answer } };
    const { status, headers: told, isComplete } = answer;
    if (status === 200) {
      const listed = users.result(headerOf(told["link"]));
      if (listed === "listed") return { kind: "known" };
      if (listed === "absent" && isComplete) return { kind: "no-such-user" };
    }
    const refused = refusalIn(status, parseJson(Buffer.concat(error)), this.#options);
    if (status === 401) return { kind: "client-rejected", said: refused.said };
    const frame: Frame = {
      status,
      headers: new Map(Object.entries(told).map(pair)),
      body: Buffer.concat(error),
      wasPacked: false,
    };
    return { kind: "no-answer", doubt: doubtOf(refused, frame) };
  }

  async reset(current: Secret, onSend: (at: Instant) => void): Promise<Reply> {
    const { userId, resetTimeoutMs, lifetime } = this.#options;
    const content = { userId, userSecret: current.reveal() };
    const { url, headers } = this.#signed(RESET_PATH, {}, content);
    const body = JSON.stringify(content);
    const bodyHeaders = { "content-type": "application/json", "content-length": String(Buffer.byteLength(body)) };
    return await exchange(
      { method: "POST", url, headers: { ...headers, ...bodyHeaders }, body },
      {
        timeoutMs: resetTimeoutMs,
        lifetime,
        listensOn: /* guard: listening on */ true,
        onSend,
        weigh: (raw) => weighReply(raw, this.#expected(current)),
        reconnect: RESET_RECONNECT,
      },
    );
  }

  madeUpReply(): SentReply {
    const body = JSON.stringify({ userId: this.#options.userId, userSecret: randomUUID() });
    const head = `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}`;
    const at = now();
    return { kind: "sent", raw: Buffer.from(`${head}\r\n\r\n${body}`), ending: "complete", sentAt: at, at };
  }

  read(reply: SentReply, current: Secret): Reading {
    return readReply(reply, this.#expected(current));
  }

  /** `GET /` needs no authentication. Its Date header has SnapTrade's time to the second. */
  async skewMs(): Promise<number | null> {
    const reply = await this.#get("/", null);
    if (reply.kind === "not-sent") return null;
    const date = Date.parse(parseFrame(reply.raw).headers.get("date") ?? "");
    return Number.isNaN(date) ? null : date - Date.now();
  }

  #expected(current: Secret): Expected {
    const { userId, clientId, consumerKey, quote } = this.#options;
    return { current, userId, clientId, consumerKey, quote };
  }

  #patience(): { timeoutMs: number; lifetime: AbortSignal; weigh: () => "all" } {
    const { resetTimeoutMs, lifetime } = this.#options;
    return { timeoutMs: Math.min(resetTimeoutMs, PROBE_TIMEOUT_MAX_MS), lifetime, weigh: () => "all" };
  }

  async #get(path: string, parameters: Readonly<Record<string, string>> | null): Promise<Reply> {
    const { baseUrl } = this.#options;
    const { url, headers } =
      parameters === null ? { url: new URL(path, baseUrl), headers: HEADERS } : this.#signed(path, parameters, null);
    return await exchange({ method: "GET", url, headers, body: null }, this.#patience());
  }

  /** The signature contains the wall clock's time, because the monotonic clock may stop while a machine sleeps. */
  #signed(
    path: string,
    parameters: Readonly<Record<string, string>>,
    content: Content,
  ): { url: URL; headers: Readonly<Record<string, string>> } {
    const { baseUrl, clientId, consumerKey } = this.#options;
    const query = queryFor(clientId, parameters, /* guard: wall clock in signatures */ Date.now());
    const signature = sign(consumerKey, path, query, content);
    return { url: new URL(`${path}?${query}`, baseUrl), headers: { ...HEADERS, signature } };
  }
}

const HEADERS = {
  accept: "application/json",
  "accept-encoding": "identity",
  "user-agent": "rotate-snaptrade-user-secret",
} as const;

function verdictOf(reply: SentReply, frame: Frame, listener: Listener): Verdict {
  const { status, body } = frame;
  if (reply.ending !== "complete" || status === null) {
    return noAnswer(reply.ending === "deadline" ? "time-out" : "cut off");
  }
  const json = parseJson(body);
  if (status === 200 && Array.isArray(json)) return { kind: "live" };
  const refused = refusalIn(status, json, listener);
  return refused.about === "secret" ? { kind: "refused" } : { kind: "cannot-tell", doubt: doubtOf(refused, frame) };
}

/** The doubt that follows from an answer that says nothing about the secret. */
function doubtOf({ said, about }: Refused, frame: Frame): Doubt {
  if (about === "client" || about === "signature") return { kind: about, said };
  return said.status === 429
    ? { kind: "throttled", retryAfterMs: throttleMs(frame), waitedMs: 0 }
    : { kind: "strange-answer", said };
}

function noAnswer(why: string): Extract<Verdict, { kind: "cannot-tell" }> {
  return { kind: "cannot-tell", doubt: { kind: "no-answer", why } };
}

function headerOf(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(", ") : value;
}

function pair([name, value]: [string, string | string[] | undefined]): [string, string] {
  return [name, headerOf(value) ?? ""];
}
