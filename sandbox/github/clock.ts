const FOUR_HOURS_MS = 4 * 3_600_000;

/** GitHub's clock, which need not be ours. */
export class Clock {
  readonly #skewMs: number;
  readonly #precision: "milliseconds" | "seconds";

  constructor(skewMs: number, precision: "milliseconds" | "seconds") {
    this.#skewMs = skewMs;
    this.#precision = precision;
  }

  now(): Date {
    return new Date(Date.now() + this.#skewMs);
  }

  /** `2026-11-23T12:00:00Z`; with milliseconds only where a test needs a finer clock than GitHub's. */
  iso(instant: Date): string {
    const text = instant.toISOString();
    return this.#precision === "seconds" ? text.replace(/\.\d+Z$/u, "Z") : text;
  }

  /** `2026-12-24 10:00:00 UTC` or `2026-12-24 06:00:00 -0400`: the header with a token's expiry has been seen with either. */
  expiry(instant: Date, format: "offset" | "utc"): string {
    const shown = format === "utc" ? instant : new Date(instant.getTime() - FOUR_HOURS_MS);
    return shown
      .toISOString()
      .replace("T", " ")
      .replace(/\.\d+Z$/u, format === "utc" ? " UTC" : " -0400");
  }
}
