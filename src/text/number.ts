/** A whole number with at most this many digits, as in headers; null for anything else. */
export function wholeNumber(text: string | undefined, digitsMax: number): number | null {
  return text !== undefined && text.length <= digitsMax && /^\d+$/.test(text) ? Number(text) : null;
}
