import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { type App, type GitHubOptions, type GitHubStandIn, type ScopeName, startGitHub } from "../../sandbox/github";
import { boxFor } from "../../harness/github-client";

export const TOKEN = "github_pat_sandbox";
export const REPOSITORY = "octo-org/brokerage";
const NAME = "SNAPTRADE_USER_SECRET";

export interface ProgramRun {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a program is run: where, with what environment, and what it reads. */
export interface Running {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly input?: string;
}

/** Runs a program to its end. */
export function runProgram(program: string, args: readonly string[], running: Running): Promise<ProgramRun> {
  const { env, folder: cwd, input = "" } = running;
  return new Promise((resolve) => {
    const child = execFile(program, args, { env, cwd }, (error, stdout, stderr) => {
      resolve({ exitCode: typeof error?.code === "number" ? error.code : error ? -1 : 0, stdout, stderr });
    });
    child.stdin?.on("error", () => undefined).end(input);
  });
}

/** The environment of a person whose `gh` is this one, with a configuration of its own. */
export function environmentOf(gh: string, folder: string, token = TOKEN): Record<string, string> {
  const path = process.env["PATH"] ?? "";
  return {
    PATH: dirname(gh) === "." ? path : dirname(gh) + delimiter + path,
    HOME: folder,
    GH_CONFIG_DIR: join(folder, "gh"),
    GH_TOKEN: token,
    GH_NO_UPDATE_NOTIFIER: "1",
    // It would be sent by a process that outlives gh, and writes into the folder meanwhile.
    GH_TELEMETRY: "false",
    NO_COLOR: "1",
  };
}

/** What every `gh` must do with the local fake, for the products whose secrets it knows. */
export function testsOfGh(program: string, apps: readonly App[]): void {
  let folder: string;
  let github: GitHubStandIn;

  function gh(args: readonly string[], more: Readonly<Record<string, string>> = {}): Promise<ProgramRun> {
    return runProgram(program, args, { folder, env: { ...environmentOf(program, folder), ...more } });
  }

  async function start(options: Partial<GitHubOptions> = {}): Promise<void> {
    const socketPath = join(folder, "github.sock");
    github = await startGitHub({ token: TOKEN, socketPath, ...options });
    github.addRepository(REPOSITORY);
    github.addEnvironment(REPOSITORY, "production");
    github.addOrganization("octo-org");
    expect((await gh(["config", "set", "http_unix_socket", socketPath])).exitCode).toBe(0);
  }

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "gh-"));
    await start();
  });

  afterEach(async () => {
    await github.close();
    await rm(folder, { recursive: true });
  });

  const own = apps.flatMap((app): [ScopeName, string[]][] => [
    [`${REPOSITORY} app ${app}`, ["-R", REPOSITORY, "--app", app]],
    [`org octo-org app ${app}`, ["--org", "octo-org", "--app", app]],
  ]);

  test.each<[ScopeName, string[]]>([
    [REPOSITORY, ["-R", REPOSITORY]],
    [`${REPOSITORY} env production`, ["-R", REPOSITORY, "--env", "production"]],
    ["org octo-org", ["--org", "octo-org", "--visibility", "all"]],
    ...own,
  ])("sets, lists and deletes a secret of %s", async (scope, where) => {
    const set = await gh(["secret", "set", NAME, "--body", "from gh ✓", ...where]);
    expect(set).toMatchObject({ exitCode: 0, stderr: "" });
    expect(github.plaintext(scope, NAME)).toBe("from gh ✓");
    const place = where.filter((word) => word !== "--visibility" && word !== "all");
    const list = await gh(["secret", "list", ...place]);
    expect(list.stdout).toMatch(new RegExp(`^${NAME}\\t`, "u"));
    expect((await gh(["secret", "delete", NAME, ...place])).exitCode).toBe(0);
    expect(github.names(scope)).toEqual([]);
    expect(github.requests.every(({ via }) => via === "socket")).toBe(true);
  });

  test("shares an organization's secret with named repositories", async () => {
    expect(
      (await gh(["secret", "set", NAME, "--body", "x", "--org", "octo-org", "--repos", "brokerage"])).exitCode,
    ).toBe(0);
    expect(github.sharing("org octo-org", NAME)).toEqual({ visibility: "selected", repositories: [REPOSITORY] });
    expect((await gh(["secret", "list", "--org", "octo-org"])).stdout).toMatch(/\tSELECTED$/mu);
  });

  test("follows the list over its pages", async () => {
    github.fill(REPOSITORY);
    github.fill("org octo-org");
    expect((await gh(["secret", "list", "-R", REPOSITORY])).stdout.trim().split("\n")).toHaveLength(100);
    expect((await gh(["secret", "list", "--org", "octo-org"])).stdout.trim().split("\n")).toHaveLength(1000);
  });

  test("finishes a save with nothing but the sealed box", async () => {
    const box = boxFor(github.publicKey(REPOSITORY), github.keyId, "sealed elsewhere");
    const api = ["api", "--method", "PUT", `repos/${REPOSITORY}/actions/secrets/${NAME}`];
    const put = await gh([...api, "-f", `encrypted_value=${box.encrypted_value}`, "-f", `key_id=${box.key_id}`]);
    expect(put).toMatchObject({ exitCode: 0, stderr: "" });
    expect(github.plaintext(REPOSITORY, NAME)).toBe("sealed elsewhere");
  });

  test("is told the reason when it is refused", async () => {
    github.policy.permissions = { secrets: "read" };
    const set = await gh(["secret", "set", NAME, "--body", "x", "-R", REPOSITORY]);
    expect(set.exitCode).toBe(1);
    expect(set.stderr).toMatch(/HTTP 403: Resource not accessible by personal access token/u);
    expect((await gh(["secret", "list", "-R", REPOSITORY], { GH_TOKEN: "other" })).stderr).toMatch(/HTTP 401/u);
    expect((await gh(["secret", "delete", NAME, "-R", "octo-org/unseen"])).stderr).toMatch(/HTTP 404/u);
  });

  test("finds GitHub Enterprise Server below /api/v3", async () => {
    await github.close();
    await start({ basePath: "/api/v3" });
    const enterprise = { GH_ENTERPRISE_TOKEN: TOKEN };
    const repository = `github.example.com/${REPOSITORY}`;
    expect((await gh(["secret", "set", NAME, "--body", "x", "-R", repository], enterprise)).exitCode).toBe(0);
    expect(github.plaintext(REPOSITORY, NAME)).toBe("x");
    const box = boxFor(github.publicKey(REPOSITORY), github.keyId, "sealed elsewhere");
    const api = ["api", "--hostname", "github.example.com", "--method", "PUT"];
    const values = ["-f", `encrypted_value=${box.encrypted_value}`, "-f", `key_id=${box.key_id}`];
    const put = await gh([...api, `repos/${REPOSITORY}/actions/secrets/${NAME}`, ...values], enterprise);
    expect(put).toMatchObject({ exitCode: 0, stderr: "" });
    expect(github.plaintext(REPOSITORY, NAME)).toBe("sealed elsewhere");
  });
}
