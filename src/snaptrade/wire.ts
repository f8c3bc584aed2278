import http from "node:http";
import type net from "node:net";
import { Duplex } from "node:stream";
import { connect, ConnectError } from "../net/connect";
import type { Retry } from "../net/connect";
import type { Reply } from "../rotation/ports";

export interface WireRequest {
  readonly method: "GET" | "POST";
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

export interface Patience {
  /** From the start of the connection to the last byte of the answer, in milliseconds. */
  readonly timeoutMs: number;
  /** How connecting is repeated, while not one byte of the request has gone out; it is tried once if not said. */
  readonly reconnect?: Retry;
  /** Ends every request when the process has nothing more to do. */
  readonly lifetime: AbortSignal;
  /** What the bytes that have arrived are worth, which decides how long more of them are waited for. */
  readonly weigh: (raw: Uint8Array) => "all" | "something" | "nothing";
}

/** What is kept of an answer: 1 MiB of headers and 1 MiB of body. */
export const RAW_MAX_BYTES = 2 * 1024 * 1024;
const HEADER_MAX_BYTES = 1024 * 1024;
/** How long an answer that is complete but makes no sense, or is broken but worth something, is listened to for more. */
const LINGER_MS = 1_000;

/**
 * One request on a fresh connection, sent at most once, without redirects. Returns every byte that came
 * back. Node's parser only judges whether the frame is complete: when it chokes on one, it would close
 * the socket and with it lose the bytes still under way, so it works on a copy of the stream.
 */
export async function exchange(request: WireRequest, patience: Patience): Promise<Reply> {
  const { timeoutMs, lifetime, weigh } = patience;
  const deadline = now() + timeoutMs;
  let socket: net.Socket;
  try {
    socket = await connect(request.url, timeoutMs, lifetime, patience.reconnect);
  } catch (error) {
    if (error instanceof ConnectError) return { kind: "not-sent", why: error.message };
    throw error;
  }
  try {
    return await listen(socket, request, Math.max(1, deadline - now()), { lifetime, weigh });
  } finally {
    socket.destroy();
  }
}

/** Milliseconds since 1970 that never run backwards within the process. */
export function now(): number {
  return performance.timeOrigin + performance.now();
}

async function listen(
  socket: net.Socket,
  request: WireRequest,
  timeoutMs: number,
  { lifetime, weigh }: Pick<Patience, "lifetime" | "weigh">,
): Promise<Reply> {
  const answer = new Answer();
  return await new Promise<Reply>((resolve) => {
    let linger: NodeJS.Timeout | undefined;
    const end = (ending?: "deadline" | "overflow"): void => {
      clearTimeout(timer);
      clearTimeout(linger);
      lifetime.removeEventListener("abort", abandon);
      resolve({ kind: "sent", raw: answer.raw(), ending: ending ?? answer.ending(), at: answer.at });
    };
    const abandon = (): void => end();
    const timer = setTimeout(() => end("deadline"), timeoutMs);
    lifetime.addEventListener("abort", abandon, { once: true });
    const consider = (): void => {
      if (answer.frame === "open") return;
      const worth = weigh(answer.raw());
      if (answer.frame === "complete" && worth === "all") end();
      else if (answer.frame === "complete" || worth !== "nothing") linger ??= setTimeout(() => end(), LINGER_MS);
    };
    const judge = (frame: "complete" | "broken"): void => {
      if (answer.frame === "open") answer.frame = frame;
      consider();
    };
    const tap = new Tap(socket, (chunk) => {
      answer.keep(chunk);
      if (answer.size >= RAW_MAX_BYTES) end("overflow");
      else consider();
    });
    // The parser hears of the end of the stream a few ticks after the socket.
    socket.once("close", () => setImmediate(() => end()));
    socket.on("error", () => undefined);

    const client = http.request({
      createConnection: () => tap,
      method: request.method,
      path: request.url.pathname + request.url.search,
      headers: { host: request.url.host, ...request.headers, connection: "close" },
      maxHeaderSize: HEADER_MAX_BYTES,
      setHost: false,
    });
    client.on("error", () => judge("broken"));
    client.on("response", (response) => {
      response.on("error", () => judge("broken"));
      response.on("end", () => judge(response.complete ? "complete" : "broken"));
      response.resume();
    });
    client.end(request.body ?? undefined);
  });
}

/** The bytes of one answer, and what Node's parser thinks of their frame. */
class Answer {
  readonly #chunks: Uint8Array[] = [];
  size = 0;
  at = now();
  frame: "open" | "complete" | "broken" = "open";

  keep(chunk: Uint8Array): void {
    this.at = now();
    this.#chunks.push(chunk.subarray(0, RAW_MAX_BYTES - this.size));
    this.size += chunk.byteLength;
  }

  raw(): Uint8Array {
    return Buffer.concat(this.#chunks);
  }

  ending(): "complete" | "cut" {
    return this.frame === "complete" ? "complete" : "cut";
  }
}

/**
 * Hands a socket's bytes to an HTTP client and keeps every one of them for itself. Its end is not the
 * socket's end, so a parser that gives up takes nothing away.
 */
class Tap extends Duplex {
  readonly #socket: net.Socket;

  constructor(socket: net.Socket, keep: (chunk: Uint8Array) => void) {
    super();
    this.#socket = socket;
    socket.on("data", (chunk: Buffer) => {
      // The parser first, so that the frame is judged when the bytes are looked at.
      if (!this.destroyed) this.push(chunk);
      keep(chunk);
    });
    socket.once("end", () => {
      if (!this.destroyed) this.push(null);
    });
    socket.once("close", () => this.destroy());
  }

  override _read(): void {
    return;
  }

  override _write(chunk: Uint8Array, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#socket.write(chunk, done);
  }

  /** No half-close: there are servers that take one for a hang-up. */
  override _final(done: () => void): void {
    done();
  }

  override _destroy(_error: Error | null, done: (error?: Error | null) => void): void {
    done();
  }
}
