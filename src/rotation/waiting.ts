import { ANNOUNCED_FROM_MS } from "../timing";
import type { Instant } from "./model";
import type { Clock } from "./ports";

interface Polling {
  readonly clock: Clock;
  readonly everyMs: number;
  readonly until: Instant;
  /** Called once, before the first pause, if all pauses together may be long. */
  readonly announce?: (forMs: number) => void;
}

/** Asks at least once, until there is an answer or the time is up; then null. */
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
