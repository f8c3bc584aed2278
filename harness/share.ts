const SHARES = ["quick", "large", "whole"] as const;

/** How much of what could be played is played. */
export type Share = (typeof SHARES)[number];

/** @throws {Error} where there is no such share. */
export function shareCalled(name: string): Share {
  const share = SHARES.find((one) => one === name);
  if (share === undefined) throw new Error(`the share is one of ${SHARES.join(", ")}`);
  return share;
}

const { PROOF, PROOF_SEED } = process.env;

/** A quick share unless `PROOF=full` asks for the large one, or `PROOF=whole` for what takes longer still. */
export const SHARE: Share = PROOF === "whole" ? "whole" : PROOF === "full" ? "large" : "quick";

/** What is quick is always the same; for the rest it is another one in each run, unless `PROOF_SEED` repeats one. */
export const SEED = Number(PROOF_SEED ?? (SHARE === "quick" ? 1 : Date.now() % 2 ** 31));

/** All of them with `PROOF=full`; without, which are quick enough for every change: always the same. */
export function shareOf<T>(all: readonly T[], isQuick: (item: T) => boolean): readonly T[] {
  return SHARE === "quick" ? all.filter(isQuick) : all;
}

/** For a title: how much of it is played. */
export function shareTold(played: readonly unknown[], all: readonly unknown[]): string {
  return played.length === all.length ? `all ${all.length}` : `${played.length} of ${all.length} (PROOF=full: all)`;
}

/** Longer than all plays of one file take on a busy machine. */
export const LARGE_TIMEOUT_MS = 1_800_000;
