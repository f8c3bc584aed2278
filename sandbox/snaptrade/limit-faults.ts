import { setting } from "./named-fault";
import type { NamedSnapTradeFault, NamedSnapTradeFaults } from "./named-fault";
import { throttledBy } from "./probe-answers";
import type { LimitStyle } from "./rate-limit";

const LIMIT = 5;
const WINDOW_MS = 2_000;

const tight = (how: string, style: LimitStyle): NamedSnapTradeFault =>
  setting(
    `SnapTrade allows five requests in any two seconds, and gives the wait ${how}`,
    (faults) => (faults.rateLimit = { limit: LIMIT, windowMs: WINDOW_MS, style }),
  );

const throttled = (how: string, style: LimitStyle): NamedSnapTradeFault => ({
  says: `SnapTrade answers every probe of the first two seconds with 429, and gives the wait ${how}`,
  apply: throttledBy(style),
});

/** Limits that tell of themselves otherwise than by the documented headers. */
export const limitFaults = {
  "limit-told-as-unix-time": tight("as a Unix time", "reset-as-unix-time"),
  "limit-told-by-retry-after": tight("by Retry-After alone", "retry-after"),
  "throttled-retry-after": throttled("by Retry-After alone", "retry-after"),
  "throttled-retry-after-date": throttled("by Retry-After with a date", "retry-after-date"),
  "throttled-unix-time": throttled("as a Unix time", "reset-as-unix-time"),
} satisfies NamedSnapTradeFaults;
