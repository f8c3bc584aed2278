import { explore } from "../../proof/model/explore";
import { SCENE } from "../../proof/model/scene";

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
