import { explore } from "../../proof/model/explore";
import { SCENE } from "../../proof/model/scene";
import { UNPROTECTED } from "../../proof/model/scenes";
import { replay, traceOf } from "../../proof/model/trace";

const MINUTES_MS = 600_000;

describe("the judge sees what goes wrong", () => {
  for (const { name, scene, until } of UNPROTECTED) {
    test(
      `${name}: ${until}`,
      async () => {
        const { findings } = await explore(scene, { until });
        const found = findings.find(({ kind }) => kind === until);
        const { violations } = await replay(scene, traceOf(found?.events ?? []));
        expect(violations.map(({ kind }) => kind)).toContain(until);
      },
      MINUTES_MS,
    );
  }
});

test("an exploration that leaves equivalent orders out comes to the same results", async () => {
  const scene = { ...SCENE, faults: 1 };
  const [reduced, every] = [await explore(scene), await explore({ ...scene, order: "every" })];
  expect(Object.keys(every.results).sort()).toEqual(Object.keys(reduced.results).sort());
  expect(every.states).toBeGreaterThan(reduced.states);
});

test("the same exploration twice sees the same states", async () => {
  const counts = async (): Promise<readonly number[]> => {
    const { states, executions, depth } = await explore({ ...SCENE, faults: 1, runs: 2 });
    return [states, executions, depth];
  };
  expect(await counts()).toEqual(await counts());
});
