interface Reign {
  readonly secret: string;
  /** `performance.now()` when it came into force; the first one has always been. */
  readonly since: number;
}

/** How long a reset takes to be believed everywhere. */
export interface Consistency {
  /** For so long after a reset the old secret still passes. */
  readonly oldStaysLiveMs: number;
  /** Only so long after a reset does the new secret pass. */
  readonly newLiveAfterMs: number;
}

/** The books: every user and every secret that was ever in force. This is the ground truth that tests ask. */
export class Ledger {
  readonly #reigns = new Map<string, [Reign, ...Reign[]]>();

  constructor(users: Readonly<Record<string, string>>) {
    for (const [userId, secret] of Object.entries(users)) {
      this.#reigns.set(userId, [{ secret, since: Number.NEGATIVE_INFINITY }]);
    }
  }

  userIds(): string[] {
    return [...this.#reigns.keys()];
  }

  inForce(userId: string): string | undefined {
    return this.#reigns.get(userId)?.at(-1)?.secret;
  }

  /** Oldest first. */
  everInForce(userId: string): string[] {
    return (this.#reigns.get(userId) ?? []).map((reign) => reign.secret);
  }

  /** @throws Error when there is no such user */
  replace(userId: string, secret: string): void {
    const reigns = this.#reigns.get(userId);
    if (reigns === undefined) {
      throw new Error(`The stand-in has no user ${userId}.`);
    }
    reigns.push({ secret, since: performance.now() });
  }

  /** Whether a request with this secret passes at this instant. */
  isLive(userId: string, secret: string, consistency: Consistency): boolean {
    const reigns = this.#reigns.get(userId) ?? [];
    const now = performance.now();
    return reigns.some((reign, index) => {
      const successor = reigns[index + 1];
      if (reign.secret !== secret) {
        return false;
      }
      return successor === undefined
        ? now >= reign.since + (reigns.length > 1 ? consistency.newLiveAfterMs : 0)
        : now < successor.since + consistency.oldStaysLiveMs;
    });
  }
}
