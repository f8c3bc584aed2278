import { ANNOUNCED_FROM_MS, LIMITS_WAIT_MAX_MS } from "../timing";
import type { Doubt, Instant } from "./model";
import type { Notice } from "./notices";
import type { Clock, Issuer, Operator } from "./ports";

/** A question is not given up before this many unclear answers, however long each takes. */
const DOUBTS_MIN = 3;

export type OraclePorts = { readonly issuer: Issuer; readonly clock: Clock; readonly operator: Operator };

/** One question under way: its pauses, its end, and its notices. */
export class Asking {
  readonly #clock: Clock;
  readonly #operator: Operator;
  readonly #pauseMs: number;
  readonly #isResetSent: boolean;
  readonly #patience: Patience;
  #deadline: Instant;
  #throttledMs = 0;
  #doubts = 0;
  #isAnnounced = false;

  constructor(
    { clock, operator }: OraclePorts,
    { spanMs, pauseMs, isResetSent }: { spanMs: number; pauseMs: number; isResetSent: boolean },
    patience: Patience,
  ) {
    this.#clock = clock;
    this.#operator = operator;
    this.#pauseMs = pauseMs;
    this.#isResetSent = isResetSent;
    this.#patience = patience;
    this.#deadline = clock.now() + spanMs;
  }

  isOver(): boolean {
    return this.#clock.now() >= this.#deadline;
  }

  /** Counts one more unclear answer, and returns whether to give up. */
  isHopeless(): boolean {
    this.#doubts += 1;
    return /* guard: patience */ this.#doubts >= DOUBTS_MIN && this.isOver();
  }

  async pause(ms = this.#pauseMs): Promise<void> {
    await this.#clock.sleep(ms);
  }

  /** Waits after an unclear answer: as long as it asks for if patience allows, not counted as the question's time. */
  async waitAfter(doubt: Doubt): Promise<void> {
    if (doubt.kind !== "throttled" || doubt.retryAfterMs === null) {
      this.announce(doubt);
      await this.pause();
      return;
    }
    const now = this.#clock.now();
    this.#deadline += this.#patience.grant(now, doubt.retryAfterMs);
    const waitMs = Math.max(this.#pauseMs, Math.min(doubt.retryAfterMs, this.#deadline - now));
    if (waitMs > ANNOUNCED_FROM_MS) this.#operator.say(limitNotice(waitMs, this.#isResetSent));
    await this.#clock.sleep(waitMs);
    this.#throttledMs += waitMs;
  }

  /** Prints once why the question takes longer, if it may take long. */
  announce(why: Doubt | "old-still-live" | "new-not-known"): void {
    const forMs = this.#deadline - this.#clock.now();
    if (this.#isAnnounced || forMs <= ANNOUNCED_FROM_MS) return;
    this.#isAnnounced = true;
    this.#operator.say({ code: "asking-on", why, forMs });
  }

  /** Reports the actual wait, not the requested one. */
  told(doubt: Doubt): Doubt {
    return doubt.kind === "throttled" ? { ...doubt, waitedMs: this.#throttledMs } : doubt;
  }
}

export function limitNotice(waitMs: number, isResetSent: boolean): Notice {
  return { code: "waiting-for-rate-limit", service: "SnapTrade", waitMs, isResetSent };
}

/** How long SnapTrade's limits may still be waited for. Parallel waits count once. */
export class Patience {
  #leftMs = LIMITS_WAIT_MAX_MS;
  #grantedUntil: Instant = -Infinity;

  grantWhole(now: Instant, askedMs: number): boolean {
    const alreadyMs = Math.min(askedMs, Math.max(0, this.#grantedUntil - now));
    return askedMs - alreadyMs <= this.#leftMs && this.grant(now, askedMs) === askedMs;
  }

  /** @returns how many of the requested ms may be waited. */
  grant(now: Instant, askedMs: number): number {
    const alreadyMs = Math.min(askedMs, Math.max(0, this.#grantedUntil - now));
    const moreMs = Math.min(askedMs - alreadyMs, this.#leftMs);
    this.#leftMs -= moreMs;
    this.#grantedUntil = Math.max(this.#grantedUntil, now + alreadyMs + moreMs);
    return alreadyMs + moreMs;
  }
}
