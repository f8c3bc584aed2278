import type net from "node:net";
import type * as Undici from "undici";
import { connect, ConnectError } from "../net/connect";
import type { Retry } from "../net/connect";
import type { NetworkTrouble } from "../rotation/model";
import { KEEP_ALIVE_MS } from "../timing";
import type { Headers } from "./limits";

export interface Connecting {
  readonly apiUrl: URL;
  /** For all attempts together, in milliseconds. */
  readonly timeoutMs: number;
  readonly retry: Retry;
  readonly lifetime: AbortSignal;
}

export interface Request {
  readonly method: "GET" | "PUT" | "DELETE";
  /** From the host's root, with its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

/** The result of one request. */
export type Received =
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly headers: Headers;
      readonly text: string;
      /** Why the text is incomplete; null if it is complete. */
      readonly broken: "cut" | "too-long" | null;
    }
  | { readonly kind: "silence"; readonly trouble: NetworkTrouble; readonly why: string };

/** Per lane: sixty destinations at once must not open sixty connections. */
const CONNECTIONS_MAX = 5;
/** No answer that is needed here is larger. */
const ANSWER_MAX_BYTES = 1024 * 1024;
const HEADERS_MAX_BYTES = 64 * 1024;

/**
 * A set of our own connections. There are two, so that the save never waits for a keep-warm request, and a box can be
 * sent again while its first request is still unanswered.
 */
export class Lane {
  readonly #pool: Undici.Pool;
  readonly #connecting: Connecting;
  #pioneer: Promise<unknown> | null = null;
  underWay = 0;
  idleSince = 0;

  constructor(connecting: Connecting, { Pool }: typeof Undici) {
    this.#connecting = connecting;
    this.#pool = new Pool(connecting.apiUrl.origin, {
      connections: CONNECTIONS_MAX,
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MS,
      maxHeaderSize: HEADERS_MAX_BYTES,
      // Our own timer ends every request.
      headersTimeout: 0,
      bodyTimeout: 0,
      // undici would wait five minutes for a proxy, and call it endlessly if it hangs up.
      connect: (_options, done) => {
        this.#connect().then(
          (socket) => done(null, socket),
          // Without an error code, because undici retries some codes by itself.
          (error: unknown) => done(new Error("no connection", { cause: error }), null),
        );
      },
    });
  }

  /** One request and at most one answer, without redirects or retries, within `timeoutMs` whatever undici does. */
  async exchange(request: Request, timeoutMs: number, lifetime: AbortSignal): Promise<Received> {
    this.underWay += 1;
    try {
      return await new Promise<Received>((resolve) => {
        const end = (cause: "ended" | "time-out"): void => {
          clearTimeout(timer);
          lifetime.removeEventListener("abort", abandon);
          exchange.end(cause);
        };
        const exchange = new Exchange((received) => {
          clearTimeout(timer);
          lifetime.removeEventListener("abort", abandon);
          resolve(received);
        });
        const abandon = (): void => end("ended");
        const timer = setTimeout(() => end("time-out"), timeoutMs);
        lifetime.addEventListener("abort", abandon, { once: true });
        if (lifetime.aborted) abandon();
        else this.#pool.dispatch({ ...request, headers: { ...request.headers } }, exchange);
      });
    } finally {
      this.underWay -= 1;
      this.idleSince = performance.now();
    }
  }

  /** Only one request at a time tries to connect, so that not all of them call a GitHub that is down. */
  async #connect(): Promise<net.Socket> {
    const { apiUrl, timeoutMs, retry, lifetime } = this.#connecting;
    if (this.#pioneer !== null) await this.#pioneer;
    const connected = connect(apiUrl, timeoutMs, lifetime, retry);
    this.#pioneer ??= connected;
    try {
      return await connected;
    } finally {
      if (this.#pioneer === connected) this.#pioneer = null;
    }
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }
}

/** Listens to one request of undici, and reports its result once. */
class Exchange implements Undici.Dispatcher.DispatchHandlers {
  readonly #settle: (received: Received) => void;
  readonly #chunks: Uint8Array[] = [];
  #size = 0;
  #answer: { readonly status: number; readonly headers: Headers } | null = null;
  #abort: (() => void) | null = null;
  #isOver = false;

  constructor(settle: (received: Received) => void) {
    this.#settle = settle;
  }

  onConnect(abort: () => void): void {
    // undici is about to write, but the request has been given up.
    if (this.#isOver) throw new Error("too late");
    this.#abort = abort;
  }

  onHeaders(status: number, raw: readonly Buffer[]): boolean {
    if (status >= 200) this.#answer = { status, headers: headersOf(raw) };
    return true;
  }

  onData(chunk: Uint8Array): boolean {
    this.#size += chunk.byteLength;
    if (this.#size > ANSWER_MAX_BYTES) {
      this.#conclude("too-long");
      this.#abort?.();
      return false;
    }
    this.#chunks.push(chunk);
    return true;
  }

  onComplete(): void {
    this.#conclude(null);
  }

  onError(error: Error): void {
    this.#conclude("cut", error);
  }

  /** Gives up the request. If it was not sent yet, it never will be. */
  end(cause: "ended" | "time-out"): void {
    this.#conclude("cut", cause);
    this.#abort?.();
  }

  #conclude(broken: "cut" | "too-long" | null, ending: Error | "ended" | "time-out" | null = null): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const sent = this.#abort !== null;
    if (this.#answer === null) this.#settle({ kind: "silence", ...troubleOf(ending, sent) });
    else this.#settle({ kind: "answer", ...this.#answer, text: Buffer.concat(this.#chunks).toString(), broken });
  }
}

function troubleOf(
  ending: Error | "ended" | "time-out" | null,
  sent: boolean,
): { readonly trouble: NetworkTrouble; readonly why: string } {
  if (ending === "ended" || ending === "time-out")
    return { trouble: { cause: ending, code: null, sent }, why: `no ${sent ? "answer" : "connection"} in time` };
  const cause = ending?.cause;
  if (cause instanceof ConnectError)
    return { trouble: { cause: cause.cause, code: cause.code, sent: false }, why: cause.message };
  const code = codeOf(ending);
  if (code !== null && /^HPE_|HEADERS_OVERFLOW/.test(code))
    return { trouble: { cause: "garbled", code, sent }, why: `what came back is no HTTP: ${code}` };
  const shown = code === null || code.startsWith("UND_") ? null : code;
  return {
    trouble: { cause: "reset", code: shown, sent },
    why: `the connection was closed${shown === null ? "" : `: ${shown}`}`,
  };
}

function codeOf(error: NodeJS.ErrnoException | null): string | null {
  return typeof error?.code === "string" ? error.code : null;
}

function headersOf(raw: readonly Buffer[]): Headers {
  const headers = new Map<string, string>();
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = (raw[at] ?? "").toString("latin1").toLowerCase();
    const value = (raw[at + 1] ?? "").toString("latin1");
    const before = headers.get(name);
    headers.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return Object.fromEntries(headers);
}
