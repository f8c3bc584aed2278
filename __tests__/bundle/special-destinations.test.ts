import { jest } from "@jest/globals";
import { type GitHubRequest, isCanaryOf, type ScopeName } from "../../sandbox/github";
import type { Stage } from "../../sandbox/stage";
import type { Play, Played, StepChanges } from "../../harness/play";
import { resultOf, withPlayed } from "../../harness/play";
import { judge } from "../../harness/judge";
import { printedCommands, runCommand, wordsOf } from "../../harness/recovery";
import { shareOf } from "../../harness/share";

jest.setTimeout(120_000);

const NAME = "SNAPTRADE_USER_SECRET";
const ORGANIZATION = "org octo-org";
const SELECTED = ["octo-org/brokerage", "octo-org/infra"];
const LAST_YEAR = new Date(Date.now() - 365 * 24 * 3_600_000);

/** Nothing is under way at a service when one of these runs has ended. */
async function play(what: Play, look: (played: Played) => Promise<void> | void): Promise<void> {
  await withPlayed({ aftermathMs: 0, ...what }, look);
}

function inForce({ snapTrade, userId }: Stage): string | undefined {
  return snapTrade.secretInForce(userId);
}

/** GitHub refuses the save in these places, whatever is tried. */
function refuseSaves({ github }: Stage, places: readonly ScopeName[]): void {
  const effect = { kind: "answer", status: 403, body: { message: "Resource not accessible" } } as const;
  for (const scope of places) github.faults.inject({ on: { which: "put", scope }, effect, times: "always" });
}

describe.each(shareOf(["", " app dependabot", " app codespaces", " app agents"], (app) => app === ""))(
  "a secret of an organization%s",
  (app) => {
    const where: ScopeName = `${ORGANIZATION}${app}`;
    const line = `${NAME} --org octo-org${app.replace(" app ", " --app ")}`;

    const audiences = [
      ["selected", SELECTED],
      ["selected", []],
      ["private", undefined],
      ["all", undefined],
    ] as const;
    const isQuick = ([visibility, repositories]: (typeof audiences)[number]): boolean =>
      repositories === SELECTED || visibility === "private";
    test.each(shareOf(audiences, isQuick))("stays %s for %j", async (visibility, repositories) => {
      const sharing = { visibility, ...(repositories === undefined ? {} : { repositories }) };
      await play(
        {
          stage: { inputs: { "save-to": line } },
          prepare: ({ github, given }): StepChanges => {
            github.seed(where, NAME, given, { at: LAST_YEAR, sharing });
            return {};
          },
        },
        async ({ stage, run }) => {
          expect(resultOf(run).result).toBe("rotated");
          expect(stage.github.plaintext(where, NAME)).toBe(inForce(stage));
          expect(stage.github.sharing(where, NAME)).toEqual({ visibility, repositories: repositories ?? [] });
          expect(await judge(stage, run)).toEqual([]);
        },
      );
    });

    test("has a canary that no repository sees", async () => {
      const seen: unknown[] = [];
      await play(
        {
          stage: { inputs: { "save-to": line, mode: "check" } },
          prepare: ({ github, given }): StepChanges => {
            github.seed(where, NAME, given, { at: LAST_YEAR, sharing: { visibility: "all" } });
            github.on("canary-applied", () => {
              const canary = github.names(where).find((name) => isCanaryOf(NAME, name)) ?? "";
              seen.push(github.sharing(where, canary));
            });
            return {};
          },
        },
        ({ run }) => {
          expect(resultOf(run).result).toBe("checked");
          expect(seen).toEqual([{ visibility: "selected", repositories: [] }]);
        },
      );
    });
  },
);

test("a secret of an organization that 250 repositories see is seen by the same 250 afterwards", async () => {
  const repositories = Array.from({ length: 250 }, (_, index) => `octo-org/service-${index}`);
  await play(
    {
      stage: { inputs: { "save-to": `${NAME} --org octo-org` } },
      prepare: ({ github, given }): StepChanges => {
        github.seed(ORGANIZATION, NAME, given, { at: LAST_YEAR, sharing: { visibility: "selected", repositories } });
        return {};
      },
    },
    ({ stage, run }) => {
      expect(resultOf(run).result).toBe("rotated");
      expect(stage.github.sharing(ORGANIZATION, NAME)?.repositories).toEqual(repositories);
    },
  );
});

test("two copies that fail have one command each, and organizations keep who may see the secret", async () => {
  const copies: readonly ScopeName[] = ["octo-org/infra", ORGANIZATION, "octo-org/brokerage app dependabot"];
  const lines = [
    `${NAME} --env production`,
    `${NAME} --repo octo-org/infra`,
    `${NAME} --org octo-org`,
    `${NAME} --app dependabot`,
  ];
  await play(
    {
      stage: { inputs: { "save-to": lines.join("\n") } },
      prepare: (stage): StepChanges => {
        const sharing = { visibility: "selected", repositories: SELECTED } as const;
        stage.github.seed(ORGANIZATION, NAME, stage.given, { at: LAST_YEAR, sharing });
        refuseSaves(stage, copies.slice(0, 2));
        return {};
      },
    },
    async ({ stage, run }) => {
      expect(resultOf(run).result).toBe("partly-saved");
      expect(run.main.exitCode).toBe(1);
      const commands = printedCommands(run);
      expect(commands).toHaveLength(2);
      expect(run.main.summary.match(/^```sh$/gm)).toHaveLength(2);
      const others = copies.slice(2).map((where) => stage.github.plaintext(where, NAME));
      expect(others).toEqual([inForce(stage)]);
      stage.github.faults.clear();
      for (const command of commands) expect([201, 204]).toContain(await runCommand(stage, command));
      for (const where of copies) expect(stage.github.plaintext(where, NAME)).toBe(inForce(stage));
      expect(stage.github.sharing(ORGANIZATION, NAME)).toEqual({ visibility: "selected", repositories: SELECTED });
    },
  );
});

describe("GitHub Enterprise Server", () => {
  const isOutside = ({ path }: Readonly<GitHubRequest>): boolean => !path.startsWith("/api/v3/");

  test("is spoken to under /api/v3, and nowhere else", async () => {
    const stage = {
      github: { basePath: "/api/v3" },
      inputs: { "save-to": `${NAME} --env production\n${NAME} --org octo-org` },
    } as const;
    await play({ stage }, async (played) => {
      expect(resultOf(played.run).result).toBe("rotated");
      expect(played.stage.github.requests.filter(isOutside)).toEqual([]);
      expect(await judge(played.stage, played.run)).toEqual([]);
    });
  });

  test("is named in the command that finishes the save, whose path gh completes itself", async () => {
    await play(
      {
        stage: { github: { basePath: "/api/v3" } },
        prepare: (stage): StepChanges => {
          refuseSaves(stage, ["octo-org/brokerage env production"]);
          return {};
        },
      },
      ({ run }) => {
        expect(resultOf(run).result).toBe("unsaved");
        const [command = ""] = printedCommands(run);
        const words = wordsOf(command);
        expect(words[words.indexOf("--hostname") + 1]).toBe("127.0.0.1");
        expect(words).toContain(`/repos/octo-org/brokerage/environments/production/secrets/${NAME}`);
      },
    );
  });
});
