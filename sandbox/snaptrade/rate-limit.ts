export interface RateLimit {
  /** Requests in a window. */
  readonly limit: number;
  readonly windowMs: number;
}

/** Counts the requests of one client in fixed windows, as SnapTrade's headers describe them. */
export class RateMeter {
  #windowStartedAt = performance.now();
  #used = 0;

  /** Counts one request; false when it is one too many. */
  admits(rate: RateLimit): boolean {
    this.#turn(rate);
    this.#used += 1;
    return this.#used <= rate.limit;
  }

  /** Whole seconds until the window ends, at least one. */
  resetSeconds(rate: RateLimit): number {
    this.#turn(rate);
    return Math.max(1, Math.ceil((this.#windowStartedAt + rate.windowMs - performance.now()) / 1000));
  }

  headers(rate: RateLimit): Record<string, string> {
    const reset = this.resetSeconds(rate);
    return {
      "X-RateLimit-Limit": String(rate.limit),
      "X-RateLimit-Remaining": String(Math.max(0, rate.limit - this.#used)),
      "X-RateLimit-Reset": String(reset),
    };
  }

  #turn(rate: RateLimit): void {
    const now = performance.now();
    if (now >= this.#windowStartedAt + rate.windowMs) {
      this.#windowStartedAt = now;
      this.#used = 0;
    }
  }
}
