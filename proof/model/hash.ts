/**
 * A 53-bit hash of a text, as a whole number that a double holds exactly: among two million states, two
 * share one with a chance of about one in four thousand.
 */
export function hashOf(text: string): number {
  let high = 0x2eadbeef | 0;
  let low = 0x41c6ce57 | 0;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index) | 0;
    high = Math.imul(high ^ unit, 0x5f356495);
    low = Math.imul(low ^ unit, 0x5f356491);
    high = (high << 5) ^ (high >>> 27) ^ low;
  }
  const mixedHigh = Math.imul(high ^ (high >>> 16), 0x05ebca6b) ^ Math.imul(low ^ (low >>> 13), 0x42b2ae35);
  const mixedLow = Math.imul(low ^ (low >>> 16), 0x05ebca6b) ^ Math.imul(mixedHigh ^ (mixedHigh >>> 13), 0x42b2ae35);
  return (mixedHigh >>> 0) * 2 ** 21 + (mixedLow >>> 11);
}

/**
 * All that a process has learnt, in its order. Histories that are alike are one and the same object, so that
 * comparing two of them is comparing two numbers, and exact.
 */
export class History {
  readonly id: number;
  readonly #count: { value: number };
  readonly #next = new Map<string, History>();

  constructor(count = { value: 0 }) {
    this.#count = count;
    this.id = count.value;
    count.value += 1;
  }

  after(event: string): History {
    const known = this.#next.get(event);
    if (known !== undefined) return known;
    const history = new History(this.#count);
    this.#next.set(event, history);
    return history;
  }
}
