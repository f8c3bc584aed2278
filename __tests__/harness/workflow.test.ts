import { jest } from "@jest/globals";
import type { Stage } from "../../sandbox/stage";
import { blocks, readPage } from "../docs/markdown";
import { checkout, jobOf, playExample, PRODUCTION, setUp } from "../../harness/played-example";
import { healWorld } from "../../harness/recovery";
import { SHARE } from "../../harness/share";

jest.setTimeout(120_000);

const REPOSITORY = "octo-org/brokerage";
const NAME = "SNAPTRADE_USER_SECRET";
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
  return text.replace("SNAPTRADE_USER_SECRET --env production", NAME);
}

test("before-deploy.yml lets the deploying job authenticate with the secret in force", async () => {
  const stage = await stageWith();
  const run = await playExample("before-deploy.yml", stage, deployOptions(stage));
  expect(jobOf(run, "deploy").steps.at(-1)?.log.join("\n")).toBe("deployed, SnapTrade said 200");
  expect(run.jobs.map(({ id, conclusion }) => [id, conclusion])).toEqual([
    ["rotate", "success"],
    ["verify", "success"],
    ["deploy", "success"],
  ]);
  expect(stage.snapTrade.resets).toBe(1);
  expect(stage.github.plaintext(PRODUCTION, NAME)).toBe(stage.snapTrade.secretInForce(stage.userId));
  expect(jobOf(run, "verify").steps[0]?.outputs["result"]).toBe("verified");
});

test("the README's first workflow rotates as it stands there", async () => {
  const stage = await stageWith();
  const [text = ""] = blocks(readPage("README.md"), "yaml");
  const run = await playExample("scheduled.yml", stage, { event: "schedule", edit: () => text });
  expect(jobOf(run, "rotate").steps[0]?.outputs["result"]).toBe("rotated");
});

if (SHARE !== "quick") {
  test("with a repository secret, which is read when the run is queued, before-deploy.yml would deploy with the old one, which is dead: the summary of the rotation has warned", async () => {
    const stage = await stageWith(REPOSITORY);
    const run = await playExample("before-deploy.yml", stage, {
      ...deployOptions(stage),
      edit: (text) => asRepositorySecret(text).replace("needs: verify", "needs: rotate"),
    });
    expect(jobOf(run, "rotate").conclusion).toBe("success");
    expect(stage.github.plaintext(REPOSITORY, NAME)).toBe(stage.snapTrade.secretInForce(stage.userId));
    expect(jobOf(run, "deploy").steps.at(-1)?.log.join("\n")).toBe("SnapTrade refused with 401");
    const summary = jobOf(run, "rotate").steps[0]?.run?.main.summary ?? "";
    expect(summary).toContain("read when a run is **queued**: jobs of this run still get the old value");
  });

  test("the second job of on-demand.yml reads what mode: finish has saved, and verifies it", async () => {
    const stage = await stageWith();
    const options = { event: "workflow_dispatch", actionInputs: { "save-timeout": "2s" } };
    const effect = { kind: "answer", status: 500 } as const;
    stage.github.faults.inject({ on: { which: "put", scope: PRODUCTION, name: NAME }, effect, times: "always" });
    const unsaved = await playExample("on-demand.yml", stage, { ...options, inputs: { mode: "rotate" } });
    const summary = jobOf(unsaved, "run").steps[0]?.run?.main.summary ?? "";
    const [, command = ""] = /```sh\n(gh api .*)\n```/.exec(summary) ?? [];
    await healWorld(stage);
    const inputs = { mode: "finish", "recovery-command": command };
    const run = await playExample("on-demand.yml", stage, { ...options, inputs });
    expect(stage.github.plaintext(PRODUCTION, NAME)).toBe(stage.snapTrade.secretInForce(stage.userId));
    expect([jobOf(run, "run").outputs["result"], run.conclusion]).toEqual(["finished", "success"]);
    expect(jobOf(run, "prove").steps[0]?.outputs["result"]).toBe("verified");
  });
}
