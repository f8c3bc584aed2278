import { BAD_GATEWAY } from "../github/fault-effects";
import { rmSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { clockJumps } from "../clock-jump";
import { at, firstSaveIsCut, firstSaveStalls } from "../instants";
import type { StepChange, WorldFault } from "../named-fault";
import type { Stage } from "../stage";

type Catalogue = Readonly<Record<string, WorldFault>>;
type Inputs = Readonly<Record<string, string>>;

const KEYS = ["consumer-key", "user-secret"];

/** Every input empty, as an expression is that names nothing, except those that open what main has kept. */
export function keysAlone({ inputs }: Pick<Stage, "inputs">): Inputs {
  return Object.fromEntries(
    Object.entries({ mode: "", ...inputs }).map(([name, value]) => [name, KEYS.includes(name) ? value : ""]),
  );
}

/** Main is killed when it has the new secret, before GitHub stores anything, and then something is otherwise for post. */
function killedAtSave(says: string, change: (stage: Stage) => StepChange, ofStage?: WorldFault["stage"]): WorldFault {
  return {
    says: `The step is killed before the save, and ${says}`,
    ...(ofStage && { stage: ofStage }),
    apply: (stage) => {
      firstSaveIsCut(stage);
      return { kill: at(stage, "put-arrived"), ...change(stage) };
    },
  };
}

function killedBeforeReset(says: string, change: (stage: Stage) => StepChange): WorldFault {
  return {
    says: `The step is killed while the write check is under way, and ${says}`,
    apply: (stage) => ({ kill: at(stage, "canary-applied"), ...change(stage) }),
  };
}

const postInputs =
  (own: Inputs) =>
  ({ inputs }: Stage): StepChange => ({ postInputs: { ...inputs, ...own } });

/** A later step empties the folder, as some do that want the disk back. */
function emptyTemp({ runnerTemp }: { readonly runnerTemp: string }): void {
  for (const name of readdirSync(runnerTemp)) rmSync(join(runnerTemp, name), { recursive: true, force: true });
}

/** The inputs are evaluated anew for post, and come out otherwise. */
const inputs: Catalogue = {
  "post-without-mode": killedAtSave("mode is empty for post", postInputs({ mode: "" })),
  "post-with-bare-timeout": killedAtSave("save-timeout is 600 for post", postInputs({ "save-timeout": "600" })),
  "post-without-client-id": killedAtSave("client-id is empty for post", postInputs({ "client-id": "" })),
  "post-with-another-token": killedAtSave(
    "post is given another token, which may nothing",
    postInputs({ "github-token": "github_pat_of_somebody_else" }),
  ),
  "post-with-another-destination": killedAtSave(
    "save-to names another secret for post",
    postInputs({ "save-to": "ANOTHER_SECRET --env staging" }),
  ),
  "post-with-nonsense": killedAtSave(
    "the post step is given a destination, times and a mode that are rejected",
    postInputs({
      mode: "?",
      "save-to": "1 --what",
      "settle-time": "soon",
      "snaptrade-api-url": "ftp://x",
      create: "?",
    }),
  ),
  "post-with-its-keys-alone": killedAtSave("post is given nothing but what opens the journal", (stage) => ({
    postInputs: keysAlone(stage),
  })),
  "post-with-the-parents-inputs": killedAtSave(
    "post is given the inputs of the composite action around it",
    (stage) => ({ postInputs: { ...keysAlone(stage), mode: "verify", "save-to": "OTHER --env elsewhere" } }),
  ),
  "post-without-inputs": killedAtSave("post is given no input at all", () => ({ postInputs: "none" })),
  "post-with-another-secret": killedAtSave(
    "user-secret is another for post",
    postInputs({ "user-secret": "another-secret" }),
  ),
  "killed-early-and-post-with-its-keys-alone": killedBeforeReset(
    "post is given nothing but what opens the journal",
    (stage) => ({ postInputs: keysAlone(stage) }),
  ),
  "killed-early-and-post-without-inputs": killedBeforeReset("post is given no input at all", () => ({
    postInputs: "none",
  })),
};

/** A later step has set a variable for the rest of the job, or done something else to it. */
const surroundings: Catalogue = {
  "post-with-node-debug": killedAtSave("a later step sets NODE_DEBUG=http for post", () => ({
    postEnv: { NODE_DEBUG: "http" },
  })),
  "post-without-certificates-checked": killedAtSave("a later step sets NODE_TLS_REJECT_UNAUTHORIZED=0", () => ({
    postEnv: { NODE_TLS_REJECT_UNAUTHORIZED: "0" },
  })),
  "post-with-node-debug-and-its-keys-alone": killedAtSave(
    "a later step sets NODE_DEBUG=http, and post is given nothing but what opens the journal",
    (stage) => ({ postInputs: keysAlone(stage), postEnv: { NODE_DEBUG: "http" } }),
  ),
  "post-without-state": killedAtSave("what it has left in GITHUB_STATE is lost", () => ({ stateLost: true })),
  "post-without-state-or-inputs": killedAtSave(
    "what it has left in GITHUB_STATE is lost, and post is given nothing but what opens the journal",
    (stage) => ({ stateLost: true, postInputs: keysAlone(stage) }),
  ),
  "post-event-file-empty": killedAtSave("the event's file is empty for post", () => ({ postEventFile: "empty" })),
  "post-event-file-torn": killedAtSave("the event's file is torn for post", () => ({ postEventFile: "torn" })),
  "post-event-file-missing": killedAtSave("the event's file is gone for post", () => ({ postEventFile: "missing" })),
  "post-temp-emptied": killedAtSave("a later step empties RUNNER_TEMP", () => ({ beforePost: emptyTemp })),
};

const CLOCK_JUMP_MS = 600_000;

/** Time enough to print what is printed before a save, and far less than a save may take. */
const STALLED_MS = 300;

async function whileProving(stage: Stage): Promise<void> {
  await stage.github.waitFor("put-answered");
  await at(stage, "probe-arrived");
}

/** What happens to post itself, or while it is at work. */
const work: Catalogue = {
  "killed-while-proving": {
    says: "The step is killed when the new secret is saved, while it is proven",
    apply: (stage) => ({ kill: whileProving(stage) }),
  },
  "killed-while-proving-and-snaptrade-down": {
    says: "The step is killed when the new secret is saved, while it is proven, and SnapTrade is down from then on",
    apply: (stage) => ({
      kill: whileProving(stage),
      beforePost: async () => {
        await stage.snapTrade.goDown();
      },
    }),
  },
  "killed-after-reset-and-clock-ahead": {
    says: "The step is killed when the reset has happened, before its answer, and the clocks jump by ten minutes",
    apply: (stage) => ({ ...clockJumps(stage, CLOCK_JUMP_MS), kill: at(stage, "reset-committed") }),
  },
  "post-while-github-is-down": killedAtSave("GitHub answers nothing but 502 when post looks", ({ github }) => ({
    beforePost: () => {
      github.faults.inject({ on: {}, effect: BAD_GATEWAY, times: "always" });
    },
  })),
  "post-killed-while-its-save-stalls": {
    says: "The step is killed before the save, and so is post, when GitHub leaves its save without an answer",
    apply: (stage) => {
      firstSaveIsCut(stage);
      firstSaveStalls(stage);
      const kill = at(stage, "put-arrived");
      const killPost = kill.then(async () => {
        await stage.github.waitFor("put-arrived");
        await sleep(STALLED_MS);
      });
      return { kill, killPost };
    },
  },
};

/** Main was killed, and post is given other things than main was, or fewer. */
export const givenToPost: Catalogue = { ...inputs, ...surroundings, ...work };
