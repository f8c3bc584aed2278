/** Milliseconds since 1970, monotonic within one process. */
export function now(): number {
  return performance.timeOrigin + performance.now();
}
