import { setTimeout as sleep } from "node:timers/promises";
import type { EventKind } from "./github";
import type { SnapTradeEvent } from "./snaptrade";
import type { Stage } from "./stage";

/** A request is held for so long, so that a signal arrives before its answer. */
const HOLD_MS = 200;

/** The runner's ladder of 7.5 s and 2.5 s, faster, and slow enough for a busy machine to do within it what can be done. */
export const LADDER = { sigintMs: 2_250, sigtermMs: 750 };

export type Instant = EventKind | SnapTradeEvent;

const isOfSnapTrade = (instant: Instant): instant is SnapTradeEvent => /^(reset|probe)-/.test(instant);

/** A promise kept at the instant, while the request of that instant is held. */
export function at({ snapTrade, github }: Stage, instant: Instant): Promise<void> {
  return new Promise((resolve) => {
    const hold = async (): Promise<void> => {
      resolve();
      await sleep(HOLD_MS);
    };
    if (isOfSnapTrade(instant)) snapTrade.on(instant, hold);
    else github.on(instant, hold);
  });
}

/** The save arrives and comes to nothing, and at that moment something happens to the step. */
export function firstSaveIsCut({ github }: Stage): void {
  github.faults.inject({ on: { which: "put" }, effect: { kind: "cut", applied: false, by: "rst" } });
}

/** The first save is left without an answer, and comes to nothing. */
export function firstSaveStalls({ github }: Stage): void {
  github.faults.inject({ on: { which: "put" }, effect: { kind: "cut", applied: false, by: "stall" } });
}
