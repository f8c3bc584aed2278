import { createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { startProxy } from "../../sandbox/proxy";
import type { Reply, SentReply } from "../../src/rotation/model";
import { exchange, RAW_MAX_BYTES, stream } from "../../src/snaptrade/wire";
import type { Patience, Streamed } from "../../src/snaptrade/wire";
import { answer, SOUND_BODY } from "../support/raw-answer";

/** One who speaks TCP only, and does on each connection what the test says. */
interface RawServer {
  readonly port: number;
  readonly connections: Socket[];
  /** All that was sent to it, one text a connection. */
  readonly received: string[];
}

const servers: Server[] = [];
const sockets: Socket[] = [];

/** `onRequest` runs once the head of a request is there, or anything at all where it is no HTTP. */
async function serve(onRequest: (socket: Socket) => void): Promise<RawServer> {
  const connections: Socket[] = [];
  const received: string[] = [];
  const server = createServer((socket) => {
    const index = connections.push(socket) - 1;
    sockets.push(socket);
    received[index] = "";
    socket.on("error", () => undefined);
    socket.on("data", (chunk) => {
      const before = received[index] ?? "";
      received[index] = before + chunk.toString("latin1");
      if (before === "") onRequest(socket);
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { port: portOf(server), connections, received };
}

function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === "string") throw new Error("not listening");
  return address.port;
}

afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of servers.splice(0)) server.close();
});

async function post(url: string, patience: Partial<Patience> = {}): Promise<Reply> {
  const request = {
    method: "POST",
    url: new URL(url),
    headers: { "content-length": "4", "x-a": "b" },
    body: "body",
  } as const;
  return await exchange(request, {
    timeoutMs: 20_000,
    lifetime: new AbortController().signal,
    weigh: () => "all",
    ...patience,
  });
}

async function reset(server: RawServer, patience: Partial<Patience> = {}): Promise<SentReply> {
  const reply = await post(`http://127.0.0.1:${server.port}/path?query=1`, patience);
  if (reply.kind !== "sent") throw new Error(`not sent: ${reply.why}`);
  return reply;
}

function text(reply: SentReply): string {
  return Buffer.from(reply.raw).toString("latin1");
}

const SOUND = answer(200, SOUND_BODY).toString();

describe("an answer", () => {
  test("is over when it is complete, though the connection stays open", async () => {
    const server = await serve((socket) => socket.write(SOUND));
    const reply = await reset(server);
    expect([reply.ending, text(reply)]).toEqual(["complete", SOUND]);
    expect(reply.at).toBeLessThanOrEqual(performance.timeOrigin + performance.now());
  });

  test("byte by byte is the same answer", async () => {
    const server = await serve((socket) => {
      socket.setNoDelay(true);
      Array.from(SOUND, (byte, index) => setTimeout(() => socket.write(byte), index));
    });
    expect(text(await reset(server))).toBe(SOUND);
  });

  test.each(["HTTP/1.1 307 T\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 204 N\r\n\r\n"])(
    "%j is returned as it is; nothing is followed or sent again",
    async (raw) => {
      const server = await serve((socket) => socket.write(raw));
      expect(text(await reset(server))).toBe(raw);
      expect(server.connections).toHaveLength(1);
      expect(server.received[0]).toMatch(
        /^POST \/path\?query=1 HTTP\/1\.1\r\nhost: 127\.0\.0\.1:\d+\r\ncontent-length: 4\r\nx-a: b\r\nconnection: close\r\n\r\nbody$/i,
      );
    },
  );

  test("with 500 KB of headers is read", async () => {
    const raw = `HTTP/1.1 200 OK\r\n${`X: ${"h".repeat(1000)}\r\n`.repeat(500)}Content-Length: 2\r\n\r\n{}`;
    const reply = await reset(await serve((socket) => socket.write(raw)));
    expect([reply.ending, text(reply) === raw]).toEqual(["complete", true]);
  });

  test.each<[string, string]>([
    ["an illegal header byte", `HTTP/1.1 200 OK\r\nX: a\u0000b\r\nContent-Length: 2\r\n\r\n`],
    ["a bad chunk size", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"],
    ["two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n"],
    ["no HTTP at all", "hello\r\n"],
  ])("that the parser chokes on (%s) is listened to for what comes after", async (_, start) => {
    const server = await serve((socket) => {
      socket.write(start);
      setTimeout(() => socket.end(SOUND_BODY), 150);
    });
    const reply = await reset(server, { weigh: () => "nothing" });
    expect([reply.ending, text(reply)]).toEqual(["cut", start + SOUND_BODY]);
  });

  test("that is broken, and worth something, is not waited for until the deadline", async () => {
    const server = await serve((socket) => socket.write(`hello\r\n${SOUND_BODY}`));
    const reply = await reset(server, { weigh: () => "something" });
    expect([reply.ending, text(reply)]).toEqual(["cut", `hello\r\n${SOUND_BODY}`]);
  });

  test("that is complete and worth nothing is listened to a little longer", async () => {
    const server = await serve((socket) => {
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
      setTimeout(() => socket.write(SOUND_BODY), 150);
    });
    const reply = await reset(server, { weigh: () => "nothing" });
    expect([reply.ending, text(reply).endsWith(SOUND_BODY)]).toEqual(["complete", true]);
  });

  test("without end is kept up to the limit", async () => {
    const server = await serve((socket) => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      const block = Buffer.alloc(256 * 1024, "a");
      const more = (): void => {
        while (!socket.destroyed && socket.write(block));
      };
      socket.on("drain", more);
      more();
    });
    const reply = await reset(server);
    expect([reply.ending, reply.raw.byteLength]).toEqual(["overflow", RAW_MAX_BYTES]);
  });

  test.each<[string, string]>([
    ["nothing", ""],
    ["half of it", SOUND.slice(0, -5)],
  ])("over the deadline with %s leaves what arrived", async (_, part) => {
    const reply = await reset(await serve((socket) => socket.write(part)), { timeoutMs: 400 });
    expect([reply.ending, text(reply)]).toEqual(["deadline", part]);
  });

  test.each<[string, (socket: Socket) => void, string]>([
    [
      "RST after half of it",
      (socket) => socket.write(SOUND.slice(0, -5), () => setTimeout(() => socket.resetAndDestroy(), 100)),
      SOUND.slice(0, -5),
    ],
    ["RST at once", (socket) => socket.resetAndDestroy(), ""],
    ["FIN after half of it", (socket) => socket.end(SOUND.slice(0, -5)), SOUND.slice(0, -5)],
    ["FIN at once", (socket) => socket.end(), ""],
  ])("cut by %s was sent, once, and is what arrived", async (_, act, part) => {
    const server = await serve(act);
    const reply = await reset(server);
    expect([reply.ending, text(reply)]).toEqual(["cut", part]);
    expect(server.connections).toHaveLength(1);
  });

  test("is given up when the process has nothing more to do", async () => {
    const lifetime = new AbortController();
    const server = await serve(() => lifetime.abort());
    expect((await reset(server, { lifetime: lifetime.signal })).ending).toBe("cut");
  });
});

describe("an answer that is over its time, and listened to", () => {
  const HALF = SOUND.slice(0, -20);

  /** Writes half an answer at once, and then does as told. */
  async function late(act: (socket: Socket) => void, patience: Partial<Patience> = {}): Promise<SentReply> {
    const server = await serve((socket) => {
      socket.write(HALF);
      setTimeout(() => act(socket), 500);
    });
    return await reset(server, { timeoutMs: 200, listensOn: true, ...patience });
  }

  test("leaves what arrived, and the whole of it when it ends after all", async () => {
    const reply = await late((socket) => socket.write(SOUND.slice(-20)));
    expect([reply.ending, text(reply)]).toEqual(["deadline", HALF]);
    const rest = await reply.rest;
    expect([rest?.ending, rest?.sentAt, rest?.rest]).toEqual(["complete", reply.sentAt, undefined]);
    expect(rest === undefined ? "" : text(rest)).toBe(SOUND);
    expect(rest?.at).toBeGreaterThan(reply.at);
  });

  test("that breaks off is as much as had come", async () => {
    const reply = await late((socket) => socket.resetAndDestroy());
    const rest = await reply.rest;
    expect([rest?.ending, rest === undefined ? "" : text(rest)]).toEqual(["cut", HALF]);
  });

  test("is not waited for when the process has nothing more to do", async () => {
    const lifetime = new AbortController();
    const reply = await late(() => undefined, { lifetime: lifetime.signal });
    lifetime.abort();
    expect((await reply.rest)?.ending).toBe("cut");
  });

  test("that comes in time has no rest", async () => {
    const reply = await reset(await serve((socket) => socket.write(SOUND)), { listensOn: true });
    expect([reply.ending, reply.rest]).toEqual(["complete", undefined]);
  });
});

describe("an answer that is looked at as it streams in", () => {
  async function streamed(
    server: RawServer,
    {
      read = () => false,
      ...patience
    }: Partial<Patience> & { readonly read?: (status: number, chunk: Uint8Array) => boolean } = {},
  ): Promise<Streamed | string> {
    const url = new URL(`http://127.0.0.1:${server.port}/`);
    const lifetime = new AbortController().signal;
    return await stream(
      { method: "GET", url, headers: {}, body: null },
      { timeoutMs: 2_000, lifetime, weigh: () => "all", ...patience },
      read,
    );
  }

  test("is handed on in pieces, every byte of it", async () => {
    const seen: string[] = [];
    const answered = await streamed(await serve((socket) => socket.write(SOUND)), {
      read: (status, chunk) => {
        seen.push(`${status} ${Buffer.from(chunk).toString()}`);
        return false;
      },
    });
    expect(answered).toMatchObject({ status: 200, isComplete: true });
    expect(seen).toEqual([`200 ${SOUND_BODY}`]);
  });

  test("is not read any further than is wanted", async () => {
    const server = await serve((socket) => socket.write(SOUND.slice(0, -1)));
    expect(await streamed(server, { read: () => true })).toMatchObject({ status: 200, isComplete: false });
  });

  test.each<[string, (socket: Socket) => void, string]>([
    ["cut in its head", (socket) => socket.end("HTTP/1.1 200 OK\r\n"), "cut off"],
    ["cut in its body", (socket) => socket.end(SOUND.slice(0, -5)), "cut off"],
    ["no HTTP", (socket) => socket.end("hello\r\n\r\n"), "cut off"],
    ["silent", () => undefined, "time-out"],
    ["silent in its middle", (socket) => socket.write(SOUND.slice(0, -5)), "time-out"],
  ])("that is %s is none", async (_, act, why) => {
    expect(await streamed(await serve(act), { timeoutMs: 300 })).toBe(why);
  });

  test("is given up when the process has nothing more to do", async () => {
    const lifetime = new AbortController();
    const server = await serve(() => lifetime.abort());
    expect(await streamed(server, { lifetime: lifetime.signal })).toBe("time-out");
  });

  test("that nobody gives is none", async () => {
    const server = await serve(() => undefined);
    for (const one of servers.splice(0)) await new Promise((resolve) => one.close(resolve));
    expect(await streamed(server)).toBe("no connection: ECONNREFUSED");
  });
});

describe("certainly not sent", () => {
  test("where nobody listens", async () => {
    const server = await serve(() => undefined);
    for (const one of servers.splice(0)) await new Promise((resolve) => one.close(resolve));
    expect(await post(`http://127.0.0.1:${server.port}/`)).toEqual({
      kind: "not-sent",
      why: "no connection: ECONNREFUSED",
    });
  });

  test("where the name is unknown", async () => {
    expect(await post("http://nowhere.invalid/")).toMatchObject({ kind: "not-sent" });
  });

  test("where the process is at its end already", async () => {
    const server = await serve(() => undefined);
    expect(await post(`http://127.0.0.1:${server.port}/`, { lifetime: AbortSignal.abort() })).toMatchObject({
      kind: "not-sent",
    });
    expect(server.received.join("")).toBe("");
  });

  test.each<[string, (socket: Socket) => void]>([
    ["speaks no TLS", (socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")],
    ["hangs up in the handshake", (socket) => socket.end()],
    ["never finishes the handshake", () => undefined],
  ])("where the other side %s", async (_, act) => {
    const server = await serve(act);
    expect(await post(`https://127.0.0.1:${server.port}/`, { timeoutMs: 1_000 })).toMatchObject({ kind: "not-sent" });
    expect(server.received.join("")).not.toContain("POST");
  });
});

describe("through a proxy", () => {
  const before = process.env["HTTPS_PROXY"];
  afterEach(() => {
    if (before === undefined) delete process.env["HTTPS_PROXY"];
    else process.env["HTTPS_PROXY"] = before;
  });

  test.each([407, 502])("that answers %d nothing was sent, and the words hold no credentials", async (status) => {
    const server = await serve((socket) => socket.end(`HTTP/1.1 ${status} No\r\nContent-Length: 0\r\n\r\n`));
    process.env["HTTPS_PROXY"] = `http://name:pass-word@127.0.0.1:${server.port}`;
    const reply = await post("https://api.example.test/");
    expect(reply).toEqual({ kind: "not-sent", why: `the proxy answered with status ${status}` });
    expect(server.received[0]).toContain(`authorization: Basic ${Buffer.from("name:pass-word").toString("base64")}`);
  });

  test("that is not there nothing was sent", async () => {
    const proxy = await startProxy();
    await proxy.close();
    process.env["HTTPS_PROXY"] = proxy.url;
    expect(await post("https://api.example.test/")).toMatchObject({ why: "no connection to the proxy: ECONNREFUSED" });
  });

  test("that opens a tunnel to somebody who speaks no TLS nothing was sent", async () => {
    const server = await serve((socket) => socket.end("no"));
    const proxy = await startProxy();
    process.env["HTTPS_PROXY"] = proxy.url;
    expect(await post(`https://127.0.0.1:${server.port}/`)).toMatchObject({ kind: "not-sent" });
    expect([proxy.asked, server.received.join("").includes("POST")]).toEqual([[`127.0.0.1:${server.port}`], false]);
    await proxy.close();
  });
});
