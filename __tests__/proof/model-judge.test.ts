import { explore } from "../../proof/model/explore";
import { SCENE } from "../../proof/model/scene";
import { ROW_TIMEOUT_MS } from "../../proof/share";
import { SHARE } from "../../harness/share";

/** Every order of what is under way together after a lost answer alone are seventy thousand states. */
const KINDS = SHARE === "quick" ? (["drop-request", "lost-ack", "SIGKILL"] as const) : SCENE.kinds;

test(
  "an exploration that leaves equivalent orders out comes to the same results",
  async () => {
    const scene = { ...SCENE, faults: 1, kinds: KINDS };
    const [reduced, every] = [await explore(scene), await explore({ ...scene, order: "every" })];
    expect(Object.keys(every.results).sort()).toEqual(Object.keys(reduced.results).sort());
    expect(every.states).toBeGreaterThan(reduced.states);
  },
  ROW_TIMEOUT_MS,
);

test("the same exploration twice sees the same states", async () => {
  const counts = async (): Promise<readonly number[]> => {
    const { states, executions, depth } = await explore({ ...SCENE, faults: 1, kinds: KINDS, runs: 2 });
    return [states, executions, depth];
  };
  expect(await counts()).toEqual(await counts());
});
