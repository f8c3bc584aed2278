import { GitHubSecret } from "../../src/github/destination";
import { Sealer } from "../../src/github/seal";
import { parseSaveTo } from "../../src/inputs/save-to";
import type { FaultCause } from "../../src/rotation/model";
import { client, closeAll, server } from "../support/raw-server";

// Answers in the forms in which GitHub was seen to give them, byte for byte as far as a form goes; values are made up.

const KEY = "2Sg8iYjAxxmI2LvUXpJjkYrMxURPc8r+dB7TJyvvcCU=";
const DATE = "Sun, 01 Mar 2026 12:00:00 GMT";
const NOW = Date.parse(DATE);

const sealer = new Sealer();
beforeAll(async () => await sealer.load());
afterEach(closeAll);

/** Header lines that most answers have had, in GitHub's order and letters. */
const HEAD = ["Server: github.com", `Date: ${DATE}`, "Content-Type: application/json; charset=utf-8"];
const TAIL = [
  "X-GitHub-Media-Type: github.v3; format=json",
  "X-GitHub-Request-Id: C0DE:1A2B3C:4D5E6F:7A8B9C:65A1B2C3",
  "Strict-Transport-Security: max-age=31536000; includeSubdomains; preload",
];
const COUNTED = ["X-RateLimit-Limit: 5000", "X-RateLimit-Remaining: 4987", "X-RateLimit-Reset: 1772370000"];
const ALLOWANCE = { remaining: 4_987, resetAt: 1_772_370_000_000 };

function raw(status: string, headers: readonly string[], body = ""): string {
  return [`HTTP/1.1 ${status}`, ...headers, "", body].join("\r\n");
}

function sized(status: string, headers: readonly string[], body: string): string {
  return raw(status, [...HEAD, ...headers, ...TAIL, `Content-Length: ${Buffer.byteLength(body)}`], body);
}

/** As every 200 was: in one chunk. */
function chunked(headers: readonly string[], body: string): string {
  const chunk = `${Buffer.byteLength(body).toString(16)}\r\n${body}\r\n0\r\n\r\n`;
  return raw("200 OK", [...HEAD, "Transfer-Encoding: chunked", ...headers, ...TAIL], chunk);
}

const METADATA = '{"name":"NAME","created_at":"2026-01-05T09:17:32Z","updated_at":"2026-02-05T09:17:32Z"}';
const TODAY = { keyId: "3380204578043523366", key: `{"key_id":"3380204578043523366","key":"${KEY}"}` };

/** The secret of a repository, where each question gets the answer whose name its path ends with. */
async function secretAt(answers: Readonly<Record<string, string>>): Promise<GitHubSecret> {
  const { url } = await server((socket, { head }) => {
    const path = head.split(" ", 2)[1] ?? "";
    socket.write(answers[path.replace(/^.*\//, "")] ?? "");
  });
  const [place] = parseSaveTo("NAME", "octo-org/brokerage");
  return new GitHubSecret(place, client(url), sealer);
}

const EXPIRY = "github-authentication-token-expiration";

describe("what is read", () => {
  test.each<[string, readonly string[], string, string, number | null]>([
    ["a fine-grained token's", [`${EXPIRY}: 2026-12-01 00:00:00 UTC`], TODAY.key, TODAY.keyId, Date.UTC(2026, 11, 1)],
    [
      "a token's whose end is told in another time zone",
      [`${EXPIRY}: 2023-09-13 14:03:46 -0400`],
      TODAY.key,
      TODAY.keyId,
      Date.UTC(2023, 8, 13, 18, 3, 46),
    ],
    ["a classic token's", ["X-OAuth-Scopes: repo", "X-Accepted-OAuth-Scopes: "], TODAY.key, TODAY.keyId, null],
    [
      "with a short key_id, as of old",
      [],
      `{"key_id":"568250167242549743","key":"${KEY}"}`,
      "568250167242549743",
      null,
    ],
    [
      "an old Enterprise Server's, whose key_id is a number beyond 2^53",
      [],
      `{"key_id":3380217566468950943,"key":"${KEY}"}`,
      "3380217566468950943",
      null,
    ],
    [
      "beside organizations that want single sign-on",
      ["X-GitHub-SSO: partial-results; organizations=21955855,20582480"],
      TODAY.key,
      TODAY.keyId,
      null,
    ],
  ])("is %s", async (_, headers, key, keyId, tokenExpiresAt) => {
    const secret = await secretAt({
      "public-key": chunked([...headers, ...COUNTED], key),
      NAME: chunked([...headers, ...COUNTED], METADATA),
    });
    expect(await secret.survey()).toEqual({
      ok: true,
      value: {
        updatedAt: "2026-02-05T09:17:32Z",
        key: { keyId, publicKey: KEY, audience: null },
        serverTime: NOW,
        tokenExpiresAt,
        allowance: ALLOWANCE,
      },
    });
  });

  test("is no allowance where a server counts none", async () => {
    const secret = await secretAt({ "public-key": chunked([], TODAY.key), NAME: chunked([], METADATA) });
    const surveyed = await secret.survey();
    expect(surveyed.ok && surveyed.value.allowance).toBeUndefined();
  });

  test("is that there is no such secret, by a 404", async () => {
    const missing = sized("404 Not Found", COUNTED, refusal("Not Found", "404"));
    const secret = await secretAt({ "public-key": chunked(COUNTED, TODAY.key), NAME: missing });
    expect(await secret.updatedAt()).toEqual({ ok: true, value: null });
  });
});

/** Today's refusals have a status in their body, and those of old Enterprise Servers have none. */
function refusal(message: string, status?: string): string {
  const documentation = "https://docs.github.com/rest/actions/secrets#create-or-update-a-repository-secret";
  return JSON.stringify({ message, documentation_url: documentation, ...(status === undefined ? {} : { status }) });
}

describe("what is written is acknowledged", () => {
  test.each<[string, string]>([
    ["a 201 with an empty object", sized("201 Created", COUNTED, "{}")],
    [
      "a 204 with neither a type nor a length",
      raw("204 No Content", [
        ...HEAD.slice(0, 2),
        ...COUNTED,
        ...TAIL,
        "Vary: Accept-Encoding, Accept, X-Requested-With",
      ]),
    ],
  ])("by %s", async (_, answer) => {
    const secret = await secretAt({ NAME: answer });
    const box = { keyId: TODAY.keyId, sealed: "AAAA", audience: null, sealedAt: NOW };
    expect(await secret.put(box)).toEqual({ ok: true, value: { serverTime: NOW, allowance: ALLOWANCE } });
  });
});

const BY_PERMISSION = ["X-Accepted-GitHub-Permissions: secrets=write"];
const SECONDARY =
  "You have exceeded a secondary rate limit. Please wait a few minutes before you try again. For more on scraping GitHub and how it may affect your rights, please review our Terms of Service (https://docs.github.com/en/site-policy/github-terms/github-terms-of-service) If you reach out to GitHub Support for help, please include the request ID C0DE:1A2B3C:4D5E6F:7A8B9C:65A1B2C3.";
const LIFETIME =
  "The 'octo-org' organization forbids access via a fine-grained personal access tokens if the token's lifetime is greater than 366 days. Please adjust your token's lifetime at the following URL: https://github.com/settings/personal-access-tokens/1234567";

interface Refused {
  readonly cause: FaultCause;
  readonly permission?: string;
  readonly retryAfterMs?: number;
}

describe("what is refused is understood, and said in GitHub's own words, whole", () => {
  test.each<[string, string, readonly string[], Refused]>([
    ["401 Unauthorized", "Bad credentials", [], { cause: "unauthorized" }],
    [
      "403 Forbidden",
      "Resource not accessible by integration",
      BY_PERMISSION,
      { cause: "forbidden-permission", permission: "Secrets: Read and write" },
    ],
    [
      "403 Forbidden",
      "Resource not accessible by personal access token",
      ["X-Accepted-GitHub-Permissions: secrets=write,environments=write"],
      { cause: "forbidden-permission", permission: "Secrets: Read and write and Environments: Read and write" },
    ],
    [
      "403 Forbidden",
      "Must have admin rights to Repository.",
      ["X-OAuth-Scopes: repo", "X-Accepted-OAuth-Scopes: "],
      { cause: "forbidden", permission: "Secrets: Read and write" },
    ],
    ["403 Forbidden", LIFETIME, BY_PERMISSION, { cause: "policy" }],
    [
      "403 Forbidden",
      "`octo-org` forbids access via a personal access token (classic). Please use a GitHub App, OAuth App, or a personal access token with fine-grained permissions.",
      ["X-Accepted-OAuth-Scopes: "],
      { cause: "policy" },
    ],
    [
      "403 Forbidden",
      "Resource protected by organization SAML enforcement. You must grant your Personal Access token access to this organization.",
      ["X-GitHub-SSO: required; url=https://github.com/orgs/octo-org/sso?authorization_request=AAAA"],
      { cause: "sso" },
    ],
    [
      "403 Forbidden",
      "Although you appear to have the correct authorization credentials, the `octo-org` organization has an IP allow list enabled, and your IP address is not permitted to access this resource.",
      BY_PERMISSION,
      { cause: "ip-list" },
    ],
    ["403 Forbidden", "Repository was archived so is read-only.", BY_PERMISSION, { cause: "archived" }],
    ["403 Forbidden", "Sorry. Your account was suspended.", [], { cause: "suspended" }],
    ["403 Forbidden", SECONDARY, ["Retry-After: 60"], { cause: "throttled", retryAfterMs: 60_000 }],
    ["403 Forbidden", SECONDARY, [], { cause: "throttled", retryAfterMs: 60_000 }],
    ["429 Too Many Requests", SECONDARY, ["Retry-After: 34"], { cause: "throttled", retryAfterMs: 34_000 }],
    [
      "403 Forbidden",
      "API rate limit exceeded for user ID 1234567.",
      ["X-RateLimit-Limit: 5000", "X-RateLimit-Remaining: 0", `X-RateLimit-Reset: ${NOW / 1_000 + 90}`],
      { cause: "throttled", retryAfterMs: 90_000 },
    ],
    [
      "429 Too Many Requests",
      "API rate limit exceeded for installation ID 1234567.",
      ["X-RateLimit-Limit: 5000", "X-RateLimit-Remaining: 0", `X-RateLimit-Reset: ${NOW / 1_000 + 90}`],
      { cause: "throttled", retryAfterMs: 90_000 },
    ],
    ["404 Not Found", "Not Found", BY_PERMISSION, { cause: "missing", permission: "Secrets: Read and write" }],
    [
      "422 Unprocessable Entity",
      "Bad request - validation failed due to an improperly encrypted secret",
      BY_PERMISSION,
      { cause: "box-refused" },
    ],
    ["503 Service Unavailable", "This endpoint is temporarily being throttled.", [], { cause: "server" }],
  ])("%s: %s", async (status, message, headers, { cause, permission = null, retryAfterMs = null }) => {
    const number = status.slice(0, 3);
    for (const body of [refusal(message, number), refusal(message)]) {
      const secret = await secretAt({ NAME: sized(status, headers, body) });
      const box = { keyId: TODAY.keyId, sealed: "AAAA", audience: null, sealedAt: NOW };
      const put = await secret.put(box);
      const fault = put.ok ? null : put.fault;
      expect(fault).toMatchObject({ cause, permission, retryAfterMs, status: Number(number) });
      expect(fault?.detail).toContain(`"${message}"`);
      expect(fault?.ssoUrl).toBeUndefined();
    }
  });

  test("a page of its front door says nothing of the request", async () => {
    const page = "<!DOCTYPE html>\n<html>\n  <head><title>Unicorn! &middot; GitHub</title></head>\n</html>\n";
    const headers = ["Server: github.com", "Content-Type: text/html; charset=utf-8", `Content-Length: ${page.length}`];
    const secret = await secretAt({ NAME: raw("502 Bad Gateway", headers, page) });
    const put = await secret.put({ keyId: "1", sealed: "AAAA", audience: null, sealedAt: NOW });
    expect(put).toMatchObject({ fault: { cause: "server", answered: false, repeatable: true, status: 502 } });
  });
});
