import { now } from "../net/now";
import type { Instant } from "../rotation/model";

/** The `Date` header counts whole seconds. */
const PRECISION_MS = 1_000;

/** GitHub's clock, as far as the `Date` of its answers tells it; ours until one has come. Monotonic, as ours is. */
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

  /** A difference that the header's precision explains is none. */
  hear(serverTime: Instant | null): void {
    if (serverTime === null) return;
    this.#hasHeard = true;
    const toldMs = serverTime - now();
    this.#aheadMs = toldMs > 0 ? toldMs : Math.min(0, toldMs + PRECISION_MS);
  }

  /** What another process was told, until GitHub tells this one. */
  assume(aheadMs: number): void {
    if (!this.#hasHeard) this.#aheadMs = aheadMs;
  }
}
