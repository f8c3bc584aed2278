import type { GitHubRequest, Which } from "../../sandbox/github";
import { startGitHub } from "../../sandbox/github";
import type { SnapTradeRequest } from "../../sandbox/snaptrade";
import type { Asked, Said } from "../../sandbox/wire-record";
import { boxFor, GitHubClient } from "../../harness/github-client";
import { withPlayed } from "../../harness/play";
import { wireDeviations } from "../../harness/wire";
import type { Exchange } from "../../harness/wire/deviations";

const GITHUB_URL = "https://api.github.com";

function ofGitHub(...requests: readonly Exchange[]): readonly string[] {
  return wireDeviations({ snapTrade: { requests: [] }, github: { url: GITHUB_URL, requests } });
}

function ofSnapTrade(...requests: readonly Exchange[]): readonly string[] {
  return wireDeviations({ snapTrade: { requests }, github: { url: GITHUB_URL, requests: [] } });
}

/** An exchange that was sound, made wrong in one place. */
interface Spoilt {
  readonly method?: string;
  readonly asked?: (sound: Asked) => Partial<Asked>;
  readonly said?: (sound: Said) => Partial<Said>;
}

function spoilt({ method, asked, said }: Exchange, how: Spoilt): Exchange {
  if (asked === undefined || said === undefined) throw new Error("The exchange was not whole.");
  return {
    method: how.method ?? method,
    asked: { ...asked, ...how.asked?.(asked) },
    said: { ...said, ...how.said?.(said) },
  };
}

const inBody =
  (from: RegExp | string, to: string) =>
  ({ body }: { readonly body: string }): { readonly body: string } => ({ body: body.replace(from, to) });
const inTarget =
  (from: RegExp | string, to: string) =>
  ({ target }: Asked): Partial<Asked> => ({ target: target.replace(from, to) });
const withoutHeader =
  (name: string) =>
  ({ headers }: Asked): Partial<Asked> => ({
    headers: Object.fromEntries(Object.entries(headers).filter(([one]) => one !== name)),
  });
const withHeader =
  (name: string, value: string) =>
  ({ headers }: Said): Partial<Said> => ({ headers: { ...headers, [name]: value } });

const [RESET, PROBE] = ["/snapTrade/resetUserSecret", "/authorizations"] as const;
const JSON_TYPE = { "Content-Type": "application/json" };

function refused(body: string): () => Partial<Said> {
  return () => ({ status: 403, headers: { "content-type": "application/json; charset=utf-8" }, body });
}

function unauthorized(code: string): () => Partial<Said> {
  return () => ({ status: 401, body: `{"detail":"x","status_code":401,"code":${code}}` });
}

describe("of a rotation in which nothing was otherwise than described", () => {
  let github: readonly Readonly<GitHubRequest>[];
  let snapTrade: readonly SnapTradeRequest[];
  let given: string;
  let wrong: readonly string[];

  beforeAll(async () => {
    await withPlayed({ aftermathMs: 0 }, ({ stage }) => {
      wrong = wireDeviations(stage);
      ({ given } = stage);
      github = [...stage.github.requests];
      snapTrade = [...stage.snapTrade.requests];
    });
  }, 60_000);

  test("there was indeed nothing, and there were requests of both", () => {
    expect(wrong).toEqual([]);
    expect(Math.min(github.length, snapTrade.length)).toBeGreaterThan(5);
  });

  const toGitHub = (which: Which): Exchange => github.find((one) => one.which === which) ?? { method: "" };
  const toSnapTrade = (path: string): Exchange => snapTrade.find((one) => one.path === path) ?? { method: "" };

  test.each<[string, Which, Spoilt, RegExp]>([
    [
      "a wrong name",
      "put",
      { asked: inBody("encrypted_value", "encrypted_val") },
      /body must have .*'encrypted_value'/,
    ],
    ["a name too many", "put", { asked: inBody("{", '{"more":1,') }, /request's body must NOT have .* \('more'\)/],
    ["no key_id", "put", { asked: inBody(/,"key_id":"\d+"/, "") }, /request's body must have .*'key_id'/],
    ["a number", "put", { asked: inBody(/"key_id":"(\d+)"/, '"key_id":1') }, /request's body \/key_id must be string/],
    ["a box that is no base64", "put", { asked: inBody(/value":"./, 'value":"!') }, /\/encrypted_value must match/],
    ["no JSON", "put", { asked: inBody("{", "") }, /request's body must be object/],
    [
      "another type of body",
      "put",
      { asked: ({ headers }) => ({ headers: { ...headers, "content-type": "text/plain" } }) },
      /the request's content type is "text\/plain"/,
    ],
    ["a body in a GET", "metadata", { asked: () => ({ body: "{}" }) }, /the request has a body/],
    ["a method that is none", "metadata", { method: "PATCH" }, /describes no PATCH \/repos\/octo-org/],
    ["a path that is none", "metadata", { asked: inTarget("/environments", "/environment") }, /describes no GET/],
    ["a parameter that is none", "list", { asked: inTarget("per_page", "perpage") }, /in the query .* \('perpage'\)/],
    ["a parameter of another type", "list", { asked: inTarget("=100", "=all") }, /in the query \/per_page must be/],
    ["a parameter twice", "list", { asked: inTarget("page=1", "page=1&page=2") }, /in the query \/page must be/],
    ["no token", "list", { asked: withoutHeader("authorization") }, /request's headers must have .*'authorization'/],
    ["no program's name", "list", { asked: withoutHeader("user-agent") }, /request's headers must have .*'user-agent'/],
    ["a member missing", "metadata", { said: inBody(/,"updated_at":"[^"]*"/, "") }, /must have .*'updated_at'/],
    ["a member too many", "metadata", { said: inBody("{", '{"more":1,') }, /in the body must NOT have .* \('more'\)/],
    ["a time that is none", "metadata", { said: inBody(/(updated_at":")[^"]*/, "$1today") }, /\/updated_at must match/],
    [
      "a text for a number",
      "list",
      { said: inBody(/total_count":(\d+)/, 'total_count":"$1"') },
      /\/total_count must be/,
    ],
    ["an answer cut", "key", { said: ({ body }) => ({ body: body.slice(0, -1) }) }, /in the body must be object/],
    ["an answer of HTML", "key", { said: withHeader("content-type", "text/html") }, /content type is "text\/html"/],
    ["a 204 with a type", "put", { said: withHeader("content-type", "application/json") }, /204 the content type/],
    ["a 204 with a body", "put", { said: () => ({ body: "{}" }) }, /204 there is a body/],
    ["a status that is none", "put", { said: () => ({ status: 418 }) }, /of the answer 418 nothing is described/],
    ["a refusal without words", "put", { said: refused("{}") }, /of the answer 403 in the body must have .*'message'/],
    [
      "a mark for nothing",
      "key",
      { said: () => ({ strays: "body" }) },
      /is marked as otherwise in its body, and is not/,
    ],
    [
      "a mark for another part",
      "key",
      { said: ({ body }) => ({ body: body.slice(0, -1), strays: "status" }) },
      /in the body must be object/,
    ],
  ])("%s is found: %s", (_, which, how, found) => {
    const wrong = ofGitHub(spoilt(toGitHub(which), how));
    expect(wrong).not.toEqual([]);
    expect(wrong.join("\n")).toMatch(found);
  });

  test.each<[string, string, Spoilt, RegExp]>([
    ["a wrong name", RESET, { asked: inBody("userId", "userID") }, /request's body must have .*'userId'/],
    ["the old name with it", RESET, { asked: inBody("userId", "userID") }, /request's body must NOT .* \('userID'\)/],
    ["a wrong name in the query", PROBE, { asked: inTarget("userId", "userID") }, /in the query must have .*'userId'/],
    [
      "a time that is none",
      PROBE,
      { asked: inTarget(/timestamp=\d+/, "timestamp=now") },
      /\/timestamp must be integer/,
    ],
    ["no signature", PROBE, { asked: withoutHeader("signature") }, /request's headers must have .*'signature'/],
    ["a member missing", RESET, { said: inBody(/,"userSecret":"[^"]*"/, "") }, /must have .*'userSecret'/],
    ["a list that is none", PROBE, { said: () => ({ body: "{}" }) }, /in the body must be array/],
    ["a number as code", PROBE, { said: unauthorized("1083") }, /401 in the body \/code must be string/],
    [
      "no id of the request",
      PROBE,
      { said: () => ({ headers: JSON_TYPE }) },
      /in the headers must have .*'x-request-id'/,
    ],
    ["a version's path", PROBE, { asked: inTarget("/", "/api/v1/") }, /describes no GET \/api\/v1\/authorizations/],
  ])("%s is found: %s", (_, path, how, found) => {
    const wrong = ofSnapTrade(spoilt(toSnapTrade(path), how));
    expect(wrong).not.toEqual([]);
    expect(wrong.join("\n")).toMatch(found);
  });

  test("what is said of it repeats no secret", () => {
    const wrong = ofSnapTrade(
      spoilt(toSnapTrade(RESET), { asked: inBody("userSecret", "secret"), said: inBody("userSecret", "secret") }),
      spoilt(toSnapTrade(PROBE), { asked: inTarget("userSecret", "secret") }),
      spoilt(toSnapTrade(PROBE), { asked: inTarget("/authorizations", "/elsewhere") }),
    );
    expect(wrong.length).toBeGreaterThan(4);
    expect(wrong.join("\n")).not.toContain(given);
  });
});

const REPOSITORY = "octo-org/brokerage";
const ENTERPRISE_APPS = ["actions", "dependabot"];

/** Asks the local fake of GitHub for everything that it knows: what was otherwise than described, and how much was asked. */
async function askedForEverything(
  basePath: "" | "/api/v3",
  apps: readonly string[],
): Promise<readonly [deviations: readonly string[], requests: number]> {
  const token = "github_pat_sandbox";
  const github = await startGitHub({ token, basePath });
  try {
    github.addEnvironment(REPOSITORY, "production");
    github.addOrganization("octo-org");
    const client = new GitHubClient(github.url, token);
    const ask = async (...paths: readonly string[]): Promise<void> => {
      for (const path of paths) await client.send("GET", path);
    };
    const json = { headers: { "content-type": "application/json" } };
    const write = async (secrets: string, more: object = {}): Promise<void> => {
      const { key, keyId } = await client.key(secrets);
      const body = { ...boxFor(key, keyId, "any"), ...more };
      for (let times = 0; times < 2; times += 1) await client.send("PUT", `${secrets}/NAME`, { ...json, body });
      await ask(secrets, `${secrets}/NAME`, `${secrets}/NAME/repositories`.replace(/^\/repos.*/, secrets));
      for (let times = 0; times < 2; times += 1) await client.send("DELETE", `${secrets}/NAME`);
    };
    await write(`/repos/${REPOSITORY}/environments/production/secrets`);
    for (const app of apps) {
      await write(`/repos/${REPOSITORY}/${app}/secrets`);
      await write(`/orgs/octo-org/${app}/secrets`, { visibility: "selected", selected_repository_ids: [] });
      await write(`/orgs/octo-org/${app}/secrets`, { visibility: "all" });
    }
    const repository = `/repos/${REPOSITORY}`;
    await ask(
      repository,
      `${repository}/environments?per_page=100&page=1`,
      `${repository}/actions/runs/7`,
      "/rate_limit",
    );
    return [wireDeviations({ snapTrade: { requests: [] }, github }), github.requests.length];
  } finally {
    await github.close();
  }
}

describe("the local fake of GitHub answers as GitHub is described", () => {
  test("at github.com, for every product", async () => {
    expect(await askedForEverything("", ["actions", "agents", "codespaces", "dependabot"])).toEqual([[], 108]);
  });

  test("at an Enterprise Server, for those that it has", async () => {
    expect(await askedForEverything("/api/v3", ENTERPRISE_APPS)).toEqual([[], 60]);
  });

  test.each(["agents", "codespaces"])("at an Enterprise Server there is no path for %s", async (app) => {
    const [deviations] = await askedForEverything("/api/v3", [...ENTERPRISE_APPS, app]);
    const key = `describes no GET /api/v3/orgs/octo-org/${app}/secrets/public-key`;
    expect(deviations.filter((one) => one.endsWith(key))).toHaveLength(2);
  });
});
