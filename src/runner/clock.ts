import type { Clock, Instant } from "../rotation/ports";

/** The longest that one timer of Node's can be set to. */
const TIMER_MAX_MS = 2 ** 31 - 1;

/** The machine's clock. Its pauses end with `lifetime`, so that none of them keeps a finished process alive. */
export class SystemClock implements Clock {
  readonly #lifetime: AbortSignal;

  constructor(lifetime: AbortSignal) {
    this.#lifetime = lifetime;
  }

  now(): Instant {
    return performance.timeOrigin + performance.now();
  }

  async sleep(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= TIMER_MAX_MS) await this.#pause(Math.min(left, TIMER_MAX_MS));
  }

  async #pause(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => {
        this.#lifetime.removeEventListener("abort", stop);
        resolve();
      }, ms);
      // The work that waits here has been given up; it is never woken.
      const stop = (): void => clearTimeout(timer);
      this.#lifetime.addEventListener("abort", stop, { once: true });
    });
  }
}
