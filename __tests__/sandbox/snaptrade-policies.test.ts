import { applySnapTradeFault, inOrder, startSnapTrade, throttledReply } from "../../sandbox/snaptrade";
import { broken, current, drawnFrom, lagging, lenient, stale } from "../../sandbox/snaptrade";
import type { SnapTradeStandIn, UsersList } from "../../sandbox/snaptrade";
import { bodyOf, exchange, headerOf, probeRequest, resetRequest, signedRequest, statusOf } from "./raw-client";
import type { Received } from "./raw-client";
import { inTime } from "../../harness/in-time";

const credentials = { clientId: "CLIENT-ID", consumerKey: "consumer-key" };
const userId = "user-1";
const old = "old-secret";
const fresh = "11111111-2222-4333-8444-555555555555";

const running: SnapTradeStandIn[] = [];

async function start(...faults: readonly string[]): Promise<SnapTradeStandIn> {
  const standIn = await startSnapTrade({ ...credentials, users: { [userId]: old }, nextSecret: () => fresh });
  running.push(standIn);
  for (const name of faults) applySnapTradeFault(standIn, name);
  return standIn;
}

const lastOne = (request: string): string => request.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n");

/** Every sound answer ends with its connection, so that this long a silence is listened to only where there is one. */
const SILENCE_MS = 3_000;

const send = (standIn: SnapTradeStandIn, request: string, silenceMs = SILENCE_MS): Promise<Received> =>
  exchange(standIn.port, lastOne(request), { silenceMs });

const reset = (standIn: SnapTradeStandIn): Promise<Received> => send(standIn, resetRequest(credentials, userId, old));

const probe = (standIn: SnapTradeStandIn, secret: string, from = credentials): Promise<Received> =>
  send(standIn, probeRequest(from, userId, secret));

const listUsers = (standIn: SnapTradeStandIn, silenceMs?: number): Promise<Received> =>
  send(standIn, signedRequest(credentials, "GET", "/snapTrade/listUsers"), silenceMs);

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function statuses(standIn: SnapTradeStandIn, secret: string, count: number): Promise<number[]> {
  const seen: number[] = [];
  for (let n = 0; n < count; n += 1) seen.push(statusOf(await probe(standIn, secret)));
  return seen;
}

afterEach(async () => {
  await Promise.all(running.splice(0).map((standIn) => standIn.close()));
});

describe("several servers behind one address", () => {
  test("take turns with each secret, and differ only once a reset was requested", async () => {
    const standIn = await start();
    standIn.faults.servers = { servers: [current, stale(Infinity), broken("error")], from: "reset" };
    expect(await statuses(standIn, old, 3)).toEqual([200, 200, 200]);
    await reset(standIn);
    expect(await statuses(standIn, old, 6)).toEqual([401, 200, 500, 401, 200, 500]);
    expect(await statuses(standIn, fresh, 3)).toEqual([200, 401, 500]);
  });

  test("agree after a time, and with what the books say", async () => {
    const { standIn, soon } = await inTime(1_000, async () => {
      const one = await start();
      one.faults.servers = { servers: [broken("refuses"), lenient], from: "reset", agreeAfterMs: 1_000 };
      await reset(one);
      return { standIn: one, soon: [await statuses(one, fresh, 2), await statuses(one, "altered", 2)] };
    });
    expect(soon).toEqual([
      [401, 200],
      [401, 200],
    ]);
    await sleep(1_020);
    expect(await statuses(standIn, fresh, 2)).toEqual([200, 200]);
    expect(await statuses(standIn, old, 2)).toEqual([401, 401]);
  });

  test("differ from the start where they are told to, and a lagging one catches up", async () => {
    const standIn = await start();
    standIn.faults.servers = { servers: [broken("refuses"), current], from: "start" };
    expect(await statuses(standIn, old, 3)).toEqual([401, 200, 401]);
    const { late, soon } = await inTime(1_000, async () => {
      const one = await start();
      one.faults.servers = { servers: [lagging({ newLiveAfterMs: 1_000 })], from: "start" };
      await reset(one);
      return { late: one, soon: [await statuses(one, old, 1), await statuses(one, fresh, 1)] };
    });
    expect(soon).toEqual([[401], [401]]);
    await sleep(1_020);
    expect(await statuses(late, fresh, 1)).toEqual([200]);
  });

  test("can be met in a scripted order, or in one drawn from a seed", async () => {
    const standIn = await start();
    const servers = [current, broken("error")];
    standIn.faults.servers = { servers, from: "start", choose: inOrder(1, 0, 1, 0) };
    expect(await statuses(standIn, old, 6)).toEqual([500, 200, 500, 200, 200, 200]);
    const draw = (seed: number): number[] => Array.from({ length: 40 }, (_, turn) => drawnFrom(seed, 3)(turn));
    expect(draw(7)).toEqual(draw(7));
    expect(new Set(draw(7)).size).toBe(3);
    expect(draw(8)).not.toEqual(draw(7));
  });

  test("leave alone what is armed for one probe", async () => {
    const standIn = await start();
    standIn.faults.servers = { servers: [broken("refuses")], from: "start" };
    standIn.faults.onProbe({ answer: () => ({ status: 503, body: "" }) });
    expect(await statuses(standIn, old, 2)).toEqual([503, 401]);
  });
});

describe("scripted probes", () => {
  test.each([
    ["lost-old-live-third", [401, 401, 200, 401, 401], 1],
    ["lost-old-live-first", [200, 401, 401], 1],
    ["unreset-old-refused-thrice", [401, 401, 401, 200, 200], 0],
    ["old-refused-once-then-live", [401, 200, 200], 1],
    ["old-revives-once", [401, 401, 200, 401], 1],
  ])("%s: after the reset the old secret meets %j", async (name, expected, resets) => {
    const standIn = await start(name);
    expect(await statuses(standIn, old, 2)).toEqual([200, 200]);
    await reset(standIn);
    expect(await statuses(standIn, old, expected.length)).toEqual(expected);
    expect(await statuses(standIn, "altered", 1)).toEqual([401]);
    expect(standIn.resets).toBe(resets);
  });
});

describe("a client id that is unknown or switched off", () => {
  const refusals = [
    ["client-id", "1083", (id: string) => `Invalid clientId provided - ${id}`],
    ["signature", "1076", () => "Unable to verify signature sent"],
    ["secret", "1083", () => "Invalid userID or userSecret provided"],
  ] as const;

  test.each(refusals)("is refused by way of the %s", async (how, code, detail) => {
    const standIn = await start();
    standIn.faults.unknownClient = how;
    const strange = { ...credentials, clientId: "CLEINT-ID" };
    const refused = (id: string): string => JSON.stringify({ detail: detail(id), status_code: 401, code });
    expect(bodyOf(await probe(standIn, old, strange))).toBe(refused("CLEINT-ID"));
    expect(statusOf(await probe(standIn, old))).toBe(200);
    standIn.faults.clientOff = how;
    expect(bodyOf(await probe(standIn, old))).toBe(refused("CLIENT-ID"));
    expect(bodyOf(await listUsers(standIn))).toBe(refused("CLIENT-ID"));
    expect(bodyOf(await reset(standIn))).toBe(refused("CLIENT-ID"));
    expect(standIn.resets).toBe(0);
    standIn.faults.clear();
    expect(statusOf(await reset(standIn))).toBe(200);
  });

  test("an ordinary refusal can have other words", async () => {
    expect(bodyOf(await probe(await start("refusal-in-other-words"), "wrong"))).toContain("Wrong clientId, userId or");
  });
});

describe("the list of users", () => {
  const list = async (kind: UsersList): Promise<Received> => {
    const standIn = await start();
    standIn.faults.usersList = kind;
    return await listUsers(standIn, kind === "silent" || kind === "cut" ? 200 : undefined);
  };

  test("is long, and streamed in pieces with the user late in it", async () => {
    const { bytes, segments } = await list("long");
    expect(bytes.length).toBeGreaterThan(60_000_000);
    expect(Math.max(...segments.map((segment) => segment.length))).toBeLessThan(2_000_000);
    expect(bytes.lastIndexOf(`"${userId}"`)).toBeGreaterThan(bytes.length - 200);
  });

  test("comes in pages of which the first lacks the user", async () => {
    const linked = await list("paged-link");
    expect(headerOf(linked, "Link")).toBe('</snapTrade/listUsers?page=2>; rel="next"');
    expect(bodyOf(linked)).not.toContain(userId);
    expect(JSON.parse(bodyOf(await list("paged-object")))).toEqual({
      count: 3,
      next: "/snapTrade/listUsers?page=2",
      results: ["somebody-else-1", "somebody-else-2"],
    });
  });

  test("fails in as many ways as a list can", async () => {
    expect((await list("silent")).bytes).toHaveLength(0);
    expect(statusOf(await list("error"))).toBe(500);
    expect(bodyOf(await list("html"))).toMatch(/^<html>/);
    expect(bodyOf(await list("empty"))).toBe("");
    const cut = await list("cut");
    expect(bodyOf(cut).length).toBeLessThan(Number(headerOf(cut, "Content-Length")));
    expect(bodyOf(await list("without-user"))).not.toContain(userId);
    expect(JSON.parse(bodyOf(await list("other-spelling")))).toEqual([`${userId}-2`]);
  });
});

describe("limits", () => {
  test("roll: room comes back request by request, not all at once", async () => {
    const [pauseMs, moreMs] = [1_300, 900];
    const seen = await inTime(2_000 + moreMs, async () => {
      const standIn = await start();
      standIn.faults.rateLimit = { limit: 2, windowMs: 2_000 };
      const first = await statuses(standIn, old, 1);
      await sleep(pauseMs);
      const second = await statuses(standIn, old, 2);
      await sleep(moreMs);
      return [first, second, await statuses(standIn, old, 2)];
    });
    expect(seen).toEqual([[200], [200, 429], [200, 429]]);
  });

  test("tell of themselves in their own way, or in none", () => {
    const now = Date.parse("2026-01-01T00:00:00.500Z");
    const told = (style: Parameters<typeof throttledReply>[0]): unknown => {
      const { headers, body } = throttledReply(style, 7, now);
      return [headers, /available in 7 seconds/.test(body.toString())];
    };
    expect(told("retry-after")).toEqual([{ "Retry-After": "7" }, true]);
    expect(told("retry-after-date")).toEqual([{ "Retry-After": "Thu, 01 Jan 2026 00:00:08 GMT" }, true]);
    expect(told("only-detail")).toEqual([undefined, true]);
    expect(told("nothing")).toEqual([undefined, false]);
  });

  test("can say as Unix time when they lift, or have no header on any answer", async () => {
    const standIn = await start();
    standIn.faults.rateLimit = { limit: 9, windowMs: 60_000, style: "reset-as-unix-time" };
    const reset = Number(headerOf(await probe(standIn, old), "X-RateLimit-Reset"));
    expect(Math.abs(reset - Date.now() / 1000 - 60)).toBeLessThan(30);
    standIn.faults.rateLimit = { limit: 9, windowMs: 60_000, style: "retry-after" };
    expect(headerOf(await probe(standIn, old), "X-RateLimit-Remaining")).toBeUndefined();
  });

  test("that somebody else used up lift after two seconds", async () => {
    const standIn = await start("throttled-unix-time");
    const first = await probe(standIn, old);
    expect([statusOf(first), headerOf(first, "X-RateLimit-Remaining")]).toEqual([429, "0"]);
    await sleep(2_050);
    expect(statusOf(await probe(standIn, old))).toBe(200);
  });
});

describe("what is remembered and repeated", () => {
  test("every secret that was ever asked about is remembered, an altered one too", async () => {
    const standIn = await start();
    await probe(standIn, "altered");
    await reset(standIn);
    expect(standIn.secretsAsked).toEqual(["altered", old]);
  });

  test.each([
    ["plain", (text: string) => text],
    ["percent", decodeURIComponent],
    ["percent-twice", (text: string) => decodeURIComponent(decodeURIComponent(text))],
    ["base64", (text: string) => Buffer.from(text, "base64").toString()],
    ["hex", (text: string) => Buffer.from(text, "hex").toString()],
    ["upper-case", (text: string) => text.toLowerCase()],
    ["html", (text: string) => text.replace(/&#(\d+);/g, (_, n: string) => String.fromCharCode(Number(n)))],
  ])("a proxy can repeat the URL: %s", async (name, undone) => {
    const received = await probe(await start(`probe-404-echo-${name}`), old);
    expect(statusOf(received)).toBe(404);
    const said = /No route for ([^"]+)"/.exec(bodyOf(received))?.[1] ?? "";
    expect(undone(said)).toContain(old);
  });
});
