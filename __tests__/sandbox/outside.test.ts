import { finishFaults } from "../../sandbox/finish-faults";
import { execFile } from "node:child_process";
import { createServer } from "node:net";
import { promisify } from "node:util";
import { faults, SHORT_WAITS } from "../../sandbox/faults";
import { githubFaultNames, isCanaryName, isCanaryOf } from "../../sandbox/github";
import { type Machine, nodeArgsFor } from "../../sandbox/machine";
import { machineFaultNames } from "../../sandbox/machine-faults";
import { outsideFaultNames } from "../../sandbox/outside";
import { proxyOf } from "../../sandbox/outside/proxies";
import { runnerFaultNames } from "../../sandbox/runner-faults";
import { pastedInputFaults, snapTradeRunFaults } from "../../sandbox/snaptrade-run-faults";
import { snapTradeFaultNames } from "../../sandbox/snaptrade";
import { type Stage, startStage } from "../../sandbox/stage";
import { fields, GitHubClient } from "../../harness/github-client";
import { canariesIn, strangersTouched } from "../../harness/canaries";

const run = promisify(execFile);

/** Plays a text of JavaScript on a Node that believes to be on such a machine; what it prints. */
async function onMachine(machine: Machine, text: string): Promise<string> {
  const { stdout } = await run(process.execPath, [...nodeArgsFor(machine), "--input-type=module", "-e", text]);
  return stdout.trim();
}

async function staged<T>(name: string, look: (stage: Stage) => T | Promise<T>): Promise<T> {
  const fault = faults.get(name);
  const stage = await startStage({ ...fault?.stage, inputs: { ...SHORT_WAITS, ...fault?.stage.inputs } });
  try {
    await fault?.apply(stage);
    return await look(stage);
  } finally {
    await stage.close();
  }
}

test("no two faults have one name, and each is told in one sentence", () => {
  const { github, network, people } = outsideFaultNames;
  const catalogues = [
    github,
    network,
    people,
    githubFaultNames,
    runnerFaultNames,
    snapTradeFaultNames,
    snapTradeRunFaults,
    pastedInputFaults,
    machineFaultNames,
    finishFaults,
  ];
  expect(catalogues.flatMap((one) => Object.keys(one)).length).toBe(faults.size);
  for (const [name, { says }] of faults) expect([name, says]).toEqual([name, expect.stringMatching(/^[A-Z].*\.$/su)]);
});

describe("a machine that is otherwise than this one", () => {
  const lookUp = `import { lookup } from "node:dns";
    const find = () => new Promise((done) => lookup("api.corp.test", (error, address) => done(error?.code ?? address)));
    console.log(await find());
    await new Promise((done) => setTimeout(done, 400));
    console.log(await find());`;

  test("knows names of its own", async () => {
    const machine = { names: { "api.corp.test": ["127.0.0.1"] } };
    expect(await onMachine(machine, lookUp)).toBe("127.0.0.1\n127.0.0.1");
    expect(await onMachine({}, lookUp)).not.toContain("127.0.0.1");
  });

  test("does not find them for a while", async () => {
    const machine = { names: { "api.corp.test": ["127.0.0.1"] }, namesFailForMs: 300 };
    expect(await onMachine(machine, lookUp)).toBe("EAI_AGAIN\n127.0.0.1");
  });

  test("takes its time to connect", async () => {
    const server = createServer((socket) => socket.end());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const text = `import { connect } from "node:net";
      const begun = performance.now();
      connect(${port}, "127.0.0.1").on("connect", () => console.log(performance.now() - begun >= 400)).resume();`;
    expect(await onMachine({ connectMs: 400 }, text)).toBe("true");
    // A machine that is busy may take as long once.
    let isSlow = "true";
    while (isSlow === "true") isSlow = await onMachine({}, text);
    expect(isSlow).toBe("false");
    server.close();
  });
});

describe("canaries", () => {
  test.each([
    ["NAME_CANARY", true],
    ["name_canary_0123456789abcdef", true],
    ["NAME_CANARY_20251101", false],
    ["NAME_CANARY_0123456789ABCDEF0", false],
    ["NAME", false],
  ])("%s is one: %s", (name, isOne) => {
    expect([isCanaryName(name), isCanaryOf("Name", name), isCanaryOf("OTHER", name)]).toEqual([isOne, isOne, false]);
  });

  test("that a client wrote or that have digits are left behind, and what was seeded is somebody's own", async () => {
    await staged("secret-named-like-a-canary", async (stage) => {
      expect([canariesIn(stage), strangersTouched(stage)]).toEqual([[], []]);
      const client = new GitHubClient(stage.github.url, stage.token);
      const path = "/repos/octo-org/brokerage/environments/production/secrets";
      await client.save(path, "SNAPTRADE_USER_SECRET_CANARY_0123456789ABCDEF", "x");
      await client.send("DELETE", `${path}/SNAPTRADE_USER_SECRET_CANARY_20251101`);
      expect([canariesIn(stage).length, strangersTouched(stage).length]).toEqual([1, 1]);
    });
  });
});

describe("what a fault sets up", () => {
  test.each([
    ["policy-saml", (stage: Stage) => new URL(stage.github.url).origin],
    ["policy-saml-elsewhere", () => "https://github.com.evil.test"],
  ])("%s links to a host", async (name, origin) => {
    await staged(name, async (stage) => {
      const reply = await new GitHubClient(stage.github.url, stage.token).send("GET", "/rate_limit");
      expect(reply.status).toBe(403);
      expect(reply.headers["x-github-sso"]).toMatch(`required; url=${origin(stage)}/orgs/octo-org/sso`);
    });
  });

  test("rate-limiting-off leaves every header about limits away", async () => {
    await staged("rate-limiting-off", async ({ github, token }) => {
      const reply = await new GitHubClient(github.url, token).send("GET", "/rate_limit");
      expect([reply.status, Object.keys(reply.headers).filter((name) => name.startsWith("x-ratelimit"))]).toEqual([
        404,
        [],
      ]);
    });
  });

  test("place-filled-by-another has room for a canary, and for nothing after the reset until one is removed", async () => {
    await staged("place-filled-by-another", async (stage) => {
      const [primary] = stage.destinations;
      if (primary === undefined) throw new Error("There is no destination.");
      const count = (): number => stage.github.names(primary.where).length;
      expect([count(), stage.github.plaintext(primary.where, primary.name)]).toEqual([99, undefined]);
      stage.github.seed(primary.where, "SOMEBODYS_SECRET", "x");
      await stage.heal();
      expect(count()).toBe(99);
    });
  });

  test("a proxy is told of, and the token's kind and the inputs are the fault's own", async () => {
    await staged("proxy-ends", (stage) => {
      expect(proxyOf(stage)?.connections).toBe(0);
      expect([new URL(stage.github.url).protocol, stage.caFile]).toEqual(["https:", expect.stringContaining("ca.pem")]);
    });
    await staged("token-young-401", async ({ token, github }) => {
      expect(token).toMatch(/^ghs_/);
      const reply = await new GitHubClient(github.url, token).send("GET", "/rate_limit");
      expect([reply.status, fields(reply)["message"]]).toEqual([401, "Bad credentials"]);
    });
  });
});
