import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";

import { startProxy } from "../../sandbox/proxy";
import { startRelay } from "../../harness/relay";
import type { ProxyOptions } from "../../sandbox/proxy";
import type { RelayOptions } from "../../harness/relay";
import { applySnapTradeFault, startSnapTrade } from "../../sandbox/snaptrade";
import type { SnapTradeStandIn } from "../../sandbox/snaptrade";
import { makeAuthority } from "../../sandbox/tls";
import type { Authority, Identity } from "../../sandbox/tls";
import { bodyOf, exchange, headerOf, probeRequest, resetRequest, statusOf } from "./raw-client";
import { inTime } from "../../harness/in-time";

const credentials = { clientId: "CLIENT-ID", consumerKey: "consumer-key" };
const userId = "user-1";
const old = "old-secret";

let dir: string;
let authority: Authority;
const closers: (() => Promise<void>)[] = [];

async function closing<T extends { close(): Promise<void> }>(starting: Promise<T>): Promise<T> {
  const started = await starting;
  closers.push(() => started.close());
  return started;
}

const snapTrade = (tls?: Identity): Promise<SnapTradeStandIn> =>
  closing(startSnapTrade({ ...credentials, users: { [userId]: old }, ...(tls === undefined ? {} : { tls }) }));

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "authority-"));
  authority = await makeAuthority(dir);
});

afterAll(() => rm(dir, { recursive: true }));

afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

/** Speaks TLS over the socket; resolves with what came, and how it ended. */
async function overTls(socket: Socket, request: string, name = "localhost"): Promise<{ text: string; ended: string }> {
  const secure = connectTls({ socket, ca: authority.ca, servername: name });
  let text = "";
  secure.on("data", (bytes: Buffer) => {
    text += bytes.toString();
  });
  secure.write(request);
  const ended = await new Promise<string>((resolve) => {
    secure.once("end", () => resolve("fin"));
    secure.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  });
  secure.destroy();
  return { text, ended };
}

const direct = (standIn: SnapTradeStandIn): Socket => connect({ port: standIn.port, host: "127.0.0.1" });
const lastOne = (request: string): string => request.replace("Host", "Connection: close\r\nHost");

describe("the private authority", () => {
  test("vouches for localhost", async () => {
    const standIn = await snapTrade(authority.server);
    expect(standIn.url).toBe(`https://localhost:${standIn.port}`);
    const { text, ended } = await overTls(direct(standIn), lastOne(probeRequest(credentials, userId, old)));
    expect([text.slice(0, 15), ended]).toEqual(["HTTP/1.1 200 OK", "fin"]);
  });

  test.each([
    ["misnamed", "ERR_TLS_CERT_ALTNAME_INVALID"],
    ["expired", "CERT_HAS_EXPIRED"],
  ] as const)("makes one certificate that is %s", async (which, code) => {
    const standIn = await snapTrade(authority[which]);
    expect((await overTls(direct(standIn), "GET / HTTP/1.1\r\nHost: x\r\n\r\n")).ended).toBe(code);
    expect(standIn.requests).toEqual([]);
  });
});

describe("what a proxy may do instead of opening a tunnel", () => {
  /** Asks for a tunnel to a port; what came, and whether the connection was ended, or went silent. */
  async function ask(proxyPort: number, to: string): Promise<{ text: string; ended: boolean }> {
    const received = await exchange(proxyPort, `CONNECT ${to} HTTP/1.1\r\nHost: ${to}\r\n\r\n`);
    return { text: received.bytes.toString(), ended: received.ended !== "open" };
  }

  test.each([
    ["silent", "", false],
    ["fin", "", true],
    ["rst", "", true],
    ["continue", "HTTP/1.1 100 Continue\r\n\r\n", true],
  ] as const)("%s", async (refuse, text, ended) => {
    const proxy = await closing(startProxy({ refuse }));
    expect(await ask(proxy.port, "127.0.0.1:1")).toEqual({ text, ended });
    expect([proxy.asked, proxy.tunnels, proxy.connections]).toEqual([["127.0.0.1:1"], [], 1]);
  });

  test("may begin later, for one port only, and leaves open tunnels as they are until they are reset", async () => {
    const [one, other] = [await snapTrade(), await snapTrade()];
    const proxy = await closing(startProxy());
    const open = connect({ port: proxy.port, host: "127.0.0.1" });
    const isReset = once(open, "error");
    open.write(`CONNECT 127.0.0.1:${one.port} HTTP/1.1\r\nHost: x\r\n\r\n`);
    await once(open, "data");
    proxy.refuse("fin", { port: one.port });
    expect((await ask(proxy.port, `127.0.0.1:${one.port}`)).text).toBe("");
    expect((await ask(proxy.port, `127.0.0.1:${other.port}`)).text).toMatch(/^HTTP\/1\.1 200/);
    open.write(probeRequest(credentials, userId, old));
    expect(String((await once(open, "data"))[0])).toMatch(/^HTTP\/1\.1 200 OK/);
    proxy.drop({ port: other.port });
    proxy.drop({ port: one.port });
    expect(String((await isReset)[0])).toContain("ECONNRESET");
  });

  test("may take names for this machine that nobody else knows", async () => {
    const standIn = await snapTrade();
    const proxy = await closing(startProxy({ names: ["api.corp.test"] }));
    expect((await ask(proxy.port, `api.corp.test:${standIn.port}`)).text).toMatch(/^HTTP\/1\.1 200/);
    expect((await ask(proxy.port, `api.corp.other:${standIn.port}`)).text).toMatch(/^HTTP\/1\.1 403/);
  });
});

describe("faults below TLS", () => {
  test.each([
    ["reset-cut-inside-secret", "ECONNRESET", 1, /"userSecret":"[0-9a-f-]{18}$/],
    ["reset-closed-inside-secret", "fin", 1, /"userSecret":"[0-9a-f-]{18}$/],
    ["reset-struck-at-first-byte", "ECONNRESET", 0, /^$/],
  ])("%s ends the connection by %s", async (name, code, resets, pattern) => {
    const standIn = await snapTrade(authority.server);
    applySnapTradeFault(standIn, name);
    const { text, ended } = await overTls(direct(standIn), resetRequest(credentials, userId, old));
    expect(ended).toBe(code);
    expect(text).toMatch(pattern);
    expect([standIn.resets, standIn.resetRequests]).toEqual([resets, 1]);
  });
});

describe("the proxy", () => {
  const ask = async (options: ProxyOptions, target: string, authorization = ""): Promise<[string, number]> => {
    const proxy = await closing(startProxy(options));
    const request = `CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n${authorization}\r\n`;
    const { bytes, ended } = await exchange(proxy.port, request);
    expect(proxy.asked).toEqual([target]);
    return [/^HTTP\/1\.1 (\d+)/.exec(bytes.toString())?.[1] ?? ended, proxy.tunnels.length];
  };

  test("opens a tunnel through which TLS works", async () => {
    const standIn = await snapTrade(authority.server);
    const proxy = await closing(startProxy());
    const target = `localhost:${standIn.port}`;
    const socket = connect({ port: proxy.port, host: "127.0.0.1" });
    socket.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n`);
    await once(socket, "readable");
    expect(String(socket.read())).toBe("HTTP/1.1 200 Connection established\r\n\r\n");
    const { text } = await overTls(socket, lastOne(probeRequest(credentials, userId, old)));
    expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(proxy.tunnels).toEqual([target]);
  });

  test("wants its credentials, and puts them into its URL", async () => {
    const { port } = await snapTrade();
    const target = `127.0.0.1:${port}`;
    const options = { username: "us er", password: "p@ss:word" };
    const basic = (text: string): string => `Proxy-Authorization: Basic ${Buffer.from(text).toString("base64")}\r\n`;
    expect(await ask(options, target)).toEqual(["407", 0]);
    expect(await ask(options, target, basic("us er:wrong"))).toEqual(["407", 0]);
    expect(await ask(options, target, basic("us er:p@ss:word"))).toEqual(["200", 1]);
    expect((await closing(startProxy(options))).url).toMatch(/^http:\/\/us%20er:p%40ss%3Aword@127\.0\.0\.1:\d+$/);
  });

  test.each([
    [403, "403"],
    [407, "407"],
    ["rst", "rst"],
  ] as const)("refuses by %s when told to", async (refuse, seen) => {
    const { port } = await snapTrade();
    expect(await ask({ refuse }, `localhost:${port}`)).toEqual([seen, 0]);
  });

  test("leads nowhere but to loopback", async () => {
    expect(await ask({}, "example.com:443")).toEqual(["403", 0]);
    expect(await ask({}, "localhost:1")).toEqual(["502", 0]);
  });
});

describe("the relay", () => {
  const through = async (options: RelayOptions): Promise<{ standIn: SnapTradeStandIn; port: number }> => {
    const standIn = await snapTrade();
    const relay = await closing(startRelay(standIn.port, options));
    return { standIn, port: relay.port };
  };
  const probe = probeRequest(credentials, userId, old);

  test("lets a first request take two round trips and the next one a single one", async () => {
    const { standIn, port } = await through({ delayMs: 100 });
    const socket = connect({ port, host: "127.0.0.1" });
    const roundTrip = async (): Promise<number> => {
      const startedAt = performance.now();
      socket.write(probe);
      await once(socket, "data");
      return performance.now() - startedAt;
    };
    expect(await roundTrip()).toBeGreaterThanOrEqual(398);
    expect(await inTime(390, roundTrip)).toBeGreaterThanOrEqual(198);
    expect(standIn.requests.slice(0, 2).map(({ index }) => index)).toEqual([0, 1]);
    socket.destroy();
  });

  test("slices and drips what the client gets, and loses no byte", async () => {
    const { port } = await through({ sliceBytes: 50, dripMs: 5 });
    const received = await exchange(port, lastOne(probe));
    expect(received.segments.length).toBeGreaterThan(3);
    expect([statusOf(received), bodyOf(received), received.ended]).toEqual([200, "[]", "fin"]);
    expect(headerOf(received, "Content-Length")).toBe("2");
  });

  test("goes dark after a number of bytes without telling", async () => {
    const { port } = await through({ blackholeAfterBytes: 20 });
    const received = await exchange(port, lastOne(probe));
    expect([received.bytes.length, received.ended]).toEqual([20, "open"]);
  });

  test("keeps an end to itself when half open", async () => {
    const { port } = await through({ halfOpen: true });
    const received = await exchange(port, lastOne(probe));
    expect([statusOf(received), received.ended]).toEqual([200, "open"]);
  });

  test("passes a reset on, after the bytes before it", async () => {
    const { standIn, port } = await through({ delayMs: 10 });
    applySnapTradeFault(standIn, "reset-cut-inside-secret");
    const received = await exchange(port, resetRequest(credentials, userId, old));
    expect(received.bytes.toString()).toMatch(/"userSecret":"[0-9a-f-]{18}$/);
    expect(received.ended).toBe("rst");
  });
});
