import type { Instant } from "./model";
import type { Clock } from "./ports";

/** A wait longer than this is announced before it begins: a log that stands still looks like a run that hangs. In ms. */
export const ANNOUNCED_FROM_MS = 5_000;

interface Polling {
  readonly clock: Clock;
  readonly everyMs: number;
  readonly until: Instant;
  /** Called once, before the first pause, where all of them may take long. */
  readonly announce?: (forMs: number) => void;
}

/** Asks until there is an answer, or time is up: then null. It asks once at least. */
export async function poll<T>(ask: () => T | null | Promise<T | null>, polling: Polling): Promise<T | null> {
  const { clock, everyMs, until, announce } = polling;
  for (let looks = 1; ; looks += 1) {
    const answer = await ask();
    const forMs = until - clock.now();
    if (answer !== null || forMs <= 0) return answer;
    if (looks === 1 && forMs > ANNOUNCED_FROM_MS) announce?.(forMs);
    await clock.sleep(everyMs);
  }
}
