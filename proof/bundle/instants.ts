import { setTimeout as pause } from "node:timers/promises";
import { keysAlone } from "../../sandbox/machine-faults/given-to-post";
import type { StepKind } from "../../sandbox/runner";
import type { Stage } from "../../sandbox/stage";
import { wasteful } from "./kept";
import { playAll, type Case } from "./play";
import { random, type Row } from "./row";

/** Services answer a little late, so that there is time to be hit between any two steps. */
const LATENCY_MS = 15;
/** Nearly every run is over after so long. */
const RUN_MS = 900;
/** What follows the reset's arrival until the run's end. */
const AFTER_RESET_MS = 250;
/** The runner's ladder of 7.5 s and 2.5 s, twenty-five times as fast. */
const LADDER = { sigintMs: 300, sigtermMs: 100 };

const PLAYS = {
  kills: { quick: 2, large: 100, whole: 500 },
  cancels: { quick: 2, large: 40, whole: 200 },
  leavings: { quick: 2, large: 40, whole: 240 },
} as const;

/** An instant of a run: so long after its start, or after the reset has arrived. */
interface Instant {
  readonly after: "the start" | "the reset's arrival";
  readonly ms: number;
}

/** Half of them anywhere in the run, half where the secret is at stake. */
function instants(count: number, seed: number): Instant[] {
  const draw = random(seed);
  return Array.from({ length: count }, (_, index) =>
    index % 2 === 0
      ? { after: "the start", ms: draw() * RUN_MS }
      : { after: "the reset's arrival", ms: draw() * AFTER_RESET_MS },
  );
}

function reached({ snapTrade }: Stage, { after, ms }: Instant): Promise<unknown> {
  if (after === "the start") return pause(ms);
  return new Promise((resolve) => {
    snapTrade.on("reset-arrived", () => void pause(ms).then(resolve));
  });
}

function slowDown({ snapTrade, github }: Stage): void {
  snapTrade.faults.latencyMs = LATENCY_MS;
  github.policy.latencyMs = LATENCY_MS;
}

function told({ after, ms }: Instant): string {
  return `${ms.toFixed(1)} ms after ${after}`;
}

/** GitHub leaves the first save unanswered, and does not do it. */
function stallFirstSave({ github }: Stage): void {
  github.faults.inject({ on: { which: "put" }, effect: { kind: "cut", applied: false, by: "stall" } });
}

/**
 * In every second of those after the reset the first save is left unanswered, so that all depends on what main has kept.
 * In every third play post is given nothing but what opens that.
 */
function killedAt(instant: Instant, index: number): Case {
  const [stalls, isBare] = [index % 4 === 3, index % 3 === 2];
  const more = `${stalls ? ", the first save being left unanswered" : ""}${isBare ? ", post having only its keys" : ""}`;
  return {
    of: `killed ${told(instant)}${more}`,
    prepare: (stage) => {
      slowDown(stage);
      if (stalls) stallFirstSave(stage);
      return { kill: reached(stage, instant), ...(isBare ? { postInputs: keysAlone(stage) } : {}) };
    },
    allowed: { canaryLeft: true, filesLeft: true },
    alsoWrong: wasteful,
  };
}

/** In every fourth the first save is left unanswered, so that the ladder goes to its end. */
function cancelledAt(instant: Instant, index: number): Case {
  const stalls = index % 4 === 3;
  return {
    of: `cancelled ${told(instant)}${stalls ? ", the first save being left unanswered" : ""}`,
    prepare: (stage) => {
      slowDown(stage);
      if (stalls) stallFirstSave(stage);
      return { cancel: { when: reached(stage, instant), ...LADDER } };
    },
  };
}

const OUTLIVING = ["background", "background-composite", "container"] as const satisfies readonly StepKind[];

/** The runner goes on to post while main is still at work, and post is given nothing but what opens the journal. */
function leftAt(instant: Instant, index: number): Case {
  const kind = OUTLIVING[index % OUTLIVING.length] ?? "background";
  const stalls = index % 4 === 3;
  return {
    of: `${kind}, cancelled ${told(instant)}${stalls ? ", the first save being left unanswered" : ""}`,
    prepare: (stage) => {
      slowDown(stage);
      if (stalls) stallFirstSave(stage);
      return { kind, cancel: { when: reached(stage, instant), ...LADDER }, postInputs: keysAlone(stage) };
    },
    allowed: { canaryLeft: true },
  };
}

export const randomLeavings: Row = {
  name: "Cancelled at random instants in the background, a composite or a container, post next to main",
  run: async (setting) =>
    await playAll(randomLeavings.name, instants(PLAYS.leavings[setting.share], setting.seed).map(leftAt), setting),
};

export const randomKills: Row = {
  name: "SIGKILL at random instants, then post",
  run: async (setting) =>
    await playAll(randomKills.name, instants(PLAYS.kills[setting.share], setting.seed).map(killedAt), setting),
};

export const randomCancels: Row = {
  name: "The cancel ladder (scaled) at random instants, then post",
  run: async (setting) =>
    await playAll(randomCancels.name, instants(PLAYS.cancels[setting.share], setting.seed).map(cancelledAt), setting),
};
