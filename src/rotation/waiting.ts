/** A wait longer than this is announced before it begins: a log that stands still looks like a run that hangs. In ms. */
export const ANNOUNCED_FROM_MS = 5_000;
