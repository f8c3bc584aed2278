import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { GitHubStandIn, ScopeName } from "../../sandbox/github";
import { wordsOf } from "../../harness/recovery";
import { describeWithJudge } from "../../harness/tools";
import { readWorkflow } from "../../harness/workflow/file";
import { readText } from "../../harness/workflow-files";
import { type Desk, TYPED, withDesk } from "../support/desk";
import { testsOfRecovery } from "../support/finished-by-gh";
import { type ProgramRun, REPOSITORY, testsOfGh, TOKEN } from "../support/gh";
import type { Mistake } from "../support/rewriting-relay";
import { shownGhCommands } from "../support/shown-commands";

const PRODUCTION = `${REPOSITORY} env production` as const;
const NAME = "SNAPTRADE_USER_SECRET";

/** What needs more than a GitHub that keeps secrets, and why. */
const NOT_HERE: readonly [RegExp, string][] = [
  [/gh attestation verify/, "asks the servers of Sigstore"],
  [/gh auth (?:login|refresh)/, "opens a browser"],
];

/** With what a reader is to put in. */
function filledIn(command: string): string {
  return command
    .replace("--org ORGANIZATION", "--org octo-org")
    .replace("--repos REPOSITORY", "--repos brokerage")
    .replace("set NAME", `set ${NAME}`);
}

/** The words of a flag that may be repeated. */
function flags(words: readonly string[], flag: string): readonly string[] {
  return words.flatMap((word, index) => (words[index - 1] === flag ? [word] : []));
}

/** What GitHub has after a command, and what it must have, which is read from the command alone. */
function doneBy(command: string, run: ProgramRun, github: GitHubStandIn): readonly [unknown, unknown] {
  const words = wordsOf(/gh [^)<]*/.exec(command)?.[0] ?? "");
  const [noun = "", verb = "", third = "", fourth = ""] = words;
  const [environment, organization, body = TYPED] = ["--env", "--org", "--body"].map((flag) => flags(words, flag)[0]);
  const place: ScopeName = environment === undefined ? REPOSITORY : `${REPOSITORY} env ${environment}`;
  const where = organization === undefined ? place : (`org ${organization}` as const);
  switch (`${noun} ${verb}`) {
    case "secret list":
      return [run.stdout, expect.stringMatching(new RegExp(`^${NAME}\\t\\d{4}-\\d\\d-\\d\\dT[\\d:]+Z$`, "m"))];
    case "secret set":
      return [
        [github.plaintext(where, third), github.writes.length],
        [body, 1],
      ];
    case "variable set":
      return [github.variable(where, third), body];
    case "workflow run":
      return [github.dispatches, [{ repository: REPOSITORY, workflow: third, inputs: pairsOf(flags(words, "-f")) }]];
    case "run list":
      return [run.stdout, expect.stringMatching(/on-demand\.yml\s+main\s+workflow_dispatch/)];
    case "api --method":
      return [github.names(`${REPOSITORY} env ${fourth.split("/").at(-1) ?? ""}`), []];
    default:
      throw new Error(`Say here what GitHub must have after gh ${noun} ${verb}.`);
  }
}

function pairsOf(fields: readonly string[]): Readonly<Record<string, string>> {
  const pairs = fields.map((field): [string, string] => {
    const equals = field.indexOf("=");
    return [field.slice(0, equals), field.slice(equals + 1)];
  });
  return Object.fromEntries(pairs);
}

const COMMANDS = shownGhCommands()
  .filter(({ command }) => !NOT_HERE.some(([pattern]) => pattern.test(command)))
  .map(({ file, command }) => [`${file}: ${command}`, filledIn(command)] as const);

describeWithJudge("gh", "the newest gh works with the GitHub stand-in", (gh) => {
  testsOfGh(gh, ["dependabot", "codespaces", "agents"]);
});

describeWithJudge("gh", "the command that a failed save prints, run by the newest gh, finishes the save", (gh) => {
  testsOfRecovery(gh);
});

describeWithJudge("gh", "every command of gh that a page or an example shows, run by the newest gh", (gh) => {
  test("is found, in the README, the pages and the examples", () => {
    const files = new Set(shownGhCommands().map(({ file }) => file.replace(/\/.*/, "")));
    expect([...files]).toEqual(["README.md", "docs", "examples"]);
    const unused = NOT_HERE.filter(([pattern]) => !shownGhCommands().some(({ command }) => pattern.test(command)));
    expect(unused).toEqual([]);
  });

  test.each(COMMANDS)("does what it says: %s", async (_shown, command) => {
    await withDesk(gh, async (desk) => {
      await writeFile(join(desk.folder, "app.private-key.pem"), TYPED);
      if (command.startsWith("gh api")) {
        // This one makes the environment, so it is not there before.
        desk.github.hideRepository(REPOSITORY);
        desk.github.addRepository(REPOSITORY);
      }
      if (command.startsWith("gh secret list")) await desk.run(`gh secret set ${NAME} --env production --body stored`);
      if (command.startsWith("gh run")) await desk.run("gh workflow run on-demand.yml -f mode=check");
      const run = await desk.run(command);
      expect(run.exitCode === 0 ? "" : run.stderr).toBe("");
      const [found, wanted] = doneBy(command, run, desk.github);
      expect(found).toEqual(wanted);
    });
  });

  test("changes a variable that there is already, and lists it", async () => {
    await withDesk(gh, async (desk) => {
      for (const value of ["first", "second"]) {
        await desk.run(`gh variable set SNAPTRADE_USER_ID --env production --body ${value}`);
        expect(desk.github.variable(PRODUCTION, "SNAPTRADE_USER_ID")).toBe(value);
      }
      const { stdout } = await desk.run("gh variable list --env production");
      expect(stdout).toMatch(/^SNAPTRADE_USER_ID\tsecond\t/);
    });
  });

  test("opens the issue of examples/alert.yml", async () => {
    const steps = readWorkflow(readText("examples/alert.yml")).jobs.flatMap((job) => job.steps);
    const script = steps.map(({ run = "" }) => run).find((run) => run.includes("gh issue create")) ?? "";
    await withDesk(gh, async (desk) => {
      const env = { GH_REPO: REPOSITORY, JOB: "failure", RESULT: "unsaved", RUN_URL: "https://example.com/runs/1" };
      expect(await desk.run(script, env)).toMatchObject({ exitCode: 0 });
      expect(desk.github.issues).toMatchObject([{ repository: REPOSITORY }]);
      expect(desk.github.issues[0]?.title).toContain("the job ended failure, result unsaved");
      expect(desk.github.issues[0]?.body).toContain("https://example.com/runs/1");
    });
  });
});

describeWithJudge("gh", "the newest gh notices", (gh) => {
  const renamed = (from: string, to: string): Mistake => ({
    answered: (body) => body.replaceAll(`"${from}"`, `"${to}"`),
  });
  const SET = `gh secret set ${NAME} --env production --body x`;

  test.each<[string, Mistake, string]>([
    ["a public key under another name", renamed("key", "public_key"), SET],
    ["a public key that is too short", { answered: (body) => body.replace(/"key":"..../, '"key":"') }, SET],
    ["a public key without its number", renamed("key_id", "keyId"), SET],
    ["a list that is no JSON", { answered: (body) => body.slice(0, -1) }, "gh secret list --env production | grep ."],
    ["a list under another name", renamed("secrets", "items"), "gh secret list --env production | grep ."],
    ["a repository without its number", renamed("databaseId", "id"), "gh variable set NAME --body x --env production"],
    [
      "a default branch under another name",
      renamed("defaultBranchRef", "defaultBranch"),
      "gh workflow run on-demand.yml",
    ],
    ["a workflow without its number", renamed("id", "workflow_id"), "gh workflow run on-demand.yml -f mode=check"],
    ["runs under another name", renamed("workflow_runs", "runs"), "gh run list | grep ."],
    ["an issue without its address", renamed("createIssue", "newIssue"), "gh issue create --title t --body b | grep ."],
  ])("%s", async (_mistake, mistake, command) => {
    const arrange = async (desk: Desk): Promise<void> => {
      desk.github.seed(PRODUCTION, NAME, "old");
      await fetch(`${desk.github.url}/repos/${REPOSITORY}/actions/workflows/on-demand.yml/dispatches`, {
        method: "POST",
        headers: { authorization: `Bearer ${TOKEN}` },
        body: JSON.stringify({ ref: "main", inputs: { mode: "check" } }),
      });
    };
    // The same command, where nothing is wrong.
    await withDesk(gh, async (desk) => {
      await arrange(desk);
      expect(await desk.run(command)).toMatchObject({ exitCode: 0 });
    });
    await withDesk(
      gh,
      async (desk) => {
        await arrange(desk);
        expect((await desk.run(command)).exitCode).not.toBe(0);
      },
      mistake,
    );
  });

  test("a workflow that has no such input, or no such choice", async () => {
    await withDesk(gh, async (desk) => {
      const stray = await desk.run("gh workflow run on-demand.yml -f mood=check");
      expect(stray).toMatchObject({
        exitCode: 1,
        stderr: expect.stringContaining("Unexpected inputs provided") as unknown,
      });
      const wrong = await desk.run("gh workflow run on-demand.yml -f mode=spin");
      expect(wrong.stderr).toContain("not in the list of allowed values");
      expect(desk.github.dispatches).toEqual([]);
    });
  });
});
