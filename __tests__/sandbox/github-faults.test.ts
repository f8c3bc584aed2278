import { Agent } from "node:http";
import sodium from "libsodium-wrappers";
import {
  type Effect,
  type FaultTarget,
  githubFaultNames,
  type GitHubStandIn,
  type ScopeName,
  startGitHub,
} from "../../sandbox/github";
import { inPool } from "../../harness/play";
import { boxFor, fields, GitHubClient, sendRaw } from "../../harness/github-client";
import { inTime } from "../../harness/in-time";

const TOKEN = "github_pat_sandbox";
const REPOSITORY = "octo-org/brokerage";
const SECRETS = `/repos/${REPOSITORY}/actions/secrets`;
const NAME = "SNAPTRADE_USER_SECRET";

const started: GitHubStandIn[] = [];

async function start(): Promise<{ github: GitHubStandIn; client: GitHubClient }> {
  const github = await startGitHub({ token: TOKEN, timePrecision: "milliseconds" });
  started.push(github);
  github.addEnvironment(REPOSITORY, "production");
  github.seed(REPOSITORY, NAME, "old");
  return { github, client: new GitHubClient(github.url, TOKEN) };
}

/** The bytes of a good PUT, so that nothing stands between the wire and the test. */
function putBytes(github: GitHubStandIn, plaintext: string, name = NAME): string {
  const body = JSON.stringify(boxFor(github.publicKey(REPOSITORY), github.keyId, plaintext));
  const head = [
    `PUT ${SECRETS}/${name} HTTP/1.1`,
    "Host: 127.0.0.1",
    `Authorization: Bearer ${TOKEN}`,
    "User-Agent: bytes",
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  return `${head.join("\r\n")}\r\n\r\n${body}`;
}

function pause(delayMs: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, delayMs));
}

afterEach(async () => {
  await Promise.all(started.splice(0).map((github) => github.close()));
});

/** How late what is late takes effect. */
const LATE_MS = 400;

describe("on the wire", () => {
  const RST = { kind: "cut", applied: false, by: "rst" } as const;

  test.each<[string, Effect, string, "fin" | "open" | "rst", string]>([
    ["a reset before storing", RST, "", "rst", "old"],
    ["a close before storing", { ...RST, by: "fin" }, "", "fin", "old"],
    ["silence for ever", { ...RST, by: "stall" }, "", "open", "old"],
    ["a reset after storing", { ...RST, applied: true }, "", "rst", "new"],
    ["a close after storing", { ...RST, applied: true, by: "fin" }, "", "fin", "new"],
    ["silence after storing", { ...RST, applied: true, by: "stall" }, "", "open", "new"],
    [
      "an answer cut after 12 bytes by FIN",
      { kind: "cut-answer", afterBytes: 12, by: "fin" },
      "HTTP/1.1 204",
      "fin",
      "new",
    ],
    ["an answer cut after 9 bytes by RST", { kind: "cut-answer", afterBytes: 9, by: "rst" }, "HTTP/1.1 ", "rst", "new"],
    ["an answer that stops after 4 bytes", { kind: "cut-answer", afterBytes: 4, by: "stall" }, "HTTP", "open", "new"],
    ["an answer cut before its first byte", { kind: "cut-answer", afterBytes: 0, by: "fin" }, "", "fin", "new"],
    ["an empty secret", { kind: "store-empty" }, "HTTP/1.1 204 No Content\r\n", "open", ""],
  ])("%s", async (_what, effect, received, ending, stored) => {
    const { github } = await start();
    github.faults.inject({ on: { which: "put" }, effect });
    const seen = await sendRaw(github.port, putBytes(github, "new"));
    expect(seen.ending).toBe(ending);
    const isWhole = received.endsWith("\n");
    expect(isWhole ? seen.received.slice(0, received.length) : seen.received).toBe(received);
    expect(github.plaintext(REPOSITORY, NAME)).toBe(stored);
    expect(github.writes[0]?.acknowledged ?? false).toBe(ending === "open" && isWhole);
  });

  test("an answer can be cut after every one of its bytes", async () => {
    const { github } = await start();
    const { received: complete } = await sendRaw(github.port, putBytes(github, "new"), 50);
    const whole = github.requests[0]?.answerBytes ?? 0;
    expect(complete).toHaveLength(whole);
    for (const afterBytes of [1, 2, whole >> 1, whole - 2, whole - 1]) {
      github.faults.inject({ on: { which: "put" }, effect: { kind: "cut-answer", afterBytes, by: "fin" } });
      const { received, ending } = await sendRaw(github.port, putBytes(github, "new"));
      expect([received.length, ending]).toEqual([afterBytes, "fin"]);
    }
  });

  test("an unanswered save can land late, whatever is said meanwhile", async () => {
    for (const [meanwhile, ending] of [
      ["stall", "open"],
      ["fin", "fin"],
      ["rst", "rst"],
      [{ status: 504 }, "open"],
    ] as const) {
      const { github, landed, seen, soon } = await inTime(LATE_MS, async () => {
        const set = await start();
        const effect = { kind: "late", applyAfterMs: LATE_MS, meanwhile } as const;
        set.github.faults.inject({ on: { which: "put" }, effect });
        const landing = set.github.waitFor("put-applied");
        const answer = await sendRaw(set.github.port, putBytes(set.github, "new"), 80);
        return { ...set, landed: landing, seen: answer, soon: set.github.plaintext(REPOSITORY, NAME) };
      });
      expect([seen.ending, soon]).toEqual([ending, "old"]);
      expect(seen.received.startsWith("HTTP/1.1 504")).toBe(typeof meanwhile === "object");
      await landed;
      expect(github.plaintext(REPOSITORY, NAME)).toBe("new");
      expect(github.writes[0]?.acknowledged).toBe(false);
    }
  });

  test("a late save of an older secret overwrites a newer one", async () => {
    const { github, landed } = await inTime(LATE_MS, async () => {
      const set = await start();
      const effect = { kind: "late", applyAfterMs: LATE_MS, meanwhile: "rst" } as const;
      set.github.faults.inject({ on: { which: "put" }, effect });
      const landing = set.github.waitFor("put-applied");
      await sendRaw(set.github.port, putBytes(set.github, "older"), 50);
      set.github.faults.humanWrites(REPOSITORY, NAME, "newer");
      return { ...set, landed: landing };
    });
    await landed;
    expect(github.plaintext(REPOSITORY, NAME)).toBe("older");
    expect(github.writes.map(({ plaintext, by }) => [plaintext, by])).toEqual([
      ["newer", "human"],
      ["older", "client"],
    ]);
  });

  test("a client that goes away in the middle of its request changes nothing", async () => {
    const { github } = await start();
    await sendRaw(github.port, putBytes(github, "new").slice(0, -10), 50);
    await pause(50);
    expect(github.plaintext(REPOSITORY, NAME)).toBe("old");
    expect(github.requests).toMatchObject([{ which: "put", status: undefined }]);
  });
});

describe("a fault", () => {
  const answer = { kind: "answer", status: 500, body: { message: "Server Error" } } as const;

  test("hits once, some times or always, and may let some go by first", async () => {
    const { github, client } = await start();
    const statuses = async (): Promise<number[]> => {
      const seen: number[] = [];
      for (let n = 0; n < 4; n++) seen.push((await client.send("GET", `${SECRETS}/${NAME}`)).status);
      return seen;
    };
    github.faults.inject({ on: { which: "metadata" }, effect: answer });
    expect(await statuses()).toEqual([500, 200, 200, 200]);
    github.faults.inject({ on: { which: "metadata" }, effect: answer, times: 2, skip: 1 });
    expect(await statuses()).toEqual([200, 500, 500, 200]);
    const disarm = github.faults.inject({ on: { which: "metadata" }, effect: answer, times: "always" });
    expect(await statuses()).toEqual([500, 500, 500, 500]);
    disarm();
    expect(github.faults.armed).toEqual([]);
    expect(await statuses()).toEqual([200, 200, 200, 200]);
  });

  test.each<[FaultTarget, number, number]>([
    [{ which: "put" }, 500, 201],
    [{ which: "canary" }, 204, 500],
    [{ which: ["put", "canary"] }, 500, 500],
    [{ method: "PUT" }, 500, 500],
    [{ scope: "Octo-Org/Brokerage", name: NAME.toLowerCase() }, 500, 201],
    [{ scope: `${REPOSITORY} env production` }, 204, 201],
  ])("aimed at %j hits nothing else", async (on, put, canary) => {
    const { github } = await start();
    github.faults.inject({ on, effect: answer, times: "always" });
    const status = async (name: string): Promise<number> =>
      Number((await sendRaw(github.port, putBytes(github, "x", name), 60)).received.slice(9, 12));
    expect([await status(NAME), await status(`${NAME}_CANARY`)]).toEqual([put, canary]);
  });

  test("can be put together with others, in their order", async () => {
    const { github } = await start();
    const on = { which: "put" } as const;
    github.faults.inject({ on, effect: { kind: "slow", delayMs: 100 } });
    github.faults.inject({
      on,
      effect: { kind: "act", act: () => github.faults.humanWrites(REPOSITORY, NAME, "theirs") },
    });
    github.faults.inject({ on, effect: { ...answer, applied: true } });
    const began = performance.now();
    const seen = await sendRaw(github.port, putBytes(github, "ours"));
    expect(performance.now() - began).toBeGreaterThan(100);
    expect(seen.received).toMatch(/^HTTP\/1\.1 500 .*"Server Error"/su);
    expect(github.writes.map(({ plaintext }) => plaintext)).toEqual(["theirs", "ours"]);
  });
});

test("an answer can be whole HTTP around half a JSON text", async () => {
  const { github, client } = await start();
  github.faults.inject({ on: { which: "key" }, effect: { kind: "truncated-json" } });
  const { status, text } = await client.send("GET", `${SECRETS}/public-key`);
  expect(status).toBe(200);
  expect(() => void JSON.parse(text)).toThrow(SyntaxError);
});

test("keys change for one place, or for all under a new key_id", async () => {
  const { github, client } = await start();
  const before = { key: github.publicKey(REPOSITORY), id: github.keyId };
  const other = github.publicKey(`${REPOSITORY} env production`);
  github.faults.rotateKey(REPOSITORY);
  expect(github.publicKey(REPOSITORY)).not.toBe(before.key);
  expect([github.publicKey(`${REPOSITORY} env production`), github.keyId]).toEqual([other, before.id]);
  const refused = await client.send("PUT", `${SECRETS}/${NAME}`, { body: boxFor(before.key, before.id, "x") });
  expect(refused.status).toBe(422);
  github.faults.rotateKey();
  expect(github.keyId).not.toBe(before.id);
  expect((await client.save(SECRETS, NAME, "new")).status).toBe(204);
});

test("an idle connection is closed when it has been idle for too long, and no sooner", async () => {
  const { github, client } = await start();
  github.policy.idleCloseMs = 150;
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  for (const idleMs of [50, 50, 250]) {
    await client.send("GET", SECRETS, { agent });
    await pause(idleMs);
  }
  await client.send("GET", SECRETS, { agent });
  agent.destroy();
  expect(github.requests.map(({ connection, index }) => [connection, index])).toEqual([
    [1, 0],
    [1, 1],
    [1, 2],
    [2, 0],
  ]);
});

describe("every named fault", () => {
  // More at a time, or boxes sealed by the slower tweetnacl, and a server that is only busy looks like a silent one.
  const WALKS_AT_A_TIME = 16;

  /** What a client meets on the way that a rotation takes, and what is true afterwards. */
  async function walk(github: GitHubStandIn): Promise<string[]> {
    const client = new GitHubClient(github.url, TOKEN);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const trace: string[] = [];
    const step = async (method: string, path: string, body?: object): Promise<void> => {
      try {
        const reply = await client.send(method, path, { agent, timeoutMs: 400, ...(body && { body }) });
        trace.push(`${method} ${reply.status} ${describeReply(reply.text)}`);
        if (reply.headers["github-authentication-token-expiration"] !== undefined) trace.push("expires");
      } catch (error) {
        trace.push(`${method} ${error instanceof Error ? error.message : ""}`);
      }
    };
    const box = (plaintext: string, scope: ScopeName = REPOSITORY): object => {
      const sealed = sodium.crypto_box_seal(plaintext, Buffer.from(github.publicKey(scope), "base64"));
      return { encrypted_value: Buffer.from(sealed).toString("base64"), key_id: github.keyId };
    };
    const before = github.updatedAt(REPOSITORY, NAME)?.toISOString() ?? "";
    await step("GET", `${SECRETS}/public-key`);
    await step("GET", `${SECRETS}/${NAME}`);
    await step("PUT", `${SECRETS}/${NAME}_CANARY`, box("canary"));
    await step("DELETE", `${SECRETS}/${NAME}_CANARY`);
    await pause(300);
    await step("PUT", `${SECRETS}/${NAME}`, box("new"));
    trace.push(`then ${github.plaintext(REPOSITORY, NAME) ?? "nothing"}`);
    const metadata = await client.send("GET", `${SECRETS}/${NAME}`, { agent }).catch(() => undefined);
    if (metadata !== undefined) trace.push(metadata.text.includes(`"updated_at":"${before}"`) ? "unmoved" : "moved");
    await step("PUT", `${SECRETS}/${NAME}`, box("newer"));
    await step("PUT", `${SECRETS}/OTHER`, box("misplaced", `${REPOSITORY} env production`));
    agent.destroy();
    trace.push(`finally ${github.plaintext(REPOSITORY, NAME) ?? "nothing"}, ${github.names(REPOSITORY).length} names`);
    trace.push(`connections ${new Set(github.requests.map(({ connection }) => connection)).size}`);
    return trace;
  }

  /** Bodies without what differs from run to run. */
  function describeReply(text: string): string {
    if (text === "") return "";
    try {
      const { message, key } = fields({ status: 0, headers: {}, text });
      if (typeof message === "string") return message;
      return typeof key !== "string" ? Object.keys(fields({ status: 0, headers: {}, text })).join() : keyKind(key);
    } catch {
      return text.startsWith("<") ? "a page" : "half a text";
    }
  }

  function keyKind(key: string): string {
    const bytes = Buffer.from(key, "base64");
    return `${bytes.length} bytes${bytes.every((byte) => byte === 0) ? ", all zero" : ""}`;
  }

  const traces = new Map<string, readonly string[]>();

  async function walkWith(name: string, apply: (github: GitHubStandIn) => void): Promise<void> {
    const github = await startGitHub({ token: TOKEN, timePrecision: "milliseconds" });
    github.addEnvironment(REPOSITORY, "production");
    github.seed(REPOSITORY, NAME, "old");
    apply(github);
    traces.set(name, await walk(github));
    await github.close();
  }

  beforeAll(async () => {
    await walkWith("clean", () => undefined);
    await inPool(Object.entries(githubFaultNames), ([name, { apply }]) => walkWith(name, apply), WALKS_AT_A_TIME);
  });

  test("is measured against a clean walk", () => {
    const trace = traces.get("clean");
    expect(trace?.slice(0, 4)).toEqual([
      "GET 200 32 bytes",
      "GET 200 name,created_at,updated_at",
      "PUT 201 ",
      "DELETE 204 ",
    ]);
    expect(trace?.slice(-2)).toEqual(["finally newer, 1 names", "connections 1"]);
  });

  test("has a name in kebab-case and one sentence", () => {
    for (const [name, { says }] of Object.entries(githubFaultNames)) {
      expect(name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/u);
      expect(says).toMatch(/^[A-Z][^.]*(?:\.$|'s [^.]*\.$)/u);
    }
    const sentences = Object.values(githubFaultNames).map(({ says }) => says);
    expect(new Set(sentences).size).toBe(sentences.length);
  });

  test.each(Object.keys(githubFaultNames))("%s is felt by a client", (name) => {
    const silent = traces.get(name)?.some((line) => line.endsWith(" silent"));
    // A server that is merely too busy to answer must not pass for the fault.
    expect(silent).toBe(/stalls|slow|late-silent/u.test(name));
    expect(traces.get(name)).not.toEqual(traces.get("clean"));
  });
});
