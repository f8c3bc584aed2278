import type { GitHubAllowance, Instant } from "../rotation/model";
import { wholeNumber } from "../text/number";

/** Of an answer, with small letters in the names; what came more than once is joined by commas. */
export type Headers = Readonly<Record<string, string>>;

/** GitHub's documentation: without a header, wait at least a minute. */
const SECONDARY_LIMIT_WAIT_MS = 60_000;

/** What is left of the token's own allowance, null where the server does not count. */
export function allowanceIn(headers: Headers): GitHubAllowance | null {
  const remaining = wholeNumber(headers["x-ratelimit-remaining"], 12);
  const resetSeconds = wholeNumber(headers["x-ratelimit-reset"], 12);
  return remaining === null ? null : { remaining, resetAt: resetSeconds === null ? null : resetSeconds * 1000 };
}

/**
 * How long GitHub wants to be left alone, in milliseconds: by `retry-after` (seconds or a date), else until the
 * allowance is full again if none is left, else a minute. 0 where it says so: how soon is too soon the caller knows.
 */
export function waitMsIn(headers: Headers): number {
  const now = instantIn(headers, "date") ?? Date.now();
  const seconds = wholeNumber(headers["retry-after"], 12);
  if (seconds !== null) return seconds * 1000;
  const until = instantIn(headers, "retry-after") ?? resetIn(headers);
  return until === null ? SECONDARY_LIMIT_WAIT_MS : Math.max(0, until - now);
}

function resetIn(headers: Headers): Instant | null {
  const allowance = allowanceIn(headers);
  return allowance?.remaining === 0 ? allowance.resetAt : null;
}

/** A date such as that of `Date`, `Retry-After`, or `github-authentication-token-expiration`. */
export function instantIn(headers: Headers, name: string): Instant | null {
  const at = Date.parse(headers[name] ?? "");
  return Number.isNaN(at) ? null : at;
}
