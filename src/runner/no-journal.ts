import type { Journal } from "../rotation/ports";

/** For the modes that send no reset and write no copy: nothing of theirs would be lost with this process. */
export const NO_JOURNAL: Journal = {
  trying: refuse,
  rehearse: refuse,
  copying: refuse,
  sending: refuse,
  keep: () => false,
  sent: () => undefined,
  wrote: () => undefined,
};

/** What cannot be noted must not be begun. */
function refuse(): never {
  throw new TypeError("nothing is kept in this mode");
}
