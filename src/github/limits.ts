import type { GitHubAllowance, Instant } from "../rotation/model";
import { wholeNumber } from "../text/number";
import { SECONDARY_LIMIT_WAIT_MS } from "../timing";

/** Names are in lower case; repeated headers are joined by commas. */
export type Headers = Readonly<Record<string, string>>;

/** What is left of the token's allowance; null if the server sends no count. */
export function allowanceIn(headers: Headers): GitHubAllowance | null {
  const remaining = wholeNumber(headers["x-ratelimit-remaining"], 12);
  const resetSeconds = wholeNumber(headers["x-ratelimit-reset"], 12);
  return remaining === null ? null : { remaining, resetAt: resetSeconds === null ? null : resetSeconds * 1000 };
}

/**
 * How long GitHub asks to wait, in milliseconds: until `retry-after` (seconds or a date), else until the allowance
 * resets if none is left, else a minute. May be 0: the caller sets the minimum.
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

/** A date header such as `Date`, `Retry-After`, or `github-authentication-token-expiration`. */
export function instantIn(headers: Headers, name: string): Instant | null {
  const at = Date.parse(headers[name] ?? "");
  return Number.isNaN(at) ? null : at;
}
