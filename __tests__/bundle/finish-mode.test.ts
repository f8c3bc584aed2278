import type { Stage } from "../../sandbox/stage";
import type { WorkflowRun } from "../../harness/workflow";
import { healWorld } from "../../harness/recovery";
import { jobOf, playExample, PRODUCTION, setUp } from "../../harness/played-example";

const NAME = "SNAPTRADE_USER_SECRET";

let stage: Stage;
beforeEach(async () => {
  stage = await setUp();
});
afterEach(async () => {
  await stage.close();
});

/** A person starts the example, as it stands, with these choices. */
async function started(inputs: Readonly<Record<string, string>>): Promise<WorkflowRun> {
  return await playExample("on-demand.yml", stage, {
    event: "workflow_dispatch",
    inputs,
    actionInputs: { "save-timeout": "2s" },
  });
}

function summaryOf(run: WorkflowRun): string {
  return jobOf(run, "run").steps[0]?.run?.main.summary ?? "";
}

function resultOf(run: WorkflowRun): string | undefined {
  return jobOf(run, "run").outputs["result"];
}

/** A rotation that GitHub does not let save; the command as the summary shows it. */
async function unsavedCommand(): Promise<string> {
  const effect = { kind: "answer", status: 500 } as const;
  stage.github.faults.inject({ on: { which: "put", scope: PRODUCTION, name: NAME }, effect, times: "always" });
  const run = await started({ mode: "rotate" });
  expect(resultOf(run)).toBe("unsaved");
  await healWorld(stage);
  const [, command] = /```sh\n(gh api .*)\n```/.exec(summaryOf(run)) ?? [];
  if (command === undefined) throw new Error("The summary has no command.");
  return command;
}

/** As a browser copies a line that it has wrapped. */
function wrapped(command: string): string {
  return (command.match(/.{1,40}/g) ?? []).join("\n");
}

function saved(): string | undefined {
  return stage.github.plaintext(PRODUCTION, NAME);
}

function inForce(): string | undefined {
  return stage.snapTrade.secretInForce(stage.userId);
}

describe("mode: finish, played with the example's own workflow", () => {
  test("saves what the summary of an unsaved rotation holds, broken as a browser breaks it; the second job verifies it", async () => {
    const command = await unsavedCommand();
    expect(saved()).not.toBe(inForce());
    const run = await started({ mode: "finish", "recovery-command": wrapped(command) });
    expect(saved()).toBe(inForce());
    expect([resultOf(run), run.conclusion]).toEqual(["finished", "success"]);
    expect(jobOf(run, "prove").steps[0]?.outputs["result"]).toBe("verified");
    expect(summaryOf(run)).toContain("mode: verify in a new job proves it");
  }, 60_000);
});

describe("mode: rescue, played with the example's own workflow", () => {
  test("is refused unless the person has typed the user id, and goes on where that is so", async () => {
    stage.snapTrade.faults.resetNeedsOldSecret = false;
    stage.snapTrade.rotateBehindBack(stage.userId);
    expect(resultOf(await started({ mode: "rescue" }))).toBe("unchanged");
    expect(resultOf(await started({ mode: "rescue", "confirm-user-id": "customer-2" }))).toBe("unchanged");
    expect(stage.snapTrade.resets).toBe(0);
    expect(resultOf(await started({ mode: "rescue", "confirm-user-id": stage.userId }))).toBe("rotated");
    expect(saved()).toBe(inForce());
  }, 60_000);
});
