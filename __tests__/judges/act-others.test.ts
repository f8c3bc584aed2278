import { randomUUID } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Stage, startStage } from "../../sandbox/stage";
import { folderWith } from "../../harness/played-example";
import { describeWithJudge } from "../../harness/tools";
import { readText } from "../../harness/workflow-files";
import type { ActRun } from "./act";
import { actStage, befall, type Different, GREEN, NAME, othersIn, RED, seen } from "./act-example";
import { type Issues, startIssues } from "./issues";

describeWithJudge("act", "same-job.yml, run by act with a vault of three lines", (act) => {
  const at = actStage(act);
  const VAULT = `#!/bin/sh
[ "$1" = token ] && exit 0
printf '%s\\n' "$@" >"$(dirname "$0")/arguments"
cat >"$(dirname "$0")/stored"\n`;
  const settings = { vars: { VAULT_ADDR: "http://vault" }, secrets: { VAULT_TOKEN: "a-vault-token" } };
  let vault: Awaited<ReturnType<typeof folderWith>>;
  beforeEach(async () => {
    vault = await folderWith("vault", VAULT);
  });
  afterEach(() => vault.remove());

  test("passes the new secret on, from standard input, and shows it nowhere", async () => {
    const text = `${readText("examples/same-job.yml")}      - run: echo "it is $NEW_SNAPTRADE_USER_SECRET"\n`;
    const run = await at.play(text, { ...settings, path: [vault.path] });
    expect(seen(at.stage, run)).toMatchObject({ ...GREEN, results: ["rotated by Main"], isSaved: true, resets: 1 });
    const stored = await readFile(join(vault.path, "stored"), "utf8");
    expect(stored).toBe(at.stage.snapTrade.secretInForce(at.stage.userId));
    const given = await readFile(join(vault.path, "arguments"), "utf8");
    expect(given).toBe("kv\nput\n-mount=secret\nsnaptrade\nuser-secret=-\n");
    expect(othersIn(run)).toBe("it is ***\n");
  });

  test("passes nothing on where the rotation fails", async () => {
    await befall(at.stage, "given-secret-dead");
    const run = await at.example("same-job.yml", { ...settings, path: [vault.path] });
    expect(seen(at.stage, run)).toMatchObject({ ...RED, results: ["dead by Main"] });
    await expect(readFile(join(vault.path, "stored"))).rejects.toThrow("ENOENT");
  });

  test("does not rotate where there is no vault", async () => {
    const run = await at.example("same-job.yml", settings);
    expect(seen(at.stage, run)).toMatchObject({ ...RED, results: [], isSaved: true, resets: 0 });
  });
});

describeWithJudge("act", "alert.yml, run by act", (act) => {
  describeWithJudge("gh", "with the newest gh", (gh) => {
    const at = actStage(act);
    const JOBS_TOKEN = "ghs_of-the-job";
    let issues: Issues;
    beforeEach(async () => {
      issues = await startIssues();
    });
    afterEach(() => issues.close());

    async function played(different: Different): Promise<ActRun> {
      const secrets = { GITHUB_TOKEN: JOBS_TOKEN };
      return await at.example("alert.yml", { ...different, secrets, path: [dirname(gh)], env: issues.env });
    }

    test("opens no issue after a success", async () => {
      expect(seen(at.stage, await played({}))).toMatchObject({ ...GREEN, jobs: { rotate: "success" }, isSaved: true });
      expect(issues.opened).toEqual([]);
    });

    test.each([
      ["given-secret-dead", "failure, result dead"],
      // GitHub would give the other job nothing that post has said.
      ["killed-before-save", "failure, result rotated"],
    ])("opens one after %s", async (fault, told) => {
      const run = await played(await befall(at.stage, fault));
      expect(seen(at.stage, run)).toMatchObject({ ...RED, jobs: { rotate: "failure", alert: "success" } });
      expect(issues.opened).toEqual([
        {
          repositoryId: issues.repositoryId,
          title: `The rotation of the SnapTrade user secret needs a look: the job ended ${told}`,
          body: "See the summary of https://github.com/octo-org/brokerage/actions/runs/1 for what to do now. Do not delete the SnapTrade user.",
        },
      ]);
      expect([...issues.tokens]).toEqual([`token ${JOBS_TOKEN}`]);
    });
  });
});

describeWithJudge("act", "many-users.yml, run by act", (act) => {
  const REPOSITORY = "octo-org/brokerage";
  const IDS = ["customer-1", "customer-2", "customer-3"];
  // act has one value for all environments, so the users begin with the same one.
  const secret = randomUUID();

  async function threeUsers(): Promise<Stage> {
    const stage = await startStage({ snapTrade: { users: Object.fromEntries(IDS.map((id) => [id, secret])) } });
    for (const id of IDS) {
      stage.github.addEnvironment(REPOSITORY, `user-${id}`);
      stage.github.seed(`${REPOSITORY} env user-${id}`, NAME, secret, { at: new Date(0) });
    }
    return stage;
  }

  const at = actStage(act, threeUsers);

  /** Stands in for actions/create-github-app-token, which would ask GitHub for a token. */
  async function tokenAction(token: string): Promise<Awaited<ReturnType<typeof folderWith>>> {
    const program = `
      const { "INPUT_CLIENT-ID": app, "INPUT_PRIVATE-KEY": key, GITHUB_OUTPUT } = process.env;
      if (app !== "app" || key !== "a private key") process.exit(1);
      console.log("::add-mask::${token}");
      require("node:fs").appendFileSync(GITHUB_OUTPUT, "token=${token}\\n");
    `;
    const inputs = ["client-id", "private-key", "permission-environments", "permission-actions"];
    const empty = { description: "" };
    const metadata = {
      ...{ name: "token", description: "", inputs: Object.fromEntries(inputs.map((name) => [name, empty])) },
      ...{ outputs: { token: empty }, runs: { using: "node24", main: "index.cjs" } },
    };
    const folder = await folderWith("index.cjs", program);
    await writeFile(join(folder.path, "action.yml"), JSON.stringify(metadata));
    return folder;
  }

  async function play(different: Different = {}): Promise<ActRun> {
    const [uses = ""] = /actions\/create-github-app-token@\w+/u.exec(readText("examples/many-users.yml")) ?? [];
    const token = await tokenAction(at.stage.token);
    const run = await at.example("many-users.yml", {
      actions: { [uses]: token.path },
      secrets: { SECRETS_APP_PRIVATE_KEY: "a private key", SECRETS_TOKEN: "", [NAME]: secret },
      vars: { SNAPTRADE_USERS: JSON.stringify(IDS), SECRETS_APP_CLIENT_ID: "app" },
      ...different,
    });
    await token.remove();
    return run;
  }

  test("rotates every user on its schedule, each with its own new secret", async () => {
    const run = await play();
    expect(seen(at.stage, run)).toMatchObject({ ...GREEN, results: IDS.map(() => "rotated by Main"), resets: 3 });
    expect(run.jobs).toEqual(Object.fromEntries(IDS.map((id) => [`rotate ${id}`, "success"])));
    const saved = IDS.map((id) => at.stage.github.plaintext(`${REPOSITORY} env user-${id}`, NAME));
    expect(saved).toEqual(IDS.map((id) => at.stage.snapTrade.secretInForce(id)));
    expect(new Set(saved).size).toBe(IDS.length);
  });

  test("stops no other rotation where one fails", async () => {
    at.stage.snapTrade.rotateBehindBack("customer-2");
    const run = await play();
    expect(seen(at.stage, run)).toMatchObject({ ...RED, resets: 2 });
    // act has one end for all jobs of a matrix, so their steps tell.
    const failed = run.phases.filter(({ result }) => result === "failure");
    expect(failed.map(({ job, outputs }) => [job, outputs["result"]])).toEqual([["rotate customer-2", "dead"]]);
  });

  test("does what a person chooses, for whom", async () => {
    const run = await play({ event: "workflow_dispatch", inputs: { users: '["customer-2"]', mode: "verify" } });
    const ends = { jobs: { "rotate customer-2": "success" }, results: ["verified by Main"] };
    expect(seen(at.stage, run)).toMatchObject({ ...GREEN, ...ends, resets: 0 });
  });
});
