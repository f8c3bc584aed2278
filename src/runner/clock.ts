import { now } from "../net/now";
import type { Instant } from "../rotation/model";
import type { Clock } from "../rotation/ports";

/** The machine's clock. Its pauses end with `lifetime`, so that they do not keep a finished process alive. */
export class SystemClock implements Clock {
  readonly #lifetime: AbortSignal;

  constructor(lifetime: AbortSignal) {
    this.#lifetime = lifetime;
  }

  now(): Instant {
    return now();
  }

  async sleep(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      if (this.#lifetime.aborted) return;
      const timer = setTimeout(() => {
        this.#lifetime.removeEventListener("abort", stop);
        resolve();
      }, ms);
      // The waiting work has been given up, so it is never resumed.
      const stop = (): void => clearTimeout(timer);
      this.#lifetime.addEventListener("abort", stop, { once: true });
    });
  }
}
