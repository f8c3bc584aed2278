/** Timers that all end when their owner is closed, so that nothing keeps a process alive or acts after its end. */
export class Timers {
  readonly #pending = new Set<NodeJS.Timeout>();
  #closed = false;

  /** Resolves after `delayMs`, never once the owner is closed; at once, without a turn of the loop, for 0. */
  async pause(delayMs: number): Promise<void> {
    if (delayMs > 0) await new Promise<void>((resolve) => void this.later(delayMs, resolve));
  }

  /** Calls back after `delayMs` unless the owner is closed first. Returns the function that calls it off. */
  later(delayMs: number, act: () => void): () => void {
    if (this.#closed) return () => undefined;
    const timer = setTimeout(() => {
      this.#pending.delete(timer);
      act();
    }, delayMs);
    this.#pending.add(timer);
    return () => {
      clearTimeout(timer);
      this.#pending.delete(timer);
    };
  }

  close(): void {
    this.#closed = true;
    for (const timer of this.#pending) clearTimeout(timer);
    this.#pending.clear();
  }
}
