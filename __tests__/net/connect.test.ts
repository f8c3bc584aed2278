import { mkdtemp, rm } from "node:fs/promises";
import { createServer as createHttpServer } from "node:http";
import type { AddressInfo, Server, Socket } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer as createTlsServer } from "node:tls";
import { makeAuthority } from "../../sandbox/tls";
import type { Authority } from "../../sandbox/tls";
import { connect, ConnectError } from "../../src/net/connect";
import type { Retry } from "../../src/net/connect";

const PATIENCE_MS = 5_000;
/** Enough for whatever is refused at once to be tried several times. */
const RETRY: Retry = { forMs: 2_000, pauseMs: 20 };
const forever = new AbortController().signal;
const servers: Server[] = [];
const sockets = new Set<Socket>();
const { HTTPS_PROXY: before } = process.env;

let folder = "";
let authority: Authority;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "connect-"));
  authority = await makeAuthority(folder);
});
afterAll(async () => await rm(folder, { recursive: true, force: true }));

afterEach(() => {
  if (before === undefined) delete process.env["HTTPS_PROXY"];
  else process.env["HTTPS_PROXY"] = before;
  for (const socket of sockets) socket.destroy();
  for (const server of servers.splice(0)) server.close();
});

async function portOf(server: Server, port = 0): Promise<number> {
  servers.push(server);
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const address = server.address();
  const isTcp = (value: typeof address): value is AddressInfo => typeof value === "object" && value !== null;
  if (!isTcp(address)) throw new Error("no port");
  return address.port;
}

async function closedPort(): Promise<number> {
  const server = createServer();
  const port = await portOf(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** What a proxy does with the nth connection that asks it for a tunnel, and how many there were. */
async function proxyThat(act: (socket: Socket, nth: number) => void): Promise<{ connections: number }> {
  const seen = { connections: 0 };
  const proxy = createServer((socket) => {
    seen.connections += 1;
    const nth = seen.connections;
    socket.once("data", () => act(socket, nth));
  });
  process.env["HTTPS_PROXY"] = `http://127.0.0.1:${await portOf(proxy)}`;
  return seen;
}

/** An HTTP proxy that grants no tunnel, and what it was asked for. */
async function refusingProxy(scheme: string): Promise<{ readonly asked: string[] }> {
  const asked: string[] = [];
  const proxy = createHttpServer();
  proxy.on("connect", (request, socket) => {
    asked.push(request.url ?? "");
    socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
  });
  process.env["HTTPS_PROXY"] = `${scheme}://127.0.0.1:${await portOf(proxy)}`;
  return { asked };
}

async function failure(
  url: string,
  {
    timeoutMs = PATIENCE_MS,
    lifetime = forever,
    retry,
  }: { timeoutMs?: number; lifetime?: AbortSignal; retry?: Retry } = {},
): Promise<Pick<ConnectError, "message" | "cause" | "code">> {
  const error: unknown = await connect(new URL(url), timeoutMs, lifetime, retry).catch((reason: unknown) => reason);
  if (!(error instanceof ConnectError)) throw new Error(`not a ConnectError: ${String(error)}`);
  const { message, cause, code } = error;
  return { message, cause, code };
}

describe("no connection, and certainly not one byte of a request", () => {
  test("where nobody listens", async () => {
    expect(await failure(`http://127.0.0.1:${await closedPort()}`)).toEqual({
      message: "no connection: ECONNREFUSED",
      cause: "refused",
      code: "ECONNREFUSED",
    });
  });

  test("where the name is nobody's", async () => {
    const { cause, code } = await failure("https://nobody.invalid");
    expect(cause).toBe("dns");
    expect(code).toMatch(/^(?:ENOTFOUND|EAI_AGAIN)$/);
  });

  test("where a server takes the connection and never answers the handshake", async () => {
    const port = await portOf(createServer());
    const silent = { message: "no connection in time", cause: "time-out", code: null };
    expect(await failure(`https://localhost:${port}`, { timeoutMs: 100 })).toEqual(silent);
  });

  test("where there is nothing to do any more", async () => {
    const port = await portOf(createServer());
    expect(await failure(`http://127.0.0.1:${port}`, { lifetime: AbortSignal.abort(), retry: RETRY })).toMatchObject({
      cause: "ended",
    });
  });

  test("where the authority behind a certificate is unknown, or the certificate is another's", async () => {
    const port = await portOf(createTlsServer(authority.server));
    expect(await failure(`https://localhost:${port}`, { retry: RETRY })).toEqual({
      message: "no connection: UNABLE_TO_VERIFY_LEAF_SIGNATURE",
      cause: "tls",
      code: "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    });
  });

  test("where the server speaks no TLS", async () => {
    const port = await portOf(createServer((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")));
    expect(await failure(`https://localhost:${port}`)).toMatchObject({ cause: "tls" });
  });
});

describe("no tunnel through the proxy", () => {
  test("that grants none, even to an address of the sixth version", async () => {
    const { asked } = await refusingProxy("http");
    expect(await failure("https://[2001:db8::1]")).toEqual({
      message: "the proxy answered with status 502",
      cause: "proxy",
      code: "502",
    });
    expect(asked).toEqual(["[2001:db8::1]:443"]);
  });

  test("that does not speak TLS although its URL says so", async () => {
    const { asked } = await refusingProxy("https");
    const { message, cause } = await failure("https://api.snaptrade.com");
    expect(message).toMatch(/^no connection to the proxy: \w+$/);
    expect([cause, asked]).toEqual(["proxy", []]);
  });

  test("that is not there", async () => {
    process.env["HTTPS_PROXY"] = `http://127.0.0.1:${await closedPort()}`;
    expect(await failure("https://api.snaptrade.com")).toMatchObject({ cause: "proxy", code: "ECONNREFUSED" });
  });

  const CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n";
  const ENDED = "the proxy ended the connection without an answer";
  test.each<[string, (socket: Socket) => void, string]>([
    ["ends the connection and says nothing", (socket) => socket.end(), ENDED],
    ["says Continue and ends the connection", (socket) => socket.end(CONTINUE), "the proxy answered with status 100"],
    ["resets the connection", (socket) => socket.resetAndDestroy(), ENDED],
    ["says nothing at all", () => undefined, "no tunnel through the proxy in time"],
    ["says Continue and nothing more", (socket) => socket.write(CONTINUE), "the proxy answered with status 100"],
    ["speaks no HTTP", (socket) => socket.end("+OK ready\r\n"), "what the proxy answered is no HTTP"],
    [
      "asks for a password",
      (socket) => socket.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"),
      "the proxy answered with status 407",
    ],
  ])("that %s, after one connection", async (_, act, message) => {
    const seen = await proxyThat(act);
    expect(await failure("https://api.snaptrade.com", { timeoutMs: 300 })).toMatchObject({ message, cause: "proxy" });
    expect(seen.connections).toBe(1);
  });

  test("that ends every connection, after a number of them that anybody can bear", async () => {
    const seen = await proxyThat((socket) => socket.end());
    const retry = { forMs: 4_000, pauseMs: 1 };
    expect(await failure("https://api.snaptrade.com", { retry })).toMatchObject({ cause: "proxy" });
    expect(seen.connections).toBeGreaterThan(5);
    expect(seen.connections).toBeLessThanOrEqual(24);
  });
});

describe("connecting is repeated while nothing has been sent", () => {
  test("where the first handshake is reset", async () => {
    let connections = 0;
    const handshakes = createTlsServer(authority.server);
    const port = await portOf(
      createServer((socket) => {
        connections += 1;
        if (connections === 1) socket.once("data", () => socket.resetAndDestroy());
        else handshakes.emit("connection", socket);
      }),
    );
    expect(await failure(`https://localhost:${port}`)).toMatchObject({ cause: "reset", code: "ECONNRESET" });
    connections = 0;
    // The second attempt came as far as the certificate, which nobody here vouches for.
    expect(await failure(`https://localhost:${port}`, { retry: RETRY })).toMatchObject({ cause: "tls" });
    expect(connections).toBe(2);
  });

  test("until the server is there", async () => {
    const port = await closedPort();
    const opened = connect(new URL(`http://127.0.0.1:${port}`), PATIENCE_MS, forever, RETRY);
    await new Promise((resolve) => setTimeout(resolve, 300));
    await portOf(createServer(), port);
    expect((await opened).destroy().destroyed).toBe(true);
  });

  test("until the proxy grants the tunnel", async () => {
    const seen = await proxyThat((socket, nth) => {
      if (nth < 3) socket.end();
      else socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
    });
    expect(await failure("https://api.snaptrade.com", { retry: RETRY })).toMatchObject({ cause: "proxy", code: "403" });
    expect(seen.connections).toBe(3);
  });

  test("for no longer than it may be, and never beyond the time for all attempts", async () => {
    const port = await closedPort();
    const startedAt = performance.now();
    const retry = { forMs: 60_000, pauseMs: 50 };
    expect(await failure(`http://127.0.0.1:${port}`, { timeoutMs: 400, retry })).toMatchObject({ cause: "refused" });
    expect(performance.now() - startedAt).toBeLessThan(30_000);
  });
});
