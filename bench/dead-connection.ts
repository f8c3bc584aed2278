import type { Ending } from "../sandbox/github/faults";
import { PUT } from "../sandbox/outside/ways";
import { runBundle } from "./bundle-run";
import { DELAY_MS, onDistantStage, speaking, type Wire } from "./world";

/** A write that was not answered makes the action prove everything once more after this time, when nothing is at risk. */
const SETTLE_TIME = "1s";

/** The at-risk window when the open connection that the save goes over is reset, or falls silent; others are sound. */
export async function deadConnectionMs(by: Extract<Ending, "rst" | "stall">, wire: Wire): Promise<number> {
  const stageOptions = { ...speaking(wire), inputs: { "settle-time": SETTLE_TIME } };
  return await onDistantStage(
    async (stage) => {
      const { github } = stage;
      github.faults.inject({ on: PUT, effect: { kind: "cut", applied: false, by } });
      const { windowMs } = await runBundle(stage);
      const [struck] = github.requests.filter(({ which }) => which === "put");
      if (struck === undefined || struck.status !== undefined || struck.index === 0) {
        throw new Error("the run that should show it had no open connection that died at the save");
      }
      return windowMs;
    },
    DELAY_MS,
    stageOptions,
  );
}
