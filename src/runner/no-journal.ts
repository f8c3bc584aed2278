import type { Journal } from "../rotation/ports";

/** For the modes that send no reset and write no copy, and so lose nothing with the process. */
export const NO_JOURNAL: Journal = {
  trying: refuse,
  rehearse: refuse,
  copying: refuse,
  sending: refuse,
  keep: () => false,
  sent: () => undefined,
  wrote: () => undefined,
};

/** What cannot be recorded must not begin. */
function refuse(): never {
  throw new TypeError("nothing is kept in this mode");
}
