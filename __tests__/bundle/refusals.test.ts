import { createServer } from "node:net";
import { SHORT_WAITS } from "../../sandbox/faults";
import { scanRun } from "../../sandbox/leaks";
import type { StepRun } from "../../sandbox/runner";
import { playStep } from "../../sandbox/runner";
import type { Stage } from "../../sandbox/stage";
import { startStage } from "../../sandbox/stage";
import { inPool, stepOf } from "../../harness/play";

/** Something that is refused before anything happens. */
interface RefusalCase {
  readonly inputs?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly event?: string;
  /** What a person entered when starting the run. */
  readonly eventInputs?: Readonly<Record<string, string>>;
  readonly repository?: string;
  /** The name of the input or setting, and whatever else the message has to say. */
  readonly says: readonly string[];
  /** Node itself prints a warning about its option. */
  readonly nodeSpeaks?: boolean;
}

/** One for each place that refuses; every value that each of them refuses is for its own tests. */
const REFUSALS: readonly RefusalCase[] = [
  { inputs: { "client-id": "" }, says: ["client-id", "must not be empty"] },
  { inputs: { "settle-time": " 90s" }, says: ["settle-time", '"90s" with white space around it'] },
  {
    inputs: { "snaptrade-api-url": "https://somebody:letmein@api.snaptrade.com" },
    says: ["snaptrade-api-url", "credentials"],
  },
  { inputs: { "save-to": "GOOD\n../NAME" }, says: ["save-to", "line 2", "letters, digits"] },
  { inputs: { "user-secret": "1234567" }, says: ["user-secret", "at least 8 characters", "mode: rescue"] },
  { inputs: { mode: "finish", "recovery-command": "gh api" }, says: ["recovery-command", "not a whole command"] },
  {
    inputs: { mode: "rescue", "confirm-user-id": "customer-1" },
    eventInputs: { "confirm-user-id": "customer-2" },
    says: ["confirm-user-id", "differs from the event's own input"],
  },
  { inputs: { mode: "rescue" }, event: "schedule", says: ["GITHUB_EVENT_NAME", "A person must start mode: rescue"] },
  { event: "pull_request", says: ["GITHUB_EVENT_NAME", "schedule, workflow_dispatch"] },
  { env: { NODE_OPTIONS: "--inspect-port=0" }, says: ["NODE_OPTIONS", "--inspect-port"], nodeSpeaks: true },
  { env: { NODE_DEBUG: "http" }, says: ["NODE_DEBUG", "Node then prints secrets"], nodeSpeaks: true },
  { env: { GITHUB_API_URL: "http://api.github.com" }, says: ["GITHUB_API_URL", "not https"] },
  {
    inputs: { "snaptrade-api-url": "https://api.snaptrade.com", "settle-time": "10s" },
    env: { HTTPS_PROXY: "socks5://127.0.0.1:1080" },
    says: ["HTTPS_PROXY"],
  },
  { repository: "brokerage", says: ["GITHUB_REPOSITORY", "OWNER/REPO"] },
];

const POST_EVERY = 7;

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

describe("what the contract refuses stops before anything is sent, and the message names it and what is right", () => {
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
    await inPool([...REFUSALS.entries()], async ([index, refusal]) => {
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

  test.each(REFUSALS.map(titleOf))("%s", (title) => {
    expect(flaws.get(title)).toEqual([]);
  });

  test("not one request and not one connection was made by any of them", () => {
    expect(connections).toBe(0);
    expect(stage.snapTrade.requests).toEqual([]);
    expect(stage.github.requests).toEqual([]);
  });
});
