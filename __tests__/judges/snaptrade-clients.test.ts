import { execFile } from "node:child_process";
import { createHmac } from "node:crypto";
import { join } from "node:path";
import { canonicalForm, errorReply, signatureOf } from "../../sandbox/snaptrade";
import { describeWithJudge } from "../../harness/tools";
import { readText } from "../../harness/workflow-files";
import vectors from "../data/signature-vectors.json" with { type: "json" };
import { blocks, readPage } from "../docs/markdown";
import { parsed } from "../support/json";
import { type OfficialClient, PythonClient, TypeScriptClient } from "../support/official-clients";
import { type Mistake, type Passing, startRewritingRelay } from "../support/rewriting-relay";
import { type Addresses, type End, Served } from "../support/served";

const PLAIN = "snaptrade-user-123";

/** Whatever a partner may have chosen: "any string that is unique to the user". */
const ASCII_IDS = [
  PLAIN,
  "user one",
  " user ",
  "a+b@example.com",
  "a/b/../c",
  "50% and %2F",
  "a&userSecret=b?c#d;e",
  `"quoted" and it's`,
  String.raw`back\slash`,
  "line\nend\ttab",
  "*()!~'-._",
  "__proto__",
  "null",
  "0",
  "x".repeat(4_000),
];
const BEYOND_ASCII = "é-日本-😀";

const BAD_SECRET: unknown = expect.objectContaining({ status_code: 401, code: "1083" });
const BAD_SIGNATURE: unknown = expect.objectContaining({ status_code: 401, code: "1076" });
const NEW_SECRET: unknown = expect.stringMatching(/^[\da-f-]{36}$/);

let served: Served | undefined;

async function serve(userId: string, ...more: readonly string[]): Promise<Addresses["snaptrade"]> {
  served = new Served(["--json", "--input", `user-id=${userId}`, ...more]);
  return parsed<Addresses>(await served.line(/./)).snaptrade;
}

/** The ground truth: which secret SnapTrade has at the end. */
async function validAtTheEnd(): Promise<string> {
  expect(await served?.end("SIGTERM")).toBe(0);
  return parsed<End>(served?.lines[1] ?? "").snaptrade.userSecret;
}

afterEach(async () => {
  await served?.end("SIGTERM");
  served = undefined;
});

function secretIn(outcome: object): string {
  const { value } = parsed<{ readonly value?: { readonly userSecret: string } }>(JSON.stringify(outcome));
  return value?.userSecret ?? "";
}

/** A whole rotation, as a program of a partner does it. */
async function expectRotation(client: OfficialClient, userId: string): Promise<void> {
  const to = await serve(userId);
  const old = { userId, userSecret: to.userSecret };
  expect(await client.users(to)).toEqual({ value: [userId] });
  expect(await client.authorizations(to, old)).toEqual({ value: [] });
  const reset = await client.reset(to, old);
  expect(reset).toEqual({ value: { userId, userSecret: NEW_SECRET } });
  const fresh = { userId, userSecret: secretIn(reset) };
  expect(fresh.userSecret).not.toBe(old.userSecret);
  expect(await client.authorizations(to, fresh)).toEqual({ value: [] });
  expect(await client.authorizations(to, old)).toEqual({ status: 401, refused: BAD_SECRET });
  expect(await client.reset(to, old)).toEqual({ status: 401, refused: BAD_SECRET });
  expect(await validAtTheEnd()).toBe(fresh.userSecret);
}

/** A reset by way of a service that makes a mistake. */
async function resetDespite(client: OfficialClient, userId: string, mistake: (key: string) => Mistake) {
  const to = await serve(userId);
  const relay = await startRewritingRelay(to.url, mistake(to.consumerKey));
  const through = { ...to, url: relay.url };
  const user = { userId, userSecret: to.userSecret };
  const listed = await client.authorizations(through, user);
  const reset = await client.reset(through, user);
  await relay.close();
  return { listed, reset, old: to.userSecret, valid: await validAtTheEnd() };
}

/** A service that checks signatures over another text than SnapTrade's, made of what was sent. */
function signingOver(write: (parts: { path: string; query: string; body: string }) => string) {
  return (consumerKey: string): Mistake => ({
    asked: (passing: Passing) => {
      const [path = "", query = ""] = passing.target.split("?");
      const parts = { path, query, body: passing.body };
      const wanted = createHmac("sha256", consumerKey).update(write(parts)).digest("base64");
      if (passing.headers["signature"] === wanted) {
        return { ...passing, headers: { ...passing.headers, signature: signatureOf({ consumerKey, ...parts }) } };
      }
      const { status, body } = errorReply(401, "1076", "Unable to verify signature sent");
      return { status, type: "application/json", body: body.toString() };
    },
  });
}

/** As Python's `json.dumps` writes a text. */
function escaped(text: string): string {
  return text.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

const sorted = (query: string): string => query.split("&").sort().join("&");

/** What every official client must do here, in whatever language and version. */
function testsOf(start: () => OfficialClient): void {
  let client: OfficialClient;

  beforeAll(() => {
    client = start();
  });

  afterAll(() => client.close());

  test("finds SnapTrade online without any user", async () => {
    expect(await client.status(await serve(PLAIN))).toMatchObject({ value: { online: true } });
  });

  test.each(ASCII_IDS.map((userId) => [JSON.stringify(userId).slice(0, 60), userId]))(
    "rotates the secret of the user %s",
    async (_shown, userId) => {
      await expectRotation(client, userId);
    },
  );

  test("is refused with 1076 if it signs with another key", async () => {
    const to = await serve(PLAIN);
    const { userSecret } = to;
    const refused = { status: 401, refused: BAD_SIGNATURE };
    expect(await client.reset({ ...to, consumerKey: "another" }, { userId: PLAIN, userSecret })).toEqual(refused);
    expect(await validAtTheEnd()).toBe(userSecret);
  });

  describe("notices a local fake that is wrong about", () => {
    test("the order of the query that is signed", async () => {
      const ofSorted = signingOver((parts) => canonicalForm({ ...parts, query: sorted(parts.query) }));
      const { listed } = await resetDespite(client, PLAIN, ofSorted);
      expect(listed).toEqual({ status: 401, refused: BAD_SIGNATURE });
    });

    test("the order of the members that are signed", async () => {
      const ofSent = signingOver(({ path, query, body }) =>
        body === "" ? canonicalForm({ path, query, body }) : `{"query":"${query}","path":"${path}","content":${body}}`,
      );
      const { listed, reset, old, valid } = await resetDespite(client, PLAIN, ofSent);
      expect([listed, reset]).toEqual([{ value: [] }, { status: 401, refused: BAD_SIGNATURE }]);
      expect(valid).toBe(old);
    });

    test.each([
      ["the name of a member of the answer, userID", /"userId"/],
      ["the name of a member of the answer, user_secret", /"userSecret"/],
    ])("%s", async (_title, member) => {
      const renamed = member.source === '"userId"' ? '"userID"' : '"user_secret"';
      const { reset } = await resetDespite(client, PLAIN, () => ({
        answered: (body) => body.replace(member, renamed),
      }));
      expect(reset).toHaveProperty("misunderstood");
    });

    test("the secret in its answer, which is missing", async () => {
      const to = await serve(PLAIN, "--fault", "reset-body-secret-missing");
      const reset = await client.reset(to, { userId: PLAIN, userSecret: to.userSecret });
      expect(reset).toHaveProperty("misunderstood");
      expect(await validAtTheEnd()).not.toBe(to.userSecret);
    });

    test("the secret that it says is valid", async () => {
      const to = await serve(PLAIN, "--fault", "reset-undone");
      const reset = await client.reset(to, { userId: PLAIN, userSecret: to.userSecret });
      expect(secretIn(reset)).not.toBe(await validAtTheEnd());
    });
  });
}

/** What only Python signs differently. */
function testsOfPython(python: string): void {
  let client: PythonClient;

  beforeAll(() => {
    client = new PythonClient(python);
  });

  afterAll(() => client.close());

  test("signs every vector of the TypeScript client alike, but for what is beyond ASCII in a body or a key", async () => {
    const different: string[] = [];
    for (const { name, target, consumerKey, body, canonical, signature } of vectors) {
      const own = await client.signature(target, consumerKey, body);
      if (own !== signature) different.push(name);
      // The body with \u escapes, and the key as it is, where TypeScript signs raw UTF-8 with encodeURI of the key.
      expect(own).toBe(createHmac("sha256", consumerKey).update(escaped(canonical)).digest("base64"));
    }
    expect(different).toEqual(["reset, special chars in clientId/userId/key"]);
    expect(vectors.length).toBeGreaterThan(different.length);
  });

  test("asks for a user beyond ASCII, and cannot reset it where the signature is checked as TypeScript signs", async () => {
    const to = await serve(BEYOND_ASCII);
    const user = { userId: BEYOND_ASCII, userSecret: to.userSecret };
    expect(await client.users(to)).toEqual({ value: [BEYOND_ASCII] });
    expect(await client.authorizations(to, user)).toEqual({ value: [] });
    expect(await client.reset(to, user)).toEqual({ status: 401, refused: BAD_SIGNATURE });
    expect(await validAtTheEnd()).toBe(to.userSecret);
  });

  test("resets a user beyond ASCII where the signature is checked as Python signs", async () => {
    const asPython = signingOver((parts) => escaped(canonicalForm(parts)));
    const { reset, valid, old } = await resetDespite(client, BEYOND_ASCII, asPython);
    expect(reset).toEqual({ value: { userId: BEYOND_ASCII, userSecret: valid } });
    expect(valid).not.toBe(old);
  });
}

/** The answer to a reset as Python's `pprint` shows it. */
function pretty(userSecret: string): string {
  return `{'userId': '${PLAIN}',\n 'userSecret': '${userSecret}'}\n`;
}

/** Runs a program of a page, with what a reader is to fill in. */
function run(python: string, program: string, env: Readonly<Record<string, string>> = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(python, ["-c", program], { env: { PYTHONUTF8: "1", ...env } }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(stderr));
    });
  });
}

describe("snaptrade-typescript-sdk", () => {
  testsOf(() => new TypeScriptClient());

  test("rotates the secret of a user beyond ASCII", async () => {
    await expectRotation(new TypeScriptClient(), BEYOND_ASCII);
  });

  test("notices a local fake that checks the signature of a body as Python signs it", async () => {
    const asPython = signingOver((parts) => escaped(canonicalForm(parts)));
    const { reset, valid, old } = await resetDespite(new TypeScriptClient(), BEYOND_ASCII, asPython);
    expect(reset).toEqual({ status: 401, refused: BAD_SIGNATURE });
    expect(valid).toBe(old);
  });
});

describeWithJudge("snaptrade-python-sdk 11", "snaptrade-python-sdk 11", (python) => {
  testsOf(() => new PythonClient(python));
  testsOfPython(python);

  test("runs SnapTrade's documented sample as it stands, with only the host and the credentials put in", async () => {
    const { url, clientId, consumerKey, userSecret } = await serve(PLAIN);
    const sample = readText(join("__tests__", "judges", "documented-sample.py"));
    const filledIn = sample
      .replace('"CONSUMER_KEY"', `${JSON.stringify(consumerKey)},\n    host=${JSON.stringify(url)}`)
      .replace("PARTNER_CLIENT_ID", clientId)
      .replace("adf2aa34-8219-40f7-a6b3-60156985cc61", userSecret);
    const printed = await run(python, filledIn);
    const valid = await validAtTheEnd();
    expect(valid).not.toBe(userSecret);
    expect(printed).toBe(pretty(valid));
  });
});

describeWithJudge("snaptrade-python-sdk, newest", "the newest snaptrade-python-sdk", (python) => {
  testsOf(() => new PythonClient(python));
  testsOfPython(python);

  test("runs the program in docs/sandbox.md", async () => {
    const { url, clientId, consumerKey, userId, userSecret } = await serve(PLAIN);
    const [program = ""] = blocks(readPage("docs/sandbox.md"), "python");
    const env = { URL: url, CLIENT_ID: clientId, CONSUMER_KEY: consumerKey, USER_ID: userId, USER_SECRET: userSecret };
    const printed = await run(python, program, env);
    const valid = await validAtTheEnd();
    expect(valid).not.toBe(userSecret);
    expect(printed).toBe(`${pretty(valid)}[]\n`);
  });
});
