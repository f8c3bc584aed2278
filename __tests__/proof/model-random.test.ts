import { writeFileSync } from "node:fs";
import { drawSchedules } from "../../proof/model/random";
import { REGRESSIONS } from "../../proof/model/regressions";
import { SCENE } from "../../proof/model/scene";
import { readable, replay } from "../../proof/model/trace";

const { PROOF, PROOF_REPORT, PROOF_SCHEDULES, PROOF_SEED } = process.env;
const SCHEDULES = Number(PROOF_SCHEDULES ?? (PROOF === "full" ? 50_000 : 10_000));
const SEED = Number(PROOF_SEED ?? Date.now() % 2 ** 31);
const HOUR_MS = 3_600_000;

test(
  `nothing goes wrong in ${SCHEDULES} random schedules (PROOF_SEED=${SEED})`,
  async () => {
    const drawn = await drawSchedules(SCHEDULES, SEED);
    const { finding, ...counts } = drawn;
    const line = { proof: "model", name: "random schedules", ...counts, findings: finding === null ? [] : [finding] };
    if (PROOF_REPORT !== undefined) writeFileSync(PROOF_REPORT, `${JSON.stringify(line)}\n`, { flag: "a" });
    expect(
      finding === null ? "" : `${finding.kind}: ${finding.detail}\n${finding.readable}\n${JSON.stringify(finding)}`,
    ).toBe("");
    expect(counts.schedules).toBe(SCHEDULES);
  },
  HOUR_MS,
);

test("a schedule that fails is found and shrunk to what matters", async () => {
  const { finding } = await drawSchedules(2_000, 1, {
    runs: 1,
    copies: 0,
    kinds: ["lose-answer", "stale-server"],
    settleMs: 0,
  });
  expect(finding?.kind).toMatch(/false unchanged|silent loss/);
  expect(finding?.trace.length).toBeLessThan(4);
});

describe("what once went wrong does so no more:", () => {
  for (const { name, scene, trace } of REGRESSIONS) {
    test(name, async () => {
      const { events, violations, met } = await replay({ ...SCENE, ...scene }, trace);
      expect(violations.map(({ kind, detail }) => `${kind}: ${detail}\n${readable(events)}`).join("\n\n")).toBe("");
      expect(met).toBeGreaterThan(0);
    });
  }
});
