import { random, sample } from "../../proof/bundle/row";
import { SEED, SHARE } from "../../proof/share";

/** Of the plays that need not be in every run, `npm test` has one in so many. */
const ONE_IN = 10;

/** All of them with `PROOF=full`; else those that are needed in any case, and of the others a share that is drawn anew each time. */
export function shareOf<T>(all: readonly T[], isNeeded: (item: T) => boolean = () => false): readonly T[] {
  if (SHARE !== "quick") return all;
  const others = all.filter((item) => !isNeeded(item));
  const drawn = new Set(sample(others, Math.ceil(others.length / ONE_IN), random(SEED)));
  return all.filter((item) => isNeeded(item) || drawn.has(item));
}

/** For the title of a test, so that what was drawn can be played again. */
export function shareTold(played: number, all: number): string {
  return played === all ? `all ${all}` : `${played} of ${all} (PROOF_SEED=${SEED}; PROOF=full plays all)`;
}
