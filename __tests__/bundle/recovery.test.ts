import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Stage, StageOptions } from "../../sandbox/stage";
import { folderFor } from "../../harness/circumstances";
import type { StepChanges } from "../../harness/play";
import { withPlayed } from "../../harness/play";
import { healWorld, printedCommands } from "../../harness/recovery";
import { shareOf } from "../../harness/share";
import { describeWithTool } from "../../harness/tools";

const run = promisify(execFile);

/** GitHub takes no save, until the operator comes. */
function noSaves({ github }: Stage): StepChanges {
  const effect = { kind: "answer", status: 403, body: { message: "Resource not accessible" } } as const;
  github.faults.inject({ on: { which: "put" }, effect, times: "always" });
  return {};
}

/** Runs a printed command as it stands, in a shell, with the real gh speaking to the stand-in over its unix socket. */
async function runWithGh(command: string, folder: string, { token }: Stage): Promise<void> {
  const env = {
    PATH: process.env["PATH"] ?? "",
    HOME: folder,
    GH_CONFIG_DIR: join(folder, "gh"),
    GH_TOKEN: token,
    GH_ENTERPRISE_TOKEN: token,
    GH_NO_UPDATE_NOTIFIER: "1",
  };
  await run("gh", ["config", "set", "http_unix_socket", socketIn(folder)], { env });
  // The stand-in's port is one that gh takes in no host name; over the socket it does without.
  await run("bash", ["-c", command.replace(/(--hostname 127\.0\.0\.1)\S*/, "$1")], { env });
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
};

describeWithTool("gh", "the command that a failed save prints, run by the real gh, finishes the save", () => {
  test.concurrent.each(shareOf(Object.entries(PLACES), ([place]) => place.includes("difficult")))(
    "for %s",
    async (_place, saveTo) => {
      const tidyUps: (() => unknown)[] = [];
      const folder = folderFor((tidyUp) => tidyUps.push(tidyUp));
      const stage: StageOptions = {
        inputs: { "save-to": saveTo },
        github: { basePath: "/api/v3", socketPath: socketIn(folder) },
      };
      await withPlayed({ stage, prepare: noSaves }, async (played) => {
        const { github, snapTrade, userId, destinations } = played.stage;
        expect(played.run.main.outputs["result"]).toBe("unsaved");
        expect(played.run.main.summary).toContain(printedCommands(played.run)[0]);
        await healWorld(played.stage);
        for (const command of printedCommands(played.run)) await runWithGh(command, folder, played.stage);
        const held = destinations.map(({ where, name }) => github.plaintext(where, name));
        expect(held).toEqual([snapTrade.secretInForce(userId)]);
      });
      for (const tidyUp of tidyUps) await tidyUp();
    },
    60_000,
  );

  test("for an organization's secret that selected repositories may read, which stay selected", async () => {
    const tidyUps: (() => unknown)[] = [];
    const folder = folderFor((tidyUp) => tidyUps.push(tidyUp));
    const where = "org octo-org";
    const name = "SNAPTRADE_USER_SECRET";
    const sharing = { visibility: "selected", repositories: ["octo-org/one", "octo-org/two"] } as const;
    const stage: StageOptions = {
      inputs: { "save-to": `${name} --org octo-org` },
      github: { basePath: "/api/v3", socketPath: socketIn(folder) },
    };
    const prepare = (set: Stage): StepChanges => {
      set.github.seed(where, name, set.given, undefined, sharing);
      return noSaves(set);
    };
    await withPlayed({ stage, prepare }, async (played) => {
      const { github, snapTrade, userId } = played.stage;
      await healWorld(played.stage);
      const [command = ""] = printedCommands(played.run);
      await runWithGh(command, folder, played.stage);
      expect(github.plaintext(where, name)).toBe(snapTrade.secretInForce(userId));
      expect(github.sharing(where, name)).toEqual(sharing);
    });
    for (const tidyUp of tidyUps) await tidyUp();
  }, 60_000);
});
