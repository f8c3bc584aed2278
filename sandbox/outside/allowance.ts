import { says } from "../github/fault-effects";
import { ANY, atReset, type Catalogue, fault, LONG_SAVE, PUT, SECONDARY, setting, told, TWO } from "./ways";

const AN_HOUR = { limit: 5_000, windowMs: 3_600_000 } as const;
const FORTY_MINUTES_MS = 2_400_000;

const seconds = (ms: number): string => String(Math.ceil(ms / 1_000));

/** GitHub's limits: how much a token may ask, how much may be written at once, and how it says so. */
export const allowances: Catalogue = {
  "allowance-of-seven": setting(
    "The token may send seven more requests, and then none for 40 minutes.",
    ({ policy }) => {
      policy.rateLimit = { ...AN_HOUR, windowMs: FORTY_MINUTES_MS, remaining: 7 };
    },
    { inputs: { "save-to": TWO } },
  ),
  "allowance-short-of-the-save": setting(
    "The token's requests last for the look at two destinations and not for the saves, and there are none for 40 minutes then.",
    ({ policy }) => {
      policy.rateLimit = { ...AN_HOUR, windowMs: FORTY_MINUTES_MS, remaining: 11 };
    },
    { inputs: { "save-to": TWO } },
  ),
  "allowance-back-in-two-seconds": setting(
    "The token may send seven more requests, and two seconds later as many as it likes.",
    ({ policy }) => {
      policy.rateLimit = { ...AN_HOUR, windowMs: 2_000, remaining: 7 };
    },
    { inputs: { "save-to": TWO } },
  ),
  "allowance-used-up-by-another": setting(
    "A bot with the same token uses it up while SnapTrade resets, for two seconds.",
    ({ policy }, stage) => {
      atReset(stage, () => (policy.rateLimit = { ...AN_HOUR, windowMs: 2_000, remaining: 0 }));
    },
    { inputs: { "save-timeout": "30s" } },
  ),
  "allowance-used-up-for-an-hour": setting(
    "A bot with the same token uses it up while SnapTrade resets, for an hour.",
    ({ policy }, stage) => {
      atReset(stage, () => (policy.rateLimit = { ...AN_HOUR, remaining: 0 }));
    },
  ),
  "rate-limiting-off": setting("An Enterprise Server counts no requests, and reports no limit.", ({ policy }) => {
    policy.tellsAllowance = false;
  }),
  "throttled-zero-for-ever": fault(
    "GitHub turns every save away for writing too much, and reports that no time has to pass.",
    PUT,
    told(403, SECONDARY, () => ({ "retry-after": "0" })),
    { times: "always" },
  ),
  "throttled-by-a-date": fault(
    "GitHub throttles saves for three seconds, and reports until when as a date.",
    PUT,
    told(429, SECONDARY, (leftMs) => ({ "retry-after": new Date(Date.now() + leftMs + 999).toUTCString() })),
    { forMs: 3_000, stage: LONG_SAVE },
  ),
  "throttled-for-longer-than-there-is": fault(
    "GitHub throttles saves for three seconds, and reports that it will be an hour.",
    PUT,
    told(403, SECONDARY, () => ({ "retry-after": "3600" })),
    { forMs: 3_000 },
  ),
  "throttled-for-an-hour": fault(
    "GitHub throttles saves for an hour, and announces it.",
    PUT,
    told(429, SECONDARY, () => ({ "retry-after": "3600" })),
    { times: "always" },
  ),
  "throttled-in-old-words": fault(
    "GitHub turns saves away for a second, in the words of its old abuse detection and without a header.",
    PUT,
    says(403, "You have triggered an abuse detection mechanism. Please wait a few minutes before you try again."),
    { forMs: 1_000 },
  ),
  "canary-throttled": fault(
    "GitHub throttles the write check for two seconds, and announces it.",
    { which: "canary" },
    told(403, SECONDARY, (leftMs) => ({ "retry-after": seconds(leftMs) })),
    { forMs: 2_000 },
  ),
  "reads-throttled": fault(
    "GitHub throttles every request for two seconds from the first on, and announces it.",
    ANY,
    told(429, SECONDARY, (leftMs) => ({ "retry-after": seconds(leftMs) })),
    { forMs: 2_000 },
  ),
  "sixty-destinations": setting(
    "There are sixty destinations, and GitHub allows eighty writes a minute.",
    ({ policy }) => {
      policy.secondaryLimit = { writesPerMinute: 80, retryAfterSeconds: 60 };
    },
    { inputs: { "save-to": sixty(), "save-timeout": "10m" } },
  ),
};

function sixty(): string {
  const names = Array.from({ length: 60 }, (_, index) => `SECRET_${index + 1} --env place-${index + 1}`);
  return names.join("\n");
}
