import type { Reply } from "./wire";

/** How a client learns of the limit: headers as documented, variants of them, or next to nothing. */
export type LimitStyle =
  "documented" | "nothing" | "only-detail" | "reset-as-unix-time" | "retry-after" | "retry-after-date";

export interface RateLimit {
  /** Requests within the trailing window. */
  readonly limit: number;
  readonly windowMs: number;
  /** `documented` unless given. */
  readonly style?: LimitStyle;
}

/** Counts what one client was granted in the trailing window. What was refused does not count. */
export class RateMeter {
  #granted: number[] = [];

  /** Counts one request; false when it is one too many. */
  admits(rate: RateLimit): boolean {
    this.#forget(rate);
    if (this.#granted.length >= rate.limit) return false;
    this.#granted.push(performance.now());
    return true;
  }

  /** Whole seconds until there is room again or more of it, at least one. */
  resetSeconds(rate: RateLimit): number {
    this.#forget(rate);
    const now = performance.now();
    const first = this.#granted[0] ?? now;
    return Math.max(1, Math.ceil((rate.windowMs - (now - first)) / 1000));
  }

  /** What every answer carries. */
  headers(rate: RateLimit, nowMs: number): Record<string, string> {
    const { style = "documented" } = rate;
    if (style !== "documented" && style !== "reset-as-unix-time") return {};
    const seconds = this.resetSeconds(rate);
    return {
      "X-RateLimit-Limit": String(rate.limit),
      "X-RateLimit-Remaining": String(Math.max(0, rate.limit - this.#granted.length)),
      "X-RateLimit-Reset": String(style === "documented" ? seconds : Math.ceil(nowMs / 1000) + seconds),
    };
  }

  /** The answer to one request too many. */
  refusal(rate: RateLimit, nowMs: number): Reply {
    return throttledReply(rate.style ?? "documented", this.resetSeconds(rate), nowMs);
  }

  #forget(rate: RateLimit): void {
    const since = performance.now() - rate.windowMs;
    this.#granted = this.#granted.filter((at) => at > since);
  }
}

/** A 429 as SnapTrade words it; what it tells of the time is a matter of style. */
export function throttledReply(style: LimitStyle, seconds: number, nowMs: number): Reply {
  const told = style === "nothing" ? "" : ` Expected available in ${seconds} seconds.`;
  const after: Partial<Record<LimitStyle, string>> = {
    "retry-after": String(seconds),
    // A date has whole seconds only, so it is rounded up.
    "retry-after-date": new Date((Math.ceil(nowMs / 1000) + seconds) * 1000).toUTCString(),
  };
  const retryAfter = after[style];
  return {
    status: 429,
    ...(retryAfter === undefined ? {} : { headers: { "Retry-After": retryAfter } }),
    body: JSON.stringify({ detail: `Request was throttled.${told}`, status_code: 429, code: "0000" }),
  };
}
