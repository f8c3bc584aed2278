import { createServer as createHttpServer } from "node:http";
import type { AddressInfo, Server } from "node:net";
import { createServer } from "node:net";
import { connect, ConnectError } from "../../src/net/connect";
import { proxyFor } from "../../src/net/proxy";

const PATIENCE_MS = 5_000;
const forever = new AbortController().signal;
const servers: Server[] = [];
const { HTTPS_PROXY: before } = process.env;

async function portOf(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const isTcp = (value: typeof address): value is AddressInfo => typeof value === "object" && value !== null;
  if (!isTcp(address)) throw new Error("no port");
  return address.port;
}

/** A proxy that grants no tunnel, and what it was asked for. */
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

async function failure(url: string, timeoutMs = PATIENCE_MS, lifetime = forever): Promise<string> {
  const error: unknown = await connect(new URL(url), timeoutMs, lifetime).catch((reason: unknown) => reason);
  if (!(error instanceof ConnectError)) throw new Error(`not a ConnectError: ${String(error)}`);
  return error.message;
}

afterEach(() => {
  if (before === undefined) delete process.env["HTTPS_PROXY"];
  else process.env["HTTPS_PROXY"] = before;
  for (const server of servers.splice(0)) server.close();
});

describe("no connection, and certainly not one byte of a request", () => {
  test("where nobody listens", async () => {
    const server = createServer();
    const port = await portOf(server);
    await new Promise((resolve) => server.close(resolve));
    expect(await failure(`http://127.0.0.1:${port}`)).toBe("no connection: ECONNREFUSED");
  });

  test("where a server takes the connection and never answers the handshake", async () => {
    const port = await portOf(createServer((socket) => socket.on("error", () => undefined)));
    expect(await failure(`https://localhost:${port}`, 100)).toBe("no connection in time");
  });

  test("where there is nothing to do any more", async () => {
    const port = await portOf(createServer());
    expect(await failure(`http://127.0.0.1:${port}`, PATIENCE_MS, AbortSignal.abort())).toBe("no connection in time");
  });

  test("where the proxy grants none, even to an address of the sixth version", async () => {
    const { asked } = await refusingProxy("http");
    expect(await failure("https://[2001:db8::1]")).toBe("the proxy answered with status 502");
    expect(asked).toEqual(["[2001:db8::1]:443"]);
  });

  test("where the proxy does not speak TLS although its URL says so", async () => {
    const { asked } = await refusingProxy("https");
    expect(await failure("https://api.snaptrade.com")).toMatch(/^no connection to the proxy: \w+$/);
    expect(asked).toEqual([]);
  });
});

test("a proxy that is none for HTTP is refused", () => {
  process.env["HTTPS_PROXY"] = "socks5://127.0.0.1:1080";
  expect(() => proxyFor(new URL("https://api.snaptrade.com"))).toThrow("not an HTTP proxy");
});
