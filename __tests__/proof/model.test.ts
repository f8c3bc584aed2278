import { writeFileSync } from "node:fs";
import { explore } from "../../proof/model/explore";
import type { Exploration } from "../../proof/model/explore";
import { LARGE, QUICK } from "../../proof/model/scenes";
import { readable } from "../../proof/model/trace";

const IS_LARGE = process.env["PROOF"] === "full";
const REPORT = process.env["PROOF_REPORT"];
const HOUR_MS = 3_600_000;

/** One line for each exploration, for whoever makes a table of them. */
function report(name: string, { findings, ...counts }: Exploration): void {
  const line = { proof: "model", name, ...counts, findings: findings.map(({ kind, count }) => ({ kind, count })) };
  if (REPORT !== undefined) writeFileSync(REPORT, `${JSON.stringify(line)}\n`, { flag: "a" });
}

describe("in every interleaving, nothing is lost silently and nothing is claimed falsely:", () => {
  for (const { name, scene } of IS_LARGE ? LARGE : QUICK) {
    test(
      name,
      async () => {
        const explored = await explore(scene);
        report(name, explored);
        const found = explored.findings.map(({ kind, detail, events }) => `${kind}: ${detail}\n${readable(events)}`);
        expect(found.join("\n\n")).toBe("");
        expect(explored.exhausted).toBe(true);
      },
      HOUR_MS,
    );
  }
});
