/** Taken out of `Math` once: Jest looks up each global anew, which takes longer than the hash itself. */
const { imul } = Math;

/**
 * A 53-bit hash of a text, as a whole number that a double holds exactly: among two million states, two
 * share one with a chance of about one in four thousand.
 */
export function hashOf(text: string): number {
  let high = 0x2eadbeef | 0;
  let low = 0x41c6ce57 | 0;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index) | 0;
    high = imul(high ^ unit, 0x5f356495);
    low = imul(low ^ unit, 0x5f356491);
    high = (high << 5) ^ (high >>> 27) ^ low;
  }
  const mixedHigh = imul(high ^ (high >>> 16), 0x05ebca6b) ^ imul(low ^ (low >>> 13), 0x42b2ae35);
  const mixedLow = imul(low ^ (low >>> 16), 0x05ebca6b) ^ imul(mixedHigh ^ (mixedHigh >>> 13), 0x42b2ae35);
  return (mixedHigh >>> 0) * 2 ** 21 + (mixedLow >>> 11);
}

/**
 * All that a process has learnt, in its order. Histories that are alike are one and the same object, so that
 * comparing two of them is comparing two numbers, and exact.
 */
export class History {
  readonly id: number;
  readonly #count: { value: number };
  /** Most histories have one continuation, or none. */
  #next: Map<string, History> | null = null;

  constructor(count = { value: 0 }) {
    this.#count = count;
    this.id = count.value;
    count.value += 1;
  }

  after(event: string): History {
    const known = this.#next?.get(event);
    if (known !== undefined) return known;
    const history = new History(this.#count);
    this.#next ??= new Map();
    this.#next.set(event, history);
    return history;
  }
}

/** The states that were met, by their hashes. A `Map` of so many would not fit into the memory, and ends at 2 ** 24. */
export class Met {
  #hashes = new Float64Array(2 ** 16);
  /** One more than the faults that were left; zero where there is no state. */
  #marks = new Uint8Array(2 ** 16);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** @returns whether the state was met before with at least as many faults left; if not, it is from now on. */
  covers(hash: number, faultsLeft: number): boolean {
    if (this.#size > this.#hashes.length / 2) this.#grow();
    const place = this.#placeOf(hash);
    const mark = this.#marks[place] ?? 0;
    if (mark > faultsLeft) return true;
    if (mark === 0) this.#size += 1;
    this.#hashes[place] = hash;
    this.#marks[place] = faultsLeft + 1;
    return false;
  }

  /** Where the state is, or would be. */
  #placeOf(hash: number): number {
    const { length } = this.#hashes;
    let place = hash % length;
    while (this.#marks[place] !== 0 && this.#hashes[place] !== hash) place = (place + 1) % length;
    return place;
  }

  #grow(): void {
    const [hashes, marks] = [this.#hashes, this.#marks];
    this.#hashes = new Float64Array(hashes.length * 2);
    this.#marks = new Uint8Array(hashes.length * 2);
    hashes.forEach((hash, index) => {
      const mark = marks[index] ?? 0;
      if (mark === 0) return;
      const place = this.#placeOf(hash);
      this.#hashes[place] = hash;
      this.#marks[place] = mark;
    });
  }
}
