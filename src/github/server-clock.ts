import { now } from "../net/now";
import type { Instant } from "../rotation/model";

/** The `Date` header counts whole seconds. */
const PRECISION_MS = 1_000;

/** GitHub's clock, estimated from the `Date` of its answers; ours before the first one. Monotonic, like ours. */
export class ServerClock {
  #aheadMs = 0;
  #hasHeard = false;

  /** GitHub's clock minus ours, in ms. */
  get aheadMs(): number {
    return this.#aheadMs;
  }

  now(): Instant {
    return now() + this.#aheadMs;
  }

  /** Differences below the header's precision are ignored. */
  hear(serverTime: Instant | null): void {
    if (serverTime === null) return;
    this.#hasHeard = true;
    const toldMs = serverTime - now();
    this.#aheadMs = toldMs > 0 ? toldMs : Math.min(0, toldMs + PRECISION_MS);
  }

  /** The difference that another process measured, until GitHub answers this one. */
  assume(aheadMs: number): void {
    if (!this.#hasHeard) this.#aheadMs = aheadMs;
  }
}
