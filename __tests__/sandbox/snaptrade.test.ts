import { jest } from "@jest/globals";
import { Snaptrade, SnaptradeAuth } from "snaptrade-typescript-sdk";

import { canonicalForm, signatureOf, startSnapTrade } from "../../sandbox/snaptrade";
import type { SnapTradeOptions, SnapTradeStandIn } from "../../sandbox/snaptrade";
import vectors from "../data/signature-vectors.json" with { type: "json" };
import { bodyOf, exchange, headerOf, probeRequest, resetRequest, signedRequest, statusOf } from "./raw-client";
import { inTime } from "../../harness/in-time";

const clientId = "CLIENT-ID";
const consumerKey = "consumer key/ü";
const userId = "user-1";
const credentials = { clientId, consumerKey };

const running: SnapTradeStandIn[] = [];

async function start(options: Partial<SnapTradeOptions> = {}): Promise<SnapTradeStandIn> {
  const standIn = await startSnapTrade({ clientId, consumerKey, users: { [userId]: "old-secret" }, ...options });
  running.push(standIn);
  return standIn;
}

/** The client that SnapTrade publishes. Its type is a matter of how it signs, so it is left to inference. */
function sdk(standIn: SnapTradeStandIn, key = consumerKey) {
  return new Snaptrade({
    auth: SnaptradeAuth.commercialApiKey({ clientId, consumerKey: key }),
    basePath: standIn.url,
  });
}

afterEach(async () => {
  jest.useRealTimers();
  jest.restoreAllMocks();
  await Promise.all(running.splice(0).map((standIn) => standIn.close()));
});

describe("signatures", () => {
  test.each(vectors)("agrees with the official SDK: $name", ({ consumerKey, target, body, canonical, signature }) => {
    const [path = "", query = ""] = target.split("?");
    expect(canonicalForm({ path, query, body })).toBe(canonical);
    expect(signatureOf({ consumerKey, path, query, body })).toBe(signature);
  });
});

describe("the official SDK", () => {
  const refusal = (call: Promise<unknown>): Promise<unknown> =>
    call.then(
      () => "succeeded",
      (error: unknown) =>
        typeof error === "object" && error !== null && "responseBody" in error ? error.responseBody : error,
    );

  test("resets, lists with the new secret and not with the old one", async () => {
    const standIn = await start();
    const client = sdk(standIn);
    const answer = await client.authentication.resetSnapTradeUserSecret({ userId, userSecret: "old-secret" });
    const userSecret = answer.data.userSecret ?? "";

    expect(userSecret).toBe(standIn.secretInForce(userId));
    expect(standIn.everInForce(userId)).toEqual(["old-secret", userSecret]);
    expect([standIn.resets, standIn.resetRequests]).toEqual([1, 1]);
    const listed = await client.connections.listBrokerageAuthorizations({ userId, userSecret });
    expect(listed.status).toBe(200);
    expect((await client.accountInformation.listUserAccounts({ userId, userSecret })).data).toEqual([]);
    expect((await client.authentication.listSnapTradeUsers()).data).toEqual([userId]);
    expect((await client.apiStatus.check()).data.online).toBe(true);
    const old = client.connections.listBrokerageAuthorizations({ userId, userSecret: "old-secret" });
    expect(await refusal(old)).toMatchObject({ status_code: 401, code: "1083" });
  });

  test("understands a 429, and gets through on its next attempt", async () => {
    const standIn = await start({ rateLimit: { limit: 1, windowMs: 60_000 } });
    const client = sdk(standIn);
    await client.authentication.listSnapTradeUsers();
    jest.useFakeTimers({ doNotFake: ["Date", "nextTick", "performance", "queueMicrotask", "setImmediate"] });
    const noticed = new Promise<void>((resolve) => jest.spyOn(console, "log").mockImplementation(() => resolve()));
    const second = client.authentication.listSnapTradeUsers();
    await noticed;
    standIn.faults.rateLimit = { limit: 250, windowMs: 60_000 };
    // The SDK waits five seconds, whatever the headers say.
    await jest.advanceTimersByTimeAsync(5000);
    expect((await second).data).toEqual([userId]);
    expect(standIn.requests.map(({ status }) => status)).toEqual([200, 429, 200]);
  });

  test("is refused with 1076 for a wrong consumer key and with 1083 for a wrong secret", async () => {
    const standIn = await start();
    const forged = sdk(standIn, "wrong").authentication.resetSnapTradeUserSecret({ userId, userSecret: "old-secret" });
    expect(await refusal(forged)).toMatchObject({ status_code: 401, code: "1076" });
    const wrong = sdk(standIn).authentication.resetSnapTradeUserSecret({ userId, userSecret: "wrong" });
    expect(await refusal(wrong)).toMatchObject({ status_code: 401, code: "1083" });
    expect(standIn.secretInForce(userId)).toBe("old-secret");
  });
});

describe("a strict server", () => {
  const probe = (standIn: SnapTradeStandIn, request: string): ReturnType<typeof exchange> =>
    exchange(standIn.port, request.replace("Host", "Connection: close\r\nHost"));

  test("puts its clock, a request id and the rate limit on every answer, errors included", async () => {
    const standIn = await start({ clockSkewMs: 120_000 });
    for (const request of ["GET / HTTP/1.1\r\nHost: x\r\n\r\n", "GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n"]) {
      const answer = await probe(standIn, request);
      expect(Date.parse(headerOf(answer, "Date") ?? "") - Date.now()).toBeGreaterThan(60_000);
      expect(headerOf(answer, "X-Request-ID")).toMatch(/^[0-9a-f]{32}$/);
      expect(headerOf(answer, "X-RateLimit-Limit")).toBe("250");
      expect(Number(headerOf(answer, "X-RateLimit-Reset"))).toBeLessThanOrEqual(60);
    }
  });

  test("throttles with the real words and headers, and lets the window pass", async () => {
    const ask = (standIn: SnapTradeStandIn): ReturnType<typeof exchange> =>
      probe(standIn, probeRequest(credentials, userId, "old-secret"));
    const { standIn, first, second, throttled } = await inTime(1_000, async () => {
      const one = await start({ rateLimit: { limit: 2, windowMs: 1_000 } });
      return { standIn: one, first: await ask(one), second: await ask(one), throttled: await ask(one) };
    });
    expect([headerOf(first, "X-RateLimit-Remaining"), statusOf(second)]).toEqual(["1", 200]);
    expect(JSON.parse(bodyOf(throttled))).toEqual({
      detail: "Request was throttled. Expected available in 1 seconds.",
      status_code: 429,
      code: "0000",
    });
    expect(headerOf(throttled, "X-RateLimit-Remaining")).toBe("0");
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(statusOf(await ask(standIn))).toBe(200);
  });

  test("refuses a timestamp more than five minutes from its own clock as a bad signature", async () => {
    const standIn = await start({ clockSkewMs: 301_000 });
    const refused = await probe(standIn, probeRequest(credentials, userId, "old-secret"));
    expect(JSON.parse(bodyOf(refused))).toMatchObject({ status_code: 401, code: "1076" });
    standIn.faults.clockSkewMs = 295_000;
    expect(statusOf(await probe(standIn, probeRequest(credentials, userId, "old-secret")))).toBe(200);
  });

  test.each([
    ["a parameter it does not know", { userId, userSecret: "old-secret", page: "1" }, 400],
    ["a missing parameter", { userId }, 401],
  ])("refuses %s", async (_, parameters, status) => {
    const standIn = await start();
    const request = signedRequest(credentials, "GET", "/authorizations", parameters);
    expect(statusOf(await probe(standIn, request))).toBe(status);
  });

  test("takes any order of the query, signed as it was sent, and refuses a doubled parameter and a foreign client id", async () => {
    const standIn = await start();
    const timestamp = String(Math.floor(Date.now() / 1000));
    const send = async (query: string): Promise<number> => {
      const signature = signatureOf({ consumerKey, path: "/authorizations", query, body: "" });
      return statusOf(
        await probe(standIn, `GET /authorizations?${query} HTTP/1.1\r\nHost: x\r\nSignature: ${signature}\r\n\r\n`),
      );
    };
    const user = `userId=${userId}&userSecret=old-secret`;
    expect(await send(`clientId=${clientId}&${user}&timestamp=${timestamp}`)).toBe(200);
    expect(await send(`clientId=${clientId}&${user}&${user}&timestamp=${timestamp}`)).toBe(400);
    expect(await send(`${user}&clientId=${clientId}&timestamp=${timestamp}`)).toBe(200);
    expect(await send(`clientId=${clientId}&timestamp=${timestamp}&${user}`)).toBe(200);
    expect(await send(`timestamp=${timestamp}&${user}&clientId=${clientId}`)).toBe(200);
    expect(await send(`${user}&timestamp=${timestamp}`)).toBe(401);
    expect(await send(`clientId=OTHER&${user}&timestamp=${timestamp}`)).toBe(401);
  });

  test("wants JSON to be called so, and exactly two strings in it", async () => {
    const standIn = await start();
    const request = resetRequest(credentials, userId, "old-secret");
    const nameless = await probe(standIn, request.replace("Content-Type: application/json\r\n", ""));
    expect(statusOf(nameless)).toBe(415);
    const stray = JSON.stringify({ userId, userSecret: "old-secret", force: true });
    const path = "/snapTrade/resetUserSecret";
    expect(statusOf(await probe(standIn, signedRequest(credentials, "POST", path, {}, stray)))).toBe(400);
    expect(statusOf(await probe(standIn, signedRequest(credentials, "POST", path, {}, "{}")))).toBe(400);
    expect([standIn.resets, standIn.resetRequests]).toEqual([0, 3]);
  });

  test("rotates as compare-and-swap: of two resets with the same secret one wins", async () => {
    const standIn = await start();
    const request = resetRequest(credentials, userId, "old-secret");
    const answers = await Promise.all([probe(standIn, request), probe(standIn, request)]);
    expect(answers.map(statusOf).sort()).toEqual([200, 401]);
    expect(standIn.resets).toBe(1);
  });

  test("takes any secret where it plays a Personal key", async () => {
    const standIn = await start({ acceptsAnySecret: true });
    expect(statusOf(await probe(standIn, probeRequest(credentials, userId, "anything")))).toBe(200);
    expect(statusOf(await probe(standIn, probeRequest(credentials, "nobody", "anything")))).toBe(401);
  });

  test("resets with a dead secret only where it is told to", async () => {
    const standIn = await start({ resetNeedsOldSecret: false });
    standIn.rotateBehindBack(userId);
    expect(statusOf(await probe(standIn, probeRequest(credentials, userId, "old-secret")))).toBe(401);
    expect(statusOf(await probe(standIn, resetRequest(credentials, userId, "old-secret")))).toBe(200);
  });

  test("records requests so that a fresh connection can be told from one in use", async () => {
    const standIn = await start();
    const request = probeRequest(credentials, userId, "old-secret");
    await probe(standIn, request);
    await exchange(standIn.port, request + resetRequest(credentials, userId, "wrong"));
    expect(standIn.requests).toMatchObject([
      { method: "GET", path: "/authorizations", connection: 1, index: 0, status: 200, secretWas: "live" },
      { method: "GET", path: "/authorizations", connection: 2, index: 0, status: 200, secretWas: "live" },
      { method: "POST", path: "/snapTrade/resetUserSecret", connection: 2, index: 1, status: 401, secretWas: "dead" },
    ]);
    expect(JSON.stringify(standIn.requests)).not.toContain("secret=");
  });
});
