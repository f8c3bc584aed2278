/** A whole number of so many digits at most, as headers hold it; null for anything else. */
export function wholeNumber(text: string | undefined, digitsMax: number): number | null {
  return text !== undefined && text.length <= digitsMax && /^\d+$/.test(text) ? Number(text) : null;
}
