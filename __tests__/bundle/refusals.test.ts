import { createServer } from "node:net";
import { SHORT_WAITS } from "../../sandbox/faults";
import { scanRun } from "../../sandbox/leaks";
import type { StepRun } from "../../sandbox/runner";
import { playStep } from "../../sandbox/runner";
import type { Stage } from "../../sandbox/stage";
import { startStage } from "../../sandbox/stage";
import { inPool, stepOf } from "../support/bundle";
import { shareOf, shareTold } from "../support/share";
import type { RefusalCase } from "./refusal-cases";
import { REFUSALS } from "./refusal-cases";

const POST_EVERY = 10;

function titleOf({ inputs, env, event, eventInputs, repository }: RefusalCase): string {
  const typed = eventInputs && { typed: eventInputs };
  return JSON.stringify({ ...inputs, ...env, ...(event && { event }), ...typed, ...(repository && { repository }) });
}

/** What is wrong with a run that had to refuse. */
function flawsOf(run: StepRun, { says, nodeSpeaks }: RefusalCase, stage: Stage): string[] {
  const { main, post } = run;
  const flaws: string[] = [];
  if (main.exitCode !== 1) flaws.push(`exit code ${String(main.exitCode)}`);
  if (main.outputs["result"] !== "unchanged" || main.outputs["rotated"] !== "false") {
    flaws.push(`outputs ${JSON.stringify(main.outputs)}`);
  }
  const errors = main.annotations.filter(({ level }) => level === "error");
  const [error] = errors;
  if (errors.length !== 1 || main.annotations.length !== 1) flaws.push(`${main.annotations.length} annotations`);
  for (const text of says) {
    if (error?.message.includes(text) !== true) flaws.push(`does not say ${text}: ${error?.message ?? "nothing"}`);
    if (!main.summary.includes(text)) flaws.push(`the summary does not say ${text}`);
  }
  if (main.stderr !== "" && nodeSpeaks !== true) flaws.push(`stderr: ${main.stderr}`);
  if (post.ran && (post.stdout !== "" || post.exitCode !== 0)) flaws.push("post was not silent");
  if (run.filesLeft.length > 0) flaws.push(`left ${run.filesLeft.join()}`);
  const leaks = scanRun(run, { ...stage.secrets(), "a password in a URL": "letmein" });
  return [...flaws, ...leaks.map(({ where, secret }) => `${secret} in ${where}`)];
}

const drawn = shareOf(REFUSALS);

describe(`what the contract refuses stops before anything is sent, and the message names it and what is right: ${shareTold(drawn.length, REFUSALS.length)}`, () => {
  const flaws = new Map<string, readonly string[]>();
  let connections = 0;
  let stage: Stage;

  beforeAll(async () => {
    // Nothing is to be asked, not even a connection is to be made, so all runs share one world.
    const ear = createServer((socket) => {
      connections += 1;
      socket.destroy();
    });
    const port = await new Promise<number>((resolve) => {
      ear.listen(0, "127.0.0.1", () => {
        const address = ear.address();
        resolve(typeof address === "object" && address !== null ? address.port : 0);
      });
    });
    stage = await startStage({ inputs: { ...SHORT_WAITS, "snaptrade-api-url": `http://127.0.0.1:${port}` } });
    await inPool([...drawn.entries()], async ([index, refusal]) => {
      const { inputs, env, event, eventInputs, repository } = refusal;
      const changes = {
        inputs: { ...stage.inputs, ...inputs },
        ...(env && { env }),
        ...(event !== undefined && { event }),
        ...(eventInputs && { eventInputs }),
        ...(repository !== undefined && { repository }),
        // Post does the same after each of them, so a few are enough.
        runnerLost: index % POST_EVERY !== 0,
      };
      flaws.set(titleOf(refusal), flawsOf(await playStep(stepOf(stage, changes)), refusal, stage));
    });
    ear.close();
  }, 240_000);

  afterAll(async () => {
    await stage.close();
  });

  test.each(drawn.map(titleOf))("%s", (title) => {
    expect(flaws.get(title)).toEqual([]);
  });

  test("not one request and not one connection was made by any of them", () => {
    expect(connections).toBe(0);
    expect(stage.snapTrade.requests).toEqual([]);
    expect(stage.github.requests).toEqual([]);
  });
});
