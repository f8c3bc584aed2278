import { createServer as createHttpServer } from "node:http";
import type { IncomingMessage, Server as HttpServer } from "node:http";
import { createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { createSecureContext, TLSSocket } from "node:tls";
import { reset } from "../sockets";

/** PEM texts. */
export interface ServerIdentity {
  readonly key: string;
  readonly cert: string;
}

/** One TCP connection. */
export interface Connection {
  /** Counted from 1. */
  readonly id: number;
  readonly openedAt: number;
  /** Where requests and answers are in clear. */
  readonly stream: Socket;
  /** Requests so far. */
  requests: number;
  /** Sends RST, below TLS where there is TLS. */
  reset(): void;
}

export interface ListenerHooks {
  readonly tls: ServerIdentity | undefined;
  readonly onRequest: (request: IncomingMessage, connection: Connection) => void;
  /** Whether the next handshake is struck down at its first byte. */
  readonly strikesHello: () => boolean;
  /** The first bytes of a connection; true strikes it down before anything is read. */
  readonly strikes: (firstBytes: Buffer, connection: Connection) => boolean;
}

/** Long URLs are the client's affair: an oversized secret travels in one. */
const HEADERS_BYTES_MAX = 1024 * 1024;

/**
 * Listens on loopback and can stop and resume on the same port. Node's HTTP server parses the requests; the answers are
 * written to the sockets directly, since faults shape every byte of them.
 */
export class Listener {
  readonly #hooks: ListenerHooks;
  readonly #http: HttpServer;
  readonly #connections = new Map<Socket, Connection>();
  readonly #raw = new Set<Socket>();
  #server: Server | undefined;
  #count = 0;
  #port = 0;

  constructor(hooks: ListenerHooks) {
    this.#hooks = hooks;
    this.#http = createHttpServer({ maxHeaderSize: HEADERS_BYTES_MAX, requestTimeout: 0, headersTimeout: 0 });
    this.#http.on("request", (request: IncomingMessage) => {
      const connection = this.#connections.get(request.socket);
      if (connection !== undefined) {
        hooks.onRequest(request, connection);
      }
    });
  }

  get port(): number {
    return this.#port;
  }

  /** Listens, after the first time on the port of the first time. */
  async up(): Promise<void> {
    if (this.#server !== undefined) {
      return;
    }
    const server = createServer({ noDelay: true }, (socket) => this.#accept(socket));
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(this.#port, "127.0.0.1", resolve);
    });
    this.#port = portOf(server.address());
  }

  /** Refuses new connections from now on and ends the ones there are. */
  async down(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    const closed = new Promise<void>((resolve) => {
      if (server === undefined) {
        resolve();
      } else {
        server.close(() => resolve());
      }
    });
    for (const socket of this.#raw) {
      socket.destroy();
    }
    await closed;
  }

  async close(): Promise<void> {
    await this.down();
    // It never listened, but it keeps a timer.
    this.#http.close();
  }

  #accept(raw: Socket): void {
    this.#raw.add(raw);
    raw.once("close", () => this.#raw.delete(raw));
    raw.on("error", () => raw.destroy());
    const { tls } = this.#hooks;
    if (tls !== undefined && this.#hooks.strikesHello()) {
      raw.once("data", () => reset(raw));
      return;
    }
    const stream =
      tls === undefined ? raw : new TLSSocket(raw, { isServer: true, secureContext: createSecureContext(tls) });
    stream.on("error", () => raw.destroy());
    this.#count += 1;
    const connection: Connection = {
      id: this.#count,
      openedAt: performance.now(),
      stream,
      requests: 0,
      reset: () => {
        if (!raw.destroyed) {
          reset(raw);
        }
      },
    };
    this.#connections.set(stream, connection);
    stream.once("close", () => this.#connections.delete(stream));
    stream.once("data", (firstBytes: Buffer) => this.#begin(connection, firstBytes));
  }

  #begin(connection: Connection, firstBytes: Buffer): void {
    const { stream } = connection;
    if (this.#hooks.strikes(firstBytes, connection)) {
      connection.reset();
      return;
    }
    stream.pause();
    stream.unshift(firstBytes);
    this.#http.emit("connection", stream);
    process.nextTick(() => stream.resume());
  }
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === "string") {
    throw new Error("The stand-in listens on no TCP port.");
  }
  return address.port;
}
