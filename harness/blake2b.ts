const MASK = (1n << 64n) - 1n;

const IV = [
  0x6a09e667f3bcc908n,
  0xbb67ae8584caa73bn,
  0x3c6ef372fe94f82bn,
  0xa54ff53a5f1d36f1n,
  0x510e527fade682d1n,
  0x9b05688c2b3e6c1fn,
  0x1f83d9abfb41bd6bn,
  0x5be0cd19137e2179n,
] as const;

/** Row r is the order in which round r takes the 16 words of a block; the twelve rounds begin anew after ten. */
const SIGMA = [
  [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
  [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
  [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4],
  [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
  [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13],
  [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
  [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11],
  [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
  [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5],
  [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
] as const;

const COLUMNS_AND_DIAGONALS = [
  [0, 4, 8, 12],
  [1, 5, 9, 13],
  [2, 6, 10, 14],
  [3, 7, 11, 15],
  [0, 5, 10, 15],
  [1, 6, 11, 12],
  [2, 7, 8, 13],
  [3, 4, 9, 14],
] as const;

const ROUNDS = 12;
const BLOCK_BYTES = 128;

/** BLAKE2b without a key (RFC 7693): Node's own knows only 64 bytes of output, and a sealed box needs 24. */
export function blake2b(message: Uint8Array, outputBytes: number): Uint8Array {
  const state = new BigUint64Array(IV);
  state[0] = word(state, 0) ^ 0x01010000n ^ BigInt(outputBytes);
  const blocks = Math.max(1, Math.ceil(message.length / BLOCK_BYTES));
  for (let n = 0; n < blocks; n++) {
    const block = new Uint8Array(BLOCK_BYTES);
    block.set(message.subarray(n * BLOCK_BYTES, (n + 1) * BLOCK_BYTES));
    const hashed = Math.min((n + 1) * BLOCK_BYTES, message.length);
    compress(state, new BigUint64Array(block.buffer), BigInt(hashed), n === blocks - 1);
  }
  return new Uint8Array(state.buffer).slice(0, outputBytes);
}

function compress(state: BigUint64Array, block: BigUint64Array, hashed: bigint, last: boolean): void {
  const v = new BigUint64Array([...state, ...IV]);
  v[12] = word(v, 12) ^ hashed;
  if (last) v[14] = word(v, 14) ^ MASK;
  for (let round = 0; round < ROUNDS; round++) {
    const order = SIGMA[round % SIGMA.length] ?? SIGMA[0];
    COLUMNS_AND_DIAGONALS.forEach((cells, n) => {
      mix(v, cells, word(block, order[2 * n] ?? 0), word(block, order[2 * n + 1] ?? 0));
    });
  }
  state.forEach((old, n) => {
    state[n] = old ^ word(v, n) ^ word(v, n + 8);
  });
}

function mix(v: BigUint64Array, [a, b, c, d]: readonly [number, number, number, number], x: bigint, y: bigint): void {
  v[a] = (word(v, a) + word(v, b) + x) & MASK;
  v[d] = rotateRight(word(v, d) ^ word(v, a), 32n);
  v[c] = (word(v, c) + word(v, d)) & MASK;
  v[b] = rotateRight(word(v, b) ^ word(v, c), 24n);
  v[a] = (word(v, a) + word(v, b) + y) & MASK;
  v[d] = rotateRight(word(v, d) ^ word(v, a), 16n);
  v[c] = (word(v, c) + word(v, d)) & MASK;
  v[b] = rotateRight(word(v, b) ^ word(v, c), 63n);
}

function rotateRight(value: bigint, by: bigint): bigint {
  return ((value >> by) | (value << (64n - by))) & MASK;
}

function word(words: BigUint64Array, index: number): bigint {
  return words[index] ?? 0n;
}
