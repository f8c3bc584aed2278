/** What many measurements of one thing come to. */
export interface Figures {
  readonly count: number;
  readonly median: number;
  /** The 10th and the 90th percentile. */
  readonly low: number;
  readonly high: number;
}

export function figuresOf(values: readonly number[]): Figures {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number => {
    const place = (sorted.length - 1) * share;
    const [below, above] = [sorted[Math.floor(place)] ?? Number.NaN, sorted[Math.ceil(place)] ?? Number.NaN];
    return below + (above - below) * (place - Math.floor(place));
  };
  return { count: sorted.length, median: at(0.5), low: at(0.1), high: at(0.9) };
}

export function medianOf(values: readonly number[]): number {
  return figuresOf(values).median;
}

/** `82.4 (81.9 to 84.0)`, in whatever unit they have. */
export function told({ median, low, high }: Figures, digits = 1): string {
  return `${median.toFixed(digits)} (${low.toFixed(digits)} to ${high.toFixed(digits)})`;
}
