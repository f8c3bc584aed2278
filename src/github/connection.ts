import type net from "node:net";
import type * as Undici from "undici";
import { connect, ConnectError } from "../net/connect";
import type { Retry } from "../net/connect";
import type { NetworkTrouble } from "../rotation/model";
import type { Headers } from "./limits";

/** How the connections of one client are made. */
export interface Connecting {
  readonly apiUrl: URL;
  /** For all attempts to connect, in milliseconds. */
  readonly timeoutMs: number;
  readonly retry: Retry;
  readonly lifetime: AbortSignal;
}

export interface Request {
  readonly method: "GET" | "PUT" | "DELETE";
  /** With its query, from the host's root. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

/** What came back of one request. */
export type Received =
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly headers: Headers;
      readonly text: string;
      /** Why the text is not all that was sent, null if it is. */
      readonly broken: "cut" | "too-long" | null;
    }
  | { readonly kind: "silence"; readonly trouble: NetworkTrouble; readonly why: string };

/** undici drops an idle connection after four seconds; ours has to be open when a slow reset is answered. */
const KEEP_ALIVE_MS = 600_000;
/** Sixty destinations at once must not open sixty connections. There are two lanes. */
const CONNECTIONS_MAX = 5;
/** More than this is no answer of GitHub's to anything that is asked here. */
const ANSWER_MAX_BYTES = 1024 * 1024;
const HEADERS_MAX_BYTES = 64 * 1024;

/**
 * Connections of our own. There are two sets of them, so that the save never has to wait for a request that only keeps a
 * connection open, and so that a box can be sent again while the first one still waits for its answer.
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
      // Every request has a timer of ours, which ends what these would not.
      headersTimeout: 0,
      bodyTimeout: 0,
      // undici gives a proxy five minutes, and calls it again without end where it hangs up.
      connect: (_options, done) => {
        this.#connect().then(
          (socket) => done(null, socket),
          // Without a code of its own: undici repeats some by itself.
          (error: unknown) => done(new Error("no connection", { cause: error }), null),
        );
      },
    });
  }

  /** One request and at most one answer: no redirects, no repetition. It settles within `timeoutMs`, whatever undici does. */
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

  /** While nobody gets through one tries for all, or a GitHub that is down would be called by each of them. */
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

/** Listens to one request of undici's, and says once what came of it. */
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
    // The next thing that undici does is to write, and nobody waits for this request any more.
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

  /** Nobody waits any longer. A request that was not sent yet is not sent any more. */
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
