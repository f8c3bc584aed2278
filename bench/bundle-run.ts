import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { playStep } from "../sandbox/runner";
import { roundsOf, type Trip, tripsOf, windowMs } from "./traffic";
import { DELAY_MS, type DistantStage, NODE_24, onDistantStage, ROOT, speaking, trusting, type Wire } from "./world";

/** What one rotation cost. */
export interface BundleRun {
  readonly windowMs: number;
  /** As the action's own output has it. */
  readonly saidMs: number;
  readonly wholeMs: number;
  readonly requests: number;
  readonly rounds: readonly (readonly Trip[])[];
  readonly cpuMs: number;
  readonly peakMegabytes: number;
}

/** Writes what the process has used when it ends; it is loaded in front of the bundle. Post, which comes later, writes nothing. */
const METER = `process.on("exit", () => {
  const { existsSync, writeFileSync } = require("node:fs");
  if (!existsSync(process.env.METER_FILE)) writeFileSync(process.env.METER_FILE, JSON.stringify(process.resourceUsage()));
});
`;

/** Rotates once with the bundle, between far stand-ins, and measures it. */
export async function runBundle(stage: DistantStage): Promise<BundleRun> {
  const folder = await mkdtemp(join(tmpdir(), "meter-"));
  try {
    const [script, file] = [join(folder, "meter.cjs"), join(folder, "usage.json")];
    await writeFile(script, METER);
    const { repository, inputs, apiUrl } = stage;
    const env = { ...trusting(stage), METER_FILE: file };
    const nodeArgs = ["--require", script];
    const { main } = await playStep({ root: ROOT, node: NODE_24, nodeArgs, repository, apiUrl, inputs, env });
    if (main.outputs["result"] !== "rotated") throw new Error(`The run ended with ${String(main.outputs["result"])}.`);
    const trips = tripsOf(stage, stage.delayMs);
    return {
      windowMs: windowMs(stage),
      saidMs: Number(main.outputs["at-risk-ms"]),
      wholeMs: main.ms,
      requests: trips.length,
      rounds: roundsOf(trips),
      ...usageIn(await readFile(file, "utf8")),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export async function runBundleOnce(wire: Wire): Promise<BundleRun> {
  return await onDistantStage(runBundle, DELAY_MS, speaking(wire));
}

function usageIn(text: string): { readonly cpuMs: number; readonly peakMegabytes: number } {
  const usage: unknown = JSON.parse(text);
  const number = (name: string): number => {
    const value =
      typeof usage === "object" && usage !== null ? Object.entries(usage).find(([key]) => key === name) : [];
    return Number(value?.[1]);
  };
  return {
    cpuMs: (number("userCPUTime") + number("systemCPUTime")) / 1000,
    peakMegabytes: number("maxRSS") / 1024,
  };
}
