import { mkdtemp, rm } from "node:fs/promises";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type GitHubStandIn, startGitHub } from "../../sandbox/github";
import { type Authority, makeAuthority } from "../../sandbox/tls";
import { describeWithTool } from "../../harness/tools";

const TOKEN = "github_pat_sandbox";
const REPOSITORY = "octo-org/brokerage";

describeWithTool("openssl", "over TLS", () => {
  let folder: string;
  let authority: Authority;
  let github: GitHubStandIn;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "github-tls-"));
    authority = await makeAuthority(folder);
    github = await startGitHub({ token: TOKEN, tls: authority.server });
    github.addRepository(REPOSITORY);
  });

  afterAll(async () => {
    await github.close();
    await rm(folder, { recursive: true });
  });

  /** The status of the answer, or the code of the error. */
  function ask(ca: string | undefined): Promise<number | string | undefined> {
    const headers = { authorization: `Bearer ${TOKEN}`, "user-agent": "tls" };
    const url = `${github.url}/repos/${REPOSITORY}/actions/secrets/public-key`;
    return new Promise((resolve) => {
      const outgoing = request(url, { headers, ...(ca !== undefined && { ca }) }, (incoming) => {
        incoming.resume().once("end", () => resolve(incoming.statusCode));
        incoming.once("error", (error: NodeJS.ErrnoException) => resolve(error.code));
      });
      outgoing.once("error", (error: NodeJS.ErrnoException) => resolve(error.code));
      outgoing.end();
    });
  }

  test("answers whoever trusts its authority, and nobody else", async () => {
    expect(github.url).toMatch(/^https:\/\/127\.0\.0\.1:/u);
    expect(await ask(authority.ca)).toBe(200);
    expect(await ask(undefined)).toBe("UNABLE_TO_VERIFY_LEAF_SIGNATURE");
  });

  test("numbers connections and requests as without TLS", () => {
    expect(github.requests).toMatchObject([{ which: "key", connection: 1, index: 0, via: "tcp" }]);
  });

  test.each(["fin", "rst"] as const)("can cut a connection by %s", async (by) => {
    github.faults.inject({ on: { which: "key" }, effect: { kind: "cut", applied: false, by } });
    expect(await ask(authority.ca)).toBe("ECONNRESET");
  });
});
