import { SHARE } from "../../proof/share";

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
