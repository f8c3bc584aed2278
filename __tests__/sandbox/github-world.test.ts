import { type GitHubOptions, type GitHubStandIn, startGitHub } from "../../sandbox/github";
import { boxFor, fields, GitHubClient, sendRaw } from "../../harness/github-client";
import { inTime, inWindow } from "../../harness/in-time";

const TOKEN = "github_pat_sandbox";
const REPOSITORY = "octo-org/brokerage";
const SECRETS = `/repos/${REPOSITORY}/actions/secrets`;
const ORGANIZATION = "/orgs/octo-org/dependabot/secrets";
const NAME = "SNAPTRADE_USER_SECRET";

const started: GitHubStandIn[] = [];

async function start(options: Partial<GitHubOptions> = {}): Promise<{ github: GitHubStandIn; client: GitHubClient }> {
  const github = await startGitHub({ token: TOKEN, ...options });
  started.push(github);
  github.addRepository(REPOSITORY);
  github.addOrganization("octo-org");
  github.seed(REPOSITORY, NAME, "old");
  return { github, client: new GitHubClient(github.url, TOKEN) };
}

async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}

async function statusOf(client: GitHubClient, path = `${SECRETS}/${NAME}`): Promise<number> {
  return (await client.send("GET", path)).status;
}

afterEach(async () => {
  await Promise.all(started.splice(0).map((github) => github.close()));
});

describe("the allowance", () => {
  test("is told on every answer, runs dry, and is full again when its time is over", async () => {
    const told = async (client: GitHubClient): Promise<unknown[]> => {
      const { status, headers } = await client.send("GET", `${SECRETS}/${NAME}`);
      return [status, headers["x-ratelimit-remaining"], headers["x-ratelimit-used"]];
    };
    const { client, seen, windowMs } = await inWindow(300, async (windowMs) => {
      const set = await start();
      set.github.policy.rateLimit = { limit: 5_000, windowMs, remaining: 2 };
      return { ...set, windowMs, seen: [await told(set.client), await told(set.client), await told(set.client)] };
    });
    expect(seen).toEqual([
      [200, "1", "4999"],
      [200, "0", "5000"],
      [403, "0", "5000"],
    ]);
    await pause(windowMs + 50);
    expect(await told(client)).toEqual([200, "4999", "1"]);
  });

  test("counts nothing that asks for it", async () => {
    const { github, client } = await start();
    github.policy.rateLimit = { limit: 10, windowMs: 60_000, remaining: 1 };
    for (let n = 0; n < 3; n++) {
      expect(fields(await client.send("GET", "/rate_limit"))["rate"]).toMatchObject({ remaining: 1, limit: 10 });
    }
  });
});

describe("a spell", () => {
  test("begins with the first request that it hits, and ends by itself", async () => {
    const { github, client } = await start();
    const { seen, forMs } = await inWindow(200, async (forMs) => {
      github.faults.clear();
      github.faults.inject({ on: {}, effect: { kind: "answer", status: 401 }, forMs });
      await pause(50);
      return { forMs, seen: [await statusOf(client), await statusOf(client)] };
    });
    expect(seen).toEqual([401, 401]);
    await pause(forMs + 50);
    expect(await statusOf(client)).toBe(200);
  });

  test("can tell how long it will last", async () => {
    const { github, client } = await start();
    const headers = (leftMs: number): Record<string, string> => ({ "retry-after": String(Math.ceil(leftMs / 1000)) });
    const [first, second] = await inTime(1_400, async () => {
      github.faults.clear();
      github.faults.inject({ on: {}, effect: { kind: "answer", status: 429, headers }, forMs: 1_500 });
      const early = await client.send("GET", SECRETS);
      await pause(600);
      return [early, await client.send("GET", SECRETS)];
    });
    expect([first.headers["retry-after"], second.headers["retry-after"]]).toEqual(["2", "1"]);
  });
});

describe("reads that lag behind", () => {
  test("do not show a secret that was just made, and a DELETE does not find it", async () => {
    const { github, client, seen, lagMs } = await inWindow(200, async (lagMs) => {
      const set = await start();
      set.github.policy.createLagMs = lagMs;
      await set.client.save(SECRETS, "MADE_NOW", "x");
      const read = await statusOf(set.client, `${SECRETS}/MADE_NOW`);
      return { ...set, lagMs, seen: [read, (await set.client.send("DELETE", `${SECRETS}/MADE_NOW`)).status] };
    });
    expect(seen).toEqual([404, 404]);
    expect(github.plaintext(REPOSITORY, "MADE_NOW")).toBe("x");
    await pause(lagMs + 50);
    expect((await client.send("DELETE", `${SECRETS}/MADE_NOW`)).status).toBe(204);
  });

  test("still show a secret that was just deleted", async () => {
    const { github, client, seen, lagMs } = await inWindow(200, async (lagMs) => {
      const set = await start();
      set.github.policy.deleteLagMs = lagMs;
      await set.client.send("DELETE", `${SECRETS}/${NAME}`);
      return {
        ...set,
        lagMs,
        seen: [await statusOf(set.client), fields(await set.client.send("GET", SECRETS))["total_count"]],
      };
    });
    expect([...seen, github.plaintext(REPOSITORY, NAME)]).toEqual([200, 1, undefined]);
    await pause(lagMs + 50);
    expect(await statusOf(client)).toBe(404);
  });
});

describe("keys and audiences as other servers have them", () => {
  test("key_id may be a JSON number beyond 2^53, and its digits are taken back as text", async () => {
    const { github, client } = await start();
    github.policy.keyIdAs = "number";
    const { text } = await client.send("GET", `${SECRETS}/public-key`);
    expect(text).toContain(`"key_id":${github.keyId},`);
    const body = boxFor(github.publicKey(REPOSITORY), github.keyId, "new");
    expect((await client.send("PUT", `${SECRETS}/${NAME}`, { body })).status).toBe(204);
  });

  test.each([
    ["either", 201, 201],
    ["strings", 422, 201],
  ] as const)("Dependabot's repository ids: %s", async (kind, ofIntegers, ofStrings) => {
    const { github, client } = await start();
    github.policy.dependabotIds = kind;
    const { id } = fields(await client.send("GET", `/repos/${REPOSITORY}`));
    const sharing = (ids: unknown): object => ({ visibility: "selected", selected_repository_ids: [ids] });
    expect((await client.save(ORGANIZATION, "A", "x", sharing(id))).status).toBe(ofIntegers);
    expect((await client.save(ORGANIZATION, "B", "x", sharing(String(id)))).status).toBe(ofStrings);
    const actions = "/orgs/octo-org/actions/secrets";
    expect((await client.save(actions, "A", "x", sharing(String(id)))).status).toBe(422);
  });

  test("a list may be short of what its total_count tells", async () => {
    const { github, client } = await start();
    const repositories = [REPOSITORY, "octo-org/two", "octo-org/three"];
    github.seed("org octo-org", NAME, "x", { sharing: { visibility: "selected", repositories } });
    github.faults.inject({ on: { which: "repositories" }, effect: { kind: "shorten-list", by: 1 } });
    const path = `/orgs/octo-org/actions/secrets/${NAME}/repositories`;
    const [short, whole] = [fields(await client.send("GET", path)), fields(await client.send("GET", path))];
    const count = ({ repositories: list }: Readonly<Record<string, unknown>>): number =>
      Array.isArray(list) ? list.length : -1;
    expect([short["total_count"], count(short), whole["total_count"], count(whole)]).toEqual([3, 2, 3, 3]);
  });

  test("a token's end is told in either of two ways, which mean the same", async () => {
    const tokenExpiresAt = new Date("2099-12-01T00:00:00Z");
    const { github, client } = await start({ tokenExpiresAt });
    const told = async (): Promise<string> =>
      String((await client.send("GET", SECRETS)).headers["github-authentication-token-expiration"]);
    expect(await told()).toBe("2099-12-01 00:00:00 UTC");
    github.policy.expiryFormat = "offset";
    expect(await told()).toBe("2099-11-30 20:00:00 -0400");
    expect(new Date(await told())).toEqual(tokenExpiresAt);
  });
});

describe("connections", () => {
  const GET = `GET ${SECRETS} HTTP/1.1\r\nHost: x\r\nUser-Agent: x\r\nAuthorization: Bearer ${TOKEN}\r\n\r\n`;

  test("can be met by silence, by a reset at their first byte, or late", async () => {
    const { github } = await start();
    github.policy.newConnections = "silent";
    expect(await sendRaw(github.port, GET, 100)).toEqual({ received: "", ending: "open" });
    github.policy.newConnections = "reset";
    expect(await sendRaw(github.port, GET, 100)).toEqual({ received: "", ending: "rst" });
    github.policy.newConnections = "served";
    github.policy.connectDelayMs = 200;
    expect((await sendRaw(github.port, GET, 100)).received).toBe("");
    expect((await sendRaw(github.port, GET, 300)).received).toMatch(/^HTTP\/1\.1 200/u);
    expect(github.connections.opened).toBe(4);
  });

  test("are counted, how many at once too, and can all be reset", async () => {
    const { github } = await start();
    const seen = [1, 2, 3].map(() => sendRaw(github.port, GET, 400));
    await pause(150);
    expect(github.connections).toEqual({ opened: 3, open: 3, mostAtOnce: 3 });
    github.dropConnections();
    expect((await Promise.all(seen)).map(({ ending }) => ending)).toEqual(["rst", "rst", "rst"]);
    await pause(50);
    expect(github.connections.open).toBe(0);
  });

  test("an answer without end goes on until the client has had enough", async () => {
    const { github } = await start();
    github.faults.inject({ on: {}, effect: { kind: "flood", megabytes: 10_000 } });
    const { received, ending } = await sendRaw(github.port, GET, 200);
    expect([ending, received.length > 2_000_000]).toEqual(["open", true]);
  });
});

test("what somebody takes away is gone, and time can be made to have passed", async () => {
  const { github, client } = await start();
  const before = github.updatedAt(REPOSITORY, NAME)?.getTime() ?? 0;
  github.age(REPOSITORY, 5_000);
  expect(before - (github.updatedAt(REPOSITORY, NAME)?.getTime() ?? 0)).toBe(5_000);
  github.remove(REPOSITORY, NAME.toLowerCase());
  expect(await statusOf(client)).toBe(404);
});
