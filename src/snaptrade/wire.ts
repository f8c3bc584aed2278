import http from "node:http";
import type net from "node:net";
import { Duplex } from "node:stream";
import { connect, ConnectError } from "../net/connect";
import type { Retry } from "../net/connect";
import { now } from "../net/now";
import type { Reply, SentReply } from "../rotation/model";
import { LINGER_MS, STREAM_MAX_MS } from "../timing";

export interface WireRequest {
  readonly method: "GET" | "POST";
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

export interface Patience {
  /** From the start of the connection to the last byte of the answer, in milliseconds. */
  readonly timeoutMs: number;
  /** Keeps listening after the deadline, until the process has no more work. */
  readonly listensOn?: true;
  /** Called right before the first byte of the request is sent. */
  readonly onSend?: (at: number) => void;
  /** How connecting is retried while nothing of the request has been sent; by default it is not. */
  readonly reconnect?: Retry;
  /** Aborts every request when the process has no more work. */
  readonly lifetime: AbortSignal;
  /** What the bytes received so far are worth, which decides how long to wait for more. */
  readonly weigh: (raw: Uint8Array) => "all" | "something" | "nothing";
}

/** The limit for an answer: 1 MiB of headers and 1 MiB of body. */
export const RAW_MAX_BYTES = 2 * 1024 * 1024;
const HEADER_MAX_BYTES = 1024 * 1024;

/**
 * Sends one request on a new connection, at most once, without redirects, and returns every received byte. Node's
 * parser only judges whether the frame is complete. It works on a copy of the stream, because on an error it closes its
 * socket, and later bytes would be lost.
 */
export async function exchange(request: WireRequest, patience: Patience): Promise<Reply> {
  const deadline = now() + patience.timeoutMs;
  const socket = await reach(request.url, patience);
  if (socket instanceof ConnectError) return { kind: "not-sent", why: socket.message };
  return await listen(socket, request, { ...patience, timeoutMs: Math.max(1, deadline - now()) });
}

async function reach(url: URL, { timeoutMs, lifetime, reconnect }: Patience): Promise<net.Socket | ConnectError> {
  try {
    return await connect(url, timeoutMs, lifetime, reconnect);
  } catch (error) {
    if (error instanceof ConnectError) return error;
    throw error;
  }
}

/** The result of a request whose answer was streamed and not kept. */
export interface Streamed {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  /** False also if `read` stopped early. */
  readonly isComplete: boolean;
}

/**
 * Sends one request on a new connection, and passes on its answer in pieces, whatever its size.
 * @param read returns true when it has seen enough.
 * @returns why there was no answer, safe to print.
 */
export async function stream(
  request: WireRequest,
  patience: Patience,
  read: (status: number, chunk: Uint8Array) => boolean,
): Promise<Streamed | string> {
  const socket = await reach(request.url, patience);
  if (socket instanceof ConnectError) return socket.message;
  const { lifetime, timeoutMs } = patience;
  try {
    return await new Promise<Streamed | string>((resolve) => {
      const timeUp = AbortSignal.any([lifetime, AbortSignal.timeout(STREAM_MAX_MS)]);
      timeUp.addEventListener("abort", () => resolve("time-out"), { once: true });
      socket.setTimeout(timeoutMs, () => resolve("time-out"));
      socket.on("error", () => undefined);
      const client = send(request, socket);
      client.on("error", () => resolve("cut off"));
      client.on("response", (response) => {
        const { statusCode: status = 0, headers } = response;
        response.on("data", (chunk: Uint8Array) => {
          if (read(status, chunk)) resolve({ status, headers, isComplete: false });
        });
        response.on("error", () => resolve("cut off"));
        response.on("end", () => resolve({ status, headers, isComplete: response.complete }));
      });
    });
  } finally {
    socket.destroy();
  }
}

function send({ method, url, headers, body }: WireRequest, connection: Duplex): http.ClientRequest {
  const client = http.request({
    createConnection: () => connection,
    method,
    path: url.pathname + url.search,
    headers: { host: url.host, ...headers, connection: "close" },
    maxHeaderSize: HEADER_MAX_BYTES,
    setHost: false,
  });
  client.end(body ?? undefined);
  return client;
}

/** Resolves at the end of the answer or at the deadline; the `rest` of the reply has what arrives later. */
async function listen(
  socket: net.Socket,
  request: WireRequest,
  { timeoutMs, lifetime, weigh, listensOn, onSend }: Patience,
): Promise<SentReply> {
  const answer = new Answer();
  const sentAt = now();
  onSend?.(sentAt);
  const reply = (ending: SentReply["ending"]): SentReply => {
    return { kind: "sent", raw: answer.raw(), ending, sentAt, at: answer.at };
  };
  const rest = new Promise<SentReply>((resolve) => {
    let linger: NodeJS.Timeout | undefined;
    const end = (ending?: "overflow"): void => {
      clearTimeout(linger);
      lifetime.removeEventListener("abort", abandon);
      socket.destroy();
      resolve(reply(ending ?? answer.ending()));
    };
    const abandon = (): void => end();
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
    // The parser sees the end of the stream a few ticks after the socket.
    socket.once("close", () => setImmediate(() => end()));
    socket.on("error", () => undefined);

    const client = send(request, tap);
    client.on("error", () => judge("broken"));
    client.on("response", (response) => {
      response.on("error", () => judge("broken"));
      response.on("end", () => judge(response.complete ? "complete" : "broken"));
      response.resume();
    });
  });
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<SentReply>((resolve) => {
    timer = setTimeout(() => {
      if (listensOn !== true) socket.destroy();
      resolve(listensOn === true ? { ...reply("deadline"), rest } : reply("deadline"));
    }, timeoutMs);
  });
  return await Promise.race([rest, deadline]).finally(() => clearTimeout(timer));
}

/** The bytes of one answer, and how Node's parser judges their frame. */
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

/** Passes a socket's bytes to an HTTP client and keeps a copy, so that nothing is lost when a parser gives up. */
class Tap extends Duplex {
  readonly #socket: net.Socket;

  constructor(socket: net.Socket, keep: (chunk: Uint8Array) => void) {
    super();
    this.#socket = socket;
    socket.on("data", (chunk: Buffer) => {
      // The parser goes first, so that the frame is judged before the bytes are weighed.
      if (!this.destroyed) this.push(chunk);
      // guard: raw tap
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

  /** No half-close, because some servers treat it as a hang-up. */
  override _final(done: () => void): void {
    done();
  }

  override _destroy(_error: Error | null, done: (error?: Error | null) => void): void {
    done();
  }
}
