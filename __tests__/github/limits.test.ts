import { allowanceIn, waitMsIn } from "../../src/github/limits";

const DATE = "Sun, 01 Mar 2026 12:00:00 GMT";
const NOW = Date.parse(DATE);

test.each<[Readonly<Record<string, string>>, number]>([
  [{ "retry-after": "7" }, 7_000],
  [{ "retry-after": "0" }, 0],
  [{ "retry-after": "Sun, 01 Mar 2026 12:03:00 GMT" }, 180_000],
  [{ "retry-after": "Sun, 01 Mar 2026 11:00:00 GMT" }, 0],
  [{ "retry-after": "soon" }, 60_000],
  [{ "retry-after": "5", "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(NOW / 1000 + 90) }, 5_000],
  [{ "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(NOW / 1000 + 90) }, 90_000],
  [{ "x-ratelimit-remaining": "1", "x-ratelimit-reset": String(NOW / 1000 + 90) }, 60_000],
  [{}, 60_000],
])("told %j, the wait is %d ms by GitHub's clock", (headers, waitMs) => {
  expect(waitMsIn({ date: DATE, ...headers })).toBe(waitMs);
});

test("a date counts from our own clock where GitHub does not tell the time", () => {
  const waitMs = waitMsIn({ "retry-after": new Date(Date.now() + 60_000).toUTCString() });
  expect(waitMs).toBeGreaterThan(55_000);
  expect(waitMs).toBeLessThanOrEqual(60_000);
});

test.each<[Readonly<Record<string, string>>, ReturnType<typeof allowanceIn>]>([
  [
    { "x-ratelimit-remaining": "6", "x-ratelimit-reset": "1000" },
    { remaining: 6, resetAt: 1_000_000 },
  ],
  [{ "x-ratelimit-remaining": "6" }, { remaining: 6, resetAt: null }],
  [{ "x-ratelimit-remaining": "many" }, null],
  [{}, null],
])("%j leaves %j", (headers, allowance) => {
  expect(allowanceIn(headers)).toEqual(allowance);
});
