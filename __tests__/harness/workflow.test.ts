import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { jest } from "@jest/globals";
import type { Stage } from "../../sandbox/stage";
import { blocks, readPage } from "../docs/markdown";
import { checkout, folderWith, jobOf, playExample, PRODUCTION, setUp } from "../../harness/played-example";
import { SHARE } from "../../harness/share";

jest.setTimeout(120_000);

const REPOSITORY = "octo-org/brokerage";
const stages: Stage[] = [];

async function stageWith(...home: Parameters<typeof setUp>): Promise<Stage> {
  const stage = await setUp(...home);
  stages.push(stage);
  return stage;
}

afterEach(async () => {
  await Promise.all(stages.splice(0).map((stage) => stage.close()));
});

function deployOptions({ snapTrade }: Stage): { otherActions: Record<string, ReturnType<typeof checkout>> } {
  return { otherActions: { "actions/checkout": checkout(snapTrade.url) } };
}

/** The secret in a scope of the repository instead of the environment, as somebody might write who does not know the rule. */
function asRepositorySecret(text: string): string {
  return text.replace("SNAPTRADE_USER_SECRET --env production", "SNAPTRADE_USER_SECRET");
}

describe("before-deploy.yml", () => {
  test("lets the deploying job authenticate with the secret in force", async () => {
    const stage = await stageWith();
    const run = await playExample("before-deploy.yml", stage, deployOptions(stage));
    expect(jobOf(run, "deploy").steps.at(-1)?.log.join("\n")).toBe("deployed, SnapTrade said 200");
    expect(run.jobs.map(({ id, conclusion }) => [id, conclusion])).toEqual([
      ["rotate", "success"],
      ["verify", "success"],
      ["deploy", "success"],
    ]);
    expect(stage.snapTrade.resets).toBe(1);
    expect(stage.github.plaintext(PRODUCTION, "SNAPTRADE_USER_SECRET")).toBe(
      stage.snapTrade.secretInForce(stage.userId),
    );
    expect(jobOf(run, "verify").steps[0]?.outputs["result"]).toBe("verified");
  });

  test("deploys nothing when the rotation fails", async () => {
    const stage = await stageWith();
    stage.snapTrade.rotateBehindBack(stage.userId);
    const run = await playExample("before-deploy.yml", stage, deployOptions(stage));
    expect(run.jobs.map(({ id, conclusion }) => [id, conclusion])).toEqual([
      ["rotate", "failure"],
      ["verify", "skipped"],
      ["deploy", "skipped"],
    ]);
  });
});

// The first is the README's workflow with comments, and what the second does is played in __tests__/bundle/finish-mode.test.ts.
if (SHARE !== "quick") {
  test("scheduled.yml rotates", async () => {
    const stage = await stageWith();
    const run = await playExample("scheduled.yml", stage, { event: "schedule" });
    expect(run.conclusion).toBe("success");
    expect(stage.github.plaintext(PRODUCTION, "SNAPTRADE_USER_SECRET")).toBe(
      stage.snapTrade.secretInForce(stage.userId),
    );
  });

  test("on-demand.yml does what was chosen, and tells the result", async () => {
    const stage = await stageWith();
    const options = { event: "workflow_dispatch", inputs: { mode: "check" } };
    const run = await playExample("on-demand.yml", stage, options);
    expect(jobOf(run, "run").steps.at(-1)?.log).toEqual(["result checked, rotated false"]);
    expect(stage.snapTrade.resets).toBe(0);
  });

  test("before-deploy.yml deploys without another rotation when the secret is younger than min-age", async () => {
    const stage = await stageWith();
    stage.github.seed(PRODUCTION, "SNAPTRADE_USER_SECRET", stage.given, new Date());
    const run = await playExample("before-deploy.yml", stage, deployOptions(stage));
    expect(jobOf(run, "rotate").steps[0]?.outputs["result"]).toBe("skipped");
    expect(run.conclusion).toBe("success");
    expect(stage.snapTrade.resets).toBe(0);
  });

  describe("the same with a repository secret, which is read when the run is queued", () => {
    test("deploys with the old secret, which is dead: the summary of the rotation has warned", async () => {
      const stage = await stageWith(REPOSITORY);
      const run = await playExample("before-deploy.yml", stage, {
        ...deployOptions(stage),
        edit: (text) => asRepositorySecret(text).replace("needs: verify", "needs: rotate"),
      });
      expect(jobOf(run, "rotate").conclusion).toBe("success");
      expect(stage.github.plaintext(REPOSITORY, "SNAPTRADE_USER_SECRET")).toBe(
        stage.snapTrade.secretInForce(stage.userId),
      );
      expect(jobOf(run, "deploy").steps.at(-1)?.log.join("\n")).toBe("SnapTrade refused with 401");
      const summary = jobOf(run, "rotate").steps[0]?.run?.main.summary ?? "";
      expect(summary).toContain("read when a run is **queued**: jobs of this run still get the old value");
    });

    test("is caught by the verifying job before anything is deployed", async () => {
      const stage = await stageWith(REPOSITORY);
      const run = await playExample("before-deploy.yml", stage, { ...deployOptions(stage), edit: asRepositorySecret });
      expect(jobOf(run, "verify").steps[0]?.outputs["result"]).toBe("dead");
      expect(jobOf(run, "deploy").conclusion).toBe("skipped");
    });

    test("works in a new run", async () => {
      const stage = await stageWith(REPOSITORY);
      await playExample("before-deploy.yml", stage, { ...deployOptions(stage), edit: asRepositorySecret });
      const next = await playExample("before-deploy.yml", stage, { ...deployOptions(stage), edit: asRepositorySecret });
      expect(jobOf(next, "deploy").conclusion).toBe("success");
    });
  });
}

describe("same-job.yml", () => {
  const VAULT = `#!/bin/sh\n[ "$1" = token ] && exit 0\nprintf '%s\\n' "$@" >"$(dirname "$0")/arguments"\ncat >"$(dirname "$0")/stored"\n`;

  test("hands the secret in force to the vault, from standard input, and shows it nowhere", async () => {
    const stage = await stageWith();
    stage.github.seed(PRODUCTION, "VAULT_TOKEN", "a-vault-token");
    const { path, remove } = await folderWith("vault", VAULT);
    const edit = (text: string): string => `${text}      - run: echo "it is $NEW_SNAPTRADE_USER_SECRET"\n`;
    const run = await playExample("same-job.yml", stage, { path: [path], vars: { VAULT_ADDR: "http://vault" }, edit });
    const stored = await readFile(join(path, "stored"), "utf8");
    const given = await readFile(join(path, "arguments"), "utf8");
    await remove();
    expect(run.conclusion).toBe("success");
    expect(stored).toBe(stage.snapTrade.secretInForce(stage.userId));
    expect(stored).not.toBe(stage.given);
    expect(given).toBe("kv\nput\n-mount=secret\nsnaptrade\nuser-secret=-\n");
    expect(jobOf(run, "rotate").steps.at(-1)?.log).toEqual(["it is ***"]);
  });

  test("hands nothing on when the rotation fails", async () => {
    const stage = await stageWith();
    stage.snapTrade.rotateBehindBack(stage.userId);
    const { path, remove } = await folderWith("vault", VAULT);
    const run = await playExample("same-job.yml", stage, { path: [path] });
    await remove();
    expect(jobOf(run, "rotate").steps.map(({ conclusion }) => conclusion)).toEqual(["success", "failure", "skipped"]);
  });

  test("does not rotate where there is no vault to hand anything on to", async () => {
    const stage = await stageWith();
    const run = await playExample("same-job.yml", stage, { path: [] });
    expect(jobOf(run, "rotate").steps.map(({ conclusion }) => conclusion)).toEqual(["failure", "skipped", "skipped"]);
    expect(stage.snapTrade.resetRequests).toBe(0);
  });
});

describe("the other examples, played", () => {
  test("the README's first workflow rotates as it stands there", async () => {
    const stage = await stageWith();
    const [text = ""] = blocks(readPage("README.md"), "yaml");
    const run = await playExample("scheduled.yml", stage, { event: "schedule", edit: () => text });
    expect(jobOf(run, "rotate").steps[0]?.outputs["result"]).toBe("rotated");
  });

  test("the README's first workflow also does what a person chooses", async () => {
    const stage = await stageWith();
    const [text = ""] = blocks(readPage("README.md"), "yaml");
    const options = { event: "workflow_dispatch", inputs: { mode: "check" }, edit: () => text };
    const run = await playExample("scheduled.yml", stage, options);
    expect(jobOf(run, "rotate").steps[0]?.outputs["result"]).toBe("checked");
    expect(stage.snapTrade.resets).toBe(0);
  });

  test("health-check.yml is green while the saved secret is live, and red when it is not", async () => {
    const stage = await stageWith();
    expect((await playExample("health-check.yml", stage)).conclusion).toBe("success");
    stage.snapTrade.rotateBehindBack(stage.userId);
    expect((await playExample("health-check.yml", stage)).conclusion).toBe("failure");
  });

  test("alert.yml opens an issue that names the result, and none after a success", async () => {
    const stage = await stageWith();
    const gh = await folderWith("gh", `#!/bin/sh\nprintf '%s|' "$@"\n`);
    const good = await playExample("alert.yml", stage, { path: [gh.path], event: "schedule" });
    expect(jobOf(good, "alert").conclusion).toBe("skipped");
    stage.snapTrade.rotateBehindBack(stage.userId);
    const bad = await playExample("alert.yml", stage, { path: [gh.path], event: "schedule" });
    await gh.remove();
    expect(jobOf(bad, "alert").steps[0]?.log.join("")).toContain(
      "The rotation of the SnapTrade user secret needs a look: the job ended failure, result dead",
    );
  });
});
