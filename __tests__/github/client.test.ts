import type { AddressInfo, Server, Socket } from "node:net";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { connectGitHub } from "../../src/github/client";
import type { GitHub, GitHubOptions, Octokit } from "../../src/github/client";
import type { Fault } from "../../src/rotation/model";
import { Secret } from "../../src/text/secret";

const forever = new AbortController().signal;
const servers: Server[] = [];
const clients: GitHub[] = [];
const sockets = new Set<Socket>();

afterEach(async () => {
  await Promise.all(clients.splice(0).map(async (client) => await client.close()));
  for (const socket of sockets) socket.destroy();
  for (const server of servers.splice(0)) server.close();
});

/** A request as it arrived. */
interface Asked {
  readonly head: string;
  readonly body: string;
  /** On which connection, counted from 1. */
  readonly connection: number;
}

interface Seen {
  readonly url: URL;
  readonly asked: Asked[];
  connections: number;
  /** The most connections that were open at once. */
  most: number;
}

/** A server that reads whole requests and lets `act` do with the connection what it likes. */
async function server(act: (socket: Socket, asked: Asked, nth: number) => void, port = 0): Promise<Seen> {
  const asked: Asked[] = [];
  const counts = { connections: 0, open: 0, most: 0 };
  const listener = createServer((socket) => {
    sockets.add(socket);
    counts.connections += 1;
    counts.open += 1;
    counts.most = Math.max(counts.most, counts.open);
    const connection = counts.connections;
    socket.on("error", () => undefined);
    socket.on("close", () => (counts.open -= 1));
    let text = "";
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
      const [, head = "", body = ""] = /^([^]*?)\r\n\r\n([^]*)$/.exec(text) ?? [];
      const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
      if (head === "" || body.length < length) return;
      text = "";
      const one = { head, body, connection };
      asked.push(one);
      act(socket, one, asked.length);
    });
  });
  servers.push(listener);
  await new Promise<void>((resolve) => listener.listen(port, "127.0.0.1", resolve));
  const address = listener.address();
  const isTcp = (value: typeof address): value is AddressInfo => typeof value === "object" && value !== null;
  if (!isTcp(address)) throw new Error("no port");
  return {
    url: new URL(`http://127.0.0.1:${address.port}/api/v3`),
    asked,
    get connections() {
      return counts.connections;
    },
    get most() {
      return counts.most;
    },
  };
}

function answer(status: string, headers: Readonly<Record<string, string>>, body: string): string {
  const lines = Object.entries({ "content-length": String(Buffer.byteLength(body)), ...headers });
  return [`HTTP/1.1 ${status}`, ...lines.map(([name, value]) => `${name}: ${value}`), "", body].join("\r\n");
}

/** A server that gives every request this answer. */
async function saying(...args: Parameters<typeof answer>): Promise<Seen> {
  return await server((socket) => socket.write(answer(...args)));
}

/** What octokit does for a request, as far as this adapter is concerned; the bundle's plays have the real one. */
const plainOctokit: GitHubOptions["loadOctokit"] = async (token, apiUrl) => {
  const request: Octokit["request"] = async ({ method, url, request: { fetch }, ...content }) => {
    const base = apiUrl.href.replace(/\/$/, "");
    const headers = { authorization: `token ${token.reveal()}`, "user-agent": "rotate-snaptrade-user-secret" };
    const hasBody = method === "PUT" && Object.keys(content).length > 0;
    const type = { "content-type": "application/json; charset=utf-8" };
    const body = hasBody ? { headers: { ...headers, ...type }, body: JSON.stringify(content) } : { headers };
    return await fetch(`${base}${url}`, body);
  };
  return await Promise.resolve({ request });
};

function client(apiUrl: URL, options: Partial<GitHubOptions> = {}): GitHub {
  const made = connectGitHub({
    apiUrl,
    token: new Secret("github_pat_0123456789"),
    requestTimeoutMs: 3_000,
    lifetime: forever,
    quote: (text) => text,
    loadOctokit: plainOctokit,
    reconnectForMs: 0,
    ...options,
  });
  clients.push(made);
  return made;
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

  test("brings GitHub's time, the token's end and what is left of its allowance", async () => {
    const headers = {
      date: "Sun, 01 Mar 2026 12:00:00 GMT",
      "github-authentication-token-expiration": "2026-12-01 00:00:00 UTC",
      "x-ratelimit-remaining": "41",
      "x-ratelimit-reset": "1000",
    };
    const { url } = await saying("200 OK", headers, '{"key_id":578000000000000000012}');
    expect(await client(url).call("GET", "/x")).toMatchObject({
      value: {
        text: '{"key_id":578000000000000000012}',
        serverTime: Date.parse("2026-03-01T12:00:00Z"),
        tokenExpiresAt: Date.parse("2026-12-01T00:00:00Z"),
        allowance: { remaining: 41, resetAt: 1_000_000 },
      },
    });
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
    servers.splice(0).forEach((one) => one.close());
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
    await Promise.all(servers.splice(0).map(async (one) => await new Promise((resolve) => one.close(resolve))));
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
  const POLICY =
    "The 'Acme' organization forbids access via a fine-grained personal access tokens if the token's lifetime is greater than 366 days. Please adjust your token's lifetime at the following URL: https://github.com/settings/personal-access-tokens/1234567";

  test.each<[string, string, string]>([
    ["401 Unauthorized", "Bad credentials", "unauthorized"],
    ["403 Forbidden", "Resource not accessible by integration", "forbidden-permission"],
    ["403 Forbidden", "Resource not accessible by personal access token", "forbidden-permission"],
    ["403 Forbidden", POLICY, "policy"],
    [
      "403 Forbidden",
      "`acme` forbids access via a personal access token (classic). Please use a GitHub App, OAuth App, or a personal access token with fine-grained permissions.",
      "policy",
    ],
    [
      "403 Forbidden",
      "Resource protected by organization SAML enforcement. You must grant your Personal Access token access to this organization.",
      "sso",
    ],
    [
      "403 Forbidden",
      "Although you appear to have the correct authorization credentials, the `acme` organization has an IP allow list enabled, and your IP address is not permitted to access this resource.",
      "ip-list",
    ],
    ["403 Forbidden", "Repository was archived so is read-only.", "archived"],
    ["403 Forbidden", "Sorry. Your account was suspended", "suspended"],
    ["403 Forbidden", "You have exceeded a secondary rate limit", "throttled"],
    ["403 Forbidden", "Something new", "forbidden"],
    ["404 Not Found", "Not Found", "missing"],
    ["409 Conflict", "Conflict", "conflict"],
    ["422 Unprocessable Entity", "You have exceeded the maximum number of secrets", "quota"],
    ["422 Unprocessable Entity", "Bad encrypted value", "box-refused"],
    ["429 Too Many Requests", "Slow down", "throttled"],
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
