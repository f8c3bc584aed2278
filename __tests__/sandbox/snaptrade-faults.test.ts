import {
  afterSecret,
  applySnapTradeFault,
  snapTradeFaultNames,
  startSnapTrade,
  strangeBodies,
  strangeFrames,
} from "../../sandbox/snaptrade";
import type { SnapTradeOptions, SnapTradeStandIn } from "../../sandbox/snaptrade";
import { bodyOf, exchange, probeRequest, resetRequest, statusOf } from "./raw-client";
import type { Received } from "./raw-client";
import { inTime, inWindow } from "../../harness/in-time";

const credentials = { clientId: "CLIENT-ID", consumerKey: "consumer-key" };
const userId = "user-1";
const old = "old-secret";
const fresh = "11111111-2222-4333-8444-555555555555";

const running: SnapTradeStandIn[] = [];

async function start(...faults: readonly string[]): Promise<SnapTradeStandIn> {
  return startWith({}, ...faults);
}

async function startWith(options: Partial<SnapTradeOptions>, ...faults: readonly string[]): Promise<SnapTradeStandIn> {
  const standIn = await startSnapTrade({
    ...credentials,
    users: { [userId]: old },
    nextSecret: (n) => (n === 1 ? fresh : `${fresh}-${n}`),
    ...options,
  });
  running.push(standIn);
  for (const name of faults) {
    applySnapTradeFault(standIn, name);
  }
  return standIn;
}

/** A sound answer ends with the connection, so that no test has to listen for silence. */
const lastOne = (request: string): string => request.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n");

const reset = (standIn: SnapTradeStandIn, limits?: Parameters<typeof exchange>[2]): Promise<Received> =>
  exchange(standIn.port, lastOne(resetRequest(credentials, userId, old)), limits);

const probe = (standIn: SnapTradeStandIn, secret: string): Promise<Received> =>
  exchange(standIn.port, lastOne(probeRequest(credentials, userId, secret)));

const status = async (standIn: SnapTradeStandIn, secret: string): Promise<number> =>
  statusOf(await probe(standIn, secret));

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

afterEach(async () => {
  await Promise.all(running.splice(0).map((standIn) => standIn.close()));
});

describe("every name", () => {
  test.each(Object.entries(snapTradeFaultNames))(
    "%s is kebab-case and says what happens in the world",
    (name, fault) => {
      expect(name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
      expect(fault.says).toMatch(/^[A-Za-z].{10,}[^.]$/);
    },
  );

  test("an unknown name is refused", async () => {
    await expect(start("reset-nowhere")).rejects.toThrow("no fault named reset-nowhere");
  });

  test.each(Object.keys(snapTradeFaultNames).filter((name) => name.startsWith("reset-")))(
    "%s commits exactly when its sentence says that the reset happens",
    async (name) => {
      const standIn = await start(name);
      // The port closes only after a first request.
      if (name === "reset-connection-refused") await status(standIn, "altered");
      await reset(standIn, { limitBytes: 200_000, silenceMs: 60 });
      await sleep(name.startsWith("reset-late") ? 350 : 0);
      const says = snapTradeFaultNames[name]?.says ?? "";
      const happens = says.includes("reset happens");
      expect(standIn.resets).toBe(happens ? 1 : 0);
      const isOld = name === "reset-undone" || (!happens && name !== "reset-overtaken");
      expect(standIn.secretInForce(userId) === old).toBe(isOld);
    },
  );
});

describe("a reset that gets no whole answer", () => {
  test.each([
    ["reset-cut-before-answer", "rst", ""],
    ["reset-closed-before-answer", "fin", ""],
    ["reset-cut-uncommitted", "rst", ""],
    ["reset-blackhole", "open", ""],
    ["reset-blackhole-committed", "open", ""],
    ["reset-struck-at-first-byte", "rst", ""],
    ["reset-cut-before-secret", "rst", '"userSecret":"'],
    ["reset-cut-inside-secret", "rst", `"userSecret":"${fresh.slice(0, 18)}`],
    ["reset-closed-inside-secret", "fin", `"userSecret":"${fresh.slice(0, 18)}`],
    ["reset-stalled-inside-secret", "open", `"userSecret":"${fresh.slice(0, 18)}`],
    ["reset-cut-at-closing-quote", "rst", `"userSecret":"${fresh}`],
    ["reset-cut-after-secret", "rst", `"userSecret":"${fresh}"`],
    ["reset-closed-after-secret", "fin", `"userSecret":"${fresh}"`],
    ["reset-stalled-after-secret", "open", `"userSecret":"${fresh}"`],
  ])("%s ends by %s after its last byte", async (name, ended, lastBytes) => {
    const received = await reset(await start(name));
    expect(received.ended).toBe(ended);
    expect(received.bytes.toString()).toMatch(new RegExp(lastBytes === "" ? "^$" : `${lastBytes}$`));
  });

  test("can be cut after any byte", async () => {
    const standIn = await start();
    standIn.faults.resetNeedsOldSecret = false;
    const whole = (await reset(standIn)).bytes.length;
    for (const cutAfter of [1, 8, 9, whole - 1]) {
      standIn.faults.onReset({ delivery: { cutAfter, ending: "fin" } });
      expect((await reset(standIn)).bytes).toHaveLength(cutAfter);
    }
  });

  test("is struck before anything is committed, on a connection in use as on a fresh one", async () => {
    const standIn = await start("reset-struck-at-first-byte");
    const both = probeRequest(credentials, userId, old) + resetRequest(credentials, userId, old);
    expect((await exchange(standIn.port, both)).ended).toBe("rst");
    expect([standIn.resets, standIn.resetRequests]).toEqual([0, 1]);
    expect((await reset(standIn)).ended).toBe("fin");
    expect([standIn.resets, standIn.resetRequests]).toEqual([1, 2]);
  });

  test("finds nobody listening once the old secret is proven", async () => {
    const standIn = await start("reset-connection-refused");
    expect([await status(standIn, old), await status(standIn, "altered")]).toEqual([200, 401]);
    expect((await reset(standIn)).ended).toBe("refused");
    expect(standIn.resetRequests).toBe(0);
  });

  test.each([
    ["reset-late-unanswered", "open", Number.NaN],
    ["reset-late-504", "fin", 504],
    ["reset-late-cut", "rst", Number.NaN],
  ])("%s: the old secret is live at first and dead later", async (name, ended, code) => {
    const { standIn, committed, received, soon } = await inTime(300, async () => {
      const one = await start(name);
      const commit = one.waitFor("reset-committed");
      const answer = await reset(one, { silenceMs: 50 });
      return { standIn: one, committed: commit, received: answer, soon: await status(one, old) };
    });
    expect([received.ended, statusOf(received), soon]).toEqual([ended, code, 200]);
    await committed;
    expect([await status(standIn, old), await status(standIn, fresh)]).toEqual([401, 200]);
  });

  test("a late reset that is overtaken does not happen", async () => {
    const { standIn, theirs } = await inTime(300, async () => {
      const one = await start("reset-late-504");
      await reset(one, { silenceMs: 50 });
      return { standIn: one, theirs: one.rotateBehindBack(userId) };
    });
    await sleep(350);
    expect(standIn.secretInForce(userId)).toBe(theirs);
    expect(standIn.resets).toBe(0);
  });
});

describe("a reset that is answered with something else", () => {
  test.each([
    ["reset-400", 400, "0000"],
    ["reset-401-signature", 401, "1076"],
    ["reset-401-dead", 401, "1083"],
    ["reset-overtaken", 401, "1083"],
    ["reset-403", 403, "0000"],
    ["reset-404", 404, "0000"],
    ["reset-429", 429, "0000"],
    ["reset-500", 500, "1000"],
    ["reset-500-committed", 500, "1000"],
    ["reset-503", 503, "1000"],
  ])("%s answers %d with code %s as a string", async (name, code, errorCode) => {
    const received = await reset(await start(name));
    expect(statusOf(received)).toBe(code);
    expect(JSON.parse(bodyOf(received))).toMatchObject({ status_code: code, code: errorCode });
  });

  test.each([301, 307, 308])("reset-%d redirects", async (code) => {
    const received = await reset(await start(`reset-${code}`));
    expect(statusOf(received)).toBe(code);
    expect(received.bytes.toString()).toContain("\r\nLocation: /snapTrade/resetUserSecret/\r\n");
  });

  test("reset-500-with-secret brings the secret in force", async () => {
    const received = await reset(await start("reset-500-with-secret"));
    expect([statusOf(received), bodyOf(received)]).toEqual([500, expect.stringContaining(`"${fresh}"`)]);
  });

  test("only what is rightly signed meets a fault", async () => {
    const standIn = await start("reset-500-committed");
    const forged = resetRequest({ ...credentials, consumerKey: "forged" }, userId, old);
    expect(statusOf(await exchange(standIn.port, forged))).toBe(401);
    expect(standIn.resets).toBe(0);
    expect(statusOf(await reset(standIn))).toBe(500);
  });
});

describe("strange frames", () => {
  const json = JSON.stringify({ userId, userSecret: fresh });
  const size = json.length;
  const head = (rest: string): RegExp => new RegExp(`^HTTP/1\\.1 200 OK\\r\\n[^]*${rest}`);
  const onTheWire: Record<keyof typeof strangeFrames, RegExp> = {
    "missing-last-chunk": head(`chunked\\r\\n\\r\\n${size.toString(16)}\\r\\n${json}\\r\\n$`),
    "content-length-too-long": head(`Content-Length: ${size + 100}\\r\\n\\r\\n${json}$`),
    "content-length-too-long-stalled": head(`Content-Length: ${size + 100}\\r\\n\\r\\n${json}$`),
    "content-length-too-short": head(`Content-Length: ${size - 12}\\r\\n\\r\\n${json}$`),
    "content-length-doubled": head(`Content-Length: ${size}\\r\\nContent-Length: ${size + 7}\\r\\n\\r\\n${json}$`),
    "content-length-and-chunked": head(`Content-Length: 10\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n`),
    "bad-chunk-size": head(`\\r\\n\\r\\nzz\\r\\n${json}\\r\\n0\\r\\n\\r\\n$`),
    "secret-across-chunks": head(`\\r\\n14\\r\\n${json.slice(-20)}\\r\\n0\\r\\n\\r\\n$`),
    "secret-across-chunks-cut": head(`\\r\\n14\\r\\n${json.slice(-20)}\\r\\n$`),
    "huge-headers": head(`X-Padding: a{20480}\\r\\n\\r\\n${json}$`),
    "illegal-header-byte": head(`edge\\x01node\\r\\n\\r\\n${json}$`),
    "204-with-body": new RegExp(`^HTTP/1\\.1 204 No Content\\r\\n[^]*\\r\\n\\r\\n${json}$`),
    "no-http": new RegExp(`^${json}$`),
    "1xx-first": new RegExp(`^HTTP/1\\.1 103 Early Hints\\r\\n[^]*\\r\\n\\r\\nHTTP/1\\.1 200 OK\\r\\n[^]*${json}$`),
    "gzip-unasked": head(`Content-Encoding: gzip\\r\\nContent-Length: \\d+\\r\\n\\r\\n\\x1f\\x8b`),
    "gzip-and-identity": head(`Content-Encoding: gzip, identity\\r\\nContent-Length: \\d+\\r\\n\\r\\n\\x1f\\x8b`),
    "gzip-unnamed": new RegExp(`^HTTP/1\\.1 200 OK\\r\\n(?![^]*Content-Encoding)[^]*\\r\\n\\r\\n\\x1f\\x8b`),
    "zstd-unnamed": new RegExp(`^(?![^]*Content-Encoding)[^]*\\r\\n\\r\\n\\x28\\xb5\\x2f\\xfd[^]{8}${json}$`),
    "ten-digit-chunk-size": head(`\\r\\n\\r\\n0{8}[0-9a-f]{2}\\r\\n${json}\\r\\n0\\r\\n\\r\\n$`),
    "ten-digit-chunk-sizes-cut": head(`\\r\\n0{8}14\\r\\n${json.slice(-20)}\\r\\n$`),
    "answered-twice": new RegExp(`^(HTTP/1\\.1 200 OK\\r\\n[^]*?\\r\\n\\r\\n${json}){2}$`),
    "http10-without-length": new RegExp(`^HTTP/1\\.0 200 OK\\r\\n(?![^]*Content-Length)[^]*${json}$`),
    "bare-line-feeds": new RegExp(`^HTTP/1\\.1 200 OK\\n[^\\r]*\\n\\n${json}$`),
    endless: head(`"userSecret":"${fresh}","padding":"a{100000}`),
  };

  test.each(Object.entries(onTheWire))("%s looks so on the wire", async (name, pattern) => {
    const standIn = await start(`reset-frame-${name}`);
    const received = await reset(standIn, { limitBytes: 200_000 });
    expect(received.bytes.toString("latin1")).toMatch(pattern);
    expect(received.ended).toBe(name === "endless" || name.endsWith("stalled") ? "open" : "fin");
    expect(standIn.secretInForce(userId)).toBe(fresh);
  });

  test("every frame is looked at", () => {
    expect(Object.keys(onTheWire).sort()).toEqual(Object.keys(strangeFrames).sort());
  });

  test("segments arrive apart", async () => {
    const received = await reset(await start("reset-frame-secret-across-chunks"));
    expect(received.segments).toHaveLength(2);
    expect(received.segments[1]?.toString()).toMatch(/^14\r\n/);
  });
});

describe("strange bodies", () => {
  const user = `"userId":"${userId}"`;
  const uuid = "[0-9a-f-]{36}";
  const inBody: Record<keyof typeof strangeBodies, RegExp> = {
    "broken-json": new RegExp(`^\\{${user},"userSecret":"${fresh}"$`),
    bom: new RegExp(`^\\uFEFF\\{${user},"userSecret":"${fresh}"\\}$`),
    "trailing-text": new RegExp(`"${fresh}"\\}\\n<!--`),
    html: /^<!doctype html>(?![^]*userSecret)/,
    "html-around-secret": new RegExp(`^<!doctype html>[^]*"userSecret":"${fresh}"[^]*</html>$`),
    empty: /^$/,
    "duplicate-keys-last-counts": new RegExp(`"userSecret":"(?!${fresh})${uuid}","userSecret":"${fresh}"`),
    "duplicate-keys-first-counts": new RegExp(`"userSecret":"${fresh}","userSecret":"(?!${fresh})${uuid}"`),
    nested: new RegExp(`^\\{"data":\\{${user},"userSecret":"${fresh}"\\}\\}$`),
    number: /"userSecret":728105530961442\}/,
    "secret-empty": /"userSecret":""/,
    "secret-null": /"userSecret":null/,
    "secret-missing": new RegExp(`^\\{${user}\\}$`),
    "secret-unchanged": new RegExp(`"userSecret":"${old}"`),
    "secret-spaced": new RegExp(`"userSecret":"  ${fresh}\\\\t "`),
    "secret-with-line-ends": /"userSecret":"11111111\\r\\n-2222[-0-9]+\\n"/,
    "secret-non-ascii": new RegExp(`"userSecret":"clé-ß-日本-😀-${fresh}"`),
    "secret-escaped": /"userSecret":"\\u0031\\u0031/,
    "secret-lone-surrogate": new RegExp(`"${fresh}\\\\ud800"`),
    "secret-invalid-utf8": new RegExp(`"${fresh}\\uFFFD\\uFFFD"`),
    "secret-oversized": new RegExp(`"userSecret":"${fresh}[0-9a-f]{49964}"`),
    "value-in-object": new RegExp(`^\\{${user},"userSecret":\\{"value":"${fresh}"\\}\\}$`),
    "key-snake-case": new RegExp(`"user_secret":"${fresh}"`),
    "bare-string": new RegExp(`^"${fresh}"$`),
    "bare-word": new RegExp(`^${fresh}$`),
    array: new RegExp(`^\\[\\{${user},"userSecret":"${fresh}"\\}\\]$`),
    "json-in-string": new RegExp(`^"[^]*\\\\"userSecret\\\\":\\\\"${fresh}\\\\"\\}"$`),
    "previous-too": new RegExp(`"previousUserSecret":"${old}","userSecret":"${fresh}"`),
    "escaped-key-decoy-first": new RegExp(`"user\\\\u0053ecret":"(?!${fresh})${uuid}","userSecret":"${fresh}"`),
    "escaped-key-decoy-last": new RegExp(`"userSecret":"${fresh}","user\\\\u0053ecret":"(?!${fresh})${uuid}"`),
    "thirty-strings": new RegExp(`^\\[("[^"]*",){4}"${fresh}"(,"[^"]*"){25}\\]$`),
    "other-user": new RegExp(`^\\{"userId":"${userId}-other","userSecret":"${fresh}"\\}$`),
  };
  /** What URLs cannot carry, or what the answer does not tell, no client can send back. */
  const unusable = new Set(["secret-lone-surrogate"]);

  test.each(Object.entries(inBody))(
    "%s looks so in the answer, and the ledger knows what is in force",
    async (name, pattern) => {
      const standIn = await start(`reset-body-${name}`);
      const received = await reset(standIn, { silenceMs: 100 });
      expect(statusOf(received)).toBe(200);
      expect(bodyOf(received)).toMatch(pattern);
      const inForce = standIn.secretInForce(userId) ?? "";
      expect(inForce === old).toBe(name === "secret-unchanged");
      expect(await status(standIn, inForce)).toBe(unusable.has(name) ? 401 : 200);
    },
  );

  test("every body is looked at", () => {
    expect(Object.keys(inBody).sort()).toEqual(Object.keys(strangeBodies).sort());
  });

  test.each(["secret-spaced", "secret-with-line-ends", "secret-non-ascii", "secret-escaped", "secret-oversized"])(
    "%s gives exactly the secret in force",
    async (name) => {
      const standIn = await start(`reset-body-${name}`);
      const body: unknown = JSON.parse(bodyOf(await reset(standIn)));
      expect(body).toEqual({ userId, userSecret: standIn.secretInForce(userId) });
    },
  );
});

describe("probes", () => {
  const times = async (standIn: SnapTradeStandIn, secret: string, count: number): Promise<number[]> => {
    const seen: number[] = [];
    for (let n = 0; n < count; n += 1) {
      seen.push(await status(standIn, secret));
    }
    return seen;
  };

  test.each([
    ["probe-500-twice", [500, 500, 200]],
    ["probe-500-always", [500, 500, 500]],
    ["probe-429-once", [429, 200]],
    ["probe-401-signature", [401, 401]],
    ["probe-1083-once", [401, 200]],
    ["probe-500-after-reset", [200]],
  ])("%s: a live secret meets %j", async (name, expected) => {
    expect(await times(await start(name), old, expected.length)).toEqual(expected);
  });

  test.each([
    ["probe-500-after-reset", [500, 500]],
    ["probe-1083-once-after-reset", [401, 200]],
    ["probe-stalled-after-reset", [Number.NaN, Number.NaN]],
    ["probe-cut-after-reset", [Number.NaN, 200]],
  ])("%s: after the reset the new secret meets %j", async (name, expected) => {
    const standIn = await start(name);
    expect(await status(standIn, old)).toBe(200);
    await reset(standIn);
    expect(await times(standIn, fresh, expected.length)).toEqual(expected);
  });

  test("one that is cut ends by RST, one that stalls does not end", async () => {
    expect((await probe(await start("probe-cut"), old)).ended).toBe("rst");
    expect((await probe(await start("probe-stalled"), old)).ended).toBe("open");
  });

  test("faults can wait for their turn", async () => {
    const standIn = await start();
    standIn.faults.onProbe({ skip: 1, times: 1, about: "dead", answer: () => ({ status: 503, body: "" }) });
    expect(await times(standIn, "altered", 3)).toEqual([401, 503, 401]);
    standIn.faults.onProbe({ times: "always", answer: "none" });
    standIn.faults.clear();
    expect(await status(standIn, old)).toBe(200);
  });
});

/** How long both are so that get well by themselves. */
const SOON_MS = 300;

describe("the world", () => {
  test.each([
    ["old-stays-live", [200, 200], [200, 200]],
    ["old-stays-live-a-while", [200, 200], [401, 200]],
    ["new-live-late", [401, 401], [401, 200]],
  ])("%s: old and new meet %j after the reset and %j later", async (name, soon, later) => {
    const both = (from: SnapTradeStandIn): Promise<number[]> => Promise.all([status(from, old), status(from, fresh)]);
    const { standIn, seen } = await inTime(SOON_MS, async () => {
      const one = await start(name);
      await exchange(one.port, lastOne(resetRequest(credentials, userId, old)));
      return { standIn: one, seen: await both(one) };
    });
    expect(seen).toEqual(soon);
    await sleep(300);
    expect(await both(standIn)).toEqual(later);
  });

  test("is well again when what is armed for it is taken back", async () => {
    const { faults } = await start("reset-500", "reset-201");
    faults.handshakesToStrike = 1;
    expect(faults.armedForReset).toHaveLength(2);
    faults.clear();
    expect([faults.armedForReset, faults.handshakesToStrike]).toEqual([[], 0]);
  });

  test("goes down, ends its connections, and comes up on the same port", async () => {
    const standIn = await start();
    const { port } = standIn;
    await standIn.goDown();
    expect((await probe(standIn, old)).ended).toBe("refused");
    await standIn.comeUp();
    expect([standIn.port, await status(standIn, old)]).toEqual([port, 200]);
    const { ended, forMs } = await inWindow(100, async (forMs) => {
      await standIn.comeUp();
      await standIn.goDown({ forMs });
      return { forMs, ended: (await probe(standIn, old)).ended };
    });
    expect(ended).toBe("refused");
    await sleep(forMs + 50);
    expect(await status(standIn, old)).toBe(200);
  });

  test("down-after-reset answers the reset and nothing after it", async () => {
    const standIn = await start("down-after-reset");
    expect(statusOf(await reset(standIn))).toBe(200);
    expect((await probe(standIn, fresh)).ended).toBe("refused");
  });

  test("down-from-reset commits, answers nothing and is gone", async () => {
    const standIn = await start("down-from-reset");
    const received = await reset(standIn);
    expect(received.bytes).toHaveLength(0);
    expect((await probe(standIn, old)).ended).toBe("refused");
    expect(standIn.secretInForce(userId)).toBe(fresh);
  });

  test("overtaken-after-reset leaves somebody else's secret in force", async () => {
    const standIn = await start("overtaken-after-reset");
    await reset(standIn);
    expect([await status(standIn, fresh), standIn.everInForce(userId).length]).toEqual([401, 3]);
  });

  test("drip sends byte by byte, sliced in segments, and the answer stays whole", async () => {
    const dripped = await reset(await start("drip"));
    expect(dripped.segments.length).toBeGreaterThan(dripped.bytes.length / 4);
    const sliced = await reset(await start("sliced"));
    expect(Math.max(...sliced.segments.slice(0, 3).map((segment) => segment.length))).toBe(7);
    expect([JSON.parse(bodyOf(dripped)), JSON.parse(bodyOf(sliced))]).toEqual([
      { userId, userSecret: fresh },
      { userId, userSecret: fresh },
    ]);
  });

  test("chunked answers end in the last chunk", async () => {
    const received = await reset(await start("chunked"));
    expect(received.bytes.toString()).toMatch(
      new RegExp(`chunked\\r\\n\\r\\n[0-9a-f]+\\r\\n.*${fresh}"}\\r\\n0\\r\\n\\r\\n$`),
    );
  });

  test("every answer waits for the latency", async () => {
    const standIn = await startWith({ latencyMs: 120 });
    expect((await probe(standIn, old)).ms).toBeGreaterThanOrEqual(119);
  });

  test("a handler holds the request up at its instant", async () => {
    const standIn = await start();
    let inForceAtArrival: string | undefined;
    let inForceAtCommit: string | undefined;
    standIn.on("reset-arrived", () => {
      inForceAtArrival = standIn.secretInForce(userId);
    });
    standIn.on("reset-committed", async () => {
      inForceAtCommit = standIn.secretInForce(userId);
      await sleep(80);
    });
    const [received, answered] = await Promise.all([reset(standIn), standIn.waitFor("reset-answered")]);
    expect([inForceAtArrival, inForceAtCommit]).toEqual([old, fresh]);
    expect(received.ms).toBeGreaterThanOrEqual(79);
    expect((answered.answeredAt ?? 0) - (answered.committedAt ?? 0)).toBeGreaterThanOrEqual(79);
  });

  test("cut points are found in a whole answer", () => {
    const answer = Buffer.from(`{"userSecret":"${fresh}","more":1}`);
    expect(answer.subarray(0, afterSecret(answer)).toString()).toBe(`{"userSecret":"${fresh}"`);
  });
});
