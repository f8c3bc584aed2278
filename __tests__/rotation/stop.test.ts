import { nothingChanged } from "../../src/rotation/outcome";
import { fewAtATime } from "../../src/rotation/persist";
import { allOf, outcomeOf, Stop, stop, unlessStopped } from "../../src/rotation/stop";

async function stopsAfter(ms: number, signal: string): Promise<never> {
  await new Promise((resolve) => setTimeout(resolve, ms));
  return stop("unchanged", { code: "cancelled", signal });
}

test("of several that stop, the first in the order of the list counts, once all are over", async () => {
  let isOver = false;
  const last = new Promise<string>((resolve) => {
    setTimeout(() => {
      isOver = true;
      resolve("last");
    }, 20);
  });
  const stopped = await unlessStopped(allOf(stopsAfter(10, "first"), stopsAfter(0, "second"), last));
  expect(stopped).toMatchObject({ outcome: { reason: { signal: "first" } } });
  expect(isOver).toBe(true);
});

test("each is worked on although one before it stops", async () => {
  const worked: number[] = [];
  const working = fewAtATime([1, 2, 3, 4], 2, async (one) => {
    worked.push(one);
    if (one > 1) return await stopsAfter(0, String(one));
    return one;
  });
  expect(await unlessStopped(working)).toMatchObject({ outcome: { reason: { signal: "2" } } });
  expect(worked).toEqual([1, 2, 3, 4]);
});

test("a stop is an outcome, and any other error is none", async () => {
  const outcome = nothingChanged("unchanged", { code: "journal-unavailable" });
  expect(await outcomeOf(Promise.reject(new Stop(outcome)))).toBe(outcome);
  expect(await outcomeOf(Promise.resolve(outcome))).toBe(outcome);
  await expect(outcomeOf(Promise.reject(new TypeError("unforeseen")))).rejects.toThrow("unforeseen");
});
