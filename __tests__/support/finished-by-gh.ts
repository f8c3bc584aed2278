import { join } from "node:path";
import type { Stage } from "../../sandbox/stage";
import { folderFor } from "../../harness/circumstances";
import type { StepChanges } from "../../harness/play";
import { withPlayed } from "../../harness/play";
import { healWorld, printedCommands } from "../../harness/recovery";
import { shareOf } from "../../harness/share";
import { environmentOf, runProgram } from "./gh";

/** GitHub takes no save, until the operator comes. */
function noSaves({ github }: Stage): StepChanges {
  const effect = { kind: "answer", status: 403, body: { message: "Resource not accessible" } } as const;
  github.faults.inject({ on: { which: "put" }, effect, times: "always" });
  return {};
}

/** Where gh is told that GitHub is: its name for the server, and what is before every path there. */
interface Server {
  readonly flag: string;
  readonly basePath: "" | "/api/v3";
}

/** As the action prints it here: gh takes no port in a host name, and over the socket it needs none. */
const ENTERPRISE_SERVER: Server = { flag: "--hostname 127.0.0.1", basePath: "/api/v3" };

/** What the action prints for these differs from the played one only in the name. */
const SERVERS = {
  "github.com, which has no name in the command": { flag: "", basePath: "" },
  "a tenant of ghe.com": { flag: "--hostname octo.ghe.com", basePath: "" },
  "an Enterprise Server": { flag: "--hostname github.example.com", basePath: "/api/v3" },
} as const satisfies Record<string, Server>;

type ServerName = keyof typeof SERVERS;

/** A gh, and the folder in which its settings are. */
interface Installed {
  readonly gh: string;
  readonly folder: string;
}

/** Runs a printed command as it stands, in a shell, with the real gh speaking to the fake over its unix socket. */
async function runWithGh(
  command: string,
  { gh, folder }: Installed,
  { token }: Stage,
  { flag }: Server,
): Promise<void> {
  const env = { ...environmentOf(gh, folder, token), GH_ENTERPRISE_TOKEN: token };
  expect(command).toContain(ENTERPRISE_SERVER.flag);
  const named = command.replace(ENTERPRISE_SERVER.flag, flag);
  for (const words of [
    ["gh", "config", "set", "http_unix_socket", socketIn(folder)],
    ["bash", "-c", named],
  ]) {
    const [program = "", ...args] = words;
    const { exitCode, stderr } = await runProgram(program, args, { folder, env });
    expect([exitCode, stderr]).toEqual([0, ""]);
  }
}

function socketIn(folder: string): string {
  return join(folder, "github.sock");
}

const PLACES = {
  "a repository": "SNAPTRADE_USER_SECRET",
  "an environment": "SNAPTRADE_USER_SECRET --env production",
  "an environment with a difficult name": `SNAPTRADE_USER_SECRET --env "pro's & con/s (é)"`,
  "an organization": "SNAPTRADE_USER_SECRET --org octo-org",
  "Dependabot's secrets": "SNAPTRADE_USER_SECRET --app dependabot",
  "an organization's Dependabot secrets": "SNAPTRADE_USER_SECRET --org octo-org --app dependabot",
  "Codespaces secrets": "SNAPTRADE_USER_SECRET --app codespaces",
  "an organization's Codespaces secrets": "SNAPTRADE_USER_SECRET --org octo-org --app codespaces",
  "agents' secrets": "SNAPTRADE_USER_SECRET --app agents",
  "an organization's agents' secrets": "SNAPTRADE_USER_SECRET --org octo-org --app agents",
};

/** Plays a rotation that GitHub does not let save, and finishes it with every command that the action printed. */
async function finishWithGh(gh: string, saveTo: string, server: Server, prepare = noSaves): Promise<void> {
  const tidyUps: (() => unknown)[] = [];
  const folder = folderFor((tidyUp) => tidyUps.push(tidyUp));
  const github = { basePath: server.basePath, socketPath: socketIn(folder) };
  await withPlayed({ stage: { inputs: { "save-to": saveTo }, github }, prepare }, async ({ run, stage }) => {
    expect(run.main.outputs["result"]).toBe("unsaved");
    expect(run.main.summary).toContain(printedCommands(run)[0]);
    const sharings = stage.destinations.map(({ where, name }) => stage.github.sharing(where, name));
    await healWorld(stage);
    for (const command of printedCommands(run)) await runWithGh(command, { gh, folder }, stage, server);
    const held = stage.destinations.map(({ where, name }) => stage.github.plaintext(where, name));
    expect(held).toEqual([stage.snapTrade.secretInForce(stage.userId)]);
    expect(stage.destinations.map(({ where, name }) => stage.github.sharing(where, name))).toEqual(sharings);
  });
  for (const tidyUp of tidyUps) await tidyUp();
}

/** Whatever is printed after a failed save must be understood by this gh, but for a server that it does not know. */
export function testsOfRecovery(gh: string, unknown?: ServerName): void {
  const servers = Object.entries(SERVERS).filter(([name]) => name !== unknown);

  test.concurrent.each(shareOf(Object.entries(PLACES), ([place]) => place.includes("difficult")))(
    "for %s",
    (_place, saveTo) => finishWithGh(gh, saveTo, ENTERPRISE_SERVER),
    60_000,
  );

  test.concurrent.each(shareOf(servers, ([server]) => server.includes("github.com")))(
    "on %s",
    (_name, server) => finishWithGh(gh, PLACES["an environment"], server),
    60_000,
  );

  test("for an organization's secret that selected repositories may read, which stay selected", async () => {
    const name = "SNAPTRADE_USER_SECRET";
    const sharing = { visibility: "selected", repositories: ["octo-org/one", "octo-org/two"] } as const;
    await finishWithGh(gh, `${name} --org octo-org`, ENTERPRISE_SERVER, (stage) => {
      stage.github.seed("org octo-org", name, stage.given, { sharing });
      return noSaves(stage);
    });
  }, 60_000);
}
