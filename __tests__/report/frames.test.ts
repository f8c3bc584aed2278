import { runInNewContext } from "node:vm";
import { framesOf } from "../../src/report/frames";

function deep(): Error {
  return new TypeError("the-secret\n    at the-secret (/the-secret.js:1:1)\n    at last");
}

describe("the frames of an error", () => {
  test("name places, innermost first, and nothing of the message, however many lines it has", () => {
    const frames = framesOf(deep());
    expect(frames.length).toBeGreaterThan(1);
    expect(frames[0]).toMatch(/^at deep \(.*frames\.test\.ts:\d+:\d+\)$/);
    expect(frames.join("\n")).not.toContain("the-secret");
  });

  test("are none where the message was changed after the stack was taken, line by line", () => {
    const error = deep();
    error.message = "another";
    expect(framesOf(error).join("\n")).not.toContain("at last");
  });

  test.each([["a string"], [null], [{ stack: "    at x (/a.js:1:1)" }]])("%j has none", (thrown) => {
    expect(framesOf(thrown)).toEqual([]);
  });

  test("are found after an await, and where an error has no message", async () => {
    const error = await Promise.reject(new RangeError()).catch((caught: unknown) => caught);
    expect(framesOf(error).length).toBeGreaterThan(0);
  });

  test("are none of a stack that somebody has replaced by something else", () => {
    const error = new Error("x");
    Object.defineProperty(error, "stack", { value: runInNewContext("({})") });
    expect(framesOf(error)).toEqual([]);
  });
});
