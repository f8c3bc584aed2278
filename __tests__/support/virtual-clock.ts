import type { Instant } from "../../src/rotation/model";
import type { Clock } from "../../src/rotation/ports";

/** When every played world begins. */
export const START: Instant = Date.parse("2026-03-01T12:00:00.000Z");

/**
 * A clock that stands still while anything can go on, and then jumps to the next pause's end. Fakes
 * answer within microtasks, so once `setImmediate` runs everybody is waiting.
 */
export class VirtualClock implements Clock {
  #now = START;
  #pumping = false;
  readonly #pauses: { readonly at: Instant; readonly wake: () => void }[] = [];

  now(): Instant {
    return this.#now;
  }

  async sleep(ms: number): Promise<void> {
    if (Number.isNaN(ms) || ms < 0) throw new RangeError(`a pause of ${ms} ms`);
    await new Promise<void>((resolve) => {
      this.#pauses.push({ at: this.#now + ms, wake: resolve });
      this.#pump();
    });
  }

  /** A request that takes its time. */
  advance(ms: number): void {
    this.#now += ms;
  }

  #pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    setImmediate(() => {
      this.#pumping = false;
      const next = this.#pauses.sort((a, b) => a.at - b.at).shift();
      if (next === undefined) return;
      this.#now = Math.max(this.#now, next.at);
      next.wake();
      if (this.#pauses.length > 0) this.#pump();
    });
  }
}
