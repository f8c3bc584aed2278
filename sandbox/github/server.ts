import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { createServer as createDoor, type Server as Door, type Socket } from "node:net";
import { reset } from "../sockets";
import { understand } from "./calls";
import { Exchange, type ExchangeParts } from "./exchange";
import type { GitHubOptions } from "./options";
import type { GitHubRequest } from "./records";
import { scopeOf } from "./routes";

interface Connection {
  readonly id: number;
  readonly acceptedAt: number;
  readonly via: "socket" | "tcp";
  requests: number;
  stopIdle: () => void;
}

/** How many connections a client has made itself. */
export interface ConnectionCounts {
  readonly opened: number;
  readonly open: number;
  readonly mostAtOnce: number;
}

/** Listens on a TCP port and perhaps a unix socket, numbers connections, and starts an exchange for each request. */
export class Listener {
  readonly requests: GitHubRequest[] = [];
  readonly #parts: ExchangeParts;
  readonly #options: GitHubOptions;
  readonly #servers: (Door | Server)[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #connections = new WeakMap<Socket, Connection>();
  /** Under TLS a request knows only its TLS socket; the port leads to the TCP socket, which alone can send a RST. */
  readonly #tcpByPort = new Map<number, Socket>();
  #accepted = 0;
  #mostAtOnce = 0;
  #port = 0;

  constructor(options: GitHubOptions, parts: ExchangeParts) {
    this.#options = options;
    this.#parts = parts;
  }

  /** Resolves when all servers listen. */
  async listen(): Promise<void> {
    const { tls, socketPath } = this.#options;
    const server = this.#serve(tls === undefined ? createServer() : createTlsServer(tls), "tcp");
    // Whoever stands at the door decides what becomes of a connection before any TLS is spoken on it.
    const door = createDoor({ noDelay: true }, (socket) => this.#admit(socket, server));
    this.#servers.push(door);
    await listening(door, () => door.listen(0, "127.0.0.1"));
    if (socketPath !== undefined) {
      const local = this.#serve(createServer(), "socket");
      this.#servers.push(local);
      await listening(local, () => local.listen(socketPath));
    }
    const address = door.address();
    if (address === null || typeof address === "string") throw new Error("The stand-in got no TCP port.");
    this.#port = address.port;
  }

  get port(): number {
    return this.#port;
  }

  get origin(): string {
    return `${this.#options.tls === undefined ? "http" : "https"}://127.0.0.1:${this.#port}`;
  }

  get connections(): ConnectionCounts {
    return { opened: this.#accepted, open: this.#sockets.size, mostAtOnce: this.#mostAtOnce };
  }

  /** Resets every connection that is open, as a machine does that is started anew. */
  dropConnections(): void {
    for (const socket of this.#sockets) reset(socket);
  }

  async close(): Promise<void> {
    const closed = this.#servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve())));
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(closed);
  }

  #serve(server: Server, via: Connection["via"]): Server {
    // Node would announce its own idle timeout in a header; GitHub announces none.
    server.keepAliveTimeout = 0;
    if (via === "socket") server.on("connection", (socket: Socket) => this.#accept(socket, via));
    server.on("request", (message, response) => this.#request(message, response, via));
    return server;
  }

  #admit(socket: Socket, server: Server): void {
    this.#accept(socket, "tcp");
    const { policy, timers } = this.#parts;
    if (policy.newConnections === "reset") socket.once("data", () => reset(socket));
    if (policy.newConnections !== "served") return;
    if (policy.connectDelayMs === 0) server.emit("connection", socket);
    else timers.later(policy.connectDelayMs, () => server.emit("connection", socket));
  }

  #accept(socket: Socket, via: Connection["via"]): void {
    this.#sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.once("close", () => this.#sockets.delete(socket));
    if (socket.remotePort !== undefined) this.#tcpByPort.set(socket.remotePort, socket);
    this.#accepted += 1;
    this.#mostAtOnce = Math.max(this.#mostAtOnce, this.#sockets.size);
    const connection = {
      id: this.#accepted,
      acceptedAt: performance.now(),
      via,
      requests: 0,
      stopIdle: () => undefined,
    };
    this.#connections.set(socket, connection);
  }

  #request(message: IncomingMessage, response: ServerResponse, via: Connection["via"]): void {
    const at = performance.now();
    const raw = this.#tcpByPort.get(message.socket.remotePort ?? -1) ?? message.socket;
    const connection = this.#connections.get(raw);
    if (connection === undefined) throw new Error("A request came over a connection that was never accepted.");
    connection.stopIdle();
    const { world } = this.#parts;
    const nameOfId = (id: number): string | undefined => world.repositoryById(id)?.fullName;
    const call = understand(message.method ?? "", message.url ?? "", this.#rootFor(message, via), nameOfId);
    const record: GitHubRequest = {
      method: call.method,
      path: call.path,
      which: call.which,
      scope: scopeOf(call),
      name: call.name,
      via,
      connection: connection.id,
      connectedAt: connection.acceptedAt,
      index: connection.requests++,
      at,
      status: undefined,
      answerBytes: undefined,
      answeredAt: undefined,
      asked: undefined,
      said: undefined,
    };
    this.requests.push(record);
    response.once("finish", () => this.#waitIdle(connection, message.socket));
    void new Exchange(this.#parts, { message, response, raw }, call, record).play();
  }

  /** Callers over the unix socket believe that they speak to the host they name, and want links to that host. */
  #rootFor(message: IncomingMessage, via: Connection["via"]): string {
    const origin = via === "socket" ? `https://${message.headers.host ?? "api.github.com"}` : this.origin;
    return `${origin}${this.#options.basePath ?? ""}`;
  }

  #waitIdle(connection: Connection, socket: Socket): void {
    const { policy, timers } = this.#parts;
    if (policy.idleCloseMs === undefined) return;
    connection.stopIdle = timers.later(policy.idleCloseMs, () => void socket.end());
  }
}

function listening(server: Door, listen: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.once("listening", resolve);
    listen();
  });
}
