import { createServer as createHttpServer } from "node:http";
import type { IncomingMessage } from "node:http";
import { connect, createServer } from "node:net";
import type { Server, Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

export interface ProxyOptions {
  /** With these it asks for Basic authentication. */
  readonly username?: string;
  readonly password?: string;
  /** Refuses every tunnel with this status, or by RST. */
  readonly refuse?: 403 | 407 | "rst";
  /** Each tunnel takes so long to open. */
  readonly latencyMs?: number;
}

export interface Proxy {
  /** With the credentials, percent-encoded, if it has any: a value for `HTTPS_PROXY`. */
  readonly url: string;
  readonly port: number;
  /** The authority of each tunnel that was asked for, granted or not. */
  readonly asked: readonly string[];
  /** The authority of each tunnel that was opened. */
  readonly tunnels: readonly string[];
  close(): Promise<void>;
}

const LOOPBACK = new Set(["localhost", "127.0.0.1"]);

/** A proxy that opens tunnels (CONNECT) to anything on loopback and to nothing else. */
export async function startProxy(options: ProxyOptions = {}): Promise<Proxy> {
  const asked: string[] = [];
  const tunnels: string[] = [];
  const sockets = new SocketSet();
  const server = createHttpServer((_request, response) => {
    response.writeHead(405, { "Content-Type": "text/plain" }).end("This proxy opens tunnels only.\n");
  });
  server.on("connection", (socket) => sockets.add(socket));
  server.on("connect", (request: IncomingMessage, client: Socket, head: Buffer) => {
    const authority = request.url ?? "";
    asked.push(authority);
    void openTunnel(options, request, client).then((upstream) => {
      if (upstream !== undefined) {
        sockets.add(upstream);
        tunnels.push(authority);
        upstream.once("error", () => client.resetAndDestroy());
        client.once("error", () => upstream.resetAndDestroy());
        upstream.write(head);
        upstream.pipe(client).pipe(upstream);
      }
    });
  });
  const port = await listen(server);
  const { username, password = "" } = options;
  const credentials = username === undefined ? "" : `${encodeURIComponent(username)}:${encodeURIComponent(password)}@`;
  const close = (): Promise<void> => shut(server, sockets);
  return { url: `http://${credentials}127.0.0.1:${port}`, port, asked, tunnels, close };
}

/** The connection to the target once the client was told of it, or nothing when the client was refused. */
async function openTunnel(
  options: ProxyOptions,
  request: IncomingMessage,
  client: Socket,
): Promise<Socket | undefined> {
  if (options.latencyMs !== undefined) {
    await pause(options.latencyMs);
  }
  if (options.refuse === "rst") {
    client.resetAndDestroy();
    return undefined;
  }
  const target = new URL(`tcp://${request.url ?? ""}`);
  const refusal = options.refuse ?? (isAuthorized(options, request) ? undefined : 407);
  if (refusal === 407) {
    client.end('HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="sandbox"\r\n\r\n');
    return undefined;
  }
  if (refusal === 403 || !LOOPBACK.has(target.hostname)) {
    client.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
    return undefined;
  }
  const upstream = await connected(Number(target.port));
  if (upstream === undefined) {
    client.end("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n");
    return undefined;
  }
  client.write("HTTP/1.1 200 Connection established\r\n\r\n");
  return upstream;
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

export interface RelayOptions {
  /** Each way takes so long; opening a connection costs a round trip, as it does on a real network. */
  readonly delayMs?: number;
  /** Bytes to the client go in pieces of this size … */
  readonly sliceBytes?: number;
  /** … this far apart. */
  readonly dripMs?: number;
  /** After so many bytes to the client nothing passes any more, in neither direction, and nobody is told. */
  readonly blackholeAfterBytes?: number;
  /** The end of one side is not told to the other, as when a machine vanishes. */
  readonly halfOpen?: boolean;
}

export interface Relay {
  readonly port: number;
  /** How many connections it has taken. */
  readonly connections: number;
  close(): Promise<void>;
}

/** A network in between: listens on a free port of 127.0.0.1 and passes bytes on to another one, as told. */
export async function startRelay(targetPort: number, options: RelayOptions = {}): Promise<Relay> {
  const sockets = new SocketSet();
  let connections = 0;
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    connections += 1;
    const target = connect({ port: targetPort, host: "127.0.0.1", allowHalfOpen: true, noDelay: true });
    sockets.add(client);
    sockets.add(target);
    join(client, target, options);
  });
  const port = await listen(server);
  return {
    port,
    get connections() {
      return connections;
    },
    close: () => shut(server, sockets),
  };
}

function join(client: Socket, target: Socket, options: RelayOptions): void {
  const { delayMs = 0, blackholeAfterBytes = Number.POSITIVE_INFINITY, halfOpen = false } = options;
  const openedAt = performance.now();
  let left = blackholeAfterBytes;
  const isDark = (): boolean => left <= 0;
  const there = new Line(target, () => Math.max(performance.now(), openedAt + 2 * delayMs) + delayMs);
  const back = new Line(client, () => performance.now() + delayMs, options.dripMs);

  client.on("data", (bytes: Buffer) => {
    if (!isDark()) {
      there.send(bytes);
    }
  });
  target.on("data", (bytes: Buffer) => {
    const passed = bytes.subarray(0, left);
    left -= passed.length;
    const { sliceBytes = passed.length } = options;
    for (let from = 0; from < passed.length; from += sliceBytes) {
      back.send(passed.subarray(from, from + sliceBytes));
    }
  });
  for (const [from, line] of [
    [client, there],
    [target, back],
  ] as const) {
    const tell = (ending: "end" | "reset"): void => {
      if (!isDark() && !halfOpen) {
        line.finish(ending);
      }
    };
    from.once("end", () => tell("end"));
    from.once("error", () => tell("reset"));
  }
}

/** One direction of a relay: what is sent arrives in order, each piece when it is due. */
class Line {
  readonly #to: Socket;
  readonly #dueAt: () => number;
  readonly #gapMs: number;
  #tail: Promise<void> = Promise.resolve();

  constructor(to: Socket, dueAt: () => number, gapMs = 0) {
    this.#to = to;
    this.#dueAt = dueAt;
    this.#gapMs = gapMs;
  }

  send(bytes: Buffer): void {
    this.#queue(() => this.#to.write(bytes), this.#gapMs);
  }

  finish(ending: "end" | "reset"): void {
    this.#queue(() => (ending === "end" ? this.#to.end() : this.#to.resetAndDestroy()), 0);
  }

  #queue(act: () => unknown, gapMs: number): void {
    const due = this.#dueAt();
    this.#tail = this.#tail.then(async () => {
      const waitMs = due - performance.now();
      if (waitMs > 0) {
        await pause(waitMs);
      }
      if (!this.#to.destroyed) {
        act();
      }
      if (gapMs > 0) {
        await pause(gapMs);
      }
    });
  }
}

/** The sockets that are open, so that closing ends them. */
class SocketSet {
  readonly #sockets = new Set<Socket>();

  add(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.once("close", () => this.#sockets.delete(socket));
  }

  destroy(): void {
    for (const socket of this.#sockets) {
      socket.destroy();
    }
  }
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      if (typeof address === "object" && address !== null) {
        resolve(address.port);
      }
    });
  });
}

function shut(server: Server, sockets: SocketSet): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    sockets.destroy();
  });
}
