import { randomBytes, randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { jest } from "@jest/globals";
import type { GitHubStandIn, ScopeName } from "../../sandbox/github";
import { startGitHub } from "../../sandbox/github";
import type { SnapTradeStandIn } from "../../sandbox/snaptrade";
import { signatureOf, startSnapTrade } from "../../sandbox/snaptrade";
import type { JobRun } from "../../harness/workflow";
import { playWorkflow } from "../../harness/workflow";
import { SHARE } from "../../harness/share";
import { NODE_24, ROOT } from "../../harness/play";
import { readText } from "../../harness/workflow-files";

jest.setTimeout(600_000);

const REPOSITORY = "octo-org/brokerage";
const NAME = "SNAPTRADE_USER_SECRET";
const CLIENT_ID = "SANDBOX-CLIENT";

/** Both services' limits are enforced, on a minute that is this long. */
interface Fleet {
  readonly users: number;
  readonly minuteMs: number;
  /** Requests of this minute that another program with the same client id has used up already. */
  readonly usedByOthers: number;
  /** GitHub's documentation says about 80. */
  readonly githubWritesPerMinute: number | undefined;
}

const SNAPTRADE_REQUESTS_PER_MINUTE = 250;
const RESET_PATH = "/snapTrade/resetUserSecret";

interface Seen {
  readonly jobs: readonly JobRun[];
  readonly inForce: ReadonlyMap<string, string | undefined>;
  readonly held: ReadonlyMap<string, string | undefined>;
  readonly resets: number;
  /** Resets that SnapTrade refused because of its limit. A question that is refused is asked again. */
  readonly refusedResets: number;
  readonly githubRefusals: number;
  readonly atATimeMax: number;
  /** Runs that waited for SnapTrade's limit before their reset. */
  readonly waited: number;
}

/** Plays many-users.yml from its own file: as many jobs as there are users, eight at a time, each with its own environment. */
async function play(fleet: Fleet): Promise<Seen> {
  const ids = Array.from({ length: fleet.users }, (_, index) => `customer-${index + 1}`);
  const users = Object.fromEntries(ids.map((id) => [id, randomUUID()]));
  const consumerKey = randomBytes(32).toString("base64url");
  const rateLimit = { limit: SNAPTRADE_REQUESTS_PER_MINUTE, windowMs: fleet.minuteMs };
  const snapTrade = await startSnapTrade({ clientId: CLIENT_ID, consumerKey, users, rateLimit });
  const github = await startGitHub({ token: `ghs_${randomBytes(40).toString("hex")}`, ...writeLimit(fleet) });
  try {
    furnish(github, users, consumerKey);
    for (let n = 0; n < fleet.usedByOthers; n += 1) await listUsers(snapTrade, consumerKey);
    const load = watch(snapTrade);
    const { jobs } = await playWorkflow({
      text: readText("examples/many-users.yml"),
      action: "OWNER/rotate-snaptrade-user-secret",
      root: ROOT,
      node: NODE_24,
      github,
      apiUrl: github.url,
      repository: REPOSITORY,
      event: "schedule",
      vars: { SNAPTRADE_USERS: JSON.stringify(ids), SNAPTRADE_CLIENT_ID: CLIENT_ID, SECRETS_APP_CLIENT_ID: "app" },
      actionInputs: { "snaptrade-api-url": snapTrade.url, "settle-time": "1s" },
      otherActions: { "actions/create-github-app-token": () => ({ token: github.policy.token }) },
    });
    return {
      jobs,
      inForce: new Map(ids.map((id) => [id, snapTrade.secretInForce(id)])),
      held: new Map(ids.map((id) => [id, github.plaintext(environmentOf(id), NAME)])),
      resets: snapTrade.resets,
      refusedResets: snapTrade.requests.filter(({ path, status }) => path === RESET_PATH && status === 429).length,
      githubRefusals: github.requests.filter(({ status }) => status === 403).length,
      atATimeMax: load.max,
      waited: jobs.filter(({ steps }) => /for SnapTrade's rate limit/.test(steps.at(-1)?.log.join("\n") ?? "")).length,
    };
  } finally {
    await Promise.all([snapTrade.close(), github.close()]);
  }
}

/** What another program with the same client id might do. */
async function listUsers({ url }: SnapTradeStandIn, consumerKey: string): Promise<void> {
  const path = "/snapTrade/listUsers";
  const timestamp = Math.floor(Date.now() / 1000).toString();
  const query = new URLSearchParams({ clientId: CLIENT_ID, timestamp }).toString();
  const answer = await fetch(`${url}${path}?${query}`, {
    headers: { Signature: signatureOf({ consumerKey, path, query, body: "" }) },
  });
  if (answer.status !== 200) throw new Error(`the other program was answered with ${answer.status}`);
}

function writeLimit({ githubWritesPerMinute, minuteMs }: Fleet): object {
  if (githubWritesPerMinute === undefined) return {};
  const retryAfterSeconds = Math.ceil(minuteMs / 1000);
  return {
    secondaryLimit: { writesPerMinute: githubWritesPerMinute, windowMs: minuteMs, retryAfterSeconds },
  };
}

function environmentOf(id: string): ScopeName {
  return `${REPOSITORY} env user-${id}`;
}

function furnish(github: GitHubStandIn, users: Readonly<Record<string, string>>, consumerKey: string): void {
  github.addRepository(REPOSITORY);
  github.seed(REPOSITORY, "SNAPTRADE_CONSUMER_KEY", consumerKey);
  github.seed(REPOSITORY, "SECRETS_APP_PRIVATE_KEY", "a private key");
  for (const [id, secret] of Object.entries(users)) {
    github.addEnvironment(REPOSITORY, `user-${id}`);
    github.seed(environmentOf(id), NAME, secret);
  }
}

/** How many resets are ever open at once, which shows that the jobs do run side by side: the first waits for another. */
function watch(snapTrade: SnapTradeStandIn): { max: number } {
  const load = { max: 0 };
  const met = new AbortController();
  let open = 0;
  snapTrade.on("reset-arrived", async () => {
    open += 1;
    load.max = Math.max(load.max, open);
    if (open > 1) met.abort();
    await sleep(COMPANY_MS, undefined, { signal: met.signal }).catch(() => undefined);
    open -= 1;
  });
  return load;
}

/** The next job's reset comes long before. */
const COMPANY_MS = 20_000;

function failures({ jobs }: Seen): string[] {
  return jobs
    .filter(({ conclusion }) => conclusion !== "success")
    .map(({ matrix, steps }) => {
      const said = steps.at(-1)?.run?.main.annotations.map(({ message }) => message.split("\n")[0]);
      return `${matrix["user"] ?? ""}: ${String(said)}`;
    });
}

function expectAllRotated(seen: Seen, users: number): void {
  expect(failures(seen)).toEqual([]);
  expect(seen.jobs.map(({ steps }) => steps.at(-1)?.outputs["result"])).toEqual(Array(users).fill("rotated"));
  expect(seen.resets).toBe(users);
  expect([...seen.held]).toEqual([...seen.inForce]);
  expect(new Set(seen.held.values()).size).toBe(users);
  expect(seen.atATimeMax).toBeGreaterThan(1);
}

/** Who has used nearly all of SnapTrade's minute up, for longer than the slowest machine needs until the first reset. */
const USED_UP = { usedByOthers: 240, minuteMs: 15_000 };

test("a few users are all rotated while another program has used up most of SnapTrade's limit", async () => {
  const seen = await play({ users: 3, ...USED_UP, githubWritesPerMinute: undefined });
  expectAllRotated(seen, 3);
  expect(seen.waited).toBeGreaterThan(0);
  expect(seen.refusedResets).toBe(0);
});

const FLEETS = [
  { share: "large", users: 16, minuteMs: 10_000, githubWritesPerMinute: 20 },
  { share: "whole", users: 100, minuteMs: 20_000, githubWritesPerMinute: undefined },
  { share: "whole", users: 100, minuteMs: 12_000, githubWritesPerMinute: 80 },
].filter(({ share }) => SHARE !== "quick" && (share === "large" || SHARE === share));

for (const fleet of FLEETS) {
  test(`${fleet.users} users are all rotated, on a minute of ${fleet.minuteMs} ms`, async () => {
    const seen = await play({ ...fleet, usedByOthers: 0 });
    expectAllRotated(seen, fleet.users);
    expect(seen.githubRefusals).toBeGreaterThanOrEqual(fleet.githubWritesPerMinute === undefined ? 0 : 1);
  });
}
