import { appendFileSync } from "node:fs";
import { faults } from "../../sandbox/faults";
import { inPool, logOf, resultOf, withPlayed } from "../support/bundle";
import { judge } from "../support/judge";
test("explore", async () => {
  const wanted = (process.env["WANT"] ?? "").split(",").filter(Boolean);
  const slow = ["github-403-secondary", "probe-429-always", "rate-limit-tight"];
  const names = [...faults.keys()].filter((n) => wanted.length === 0 ? !slow.includes(n) : wanted.some((w) => n === w));
  const t0 = Date.now();
  await inPool(names, async (name) => {
    const t = Date.now();
    await withPlayed({ prepare: (stage) => faults.get(name)!.apply(stage) }, async ({ stage, run }) => {
      const d = stage.destinations[0]!;
      const held = stage.github.plaintext(d.where, d.name) === stage.snapTrade.secretInForce(stage.userId);
      const c = stage.snapTrade.resets;
      const bad = await judge(stage, run);
      const { result, by } = resultOf(run);
      appendFileSync("/tmp/plan/table-a.txt", JSON.stringify([name, result, by, held ? "held" : "not held", c, Date.now() - t, bad]) + "\n");
      if (wanted.length) console.log(logOf(run), run.main.summary, run.post.summary, run.main.stderr, run.post.stderr);
    });
  });
  appendFileSync("/tmp/plan/table-a.txt", `TOTAL ${Date.now() - t0}\n`);
}, 600000);
