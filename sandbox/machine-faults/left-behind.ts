import { serverError } from "../github/fault-effects";
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { at, firstSaveIsCut, firstSaveStalls, type Instant, LADDER } from "../instants";
import type { StepChange, WorldFault } from "../named-fault";
import { canChooseNumbers, occupy } from "../process-number";
import type { StepKind } from "../runner";
import type { Stage } from "../stage";

type Catalogue = Readonly<Record<string, WorldFault>>;

/** As the runner's, scaled down, and with a long while from SIGTERM to SIGKILL, in which post meets a main that lives. */
const SLOW_LADDER = { sigintMs: 400, sigtermMs: 4_000 };
/** Main has come to its end before the runner would go on. */
const PATIENT_LADDER = { sigintMs: 20_000, sigtermMs: 1_000 };
/** Later than post begins, and earlier than the slow ladder ends. */
const ANSWER_MS = 1_500;
/** Later than either ladder's end. */
const TOO_LATE_MS = 7_000;

interface Cancelled {
  readonly kind: StepKind;
  readonly when: Instant;
  readonly ladder?: { readonly sigintMs: number; readonly sigtermMs: number };
  /** By `cancel: ID`, or with the whole job. */
  readonly what?: "job" | "step";
  readonly stage?: WorldFault["stage"];
}

type Setting = (stage: Stage) => StepChange;

const nothing: Setting = () => ({});

/** A step that is cancelled in a place where the runner goes on although main may live. */
function cancelled(
  says: string,
  { kind, when, ladder = LADDER, what = "step", stage }: Cancelled,
  set: Setting = nothing,
) {
  return {
    says,
    ...(stage && { stage }),
    apply: (played: Stage): StepChange => {
      const change = set(played);
      return { kind, cancel: { when: at(played, when), what, ...ladder }, ...change };
    },
  } satisfies WorldFault;
}

const answeredAfter =
  (delayMs: number) =>
  ({ snapTrade }: Stage): StepChange => {
    snapTrade.faults.onReset({ delivery: { delayMs } });
    return {};
  };

const saveStalls = (stage: Stage): StepChange => {
  firstSaveStalls(stage);
  return {};
};

const neverSaved = ({ github }: Stage): StepChange => {
  github.faults.inject({ on: { which: "put" }, effect: serverError(500), times: "always" });
  return {};
};

const background: Catalogue = {
  "background-cancelled-at-reset": cancelled(
    "A step in the background is cancelled while its reset is under way; the answer comes when the post step is at work.",
    { kind: "background", when: "reset-arrived", ladder: SLOW_LADDER },
    answeredAfter(ANSWER_MS),
  ),
  "background-cancelled-with-the-job": cancelled(
    "The job is cancelled while the reset of a step in the background is under way; the answer comes when the post step is at work.",
    { kind: "background", when: "reset-arrived", ladder: SLOW_LADDER, what: "job" },
    answeredAfter(ANSWER_MS),
  ),
  "background-cancelled-and-never-answered": cancelled(
    "A step in the background is cancelled while its reset is under way, which happens; the main step is killed before the answer.",
    { kind: "background", when: "reset-arrived" },
    answeredAfter(TOO_LATE_MS),
  ),
  "background-cancelled-at-save": cancelled(
    "A step in the background is cancelled while GitHub leaves its save without an answer.",
    { kind: "background", when: "put-arrived" },
    saveStalls,
  ),
  "background-cancelled-before-reset": cancelled(
    "A step in the background is cancelled while the write check is under way.",
    { kind: "background", when: "canary-applied" },
  ),
  "background-unsaved-in-time": cancelled(
    "A step in the background is cancelled while GitHub answers every save with 500, and ends by itself in time.",
    { kind: "background", when: "put-arrived", ladder: PATIENT_LADDER, stage: { inputs: { "save-timeout": "2s" } } },
    neverSaved,
  ),
  "background-rotated-in-time": cancelled(
    "A step in the background is cancelled while its save is under way, and ends by itself in time.",
    { kind: "background", when: "put-arrived", ladder: PATIENT_LADDER },
  ),
  "background-verify-cancelled": cancelled(
    "A step in the background that only verifies is cancelled while it asks SnapTrade, and ends by itself in time.",
    { kind: "background", when: "probe-arrived", ladder: PATIENT_LADDER, stage: { inputs: { mode: "verify" } } },
  ),
  "background-composite-cancelled-at-reset": cancelled(
    "A composite action in the background is cancelled, which signals nobody, while the reset is under way.",
    { kind: "background-composite", when: "reset-arrived", ladder: SLOW_LADDER },
    answeredAfter(ANSWER_MS),
  ),
  "background-composite-cancelled-at-save": cancelled(
    "A composite action in the background is cancelled, which signals nobody, while GitHub leaves the save without an answer.",
    { kind: "background-composite", when: "put-arrived" },
    saveStalls,
  ),
  "background-composite-cancelled-before-reset": cancelled(
    "A composite action in the background is cancelled, which signals nobody, while the write check is under way.",
    { kind: "background-composite", when: "canary-applied" },
  ),
};

/** A reset that takes place and never gets an answer, seen by post when it is on its way. */
const announcesLater = (stage: Stage): StepChange => {
  stage.snapTrade.faults.onReset({ answer: "none" });
  return {
    postInputs: { ...stage.inputs, "user-secret": "another-secret" },
    beforePost: async () => {
      if (stage.snapTrade.resets === 0) await stage.snapTrade.waitFor("reset-committed");
    },
  };
};

const frozen = (stage: Stage): StepChange => {
  firstSaveStalls(stage);
  return {
    beforePost: ({ pid }) => {
      if (pid !== undefined) process.kill(pid, "SIGSTOP");
    },
  };
};

const LOOK_MS = 20;

/** Post begins when main is at its end, of which the runner has read nothing but the beginning. */
const endsFirst: Setting = () => ({
  beforePost: async ({ pid }) => {
    while (pid !== undefined && existsSync(`/proc/${pid}`)) await sleep(LOOK_MS);
  },
});

const container: Catalogue = {
  "container-cancelled-at-reset": cancelled(
    "The run is cancelled in a container, where no signal gets to main, while the reset is under way; its answer comes late.",
    { kind: "container", when: "reset-arrived", what: "job", stage: { inputs: { "reset-timeout": "10s" } } },
    answeredAfter(ANSWER_MS),
  ),
  "container-cancelled-at-save": cancelled(
    "The run is cancelled in a container, where no signal gets to main, while GitHub leaves the save without an answer.",
    { kind: "container", when: "put-arrived", what: "job" },
    saveStalls,
  ),
  "container-cancelled-before-reset": cancelled(
    "The run is cancelled in a container, where no signal gets to main, while the write check is under way.",
    { kind: "container", when: "canary-applied", what: "job" },
  ),
  "container-announces-later": cancelled(
    "The run is cancelled in a container; main lives, sends its reset afterwards, and post cannot open the journal.",
    { kind: "container", when: "canary-applied", what: "job" },
    announcesLater,
  ),
  "container-main-ends-by-itself": cancelled(
    "The run is cancelled in a container while the save is under way; main rotates to its end before post begins.",
    { kind: "container", when: "put-arrived", what: "job" },
    endsFirst,
  ),
  "container-main-frozen": cancelled(
    "The run is cancelled in a container while the save stalls, and main is frozen there when post begins.",
    { kind: "container", when: "put-arrived", what: "job" },
    frozen,
  ),
};

/** Main is killed when it has the new secret, before GitHub stores anything. */
function killedAtSave(says: string, change: (stage: Stage) => StepChange): WorldFault {
  return {
    says,
    apply: (stage) => {
      firstSaveIsCut(stage);
      return { kill: at(stage, "put-arrived"), ...change(stage) };
    },
  };
}

/** What the machine makes of the number of a process that is gone. */
const numbers: Catalogue = {
  "killed-and-unreaped": killedAtSave(
    "The step is killed before the save, and nobody asks how it ended, so that it stays as a zombie.",
    () => ({ kind: "unreaped" }),
  ),
  "killed-after-reset-and-unreaped": {
    says: "The step is killed when the reset has happened, before its answer, and stays as a zombie.",
    apply: (stage) => ({ kind: "unreaped", kill: at(stage, "reset-committed") }),
  },
  "process-number-taken": killedAtSave(
    "The step is killed before the save, and another process gets its number.",
    (stage) => ({
      beforePost: ({ pid }) => {
        if (!canChooseNumbers()) return;
        if (pid === undefined) throw new Error("Nobody has seen the number of the process.");
        const taker = occupy(pid);
        takers.set(stage, () => taker === null || (taker.exitCode === null && taker.signalCode === null));
        stage.later(() => taker?.kill());
      },
    }),
  ),
};

const takers = new WeakMap<Stage, () => boolean>();

/** Whether the process that has taken main's number is still there, as it has to be. */
export function takerLives(stage: Stage): boolean {
  return takers.get(stage)?.() === true;
}

/** Main lives on when post begins, or seems to. */
export const leftBehind: Catalogue = { ...background, ...container, ...numbers };
