import nacl from "tweetnacl";
import { GitHubSecret } from "../../src/github/destination";
import { GitHubRun } from "../../src/github/run";
import { Sealer, SealError } from "../../src/github/seal";
import { parseSaveTo } from "../../src/inputs/save-to";
import { Secret } from "../../src/text/secret";
import { answered, FakeGitHub, NOW } from "../support/fake-github";
import { open } from "../../harness/sealed-box";

const HERE = "octo-org/brokerage";
const pair = nacl.box.keyPair();
const KEY = Buffer.from(pair.publicKey).toString("base64");
const sealer = new Sealer();
beforeAll(async () => await sealer.load());

function secretAt(line: string, github: FakeGitHub): GitHubSecret {
  const [place] = parseSaveTo(line, HERE);
  return new GitHubSecret(place, github, sealer);
}

const REPO = `/repos/${HERE}/actions/secrets`;
const ORG = "/orgs/octo-org/actions/secrets";
const key = answered({ key_id: "42", key: KEY });
const metadata = answered({ name: "NAME", updated_at: "2026-01-01T00:00:00Z" });
const good = { [`GET ${REPO}/public-key`]: key, [`GET ${REPO}/NAME`]: metadata };

describe("a box", () => {
  test.each(["new-secret", "é😀\u0000", "x".repeat(48 * 1024)])(
    "is opened by an implementation that is not libsodium",
    (text) => {
      const box = Buffer.from(sealer.seal(new Secret(text), KEY), "base64");
      const opened = open(new Uint8Array(box), pair.publicKey, pair.secretKey);
      expect(Buffer.from(opened ?? []).toString() === text).toBe(true);
    },
  );

  test.each(["", "AAAA", "no base64!", KEY.slice(0, -4), Buffer.alloc(32).toString("base64")])(
    "is not made for %j",
    (bad) => {
      const refuse = (): string => sealer.seal(new Secret("the-secret"), bad);
      expect(refuse).toThrow(SealError);
      expect(refuse).not.toThrow(/the-secret/);
    },
  );

  test("is not made before libsodium is there", () => {
    expect(() => new Sealer().seal(new Secret("x"), KEY)).toThrow(SealError);
  });
});

describe("a box that would be printed with a hole in it", () => {
  const opened = (box: string): string =>
    Buffer.from(open(new Uint8Array(Buffer.from(box, "base64")), pair.publicKey, pair.secretKey) ?? []).toString();

  test("is made again, until no given value stands in it, in its own letter case", async () => {
    // Two characters stand in about one box in thirty, and twenty of these in half of them.
    const avoided = Array.from({ length: 20 }, (_, index) => new Secret(`a${String.fromCharCode(65 + index)}`));
    const careful = new Sealer(avoided);
    await careful.load();
    const boxes = Array.from({ length: 30 }, () => careful.seal(new Secret("new-secret"), KEY));
    const torn = boxes.filter((box) => avoided.some((value) => box.includes(value.reveal())));
    expect(torn).toEqual([]);
    expect(boxes.map(opened)).toEqual(boxes.map(() => "new-secret"));
    // Otherwise it would prove nothing.
    const careless = Array.from({ length: 30 }, () => sealer.seal(new Secret("new-secret"), KEY));
    expect(careless.some((box) => avoided.some((value) => box.includes(value.reveal())))).toBe(true);
  });

  test("is made again for one digit too, which stands in five boxes of six", async () => {
    const careful = new Sealer([new Secret("1")]);
    await careful.load();
    const value = "6f1c1f5e-0b6c-4c55-9c3a-0c7a86a1f6d2";
    const boxes = Array.from({ length: 60 }, () => careful.seal(new Secret(value), KEY));
    expect(boxes.filter((box) => box.includes("1"))).toEqual([]);
    expect(new Set(boxes.map(opened))).toEqual(new Set([value]));
  });

  test("is the best of those that were made, where every one has a hole", async () => {
    const letters = Array.from({ length: 26 }, (_, index) => new Secret(String.fromCharCode(97 + index)));
    const hopeless = new Sealer(letters);
    await hopeless.load();
    expect(opened(hopeless.seal(new Secret("new-secret"), KEY))).toBe("new-secret");
  });
});

describe("an id that the command cannot avoid", () => {
  const exposedAt = (line: string, ids: Readonly<Record<string, string>>): readonly string[] =>
    new GitHubSecret(parseSaveTo(line, HERE)[0], new FakeGitHub({}), sealer, ids).exposed;

  test.each<[string, string, boolean]>([
    ["NAME", "1", true],
    ["NAME", "abc", true],
    ["NAME", "abcd", false],
    ["NAME", "octo-org", true],
    ["NAME", "OCTO-ORG", false],
    ["NAME --env customer-1", "customer-1", true],
    ["NAME --env 'my env'", "my env", true],
    ["NAME", "NAME", true],
    ["NAME", "encrypted_value", true],
    ["NAME", "customer-1", false],
  ])("of %s is %j: %s", (line, id, isExposed) => {
    expect(exposedAt(line, { "user-id": id, "client-id": "CLIENT-ID" })).toEqual(isExposed ? ["user-id"] : []);
  });
});

describe("a survey", () => {
  test("reads the key of that very scope, and when the secret was written", async () => {
    const github = new FakeGitHub(good);
    expect(await secretAt("NAME", github).survey()).toEqual({
      ok: true,
      value: {
        updatedAt: "2026-01-01T00:00:00Z",
        key: { keyId: "42", publicKey: KEY, audience: null },
        serverTime: 1_000,
        tokenExpiresAt: null,
      },
    });
    expect(github.calls.map(({ path }) => path).toSorted()).toEqual([`${REPO}/NAME`, `${REPO}/public-key`]);
  });

  test("of a secret that does not exist says so, and is no fault", async () => {
    const github = new FakeGitHub({ [`GET ${REPO}/public-key`]: key });
    expect(await secretAt("NAME", github).survey()).toMatchObject({ ok: true, value: { updatedAt: null } });
    expect(await secretAt("NAME", github).updatedAt()).toEqual({ ok: true, value: null });
  });

  test.each<[string, unknown, unknown]>([
    ["no key", {}, {}],
    ["nothing", undefined, undefined],
    ["a short key", { key_id: "1", key: "AAAA" }, {}],
    ["a low-order key", { key_id: "1", key: Buffer.alloc(32).toString("base64") }, {}],
    ["a strange key id", { key_id: "1; rm", key: KEY }, {}],
    ["a key id that is half a number", { key_id: 1.5, key: KEY }, {}],
    ["no date", { key_id: "1", key: KEY }, {}],
    ["a date that is none", { key_id: "1", key: KEY }, { updated_at: "soon" }],
  ])("with %s is malformed", async (_, keyData, data) => {
    const github = new FakeGitHub({
      [`GET ${REPO}/public-key`]: answered(keyData),
      [`GET ${REPO}/NAME`]: answered(data),
    });
    expect(await secretAt("NAME", github).survey()).toMatchObject({
      ok: false,
      fault: { cause: "malformed", answered: true },
    });
  });

  test("keeps all digits of a key id that is too large for JavaScript", async () => {
    const old = answered({ key_id: Number("578000000000000000012"), key: KEY });
    if (!old.ok) throw new Error("no answer");
    const text = `{"key_id":578000000000000000012,"key":"${KEY}"}`;
    const github = new FakeGitHub({ ...good, [`GET ${REPO}/public-key`]: { ok: true, value: { ...old.value, text } } });
    expect(await secretAt("NAME", github).key()).toMatchObject({ value: { keyId: "578000000000000000012" } });
  });

  test("tells what is left of the token's requests", async () => {
    if (!key.ok) throw new Error("no answer");
    const allowance = { remaining: 6, resetAt: 5_000 };
    const github = new FakeGitHub({
      ...good,
      [`GET ${REPO}/public-key`]: { ok: true, value: { ...key.value, allowance } },
    });
    expect(await secretAt("NAME", github).survey()).toMatchObject({ value: { allowance } });
  });

  test.each<[string, unknown, unknown]>([
    ["all", { visibility: "all" }, null],
    ["private", { visibility: "private" }, null],
  ])("of an organization secret visible to %s keeps that", async (visibility, data) => {
    const github = new FakeGitHub({
      [`GET ${ORG}/public-key`]: key,
      [`GET ${ORG}/NAME`]: answered({ updated_at: "2026-01-01T00:00:00Z", ...Object(data) }),
    });
    expect(await secretAt("NAME --org octo-org", github).key()).toMatchObject({
      value: { audience: { visibility, selectedRepositoryIds: null } },
    });
  });
});

describe("an organization secret for selected repositories", () => {
  const list = (page: number): string => `GET ${ORG}/NAME/repositories?per_page=100&page=${page}`;
  const selected = {
    [`GET ${ORG}/public-key`]: key,
    [`GET ${ORG}/NAME`]: answered({ updated_at: "2026-01-01T00:00:00Z", visibility: "selected" }),
  };
  const ids = (from: number, count: number, total = count): unknown => ({
    total_count: total,
    repositories: Array.from({ length: count }, (_, index) => ({ id: from + index })),
  });

  test("has all their ids, page by page, and sends them again", async () => {
    const github = new FakeGitHub({
      ...selected,
      [list(1)]: answered(ids(1, 100, 101)),
      [list(2)]: answered(ids(101, 1, 101)),
    });
    github.answers.set(`PUT ${ORG}/NAME`, answered(undefined, 204));
    const secret = secretAt("NAME --org octo-org", github);
    const surveyed = await secret.key();
    if (!surveyed.ok) throw new Error("not surveyed");
    expect(surveyed.value.audience?.selectedRepositoryIds).toHaveLength(101);
    expect(await secret.put(secret.seal(new Secret("x"), surveyed.value))).toMatchObject({ ok: true });
    expect(github.calls.at(-1)?.body).toMatchObject({ visibility: "selected", key_id: "42" });
    expect(github.calls.at(-1)?.body?.["selected_repository_ids"]).toHaveLength(101);
  });

  test.each<[string, unknown]>([
    ["no list", {}],
    ["a list without a count", { repositories: [{ id: 1 }] }],
    ["fewer than it says", ids(1, 2, 3)],
    ["more than it says", ids(1, 3, 2)],
    ["one of them twice", { total_count: 2, repositories: [{ id: 1 }, { id: 1 }] }],
    ["an id that is no number", { total_count: 1, repositories: [{ id: "1" }] }],
  ])("and %s is malformed", async (_, data) => {
    const github = new FakeGitHub({ ...selected, [list(1)]: answered(data), [list(2)]: answered(ids(0, 0, 3)) });
    const fault = { cause: "malformed", repeatable: true };
    expect(await secretAt("NAME --org octo-org", github).survey()).toMatchObject({ fault });
  });

  test("of Dependabot has its ids as strings, in the body and in the command", async () => {
    const dependabot = ORG.replace("actions", "dependabot");
    const github = new FakeGitHub({ [`PUT ${dependabot}/NAME`]: answered(undefined, 204) });
    const secret = secretAt("NAME --org octo-org --app dependabot", github);
    const audience = { visibility: "selected", selectedRepositoryIds: [7, 8] } as const;
    const box = { keyId: "42", sealed: "box", audience, sealedAt: NOW };
    expect(await secret.put(box)).toMatchObject({ ok: true });
    expect(github.calls[0]?.body?.["selected_repository_ids"]).toEqual(["7", "8"]);
    expect(secret.command(box).replaceAll("\\", "")).toContain(
      "-f selected_repository_ids[]=7 -f selected_repository_ids[]=8",
    );
  });

  test("has a canary that no repository sees", async () => {
    const secret = secretAt("NAME --org octo-org", new FakeGitHub({}));
    const canary = secret.canaryName();
    const github = new FakeGitHub({ [`PUT ${ORG}/${canary}`]: answered(undefined, 201) });
    const audience = { visibility: "all", selectedRepositoryIds: null } as const;
    const written = secretAt("NAME --org octo-org", github).writeCanary(canary, {
      keyId: "42",
      publicKey: KEY,
      audience,
    });
    expect(await written).toMatchObject({ ok: true });
    expect(github.calls[0]?.body).toMatchObject({ visibility: "selected", selected_repository_ids: [] });
  });
});

describe("a write", () => {
  test.each([
    [201, true],
    [204, true],
    [200, false],
    [202, false],
  ])("that is answered %d is a success: %p", async (status, ok) => {
    const github = new FakeGitHub({ [`PUT ${REPO}/NAME`]: answered(undefined, status) });
    expect((await secretAt("NAME", github).put({ keyId: "1", sealed: "box", audience: null, sealedAt: NOW })).ok).toBe(
      ok,
    );
    expect(github.calls).toEqual([
      { method: "PUT", path: `${REPO}/NAME`, body: { encrypted_value: "box", key_id: "1" } },
    ]);
  });

  test("that is sent again travels over the other connection, and for as long as it may", async () => {
    const github = new FakeGitHub({ [`PUT ${REPO}/NAME`]: answered(undefined, 204) });
    const secret = secretAt("NAME", github);
    const box = { keyId: "1", sealed: "box", audience: null, sealedAt: NOW };
    await secret.put(box);
    await secret.put(box, { over: "other", timeoutMs: 2_000 });
    await secret.put(box, { over: "other" });
    expect(github.travels).toEqual([{ lane: "first" }, { lane: "second", timeoutMs: 2_000 }, { lane: "first" }]);
  });

  test("of the canary goes beside the secret, holds nothing of value, and is taken away there", async () => {
    const canary = secretAt("NAME", new FakeGitHub({})).canaryName();
    const github = new FakeGitHub({
      [`PUT ${REPO}/${canary}`]: answered(undefined, 201),
      [`DELETE ${REPO}/${canary}`]: answered(undefined, 204),
    });
    const secret = secretAt("NAME", github);
    const key = { keyId: "1", publicKey: KEY, audience: null };
    expect(await secret.writeCanary(canary, key)).toMatchObject({ ok: true });
    const box = Buffer.from(String(github.calls[0]?.body?.["encrypted_value"]), "base64");
    const opened = open(new Uint8Array(box), pair.publicKey, pair.secretKey);
    expect(Buffer.from(opened ?? []).toString()).toMatch(/^[0-9a-f]{32}$/);
    expect(await secret.deleteCanary(canary)).toMatchObject({ ok: true });
  });
});

describe("canaries that are left", () => {
  const at = (ms: number): string => new Date(ms).toISOString();
  const NOW = Date.parse("2026-03-01T12:00:00Z");
  const HOUR = 3_600_000;
  const canaryOf = (line: string): string => secretAt(line, new FakeGitHub({})).canaryName();
  const listing = (secrets: readonly unknown[], total = secrets.length): FakeGitHub => {
    const page = answered({ total_count: total, secrets });
    if (!page.ok) throw new Error("no page");
    const value = { ...page.value, serverTime: NOW };
    return new FakeGitHub({ [`GET ${REPO}?per_page=100&page=1`]: { ok: true, value } });
  };

  test("are this destination's own, older than an hour, and never written twice", async () => {
    const [mine, young, rewritten] = [canaryOf("NAME"), canaryOf("NAME"), canaryOf("NAME")];
    const old = { created_at: at(NOW - HOUR), updated_at: at(NOW - HOUR) };
    const secrets = [
      { name: mine, ...old },
      { name: young, created_at: at(NOW - HOUR + 1000), updated_at: at(NOW - HOUR + 1000) },
      { name: rewritten, created_at: at(NOW - 2 * HOUR), updated_at: at(NOW - HOUR) },
      { name: canaryOf("OTHER"), ...old },
      { name: canaryOf("NAME --env x"), ...old },
      { name: "NAME_CANARY", ...old },
      { name: "NAME_CANARY_0123456789ABCDEF", ...old },
      { name: "NAME", ...old },
      {},
    ];
    const github = listing(secrets);
    expect(await secretAt("NAME", github).staleCanaries()).toEqual({ ok: true, value: [mine] });
    expect(await secretAt("NAME", github).staleCanaries(0)).toEqual({ ok: true, value: [mine, young] });
  });

  test("are not known where the list is not whole", async () => {
    expect(await secretAt("NAME", listing([], 1)).staleCanaries()).toMatchObject({ fault: { repeatable: true } });
  });

  test("are the only secrets that are ever deleted", async () => {
    const github = new FakeGitHub({});
    await expect(secretAt("NAME", github).deleteCanary("NAME")).rejects.toThrow(TypeError);
    await expect(secretAt("NAME", github).deleteCanary(canaryOf("OTHER"))).rejects.toThrow(TypeError);
    expect(github.calls).toEqual([]);
  });
});

describe("a missing permission is called as on GitHub's forms, and is that of writing", () => {
  test.each([
    ["environments=read", "Environments: Read and write"],
    ["secrets=write,environments=read", "Secrets: Read and write and Environments: Read and write"],
    [null, "Environments: Read and write"],
    ["the scope repo", "the scope repo"],
  ])("where GitHub says %p", async (permission, words) => {
    const cause = "forbidden-permission";
    const fault = { cause, answered: true, retryAfterMs: null, detail: "403", permission } as const;
    const path = `/repos/${HERE}/environments/x/secrets/public-key`;
    const github = new FakeGitHub({ [`GET ${path}`]: { ok: false, fault } });
    expect(await secretAt("NAME --env x", github).survey()).toMatchObject({ fault: { cause, permission: words } });
  });
});

describe("the command that finishes a save", () => {
  const box = { keyId: "42", sealed: "a+b/c==", audience: null, sealedAt: NOW };

  test("is complete, with words that a shell takes as they are", () => {
    const secret = secretAt(`NAME --env "it's \\$(x) ; #é"`, new FakeGitHub({}));
    expect(secret.command(box)).toBe(
      `gh api --method PUT /repos/${HERE}/environments/it%27s%20%24%28x%29%20%3B%20%23%C3%A9/secrets/NAME -f encrypted_value=a+b/c== -f key_id=42 && : # check abf80492, printed 2026-11-26T00:13:23Z`,
    );
  });

  test("names the host off github.com, and who may read an organization secret", () => {
    const secret = secretAt("NAME --org octo-org", new FakeGitHub({}, "ghe.example"));
    const command = secret.command({ ...box, audience: { visibility: "selected", selectedRepositoryIds: [7, 8] } });
    expect(command).toContain("--hostname ghe.example");
    expect(command.replaceAll("\\", "")).toContain(
      "-f visibility=selected -F selected_repository_ids[]=7 -F selected_repository_ids[]=8",
    );
  });
});

describe("the run", () => {
  const path = `GET /repos/${HERE}/actions/runs/5`;
  const whereabouts = (runId: string) => ({
    places: parseSaveTo("NAME", HERE),
    repository: { owner: "octo-org", repo: "brokerage" },
    runId,
  });
  test.each<[unknown, number | null]>([
    [{ run_started_at: "2026-01-01T00:00:00Z" }, Date.parse("2026-01-01T00:00:00Z")],
    [{ run_started_at: "soon" }, null],
    [{}, null],
    [null, null],
  ])("as %j began at %p", async (data, at) => {
    const run = new GitHubRun(new FakeGitHub({ [path]: answered(data) }), whereabouts("5"), () => null);
    expect(await run.startedAt()).toBe(at);
  });

  test("reads an environment's secrets before this process began, by GitHub's clock", () => {
    const run = new GitHubRun(new FakeGitHub({}), whereabouts("5"), () => null);
    const before = NOW - performance.now();
    expect(run.stepStartedAt()).toBeLessThanOrEqual(before);
    expect(run.stepStartedAt()).toBeGreaterThan(before - 10_000);
  });

  test("that the token may not read began nobody knows when", async () => {
    expect(await new GitHubRun(new FakeGitHub({}), whereabouts("../5"), () => null).startedAt()).toBeNull();
  });
});
