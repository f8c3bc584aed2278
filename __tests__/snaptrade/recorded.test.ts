import type { Doubt, Verdict } from "../../src/rotation/model";
import { SnapTrade } from "../../src/snaptrade/issuer";
import { Secret } from "../../src/text/secret";
import { CLIENT, CONSUMER_KEY, GIVEN, ISSUED, SOUND_BODY, USER } from "../support/raw-answer";
import { closeAll, server } from "../support/raw-server";

// Answers in the forms in which SnapTrade was seen to give them, byte for byte as far as a form goes; values are made up.

const REQUEST_ID = "0123456789abcdef0123456789abcdef";
const HEAD = [
  "Date: Sun, 01 Mar 2026 12:00:00 GMT",
  "Content-Type: application/json",
  "Connection: close",
  "Vary: Accept, Origin",
  "Allow: GET, POST, HEAD, OPTIONS",
  `X-Request-ID: ${REQUEST_ID}`,
  "X-Frame-Options: DENY",
];
const COUNTED = ["X-RateLimit-Limit: 250", "X-RateLimit-Remaining: 249", "X-RateLimit-Reset: 60"];
const USED_UP = ["X-RateLimit-Limit: 250", "X-RateLimit-Remaining: 0", "X-RateLimit-Reset: 7"];

afterEach(closeAll);

function sized(status: string, headers: readonly string[], body: string): string {
  const lines = [...HEAD, ...headers, `Content-Length: ${Buffer.byteLength(body)}`];
  return [`HTTP/1.1 ${status}`, ...lines, "", body].join("\r\n");
}

function chunked(headers: readonly string[], body: string): string {
  const chunk = `${Buffer.byteLength(body).toString(16)}\r\n${body}\r\n0\r\n\r\n`;
  return ["HTTP/1.1 200 OK", ...HEAD, "Transfer-Encoding: chunked", ...headers, "", chunk].join("\r\n");
}

/** An error as SnapTrade words it: the code is a string, and its status stands in it once more. */
function failed(status: string, code: string, detail: string, headers = COUNTED): string {
  const number = Number(status.slice(0, 3));
  return sized(status, headers, JSON.stringify({ detail, status_code: number, code }));
}

async function answering(raw: string): Promise<SnapTrade> {
  const { url } = await server((socket) => socket.end(raw));
  return new SnapTrade({
    baseUrl: new URL(url.origin),
    clientId: CLIENT,
    consumerKey: new Secret(CONSUMER_KEY),
    userId: USER,
    resetTimeoutMs: 5_000,
    lifetime: new AbortController().signal,
    quote: (text) => text,
  });
}

const [BAD_REQUEST, UNAUTHORIZED, FORBIDDEN] = ["400 Bad Request", "401 Unauthorized", "403 Forbidden"] as const;
const TOO_MANY = "429 Too Many Requests";
const NOT_LIVE = "Invalid userID or userSecret provided";
const BAD_CLIENT = `Invalid clientId provided - ${CLIENT}`;
const BAD_SIGNATURE = "Unable to verify signature sent";
const PERSONAL = "Personal API keys cannot be used here, use the OAuth bearer flow.";
const THROTTLED = "Request was throttled. Expected available in 7 seconds.";

function doubted(doubt: Doubt): Verdict {
  return { kind: "cannot-tell", doubt };
}

function strange(status: number, code: string | null, sentence: string | null): Verdict {
  return doubted({ kind: "strange-answer", said: { status, code, sentence } });
}

function throttled(retryAfterMs: number | null): Verdict {
  return doubted({ kind: "throttled", retryAfterMs, waitedMs: 0 });
}

function signature(code: string): Verdict {
  return doubted({ kind: "signature", said: { status: 401, code, sentence: BAD_SIGNATURE } });
}

describe("asked about a secret, it says", () => {
  const LIVE: Verdict = { kind: "live" };
  const REFUSED: Verdict = { kind: "refused" };
  const LIST = '[{"id":"87b24961-b51e-4db8-9226-f198f6518a89","brokerage":{"slug":"ALPACA"},"disabled":false}]';
  const ofClient = doubted({ kind: "client", said: { status: 401, code: "1083", sentence: BAD_CLIENT } });

  test.each<[string, string, Verdict]>([
    ["that it is live, by a list", chunked(COUNTED, LIST), LIVE],
    ["the same, by an empty list", sized("200 OK", [], "[]"), LIVE],
    ["that it is not", failed(UNAUTHORIZED, "1083", NOT_LIVE), REFUSED],
    ["with the same code that the client is unknown", failed(UNAUTHORIZED, "1083", BAD_CLIENT), ofClient],
    ["that the signature is wrong, or the clock", failed(UNAUTHORIZED, "1076", BAD_SIGNATURE), signature("1076")],
    [
      "the same as its reference has it",
      sized(UNAUTHORIZED, [], JSON.stringify({ default_detail: BAD_SIGNATURE, default_code: 1076 })),
      signature("1076"),
    ],
    [
      "that nobody has signed in",
      failed(UNAUTHORIZED, "0000", "Authentication credentials were not provided."),
      strange(401, "0000", "Authentication credentials were not provided."),
    ],
    ["that the key is a person's", failed(FORBIDDEN, "1012", PERSONAL), strange(403, "1012", PERSONAL)],
    ["the same with another status", failed(BAD_REQUEST, "1012", PERSONAL), strange(400, "1012", PERSONAL)],
    [
      "that this may not be done",
      failed(FORBIDDEN, "0000", "You do not have permission to perform this action."),
      strange(403, "0000", "You do not have permission to perform this action."),
    ],
    ["that something is not there", failed("404 Not Found", "1011", "Not found."), strange(404, "1011", "Not found.")],
    [
      "that the time is wrong",
      failed(BAD_REQUEST, "0000", "Invalid timestamp"),
      strange(400, "0000", "Invalid timestamp"),
    ],
    [
      "what is wrong as a list",
      sized(BAD_REQUEST, [], '{"detail":["Invalid timestamp"],"status_code":400,"code":"0000"}'),
      strange(400, "0000", null),
    ],
    [
      "what is wrong by field",
      sized(BAD_REQUEST, [], '{"detail":{"userId":["This field is required."]},"status_code":400,"code":"0000"}'),
      strange(400, "0000", null),
    ],
    [
      "that it has failed",
      failed("500 Internal Server Error", "1000", "Encountered an unexpected exception."),
      strange(500, "1000", "Encountered an unexpected exception."),
    ],
    ["to wait, by headers", failed(TOO_MANY, "0000", "Request was throttled.", USED_UP), throttled(7_000)],
    ["to wait, by its sentence alone", failed(TOO_MANY, "0000", THROTTLED, []), throttled(7_000)],
    [
      "to wait, by Retry-After",
      failed(TOO_MANY, "0000", "Request was throttled.", ["Retry-After: 7"]),
      throttled(7_000),
    ],
    ["to wait, and not how long", failed(TOO_MANY, "0000", "Request was throttled.", []), throttled(null)],
  ])("%s", async (_, raw, verdict) => {
    const probe = await (await answering(raw)).probe(new Secret(GIVEN));
    expect(probe.verdict).toEqual(verdict);
  });

  test("what is left of the limit, where it says so", async () => {
    const probed = async (headers: readonly string[]): Promise<unknown> =>
      (await (await answering(sized("200 OK", headers, "[]"))).probe(new Secret(GIVEN))).allowance;
    expect(await probed(COUNTED)).toEqual({ limit: 250, remaining: 249, resetMs: 60_000 });
    expect(await probed([])).toBeNull();
  });
});

describe("asked for its users, it says", () => {
  test.each<[string, string, object]>([
    ["that there is this one", chunked(COUNTED, `["a","${USER}"]`), { kind: "known" }],
    ["that there is none", sized("200 OK", COUNTED, "[]"), { kind: "no-such-user" }],
    ["that the client is unknown", failed(UNAUTHORIZED, "1083", BAD_CLIENT), { kind: "client-rejected" }],
    ["that the signature is wrong", failed(UNAUTHORIZED, "1076", BAD_SIGNATURE), { kind: "client-rejected" }],
    ["that the key is a person's", failed(FORBIDDEN, "1012", PERSONAL), { doubt: { said: { code: "1012" } } }],
    ["to wait", failed(TOO_MANY, "0000", THROTTLED, []), { doubt: { kind: "throttled", retryAfterMs: 7_000 } }],
  ])("%s", async (_, raw, control) => {
    expect(await (await answering(raw)).control()).toMatchObject(control);
  });
});

describe("asked for a new secret, it", () => {
  async function read(raw: string): Promise<ReturnType<SnapTrade["read"]>> {
    const client = await answering(raw);
    const current = new Secret(GIVEN);
    const reply = await client.reset(current, () => undefined);
    if (reply.kind !== "sent") throw new Error("not sent");
    return client.read(reply, current);
  }

  test.each([
    ["with its length", sized("200 OK", COUNTED, SOUND_BODY)],
    ["in a chunk", chunked(COUNTED, SOUND_BODY)],
  ])("gives one, %s", async (_, raw) => {
    const reading = await read(raw);
    expect(reading.kind === "granted" && reading.secret.reveal()).toBe(ISSUED);
  });

  test.each<[string, string, string, boolean]>([
    [UNAUTHORIZED, "1083", NOT_LIVE, true],
    [UNAUTHORIZED, "1083", BAD_CLIENT, false],
    [UNAUTHORIZED, "1083", "Wrong clientId, userId or userSecret provided", true],
    [UNAUTHORIZED, "1076", BAD_SIGNATURE, false],
    [FORBIDDEN, "0000", "You do not have permission to perform this action.", false],
    [FORBIDDEN, "1012", PERSONAL, false],
    [BAD_REQUEST, "1012", PERSONAL, false],
    ["404 Not Found", "1011", "Not found.", false],
    [TOO_MANY, "0000", THROTTLED, false],
  ])("refuses with %s, %s: %s", async (status, code, sentence, isAboutSecret) => {
    expect(await read(failed(status, code, sentence))).toEqual({
      kind: "refused",
      said: { status: Number(status.slice(0, 3)), code, sentence },
      isAboutSecret,
      requestId: REQUEST_ID,
    });
  });

  test("fails, and names the request all the same", async () => {
    const raw = failed("500 Internal Server Error", "1000", "Encountered an unexpected exception.");
    expect(await read(raw)).toEqual({ kind: "unanswered", status: 500, requestId: REQUEST_ID });
  });
});
