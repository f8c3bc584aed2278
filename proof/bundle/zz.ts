import { setTimeout as pause } from "node:timers/promises";
import { playCase } from "./play";
import { inPool } from "../../__tests__/support/bundle";
const n = Number(process.argv[2]);
const counts: Record<string, number> = {};
await inPool(Array.from({ length: n }, (_, i) => i), async (i) => {
  const ms = 100 + (i / n) * 250;
  const { result, violations, run } = await playCase({ of: "x", prepare: (stage) => {
    stage.snapTrade.faults.latencyMs = 15; stage.github.policy.latencyMs = 15;
    return { kill: new Promise((resolve) => { stage.snapTrade.on("reset-arrived", () => void pause(ms).then(resolve)); }) };
  }, allowed: { canaryLeft: true, filesLeft: true } });
  counts[result] = (counts[result] ?? 0) + 1;
  if (violations.length > 0 || result.startsWith("unknown")) process.stdout.write(`${ms} ${result} ${violations.join("; ")}\n${run.main.stdout.replace(/add-mask.*/g, "")}\n--post ${run.post.exitCode} ${run.post.signal}\n${run.post.stdout.replace(/add-mask.*/g, "")}\n${run.post.stderr}\nSTATE ${run.main.files.state} OUT ${run.main.files.output}\nleft ${run.post.left.map(f => f.name + " " + f.content.length + " " + f.content.findIndex((b, k) => k > 99 && b !== 0)).join()}\n`);
});
process.stdout.write(JSON.stringify(counts));
