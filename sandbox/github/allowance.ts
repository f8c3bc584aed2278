import type { Clock } from "./clock";
import type { GitHubPolicy, PrimaryLimit } from "./options";

/** How many requests a token has left, counted in windows of the length that the policy gives. */
export class Allowance {
  readonly #policy: GitHubPolicy;
  readonly #clock: Clock;
  #counted: PrimaryLimit | undefined;
  #windowEndsAt = 0;
  #used = 0;

  constructor(policy: GitHubPolicy, clock: Clock) {
    this.#policy = policy;
    this.#clock = clock;
  }

  /** Counts one request; false if there was none left. */
  take(): boolean {
    this.#roll();
    if (this.#used >= this.#policy.rateLimit.limit) return false;
    this.#used += 1;
    return true;
  }

  /** As the headers and `GET /rate_limit` tell it. */
  get told(): { readonly limit: number; readonly used: number; readonly remaining: number; readonly reset: number } {
    this.#roll();
    const { limit } = this.#policy.rateLimit;
    return { limit, used: this.#used, remaining: limit - this.#used, reset: Math.ceil(this.#windowEndsAt / 1000) };
  }

  #roll(): void {
    const now = this.#clock.now().getTime();
    const { rateLimit } = this.#policy;
    const isNew = this.#counted !== rateLimit;
    if (!isNew && now < this.#windowEndsAt) return;
    this.#counted = rateLimit;
    this.#windowEndsAt = now + rateLimit.windowMs;
    this.#used = isNew ? rateLimit.limit - (rateLimit.remaining ?? rateLimit.limit) : 0;
  }
}
