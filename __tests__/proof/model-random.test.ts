import { drawSchedules } from "../../proof/model/random";
import { REGRESSIONS } from "../../proof/model/regressions";
import { SCENE } from "../../proof/model/scene";
import { readable, replay } from "../../proof/model/trace";

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
