import { Agent } from "node:http";
import { type GitHubOptions, type GitHubStandIn, type ScopeName, startGitHub } from "../../sandbox/github";
import { boxFor, fields, GitHubClient, type Reply } from "../../harness/github-client";
import { inWindow } from "../../harness/in-time";
import { seal } from "../../harness/sealed-box";

const TOKEN = "github_pat_sandbox";
const REPOSITORY = "octo-org/brokerage";
const SECRETS = `/repos/${REPOSITORY}/actions/secrets`;
const NAME = "SNAPTRADE_USER_SECRET";

const PLACES = [
  [REPOSITORY, SECRETS, "secrets"],
  [`${REPOSITORY} env prod/eu 1`, `/repos/${REPOSITORY}/environments/prod%2Feu%201/secrets`, "environments"],
  ["org octo-org", "/orgs/octo-org/actions/secrets", "organization_secrets"],
  [`${REPOSITORY} app dependabot`, `/repos/${REPOSITORY}/dependabot/secrets`, "dependabot_secrets"],
  ["org octo-org app dependabot", "/orgs/octo-org/dependabot/secrets", "organization_dependabot_secrets"],
  [`${REPOSITORY} app codespaces`, `/repos/${REPOSITORY}/codespaces/secrets`, "codespaces_secrets"],
  ["org octo-org app codespaces", "/orgs/octo-org/codespaces/secrets", "organization_codespaces_secrets"],
  [`${REPOSITORY} app agents`, `/repos/${REPOSITORY}/agents/secrets`, "agent_secrets"],
  ["org octo-org app agents", "/orgs/octo-org/agents/secrets", "organization_agent_secrets"],
] as const satisfies readonly (readonly [ScopeName, string, string])[];

/** What a field must look like; `unknown`, since jest types its matchers as `any`. */
const INSTANT: unknown = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/u);
const UNIX_SECONDS: unknown = expect.stringMatching(/^\d{10}$/u);
const REQUEST_ID: unknown = expect.stringMatching(/^[0-9A-F:]{36}$/u);
const A_NUMBER: unknown = expect.any(Number);

const started: GitHubStandIn[] = [];

async function start(options: Partial<GitHubOptions> = {}): Promise<{ github: GitHubStandIn; client: GitHubClient }> {
  const github = await startGitHub({ token: TOKEN, ...options });
  started.push(github);
  github.addRepository(REPOSITORY);
  github.addEnvironment(REPOSITORY, "prod/eu 1");
  github.addOrganization("octo-org");
  return { github, client: new GitHubClient(github.url, options.token ?? TOKEN) };
}

function message(reply: Reply): unknown {
  return fields(reply)["message"];
}

afterEach(async () => {
  await Promise.all(started.splice(0).map((github) => github.close()));
});

describe("every place that keeps secrets", () => {
  test.each(PLACES)(
    "%s: stores, shows, lists and deletes a secret, and hands out nothing of it",
    async (scope, path) => {
      const { github, client } = await start();
      const sharing = scope.startsWith("org") ? { visibility: "all" } : {};
      const created = await client.save(path, NAME.toLowerCase(), "first", sharing);
      expect([created.status, created.text]).toEqual([201, "{}"]);
      const updated = await client.save(path, NAME, "second ✓", sharing);
      expect([updated.status, updated.text, updated.headers["content-type"]]).toEqual([204, "", undefined]);
      expect(github.plaintext(scope, NAME)).toBe("second ✓");
      const metadata = await client.send("GET", `${path}/${NAME}`);
      expect(fields(metadata)).toEqual({
        name: NAME,
        created_at: INSTANT,
        updated_at: INSTANT,
        ...sharing,
      });
      const list = await client.send("GET", path);
      expect(fields(list)).toEqual({ total_count: 1, secrets: [fields(metadata)] });
      expect((await client.send("DELETE", `${path}/${NAME}`)).status).toBe(204);
      expect((await client.send("DELETE", `${path}/${NAME}`)).status).toBe(404);
      expect(github.names(scope)).toEqual([]);
    },
  );

  test("has a key of its own, and all of one product share one key_id", async () => {
    const { client } = await start();
    const keys = await Promise.all(PLACES.map(([, path]) => client.key(path)));
    expect(new Set(keys.map(({ key }) => key)).size).toBe(PLACES.length);
    const ofApp = (app: string): Set<string> =>
      new Set(PLACES.flatMap(([, path], index) => (path.includes(`/${app}/`) ? (keys[index]?.keyId ?? "") : [])));
    const products = ["dependabot", "codespaces", "agents"].map(ofApp);
    expect(products.map(({ size }) => size)).toEqual([1, 1, 1]);
    expect(new Set(keys.map(({ keyId }) => keyId)).size).toBe(4);
  });

  test.each(PLACES)("%s: says which permission is missing", async (_scope, path, area) => {
    const { github, client } = await start({ permissions: { [area]: "read" } });
    const read = await client.send("GET", `${path}/public-key`);
    // That of a repository's Codespaces secrets knows only write.
    const [status, level] = area === "codespaces_secrets" ? [403, "write"] : [200, "read"];
    expect([read.status, read.headers["x-accepted-github-permissions"]]).toEqual([status, `${area}=${level}`]);
    github.policy.permissions = {};
    const { key, keyId } = await client.key(path);
    github.policy.permissions = { [area]: "read" };
    const refused = await client.send("PUT", `${path}/${NAME}`, { body: boxFor(key, keyId, "x") });
    expect([refused.status, message(refused)]).toEqual([403, "Resource not accessible by personal access token"]);
    expect(refused.headers["x-accepted-github-permissions"]).toBe(`${area}=write`);
    github.policy.permissions = { [area]: "none" };
    expect((await client.send("GET", `${path}/public-key`)).status).toBe(403);
    expect(github.writes).toEqual([]);
  });
});

describe("a box", () => {
  test("for another place's key is refused, or stored empty as it once was", async () => {
    const { github, client } = await start();
    const elsewhere = await client.key(PLACES[1][1]);
    const put = (): Promise<Reply> =>
      client.send("PUT", `${SECRETS}/${NAME}`, { body: boxFor(elsewhere.key, elsewhere.keyId, "x") });
    const refused = await put();
    expect([refused.status, message(refused)]).toEqual([
      422,
      "Bad request - validation failed due to an improperly encrypted secret",
    ]);
    expect(github.plaintext(REPOSITORY, NAME)).toBeUndefined();
    github.policy.wrongScopeBoxStoredEmpty = true;
    expect((await put()).status).toBe(201);
    expect(github.plaintext(REPOSITORY, NAME)).toBe("");
  });

  test.each([
    ["a wrong key_id", { key_id: "1" }, /improperly encrypted/u],
    ["no key_id", { key_id: undefined }, /^Invalid request\.\n\n"key_id" wasn't supplied\.$/u],
    ["a number for key_id", { key_id: 5 }, /5 is not a string/u],
    ["text that is not base64", { encrypted_value: "%%%" }, /improperly encrypted/u],
    ["base64 without padding", { encrypted_value: "AAA" }, /improperly encrypted/u],
    ["something that is no box", { encrypted_value: "AAAA" }, /improperly encrypted/u],
    ["a stranger's field", { visibility: "all" }, /"visibility" is not a permitted key/u],
  ])("with %s is refused", async (_what, change, words) => {
    const { github, client } = await start();
    const { key, keyId } = await client.key(SECRETS);
    const refused = await client.send("PUT", `${SECRETS}/${NAME}`, { body: { ...boxFor(key, keyId, "x"), ...change } });
    expect([refused.status, message(refused)]).toEqual([422, expect.stringMatching(words)]);
    expect(github.names(REPOSITORY)).toEqual([]);
  });

  test("in a body that is no JSON object is refused", async () => {
    const { client } = await start();
    for (const body of ["{", "[]", ""])
      expect((await client.send("PUT", `${SECRETS}/${NAME}`, { body })).status).toBe(400);
  });

  test("may hold 49,152 bytes and not one more, of any kind", async () => {
    const { github, client } = await start();
    const most = new Uint8Array(49_152).fill(0xff);
    expect((await client.save(SECRETS, NAME, most)).status).toBe(201);
    expect(Buffer.from(github.bytes(REPOSITORY, NAME) ?? []).equals(Buffer.from(most))).toBe(true);
    const refused = await client.save(SECRETS, NAME, new Uint8Array(49_153));
    expect([refused.status, message(refused)]).toEqual([422, "Value is too large"]);
  });
});

describe("names and quotas", () => {
  test.each(["1ABC", "A-B", "A%20B", "GITHUB_X", "github_x"])("refuses the name %s", async (name) => {
    const { github, client } = await start();
    expect((await client.save(SECRETS, name, "x")).status).toBe(422);
    expect(github.names(REPOSITORY)).toEqual([]);
  });

  test("holds 100 secrets and refuses one more, yet still takes changes", async () => {
    const { github, client } = await start();
    expect(github.fill(REPOSITORY)).toBe(100);
    expect((await client.save(SECRETS, NAME, "x")).status).toBe(422);
    expect((await client.save(SECRETS, "FILLER_7", "changed")).status).toBe(204);
    expect(github.fill("org octo-org")).toBe(1000);
    const more = { visibility: "all" };
    expect((await client.save("/orgs/octo-org/actions/secrets", NAME, "x", more)).status).toBe(422);
  });

  test("lists in pages that link to the next", async () => {
    const { github, client } = await start();
    github.fill(REPOSITORY);
    const first = await client.send("GET", `${SECRETS}?per_page=60`);
    expect(fields(first)["secrets"]).toHaveLength(60);
    const next = /<(?<url>[^>]+)>; rel="next"/u.exec(String(first.headers["link"]))?.groups?.["url"] ?? "";
    expect(next).toBe(`${github.url}${SECRETS}?per_page=60&page=2`);
    const second = await client.send("GET", next.slice(github.url.length));
    expect(fields(second)["secrets"]).toHaveLength(40);
    expect(second.headers["link"]).toBeUndefined();
  });
});

describe("an organization's secret", () => {
  const path = "/orgs/octo-org/actions/secrets";

  test("tells its selected repositories, and keeps them only if they are sent again", async () => {
    const { github, client } = await start();
    const repositories = [REPOSITORY, "octo-org/infra", "octo-org/site"];
    github.seed("org octo-org", NAME, "old", { sharing: { visibility: "selected", repositories } });
    const metadata = fields(await client.send("GET", `${path}/${NAME}`));
    expect(metadata).toMatchObject({
      visibility: "selected",
      selected_repositories_url: `${github.url}${path}/${NAME}/repositories`,
    });
    const ids: unknown[] = [];
    for (const page of [1, 2]) {
      const answer = fields(await client.send("GET", `${path}/${NAME}/repositories?per_page=2&page=${page}`));
      expect(answer["total_count"]).toBe(3);
      ids.push(...idsIn(answer["repositories"]));
    }
    await client.save(path, NAME, "new", { visibility: "selected", selected_repository_ids: ids });
    expect(github.sharing("org octo-org", NAME)).toEqual({ visibility: "selected", repositories });
    await client.save(path, NAME, "newer", { visibility: "selected" });
    expect(github.sharing("org octo-org", NAME)).toEqual({ visibility: "selected", repositories: [] });
  });

  test.each([
    [{}, /"visibility" wasn't supplied/u],
    [{ visibility: "some" }, /is not all, private, selected/u],
    [{ visibility: "all", selected_repository_ids: [1] }, /when the visibility is set to selected/u],
    [{ visibility: "selected", selected_repository_ids: ["x"] }, /not an integer/u],
    [{ visibility: "selected", selected_repository_ids: [42] }, /42 does not exist/u],
  ])("is refused with %j", async (sharing, words) => {
    const { client } = await start();
    const refused = await client.save(path, NAME, "x", sharing);
    expect([refused.status, message(refused)]).toEqual([422, expect.stringMatching(words)]);
  });
});

function idsIn(repositories: unknown): unknown[] {
  if (!Array.isArray(repositories)) throw new Error("no repositories");
  return repositories.map((repository: { id: unknown }) => repository.id);
}

describe("who may call", () => {
  test.each([
    ["a wrong token", { token: "github_pat_other" }, 401, "Bad credentials"],
    ["no token", { headers: { authorization: undefined } }, 401, "Requires authentication"],
    ["a token in basic style", { headers: { authorization: `Basic ${TOKEN}` } }, 401, "Bad credentials"],
  ])("turns away %s", async (_who, sending, status, words) => {
    const { client } = await start();
    const refused = await client.send("GET", `${SECRETS}/public-key`, sending);
    expect([refused.status, message(refused)]).toEqual([status, words]);
  });

  test("turns away whoever does not say who they are", async () => {
    const { client } = await start();
    const refused = await client.send("GET", SECRETS, { headers: { "user-agent": undefined } });
    expect([refused.status, refused.headers["content-type"]]).toEqual([403, "text/html"]);
  });

  test("knows `token` and `Bearer`, and turns an expired token away", async () => {
    const { github, client } = await start({ tokenExpiresAt: new Date("2099-12-24T10:00:00Z") });
    const answer = await client.send("GET", SECRETS, { headers: { authorization: `token ${TOKEN}` } });
    expect(answer.headers["github-authentication-token-expiration"]).toBe("2099-12-24 10:00:00 UTC");
    github.policy.tokenExpiresAt = new Date(Date.now() - 1);
    expect((await client.send("GET", SECRETS)).status).toBe(401);
  });

  test("calls an installation's token an integration, and keeps the Codespaces key from it", async () => {
    const { client } = await start({ token: "ghs_sandbox", permissions: { secrets: "read" } });
    expect(message(await client.save(SECRETS, NAME, "x"))).toBe("Resource not accessible by integration");
    const codespaces = `/repos/${REPOSITORY}/codespaces/secrets`;
    expect((await client.send("GET", `${codespaces}/public-key`)).status).toBe(403);
    expect((await client.send("GET", codespaces)).status).toBe(200);
  });

  test("tells a classic token its scopes", async () => {
    const { client } = await start({ token: "ghp_sandbox", classicScopes: ["repo"], permissions: { secrets: "none" } });
    const { status, headers } = await client.send("GET", SECRETS);
    expect(status).toBe(403);
    expect(headers).toMatchObject({ "x-oauth-scopes": "repo", "x-accepted-oauth-scopes": "repo" });
    expect(headers["x-accepted-github-permissions"]).toBeUndefined();
  });

  test.each([
    `/repos/octo-org/unseen/actions/secrets`,
    `/repos/${REPOSITORY}/environments/unseen/secrets`,
    `/repos/${REPOSITORY}/environments/prod/eu%201/secrets`,
    "/orgs/unseen/actions/secrets",
    `/repos/${REPOSITORY}/agents/secrets/${NAME}/repositories`,
    "/user/codespaces/secrets",
    "/%zz",
    "/",
  ])("has never heard of %s", async (path) => {
    const { client } = await start();
    const answer = await client.send("GET", path);
    expect([answer.status, message(answer)]).toEqual([404, "Not Found"]);
  });
});

describe("limits", () => {
  test("counts every request in its headers and turns away what is too much", async () => {
    const { client } = await start({ rateLimit: { limit: 2, windowMs: 60_000 } });
    const first = await client.send("GET", SECRETS);
    expect(first.headers).toMatchObject({
      "x-ratelimit-limit": "2",
      "x-ratelimit-remaining": "1",
      "x-ratelimit-used": "1",
      "x-ratelimit-reset": UNIX_SECONDS,
      "x-github-request-id": REQUEST_ID,
    });
    expect(fields(await client.send("GET", "/rate_limit"))).toMatchObject({
      rate: { limit: 2, used: 1, remaining: 1 },
    });
    await client.send("GET", SECRETS);
    const refused = await client.send("GET", SECRETS);
    expect([refused.status, refused.headers["x-ratelimit-remaining"]]).toEqual([403, "0"]);
  });

  test("slows down whoever writes too much, and lets them go on later", async () => {
    const { client, statuses, refused, windowMs } = await inWindow(500, async (windowMs) => {
      const { client: writer } = await start({
        secondaryLimit: { writesPerMinute: 2, windowMs, retryAfterSeconds: 1 },
      });
      const seen = [];
      for (const name of ["A", "B", "C"]) seen.push((await writer.save(SECRETS, name, "x")).status);
      return { client: writer, windowMs, statuses: seen, refused: await writer.send("DELETE", `${SECRETS}/A`) };
    });
    expect(statuses).toEqual([201, 201, 403]);
    expect([refused.headers["retry-after"], message(refused)]).toEqual([
      "1",
      expect.stringMatching(/secondary rate limit/u),
    ]);
    await new Promise((resolve) => setTimeout(resolve, windowMs + 50));
    expect((await client.send("DELETE", `${SECRETS}/A`)).status).toBe(204);
  });
});

describe("time", () => {
  test("is GitHub's own, told to the second", async () => {
    const { github, client } = await start({ clockSkewMs: -3_600_000 });
    await client.save(SECRETS, NAME, "x");
    const answer = await client.send("GET", `${SECRETS}/${NAME}`);
    const updated = Date.parse(String(fields(answer)["updated_at"]));
    expect(Math.abs(updated + 3_600_000 - Date.now())).toBeLessThan(60_000);
    expect(Math.abs(Date.parse(String(answer.headers["date"])) - updated)).toBeLessThan(60_000);
    expect(github.updatedAt(REPOSITORY, NAME)?.getTime()).toBeGreaterThanOrEqual(updated);
  });

  test("of a change may lag behind the change", async () => {
    const updatedAt = async (from: GitHubClient): Promise<unknown> =>
      fields(await from.send("GET", `${SECRETS}/${NAME}`))["updated_at"];
    const { github, client, soon, lagMs } = await inWindow(200, async (lagMs) => {
      const set = await start({ timePrecision: "milliseconds" });
      set.github.seed(REPOSITORY, NAME, "old", { at: new Date("2020-01-01T00:00:00.123Z") });
      set.github.policy.metadataLagMs = lagMs;
      await set.client.save(SECRETS, NAME, "new");
      return { ...set, lagMs, soon: await updatedAt(set.client) };
    });
    expect(soon).toBe("2020-01-01T00:00:00.123Z");
    await new Promise((resolve) => setTimeout(resolve, lagMs + 20));
    expect(await updatedAt(client)).toBe(github.updatedAt(REPOSITORY, NAME)?.toISOString());
  });

  test("of a run's beginning needs actions: read", async () => {
    const { github, client } = await start({ runStartedAt: new Date("2026-11-23T12:00:00.400Z") });
    const run = `/repos/${REPOSITORY}/actions/runs/30433642`;
    expect(fields(await client.send("GET", run))).toMatchObject({
      id: 30433642,
      run_started_at: "2026-11-23T12:00:00Z",
    });
    github.policy.permissions = { actions: "none" };
    const refused = await client.send("GET", run);
    expect([refused.status, refused.headers["x-accepted-github-permissions"]]).toEqual([403, "actions=read"]);
  });
});

describe("addresses", () => {
  test("of a renamed repository lead to its number, where the same requests work", async () => {
    const { github, client } = await start();
    github.renameRepository(REPOSITORY, "octo-org/broker");
    const moved = await client.send("GET", `${SECRETS}/public-key`);
    expect([moved.status, message(moved)]).toEqual([301, "Moved Permanently"]);
    expect((await client.send("PUT", `${SECRETS}/${NAME}`, { body: {} })).status).toBe(307);
    const there = String(moved.headers["location"]).slice(github.url.length).replace("/public-key", "");
    expect(there).toMatch(/^\/repositories\/\d+\/actions\/secrets$/u);
    expect((await client.save(there, NAME, "x")).status).toBe(201);
    expect(github.plaintext("octo-org/broker", NAME)).toBe("x");
    expect(fields(await client.send("GET", "/repos/octo-org/broker"))).toMatchObject({ full_name: "octo-org/broker" });
  });

  test("of a hidden repository lead nowhere", async () => {
    const { github, client } = await start();
    github.hideRepository(REPOSITORY);
    expect((await client.send("GET", `${SECRETS}/public-key`)).status).toBe(404);
  });

  test("begin with /api/v3 on GitHub Enterprise Server, and only so", async () => {
    const { github, client } = await start({ basePath: "/api/v3" });
    expect(github.url).toMatch(/\/api\/v3$/u);
    expect((await client.save(SECRETS, NAME, "x")).status).toBe(201);
    const root = new GitHubClient(new URL(github.url).origin, TOKEN);
    expect((await root.send("GET", SECRETS)).status).toBe(404);
  });
});

describe("records", () => {
  test("tell a fresh connection from one that was used before, and what was acknowledged", async () => {
    const { github, client } = await start();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const sent = { key: github.publicKey(REPOSITORY), id: github.keyId };
    await client.send("GET", `${SECRETS}/public-key`, { agent });
    await client.send("PUT", `${SECRETS}/${NAME}_CANARY`, { agent, body: boxFor(sent.key, sent.id, "c") });
    await client.send("DELETE", `${SECRETS}/${NAME}_CANARY`);
    agent.destroy();
    expect(github.requests.map(({ which, connection, index, status }) => [which, connection, index, status])).toEqual([
      ["key", 1, 0, 200],
      ["canary", 1, 1, 201],
      ["delete", 2, 0, 204],
    ]);
    for (const { connectedAt, at, answeredAt } of github.requests) {
      expect(connectedAt).toBeLessThanOrEqual(at);
      expect(answeredAt).toBeGreaterThanOrEqual(at);
    }
    expect(github.writes).toEqual([
      {
        scope: REPOSITORY,
        name: `${NAME}_CANARY`,
        plaintext: "c",
        by: "client",
        at: A_NUMBER,
        acknowledged: true,
      },
    ]);
  });

  test("come with events at the instant, and a handler may hold a request up", async () => {
    const { github, client } = await start();
    const seen: (string | undefined)[] = [];
    github.on("put-arrived", () => void seen.push(github.plaintext(REPOSITORY, NAME)));
    github.on("put-applied", async () => {
      seen.push(github.plaintext(REPOSITORY, NAME));
      await new Promise((resolve) => setTimeout(resolve, 100));
    });
    const applied = github.waitFor("put-applied", { scope: REPOSITORY, name: NAME });
    const saved = client.save(SECRETS, NAME, "x");
    await applied;
    expect(github.writes[0]?.acknowledged).toBe(false);
    expect((await saved).status).toBe(201);
    expect(seen).toEqual([undefined, "x"]);
  });
});

test("a sealed box of tweetnacl carries bytes, not text", async () => {
  const { github, client } = await start();
  const bytes = new Uint8Array([0, 255, 10, 13, 0xc3, 0x28]);
  const box = seal(bytes, new Uint8Array(Buffer.from(github.publicKey(REPOSITORY), "base64")));
  const body = { encrypted_value: Buffer.from(box).toString("base64"), key_id: github.keyId };
  expect((await client.send("PUT", `${SECRETS}/${NAME}`, { body })).status).toBe(201);
  expect([...(github.bytes(REPOSITORY, NAME) ?? [])]).toEqual([...bytes]);
});
