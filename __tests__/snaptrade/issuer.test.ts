import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Control, Probe, Verdict } from "../../src/rotation/model";
import { SnapTrade } from "../../src/snaptrade/issuer";
import type { SnapTradeOptions } from "../../src/snaptrade/issuer";
import { Secret } from "../../src/text/secret";
import { CLIENT, CONSUMER_KEY, GIVEN, ISSUED, SOUND_BODY, USER } from "../support/raw-answer";

const servers: Server[] = [];
const GONE = new URL("http://127.0.0.1:1");

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

type Answerer = (request: IncomingMessage, response: ServerResponse) => void;

/** A SnapTrade that answers as told, and its client. */
async function snaptrade(answerer: Answerer, known: Partial<SnapTradeOptions> = {}): Promise<SnapTrade> {
  const server = createServer(answerer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === "string") throw new Error("not listening");
  return clientOf(new URL(`http://127.0.0.1:${address.port}`), known);
}

function clientOf(baseUrl: URL, known: Partial<SnapTradeOptions> = {}): SnapTrade {
  return new SnapTrade({
    baseUrl,
    clientId: CLIENT,
    consumerKey: new Secret(CONSUMER_KEY),
    userId: USER,
    resetTimeoutMs: 5_000,
    lifetime: new AbortController().signal,
    quote: (text) => text,
    ...known,
  });
}

function says(status: number, body: string, headers: Readonly<Record<string, string>> = {}): Answerer {
  return (_, response) => void response.writeHead(status, headers).end(body);
}

async function probed(answerer: Answerer, known: Partial<SnapTradeOptions> = {}): Promise<Probe> {
  return await (await snaptrade(answerer, known)).probe(new Secret(GIVEN));
}

describe("asking about a secret", () => {
  test.each<[string, Answerer, Verdict]>([
    [
      "a 200 that is no list",
      says(200, "{}"),
      { kind: "cannot-tell", doubt: { kind: "strange-answer", said: { status: 200, code: null, sentence: null } } },
    ],
    [
      "half an answer",
      (_, response) => {
        response.writeHead(200, { "content-length": "20" }).write("[");
        setTimeout(() => response.destroy(), 50);
      },
      { kind: "cannot-tell", doubt: { kind: "no-answer", why: "cut off" } },
    ],
  ])("%s", async (_, answerer, verdict) => {
    expect((await probed(answerer)).verdict).toEqual(verdict);
  });

  test("nothing at all", async () => {
    const { verdict } = await probed(() => undefined, { resetTimeoutMs: 200 });
    expect(verdict).toEqual({ kind: "cannot-tell", doubt: { kind: "no-answer", why: "time-out" } });
  });

  test("nobody there", async () => {
    expect(await clientOf(GONE).probe(new Secret(GIVEN))).toMatchObject({
      verdict: { kind: "cannot-tell", doubt: { kind: "no-answer" } },
      allowance: null,
    });
  });

  test("hears of the limit, and sends what is signed", async () => {
    const asked: (string | undefined)[] = [];
    const { allowance } = await probed((request, response) => {
      asked.push(request.method, request.url, request.headers["accept-encoding"]);
      expect(request.headers["signature"]).toMatch(/^[\w+/]{43}=$/);
      response.setHeader("x-ratelimit-remaining", "7").setHeader("x-ratelimit-reset", "3").end("[]");
    });
    expect(allowance).toEqual({ limit: null, remaining: 7, resetMs: 3_000 });
    expect(asked).toEqual([
      "GET",
      expect.stringMatching(
        new RegExp(`^/authorizations\\?clientId=${CLIENT}&userId=${USER}&userSecret=${GIVEN}&timestamp=\\d+$`),
      ),
      "identity",
    ]);
  });

  test("does not pass on what must not be printed", async () => {
    const { verdict } = await probed(says(404, `{"detail":"/authorizations?userSecret=${GIVEN}"}`), {
      quote: () => null,
    });
    expect(JSON.stringify(verdict)).not.toContain(GIVEN);
    expect(verdict).toMatchObject({ doubt: { said: { status: 404, sentence: null } } });
  });
});

describe("the control question", () => {
  async function controlled(answerer: Answerer, known: Partial<SnapTradeOptions> = {}): Promise<Control> {
    return await (await snaptrade(answerer, known)).control();
  }

  test.each<[string, Answerer, Control["kind"]]>([
    ["the user is not listed", says(200, '["a"]'), "no-such-user"],
    ["there are more pages, by Link", says(200, '["a"]', { link: '<x>; rel="next"' }), "no-answer"],
    ["there are more pages, by next", says(200, '{"users":["a"],"next":"x"}'), "no-answer"],
    ["the list makes no sense", says(200, "<html>"), "no-answer"],
    ["any other 401", says(401, '{"detail":"Wrong clientId, userId or userSecret provided"}'), "client-rejected"],
    ["a gateway's 401 without JSON", says(401, "<html>"), "client-rejected"],
    ["a 403", says(403, '{"detail":"No"}'), "no-answer"],
    ["a 500 of 200 KB", says(500, "x".repeat(200_000)), "no-answer"],
  ])("%s: %s", async (_, answerer, kind) => {
    expect((await controlled(answerer)).kind).toBe(kind);
  });

  test("is signed, and names neither user nor secret", async () => {
    const asked: (string | undefined)[] = [];
    await controlled((request, response) => {
      asked.push(request.url, typeof request.headers["signature"]);
      response.end("[]");
    });
    expect(asked).toEqual([
      expect.stringMatching(new RegExp(`^/snapTrade/listUsers\\?clientId=${CLIENT}&timestamp=\\d+$`)),
      "string",
    ]);
  });

  test("a limit is told with its wait", async () => {
    expect(await controlled(says(429, "{}", { "retry-after": "4" }))).toEqual({
      kind: "no-answer",
      doubt: { kind: "throttled", retryAfterMs: 4_000, waitedMs: 0 },
    });
  });

  test("a list that is cut does not say that there is no such user", async () => {
    const cut: Answerer = (_, response) => {
      response.writeHead(200, { "content-length": "100" }).write('["a"]');
      setTimeout(() => response.destroy(), 50);
    };
    expect((await controlled(cut)).kind).toBe("no-answer");
  });

  test("silence is bounded", async () => {
    const began = performance.now();
    expect(await controlled(() => undefined, { resetTimeoutMs: 200 })).toEqual({
      kind: "no-answer",
      doubt: { kind: "no-answer", why: "time-out" },
    });
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  test("nobody there", async () => {
    expect(await clientOf(GONE).control()).toMatchObject({ kind: "no-answer", doubt: { kind: "no-answer" } });
  });

  test("hangs up as soon as the user is found", async () => {
    const block = `"${ISSUED}",`.repeat(10_000);
    let isClosed = false;
    const found = await controlled((_, response) => {
      response.on("close", () => (isClosed = true));
      response.write(`["${USER}",`);
      const more = (): void => {
        while (!response.destroyed && response.write(block));
      };
      response.on("drain", more);
      more();
    });
    expect(found).toEqual({ kind: "known" });
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(isClosed).toBe(true);
  });
});

describe("the reset", () => {
  test("is one POST of user and secret, and its answer is read", async () => {
    const sent: string[] = [];
    const client = await snaptrade((request, response) => {
      request.on("data", (chunk: Buffer) => sent.push(`${request.method} ${chunk.toString()}`));
      request.on("end", () => response.end(SOUND_BODY));
    });
    const current = new Secret(GIVEN);
    const reply = await client.reset(current, () => undefined);
    if (reply.kind !== "sent") throw new Error("not sent");
    expect(sent).toEqual([`POST ${JSON.stringify({ userId: USER, userSecret: GIVEN })}`]);
    const reading = client.read(reply, current);
    expect(reading.kind === "granted" && reading.secret.reveal()).toBe(ISSUED);
  });

  test("that is over its time is listened to", async () => {
    const client = await snaptrade((_, response) => void setTimeout(() => response.end(SOUND_BODY), 500), {
      resetTimeoutMs: 150,
    });
    const reply = await client.reset(new Secret(GIVEN), () => undefined);
    if (reply.kind !== "sent") throw new Error("not sent");
    expect([reply.ending, reply.raw.byteLength]).toEqual(["deadline", 0]);
    const whole = await reply.rest;
    expect([whole?.ending, whole?.sentAt]).toEqual(["complete", reply.sentAt]);
    expect(Buffer.from(whole?.raw ?? []).toString()).toContain(SOUND_BODY);
  });
});

describe("SnapTrade's clock", () => {
  test.each<[string, Readonly<Record<string, string>>, number | null]>([
    ["an hour ahead", { date: new Date(Date.now() + 3_600_000).toUTCString() }, 3_600],
    ["no date that can be read", { date: "later" }, null],
  ])("%s", async (_, headers, seconds) => {
    const skewMs = await (await snaptrade(says(200, "{}", headers))).skewMs();
    expect(skewMs === null ? null : Math.round(skewMs / 10_000) * 10).toBe(seconds);
  });

  test("is not known where nobody answers", async () => {
    expect(await clientOf(GONE).skewMs()).toBeNull();
  });
});
