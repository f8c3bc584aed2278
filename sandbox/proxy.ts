import { createServer, type IncomingMessage } from "node:http";
import { connect, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { listen, reset, shut, SocketSet } from "./sockets";

/**
 * What becomes of a CONNECT instead of a tunnel: a status, a reset, an end without a word (`fin`), a lone
 * `100 Continue` and then the end, or nothing at all, for ever (`silent`).
 */
export type Refusing = 403 | 407 | "continue" | "fin" | "rst" | "silent";

export interface ProxyOptions {
  /** With these it asks for Basic authentication. */
  readonly username?: string;
  readonly password?: string;
  /** Refuses every tunnel so. */
  readonly refuse?: Refusing;
  /** Each tunnel takes so long to open. */
  readonly latencyMs?: number;
  /** Names that this proxy takes for this machine. */
  readonly names?: readonly string[];
}

/** Tunnels to one port only, or to all. */
export interface Tunnels {
  readonly port?: number;
}

export interface Proxy {
  /** With the credentials, percent-encoded, if it has any: a value for `HTTPS_PROXY`. */
  readonly url: string;
  readonly port: number;
  /** How many connections it has taken. */
  readonly connections: number;
  /** The authority of each tunnel that was asked for, granted or not. */
  readonly asked: readonly string[];
  /** The authority of each tunnel that was opened. */
  readonly tunnels: readonly string[];
  /** From now on these tunnels are refused; those that are open stay so. */
  refuse(how: Refusing, which?: Tunnels): void;
  /** Resets open tunnels. */
  drop(which?: Tunnels): void;
  close(): Promise<void>;
}

interface Tunnel {
  readonly port: number;
  readonly client: Socket;
  readonly upstream: Socket;
}

const LOOPBACK: readonly string[] = ["localhost", "127.0.0.1"];

/** A proxy that opens tunnels (CONNECT) to anything on loopback and to nothing else. */
export async function startProxy(options: ProxyOptions = {}): Promise<Proxy> {
  const proxy = new TunnelProxy(options);
  await proxy.listen();
  return proxy;
}

class TunnelProxy implements Proxy {
  readonly asked: string[] = [];
  readonly tunnels: string[] = [];
  connections = 0;
  port = 0;
  readonly #options: ProxyOptions;
  readonly #sockets = new SocketSet();
  readonly #open = new Set<Tunnel>();
  readonly #refused: { readonly how: Refusing; readonly port: number | undefined }[] = [];
  readonly #server = createServer((_request, response) => {
    response.writeHead(405, { "Content-Type": "text/plain" }).end("This proxy opens tunnels only.\n");
  });

  constructor(options: ProxyOptions) {
    this.#options = options;
    if (options.refuse !== undefined) this.refuse(options.refuse);
    this.#server.on("connection", (socket) => {
      this.connections += 1;
      this.#sockets.add(socket);
    });
    this.#server.on("connect", (request: IncomingMessage, client: Socket, head: Buffer) => {
      this.asked.push(request.url ?? "");
      void this.#connect(request, client, head);
    });
  }

  async listen(): Promise<void> {
    this.port = await listen(this.#server);
  }

  get url(): string {
    const { username, password = "" } = this.#options;
    const credentials =
      username === undefined ? "" : `${encodeURIComponent(username)}:${encodeURIComponent(password)}@`;
    return `http://${credentials}127.0.0.1:${this.port}`;
  }

  refuse(how: Refusing, { port }: Tunnels = {}): void {
    this.#refused.unshift({ how, port });
  }

  drop({ port }: Tunnels = {}): void {
    for (const tunnel of this.#open) {
      if (port !== undefined && port !== tunnel.port) continue;
      reset(tunnel.client);
      reset(tunnel.upstream);
    }
  }

  close(): Promise<void> {
    return shut(this.#server, this.#sockets);
  }

  async #connect(request: IncomingMessage, client: Socket, head: Buffer): Promise<void> {
    const { latencyMs, names = [] } = this.#options;
    if (latencyMs !== undefined) await pause(latencyMs);
    const target = new URL(`tcp://${request.url ?? ""}`);
    const port = Number(target.port);
    const refused = this.#refused.find((one) => one.port === undefined || one.port === port);
    const isServed = LOOPBACK.includes(target.hostname) || names.includes(target.hostname);
    const how = refused?.how ?? (isAuthorized(this.#options, request) ? (isServed ? undefined : 403) : 407);
    if (how !== undefined) {
      refuse(client, how);
      return;
    }
    const upstream = await connected(port);
    if (upstream === undefined) client.end("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n");
    else this.#join({ port, client, upstream }, request.url ?? "", head);
  }

  #join(tunnel: Tunnel, authority: string, head: Buffer): void {
    const { client, upstream } = tunnel;
    this.#sockets.add(upstream);
    this.#open.add(tunnel);
    this.tunnels.push(authority);
    upstream.once("error", () => reset(client));
    client.once("error", () => reset(upstream));
    client.once("close", () => this.#open.delete(tunnel));
    client.write("HTTP/1.1 200 Connection established\r\n\r\n");
    upstream.write(head);
    upstream.pipe(client).pipe(upstream);
  }
}

function refuse(client: Socket, how: Refusing): void {
  switch (how) {
    case 403:
      client.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
      return;
    case 407:
      client.end('HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="sandbox"\r\n\r\n');
      return;
    case "continue":
      client.end("HTTP/1.1 100 Continue\r\n\r\n");
      return;
    case "fin":
      client.end();
      return;
    case "rst":
      reset(client);
      return;
    case "silent":
  }
}

function isAuthorized({ username, password = "" }: ProxyOptions, request: IncomingMessage): boolean {
  const expected = `Basic ${Buffer.from(`${username ?? ""}:${password}`).toString("base64")}`;
  return username === undefined || request.headers["proxy-authorization"] === expected;
}

function connected(port: number): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1" });
    socket.once("connect", () => resolve(socket));
    socket.once("error", () => resolve(undefined));
  });
}
