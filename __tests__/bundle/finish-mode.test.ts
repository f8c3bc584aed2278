import type { Stage } from "../../sandbox/stage";
import type { WorkflowRun } from "../../sandbox/workflow";
import { healWorld } from "../support/recovery";
import { jobOf, playExample, PRODUCTION, setUp } from "../support/played-example";

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
  const [, command] = /```\n(gh api .*)\n```/.exec(summaryOf(run)) ?? [];
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

/** The words with which a run refused to finish, after which GitHub holds what it held. */
async function refused(command: string): Promise<string> {
  const [before, writes] = [saved(), stage.github.writes.length];
  const run = await started({ mode: "finish", "recovery-command": command });
  expect([resultOf(run), run.conclusion, jobOf(run, "prove").conclusion]).toEqual(["unchanged", "failure", "skipped"]);
  expect([saved(), stage.github.writes.length]).toEqual([before, writes]);
  return summaryOf(run);
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

  test("writes nothing over a secret that is live", async () => {
    const command = await unsavedCommand();
    stage.github.seed(PRODUCTION, NAME, inForce() ?? "", new Date(Date.now() - 60_000));
    expect(await refused(command)).toContain("The saved secret is live, so there is no save to finish.");
  }, 60_000);

  test("writes nothing where somebody has saved since", async () => {
    const command = await unsavedCommand();
    stage.github.seed(PRODUCTION, NAME, "saved-by-somebody", new Date(Date.now() + 2_000));
    expect(await refused(command)).toMatch(/was saved at \S+, after the command was printed at \S+/);
  }, 60_000);

  test.each<[string, (command: string) => string, RegExp]>([
    ["for another destination", (one) => one.replace("production", "staging"), /for another destination: \S*staging/],
    ["for another host", (one) => one.replace(/--hostname \S+/, "--hostname ghe.example"), /for the host ghe\.example/],
    ["for github.com", (one) => one.replace(/ --hostname \S+/, ""), /for the host github\.com/],
    ["without its end", (one) => one.slice(0, -12), /not a whole command/],
    ["without a part of its middle", (one) => one.replace(/(encrypted_value=.{20}).{4}/, "$1"), /is torn/],
    ["masked by GitHub", (one) => one.replace(/(encrypted_value=.{20}).{4}/, "$1***"), /contains \*\*\*/],
  ])(
    "writes nothing for a command %s",
    async (_, change, words) => {
      const command = await unsavedCommand();
      expect(await refused(change(command))).toMatch(words);
    },
    60_000,
  );
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
