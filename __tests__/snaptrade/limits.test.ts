import { parseFrame } from "../../src/snaptrade/frame";
import { allowanceOf, throttleMs } from "../../src/snaptrade/limits";
import { answer } from "../support/raw-answer";

const DATE = "Sun, 01 Mar 2026 12:00:00 GMT";
const DATE_SECONDS = Date.parse(DATE) / 1000;

function told(headers: Readonly<Record<string, string>>, body = "{}"): number | null {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return throttleMs(parseFrame(answer(429, body, lines.join(""))));
}

describe("how long a 429 asks to be left alone", () => {
  test.each<[string, Readonly<Record<string, string>>, number | null]>([
    ["Retry-After in seconds", { "Retry-After": "2" }, 2_000],
    ["Retry-After of nothing", { "Retry-After": "0" }, 0],
    ["Retry-After in parts of a second", { "Retry-After": "1.5" }, 1_500],
    ["Retry-After as a date", { "Retry-After": "Sun, 01 Mar 2026 12:00:09 GMT", Date: DATE }, 9_000],
    ["Retry-After as a date that is over", { "Retry-After": "Sun, 01 Mar 2026 11:00:00 GMT", Date: DATE }, 0],
    ["X-RateLimit-Reset in seconds", { "X-RateLimit-Reset": "7" }, 7_000],
    ["X-RateLimit-Reset as Unix time", { "X-RateLimit-Reset": String(DATE_SECONDS + 30), Date: DATE }, 30_000],
    ["X-RateLimit-Reset as Unix time that is over", { "X-RateLimit-Reset": String(DATE_SECONDS - 1), Date: DATE }, 0],
    ["Retry-After before X-RateLimit-Reset", { "Retry-After": "3", "X-RateLimit-Reset": "60" }, 3_000],
    ["nonsense before something of use", { "Retry-After": "soon", "X-RateLimit-Reset": "6" }, 6_000],
    ["nonsense alone", { "Retry-After": "soon", "X-RateLimit-Reset": "later" }, null],
    ["nothing", {}, null],
  ])("%s", (_, headers, ms) => {
    expect(told(headers)).toBe(ms);
  });

  test.each<[string, number | null]>([
    ['{"detail":"Request was throttled. Expected available in 7 seconds."}', 7_000],
    ['{"detail":"Request was throttled. Expected available in 1 second."}', 1_000],
    ['{"detail":"Request was throttled."}', null],
    ['{"detail":["available in 7 seconds"]}', null],
    ["available in 7 seconds", null],
  ])("by its sentence %s", (body, ms) => {
    expect(told({}, body)).toBe(ms);
  });

  test("by a server without a clock is measured by our own", () => {
    const inAMinute = told({ "X-RateLimit-Reset": String(Math.ceil(Date.now() / 1000) + 60) });
    expect(inAMinute).toBeGreaterThan(55_000);
    expect(inAMinute).toBeLessThanOrEqual(61_000);
  });
});

describe("what is left of SnapTrade's limit", () => {
  function allowance(headers: string): ReturnType<typeof allowanceOf> {
    return allowanceOf(parseFrame(answer(200, "[]", headers)));
  }

  test.each<[string, ReturnType<typeof allowanceOf>]>([
    [
      "X-RateLimit-Limit: 250\r\nX-RateLimit-Remaining: 249\r\nX-RateLimit-Reset: 60\r\n",
      { limit: 250, remaining: 249, resetMs: 60_000 },
    ],
    ["X-RateLimit-Remaining: 0\r\nX-RateLimit-Reset: 0\r\n", { limit: null, remaining: 0, resetMs: 0 }],
    [
      `Date: ${DATE}\r\nX-RateLimit-Remaining: 1\r\nX-RateLimit-Reset: ${DATE_SECONDS + 5}\r\n`,
      { limit: null, remaining: 1, resetMs: 5_000 },
    ],
    ["X-RateLimit-Remaining: 5\r\n", null],
    ["X-RateLimit-Reset: 5\r\n", null],
    ["X-RateLimit-Remaining: -1\r\nX-RateLimit-Reset: 5\r\n", null],
    ["X-RateLimit-Remaining: many\r\nX-RateLimit-Reset: 5\r\n", null],
    ["", null],
  ])("%j is %j", (headers, expected) => {
    expect(allowance(headers)).toEqual(expected);
  });
});
