import { setTimeout as pause } from "node:timers/promises";
import { runBundle } from "./bundle-run";
import { windowMs } from "./traffic";
import { DELAY_MS, type DistantStage, onDistantStage, speaking, type Wire } from "./world";

/** Servers close an idle connection after some seconds. */
const IDLE_CLOSE_MS = 5_000;

export interface SlowReset {
  /** Whether the save went over a connection that was open when the reset was sent. */
  readonly isOpen: boolean;
  readonly windowMs: number;
}

/** A rotation whose reset takes long, at a GitHub that closes idle connections. */
export async function slowResetRun(resetMs: number, wire: Wire = "http"): Promise<SlowReset> {
  const rotate = async (stage: DistantStage): Promise<SlowReset> => {
    stage.snapTrade.faults.onReset({ delivery: { delayMs: resetMs } });
    return await rotateSlowly(stage);
  };
  return await onDistantStage(rotate, DELAY_MS, speaking(wire));
}

/** The same, and the answer comes just when GitHub is asked for something small to keep a connection open. */
export async function unluckyResetRun(nthWarming: number): Promise<SlowReset> {
  return await onDistantStage(async (stage) => {
    const { snapTrade, github } = stage;
    let warmings = 0;
    const isUnlucky = new Promise<void>((resolve) => {
      github.on("rate-limit-arrived", async () => {
        warmings += 1;
        if (warmings < nthWarming) return;
        resolve();
        await pause(2 * stage.delayMs);
      });
    });
    snapTrade.on("reset-committed", () => isUnlucky);
    return await rotateSlowly(stage);
  });
}

async function rotateSlowly(stage: DistantStage): Promise<SlowReset> {
  const { snapTrade, github } = stage;
  github.policy.idleCloseMs = IDLE_CLOSE_MS;
  await runBundle(stage);
  const reset = snapTrade.requests.find(({ committedAt }) => committedAt !== undefined);
  const save = github.requests.find(({ which }) => which === "put");
  if (reset === undefined || save === undefined) throw new Error("the run that should show it did not rotate");
  return { isOpen: save.index > 0 && save.connectedAt < reset.at, windowMs: windowMs(stage) };
}
