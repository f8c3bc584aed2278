import { execFile } from "node:child_process";
import { signatureOf } from "../../sandbox/snaptrade";
import { parsed } from "../support/json";
import { describeWithTool } from "../../harness/tools";
import { blocks, readPage } from "../docs/markdown";
import { type Addresses, type End, Served } from "../support/served";

let served: Served | undefined;

afterEach(async () => {
  await served?.end("SIGTERM");
});

/** A signed request, as any client of SnapTrade sends it. */
async function ask({ snaptrade }: Addresses, userSecret: string): Promise<number> {
  const { clientId, consumerKey, userId, url } = snaptrade;
  const timestamp = Math.floor(Date.now() / 1000).toString();
  const query = new URLSearchParams({ clientId, userId, userSecret, timestamp }).toString();
  const signature = signatureOf({ consumerKey, path: "/authorizations", query, body: "" });
  const answer = await fetch(`${url}/authorizations?${query}`, { headers: { Signature: signature } });
  return answer.status;
}

/** The one POST that there is. */
async function reset({ snaptrade }: Addresses): Promise<string> {
  const { clientId, consumerKey, userId, userSecret, url } = snaptrade;
  const path = "/snapTrade/resetUserSecret";
  const query = new URLSearchParams({ clientId, timestamp: Math.floor(Date.now() / 1000).toString() }).toString();
  const body = JSON.stringify({ userId, userSecret });
  const signature = signatureOf({ consumerKey, path, query, body });
  const headers = { Signature: signature, "Content-Type": "application/json" };
  const answer = await fetch(`${url}${path}?${query}`, { method: "POST", headers, body });
  return parsed<{ readonly userSecret: string }>(await answer.text()).userSecret;
}

async function secretNames({ github }: Addresses): Promise<string> {
  const { apiUrl, token, repository, environment } = github;
  const headers = { Authorization: `Bearer ${token}` };
  const answer = await fetch(`${apiUrl}/repos/${repository}/environments/${environment}/secrets`, { headers });
  return await answer.text();
}

describe("npm start -- --serve", () => {
  it("prints where to reach both in one line of JSON, serves until SIGTERM, and prints what they have then", async () => {
    served = new Served(["--json"]);
    const addresses = parsed<Addresses>(await served.line(/./));
    expect(Object.keys(addresses.snaptrade)).toEqual(["url", "clientId", "consumerKey", "userId", "userSecret"]);
    expect(Object.keys(addresses.github)).toEqual(["apiUrl", "token", "repository", "environment"]);
    for (const url of [addresses.snaptrade.url, addresses.github.apiUrl])
      expect(url).toMatch(/^http:\/\/127\.0\.0\.1:/);
    const old = addresses.snaptrade.userSecret;
    expect(await ask(addresses, old)).toBe(200);
    const fresh = await reset(addresses);
    expect([await ask(addresses, old), await ask(addresses, fresh)]).toEqual([401, 200]);
    expect(await secretNames(addresses)).toContain('"SNAPTRADE_USER_SECRET"');
    expect(await served.end("SIGTERM")).toBe(0);
    expect(served.lines).toHaveLength(2);
    const end = parsed<End>(served.lines[1] ?? "");
    expect(end.snaptrade).toEqual({ userSecret: fresh });
    expect(end.github.secrets).toMatchObject([{ name: "SNAPTRADE_USER_SECRET", value: old }]);
  });

  it("has a user of any ID, and secrets in the places of save-to", async () => {
    const userId = `a & b/é "50%" it's`;
    const saveTo = "SNAPTRADE_USER_SECRET --org octo-org";
    served = new Served(["--json", "--input", `user-id=${userId}`, "--input", `save-to=${saveTo}`]);
    const addresses = parsed<Addresses>(await served.line(/./));
    expect(addresses.snaptrade.userId).toBe(userId);
    const fresh = await reset(addresses);
    expect(await ask(addresses, fresh)).toBe(200);
    await served.end("SIGTERM");
    const end = parsed<End>(served.lines[1] ?? "");
    expect(end.snaptrade).toEqual({ userSecret: fresh });
    expect(end.github.secrets).toMatchObject([{ where: "org octo-org", name: "SNAPTRADE_USER_SECRET" }]);
  });

  it("plays a fault of a service on whoever asks", async () => {
    served = new Served(["--json", "--fault", "probe-500-always"]);
    const addresses = parsed<Addresses>(await served.line(/./));
    expect(await ask(addresses, addresses.snaptrade.userSecret)).toBe(500);
  });

  it("prints the same as text, and at SIGINT what both have", async () => {
    served = new Served([]);
    await served.line(/Ctrl-C/);
    const text = served.lines.join("\n");
    for (const name of ["client ID", "consumer key", "user ID", "user secret", "token", "repository", "environment"]) {
      expect(text).toMatch(new RegExp(`^ {2}${name} +\\S`, "m"));
    }
    expect(await served.end("SIGINT")).toBe(0);
    const end = served.lines.slice(served.lines.indexOf("AT THE END")).join("\n");
    expect(end).toMatch(/SnapTrade +customer-1: [\da-f-]{36}/);
    expect(end).toMatch(/SNAPTRADE_USER_SECRET of octo-org\/brokerage env production:\s+[\da-f-]{36}/);
  });
});

/** A command as a person pastes it. */
function pasted(command: string, more: Readonly<Record<string, string>> = {}): Promise<string> {
  const env = {
    PATH: process.env["PATH"],
    HOME: "/nowhere",
    GH_NO_UPDATE_NOTIFIER: "1",
    GH_TELEMETRY: "false",
    ...more,
  };
  return new Promise((resolve) => {
    execFile("bash", ["-c", command], { env }, (_error, stdout, stderr) => resolve(stdout + stderr));
  });
}

describeWithTool("curl", "the signed request in docs/sandbox.md", () => {
  it("is accepted with the right secret, and rejected with another", async () => {
    served = new Served(["--json"]);
    const { snaptrade } = parsed<Addresses>(await served.line(/./));
    const [command = ""] = blocks(readPage("docs/sandbox.md"), "sh").filter((block) => block.includes("openssl"));
    const { url: URL, clientId: CLIENT_ID, consumerKey: CONSUMER_KEY, userId: USER_ID, userSecret } = snaptrade;
    const values = { URL, CLIENT_ID, CONSUMER_KEY, USER_ID };
    expect(await pasted(command, { ...values, USER_SECRET: userSecret })).toContain("HTTP/1.1 200");
    expect(await pasted(command, { ...values, USER_SECRET: "another" })).toMatch(/HTTP\/1\.1 401[\s\S]*1083/);
  });
});

describeWithTool("curl", "the commands of curl that npm start -- --serve prints", () => {
  it("work when they are pasted", async () => {
    served = new Served(["--input", `user-id=it's $HOME & "50%"`]);
    await served.line(/Ctrl-C/);
    expect(await pasted(await served.line(/^query=/))).toContain("HTTP/1.1 200");
    expect(await pasted(await served.line(/^curl /))).toContain('"SNAPTRADE_USER_SECRET"');
  });
});

describeWithTool("gh", "the command of gh that npm start -- --serve prints", () => {
  it("works when it is pasted", async () => {
    served = new Served([]);
    await served.line(/Ctrl-C/);
    expect(await pasted(await served.line(/^\(export GH_TOKEN/))).toMatch(/^SNAPTRADE_USER_SECRET\t/);
  });
});
