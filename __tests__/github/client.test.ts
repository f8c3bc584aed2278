import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { GitHubOptions } from "../../src/github/client";
import type { Fault } from "../../src/rotation/model";
import { client, closeAll, type Seen, server, stopListening } from "../support/raw-server";

afterEach(closeAll);

function answer(status: string, headers: Readonly<Record<string, string>>, body: string): string {
  const lines = Object.entries({ "content-length": String(Buffer.byteLength(body)), ...headers });
  return [`HTTP/1.1 ${status}`, ...lines.map(([name, value]) => `${name}: ${value}`), "", body].join("\r\n");
}

/** A server that gives every request this answer. */
async function saying(...args: Parameters<typeof answer>): Promise<Seen> {
  return await server((socket) => socket.write(answer(...args)));
}

async function faultOf(
  apiUrl: URL,
  options: Partial<GitHubOptions> = {},
  method: "GET" | "PUT" = "GET",
): Promise<Fault> {
  const attempt = await client(apiUrl, options).call(method, "/x");
  if (attempt.ok) throw new Error("no fault");
  return attempt.fault;
}

describe("a request", () => {
  test("says who asks, and takes its body along", async () => {
    const { url, asked } = await saying("201 Created", {}, "{}");
    const attempt = await client(url).call("PUT", "/repos/o/r/actions/secrets/NAME", {
      key_id: "1",
      encrypted_value: "é",
    });
    expect(attempt).toMatchObject({ ok: true, value: { status: 201 } });
    expect(asked[0]?.head).toMatch(/^PUT \/api\/v3\/repos\/o\/r\/actions\/secrets\/NAME HTTP\/1.1\r\n/);
    expect(asked[0]?.head).toMatch(/^authorization: token github_pat_0123456789$/im);
    expect(asked[0]?.head).toMatch(/^user-agent: rotate-snaptrade-user-secret$/im);
    expect(Buffer.from(asked[0]?.body ?? "", "latin1").toString()).toBe('{"key_id":"1","encrypted_value":"é"}');
  });

  test("is sent once, whatever comes back, and no redirect is followed", async () => {
    for (const status of ["421 Misdirected Request", "500 Oh", "307 Temporary Redirect", "408 Request Timeout"]) {
      const { url, asked } = await saying(status, { location: "/api/v3/y" }, "");
      await client(url).call("PUT", "/x", {});
      expect(asked).toHaveLength(1);
    }
  });
});

describe("no status came", () => {
  test("where GitHub is silent: the call has settled by its deadline", async () => {
    const { url } = await server(() => undefined);
    const startedAt = performance.now();
    const attempt = await client(url).call("PUT", "/x", {}, { timeoutMs: 150 });
    expect(performance.now() - startedAt).toBeLessThan(2_900);
    expect(attempt).toEqual({
      ok: false,
      fault: {
        cause: "network",
        answered: false,
        detail: "GitHub did not answer the PUT: no answer in time",
        network: { cause: "time-out", code: null, sent: true },
        repeatable: true,
        retryAfterMs: null,
        permission: null,
      },
    });
  });

  test.each<[string, (socket: Socket) => unknown]>([
    ["ended", (socket) => socket.end()],
    ["reset", (socket) => socket.resetAndDestroy()],
    ["ended after a lone Continue", (socket) => socket.end("HTTP/1.1 100 Continue\r\n\r\n")],
  ])("where the connection is %s", async (_, act) => {
    const { url, asked, connections } = await server(act);
    expect(await faultOf(url, {}, "PUT")).toMatchObject({ answered: false, network: { cause: "reset", sent: true } });
    expect([asked.length, connections]).toEqual([1, 0]);
  });

  test("where what comes is no HTTP", async () => {
    const { url } = await server((socket) => socket.write("SSH-2.0-x\r\n\r\n"));
    expect(await faultOf(url)).toMatchObject({ network: { cause: "garbled", sent: true } });
  });

  test("where nobody listens: nothing was sent", async () => {
    const { url } = await server(() => undefined);
    await stopListening();
    expect(await faultOf(url)).toMatchObject({
      answered: false,
      detail: "GitHub could not be reached: no connection: ECONNREFUSED",
      network: { cause: "refused", code: "ECONNREFUSED", sent: false },
    });
  });

  test("where the handshake hangs: the call settles by its deadline, and nothing is sent later", async () => {
    const { url, asked } = await server(() => undefined);
    const secure = new URL(url.href.replace("http:", "https:"));
    const attempt = await client(secure).call("GET", "/x", undefined, { timeoutMs: 100 });
    expect(attempt).toMatchObject({ fault: { network: { cause: "time-out", sent: false } } });
    expect(asked).toEqual([]);
  });

  test("where this process has nothing more to do", async () => {
    const { url } = await server(() => undefined);
    const lifetime = new AbortController();
    setTimeout(() => lifetime.abort(), 50);
    expect(await faultOf(url, { lifetime: lifetime.signal })).toMatchObject({ network: { cause: "ended" } });
    expect(await faultOf(url, { lifetime: lifetime.signal })).toMatchObject({
      network: { cause: "ended", sent: false },
    });
  });
});

describe("a proxy", () => {
  const { HTTPS_PROXY: before } = process.env;
  afterEach(() => {
    if (before === undefined) delete process.env["HTTPS_PROXY"];
    else process.env["HTTPS_PROXY"] = before;
  });

  test("that says nothing is named when the request gives up", async () => {
    const proxy = await server(() => undefined);
    process.env["HTTPS_PROXY"] = proxy.url.origin;
    expect(await faultOf(new URL("https://api.corp.test"), { requestTimeoutMs: 300 })).toMatchObject({
      detail: "GitHub could not be reached: no tunnel through the proxy in time",
      network: { cause: "proxy", sent: false },
    });
  });

  test("that ends every connection is called a few times by many requests, and named", async () => {
    const proxy = await server((socket) => socket.end());
    process.env["HTTPS_PROXY"] = proxy.url.origin;
    const github = client(new URL("https://api.corp.test"), { reconnectForMs: 400, requestTimeoutMs: 1_500 });
    const attempts = await Promise.all(Array.from({ length: 20 }, async () => await github.call("GET", "/x")));
    for (const attempt of attempts) {
      expect(attempt).toMatchObject({ fault: { answered: false, network: { cause: "proxy", sent: false } } });
    }
    await sleep(200);
    expect(proxy.connections).toBeLessThan(40);
  });
});

describe("connecting", () => {
  test("is repeated while GitHub is not there yet", async () => {
    const { url } = await server(() => undefined);
    const port = Number(url.port);
    await stopListening();
    const called = client(url, { reconnectForMs: 3_000 }).call("GET", "/x");
    await sleep(300);
    await server((socket) => socket.write(answer("200 OK", {}, "[]")), port);
    expect(await called).toMatchObject({ ok: true });
  });

  test("uses no more than ten connections for sixty requests", async () => {
    const seen = await server((socket) => void sleep(20).then(() => socket.write(answer("200 OK", {}, "[]"))));
    const github = client(seen.url);
    const attempts = await Promise.all(Array.from({ length: 60 }, async () => await github.call("GET", "/x")));
    expect(attempts.filter(({ ok }) => ok)).toHaveLength(60);
    expect(seen.most).toBeLessThanOrEqual(10);
  });

  test("of the two lanes is separate: the same again goes out while the first still waits", async () => {
    const seen = await server((socket, { head }) => {
      if (!head.includes("/slow") || head.includes("/again")) socket.write(answer("204 No Content", {}, ""));
    });
    const github = client(seen.url);
    await github.call("GET", "/warm", undefined, { lane: "first" });
    await github.call("GET", "/warm", undefined, { lane: "second" });
    const first = github.call("PUT", "/slow", {}, { lane: "first", timeoutMs: 400 });
    await sleep(50);
    expect(github.freeLane()).toBe("second");
    expect(await github.call("PUT", "/slow/again", {}, { lane: "second" })).toMatchObject({ ok: true });
    expect(await first).toMatchObject({ fault: { network: { sent: true } } });
    expect(seen.connections).toBe(2);
    expect(seen.asked.map(({ connection }) => connection)).toEqual([1, 2, 1, 2]);
  });
});

describe("an answer that is not what it should be may be asked again", () => {
  const HTML = "<!doctype html><title>Sign in</title>";
  test.each<[string, string, RegExp]>([
    ["HTML", answer("200 OK", { "content-type": "text/html" }, HTML), /200 and a page of HTML/],
    ["nothing", answer("200 OK", {}, ""), /200 and nothing/],
    ["no JSON", answer("200 OK", {}, "ok"), /200 and a body that is no JSON/],
    ["null", answer("200 OK", {}, "null"), /no JSON/],
    ["a cut body", 'HTTP/1.1 200 OK\r\ncontent-length: 90\r\n\r\n{"key":', /200 and a body that is cut off/],
  ])("%s", async (_, text, detail) => {
    const { url } = await server((socket) => socket.end(text));
    const fault = await faultOf(url);
    expect(fault).toMatchObject({ cause: "malformed", answered: true, repeatable: true, status: 200 });
    expect(fault.detail).toMatch(detail);
  });

  test("more than a megabyte of it, which is not read to its end", async () => {
    let isOpen = true;
    const { url } = await server((socket) => {
      socket.write("HTTP/1.1 200 OK\r\ncontent-length: 300000000\r\n\r\n[");
      const chunk = Buffer.alloc(256 * 1024, "1");
      const pump = setInterval(() => socket.write(chunk), 1);
      socket.on("close", () => {
        isOpen = false;
        clearInterval(pump);
      });
    });
    const fault = await faultOf(url);
    expect(fault).toMatchObject({ cause: "malformed", repeatable: true });
    expect(fault.detail).toMatch(/more than 1 MiB/);
    await sleep(100);
    expect(isOpen).toBe(false);
  });
});

describe("what GitHub refuses", () => {
  const json = (message: string): string => JSON.stringify({ message });
  test.each<[string, string, string]>([
    ["403 Forbidden", "Something new", "forbidden"],
    ["409 Conflict", "Conflict", "conflict"],
    ["422 Unprocessable Entity", "You have exceeded the maximum number of secrets", "quota"],
    ["400 Bad Request", "Problems parsing JSON", "malformed"],
  ])("%s, %j: %s, with its sentence whole", async (status, message, cause) => {
    const { url } = await saying(status, {}, json(message));
    const fault = await faultOf(url);
    expect(fault).toMatchObject({ cause, answered: true, status: Number(status.slice(0, 3)) });
    expect(fault.detail).toContain(`"${message}"`);
    expect(fault.network).toBeUndefined();
  });

  test("nothing is quoted that may hold a part of a secret", async () => {
    const { url } = await saying("403 Forbidden", {}, json("you sent github_pat_0123456789"));
    expect((await faultOf(url, { quote: () => null })).detail).toBe("GitHub answered the GET with 403");
  });

  test("a page of HTML is not taken for GitHub's", async () => {
    const { url } = await saying("403 Forbidden", { "content-type": "text/html" }, "<h1>Just a moment</h1>");
    expect((await faultOf(url)).detail).toMatch(/403 and a page of HTML, which is not GitHub's own answer$/);
  });

  test("a server in trouble may have done it", async () => {
    const { url } = await saying("502 Bad Gateway", {}, "");
    expect(await faultOf(url)).toMatchObject({ cause: "server", answered: false, repeatable: true, status: 502 });
  });

  test("the permission is told as GitHub's API names it, and only where it is about one", async () => {
    const headers = { "x-accepted-github-permissions": "environments=write" };
    const permission = await saying("403 Forbidden", headers, json("Resource not accessible by integration"));
    expect(await faultOf(permission.url)).toMatchObject({ permission: "environments=write" });
    const archived = await saying("403 Forbidden", headers, json("Repository was archived so is read-only."));
    expect(await faultOf(archived.url)).toMatchObject({ permission: null });
  });

  test("the page for single sign-on is named if it is on the server's own host", async () => {
    const sso = (url: string): Readonly<Record<string, string>> => ({ "x-github-sso": `required; url=${url}` });
    const message = json("Resource protected by organization SAML enforcement.");
    const own = await saying("403 Forbidden", sso("http://127.0.0.1/orgs/acme/sso?r=1"), message);
    expect(await faultOf(own.url)).toMatchObject({ cause: "sso", ssoUrl: "http://127.0.0.1/orgs/acme/sso?r=1" });
    const other = await saying("403 Forbidden", sso("http://evil.test/orgs/acme/sso"), message);
    expect((await faultOf(other.url)).ssoUrl).toBeUndefined();
  });

  test("a wait is told as it is, 0 too, and so is what is left", async () => {
    const zero = await saying("403 Forbidden", { "retry-after": "0", "x-ratelimit-remaining": "3" }, json("x"));
    expect(await faultOf(zero.url)).toMatchObject({
      cause: "throttled",
      retryAfterMs: 0,
      repeatable: true,
      allowance: { remaining: 3, resetAt: null },
    });
    const empty = await saying("403 Forbidden", { "x-ratelimit-remaining": "0" }, json("Resource not accessible by x"));
    expect(await faultOf(empty.url)).toMatchObject({ cause: "forbidden-permission", allowance: { remaining: 0 } });
  });
});

describe("a redirect", () => {
  test.each<[string, string, string]>([
    ["301 Moved Permanently", "/api/v3/repositories/1/actions/secrets", "moved"],
    ["307 Temporary Redirect", "/api/v3/repositories/1/actions/secrets", "moved"],
    ["302 Found", "/login?return_to=x", "login-page"],
    ["301 Moved Permanently", "/login", "login-page"],
    ["302 Found", "https://sso.corp.test/start", "login-page"],
    ["307 Temporary Redirect", "https://sso.corp.test/start", "login-page"],
  ])("%s to %s: %s", async (status, location, cause) => {
    const { url } = await saying(status, { location }, "");
    const fault = await faultOf(url);
    expect(fault).toMatchObject({ cause, answered: true, ...(cause === "login-page" ? { repeatable: true } : {}) });
    expect(fault.detail).toMatch(location.startsWith("https") ? /a login page at sso\.corp\.test$/ : /./);
  });

  test("to nowhere is malformed", async () => {
    const { url } = await saying("302 Found", {}, "");
    expect(await faultOf(url)).toMatchObject({ cause: "malformed", repeatable: true });
  });
});

describe("while it is kept warm", () => {
  test("each lane is asked in turn, and one that does not answer is not asked for more", async () => {
    const seen = await server((socket, _, nth) => {
      if (nth > 2) socket.write(answer("200 OK", {}, "{}"));
    });
    const github = client(seen.url);
    await github.keepWarm(() => sleep(3_400));
    expect(seen.asked.length).toBe(2);
    expect(seen.asked.map(({ connection }) => connection)).toEqual([1, 2]);
    expect(seen.asked[0]?.head).toMatch(/^GET \/api\/v3\/rate_limit /);
  });
});

describe("what gh is told as --hostname", () => {
  test.each([
    ["https://api.github.com", null],
    ["https://api.octo.ghe.com", "octo.ghe.com"],
    ["https://github.example.com/api/v3", "github.example.com"],
    ["https://github.example.com:8443/api/v3/", "github.example.com"],
  ])("%s: %s", (apiUrl, hostname) => {
    // Nothing is loaded and nobody is asked before the first call.
    expect(client(new URL(apiUrl)).hostname).toBe(hostname);
  });
});

test("a client that was never used is closed without a word", async () => {
  await expect(client(new URL("https://api.github.com")).close()).resolves.toBeUndefined();
});
