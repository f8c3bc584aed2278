import type { Allowance, Doubt, Instant } from "./model";

/** What may be believed of a secret. */
export type Belief =
  | { readonly kind: "live"; readonly allowance: Allowance | null }
  | { readonly kind: "dead"; readonly allowance: Allowance | null }
  | { readonly kind: "cannot-tell"; readonly doubt: Doubt };

/** So many answers are believed if no usable one contradicts them. */
interface Unanimity {
  readonly live: number;
  readonly refused: number;
}

/** A wrong belief that a secret is live is found out by the next step; one that it is dead may cost it. */
export const USUAL: Unanimity = { live: 1, refused: 3 };

/** Where being live is all that is claimed, or hangs on it. */
export const CERTAIN: Unanimity = { live: 3, refused: 3 };

/** Of an altered secret only its being live matters. */
export const ALTERED: Unanimity = { live: 1, refused: 1 };

export const ALTERED_FOR_CERTAIN: Unanimity = { live: 1, refused: 3 };

/** Once answers have contradicted each other, so many alike in a row are needed. */
const IN_A_ROW = 3;

/** After a lost or refused reset so many answers are needed, none of the other kind, the first and the last `settle-time` apart. */
const SPREAD_ANSWERS = 6;

/** How often each kind of answer came, and how many of the last kind in a row. */
export class Tally {
  readonly counts = { live: 0, refused: 0 };
  last: "live" | "refused" = "refused";
  inARow = 0;
  spreadMs = 0;
  #firstAt: Instant | null = null;

  add(kind: "live" | "refused", at: Instant): void {
    this.inARow = kind === this.last ? this.inARow + 1 : 1;
    this.last = kind;
    this.counts[kind] += 1;
    this.#firstAt ??= at;
    this.spreadMs = at - this.#firstAt;
  }

  get isMixed(): boolean {
    return this.counts.live > 0 && this.counts.refused > 0;
  }

  get believable(): "live" | "dead" {
    return this.last === "live" ? "live" : "dead";
  }
}

/** What makes a series of usable answers a belief; null as long as it is none. */
export interface Rule {
  /** A question ends with "cannot tell" after so many times `settle-time`, the waits for limits not counted. */
  readonly lastsSettleTimes: number;
  /** Few answers over a long time, instead of many in a short one. */
  readonly isSpread?: true;
  judge(tally: Tally, isOver: boolean, settleMs: number): "live" | "dead" | "contradiction" | null;
}

export class Unanimous implements Rule {
  readonly lastsSettleTimes = 1;
  readonly #needed: Unanimity;

  constructor(needed: Unanimity) {
    this.#needed = needed;
  }

  judge(tally: Tally, isOver: boolean): ReturnType<Rule["judge"]> {
    const needed = /* guard: unanimity */ tally.isMixed ? IN_A_ROW : this.#needed[tally.last];
    if (tally.inARow >= needed) return tally.believable;
    return tally.isMixed && isOver ? "contradiction" : null;
  }
}

/** Waits for one kind of answer, and takes the other for "not yet" until time is over. */
export class Awaited implements Rule {
  readonly lastsSettleTimes = 1;
  readonly awaited: "live" | "dead";

  constructor(awaited: "live" | "dead") {
    this.awaited = awaited;
  }

  judge(tally: Tally, isOver: boolean): ReturnType<Rule["judge"]> {
    const needed = /* guard: three refusals of the old one */ tally.last === "live" ? USUAL.live : USUAL.refused;
    const isEnough = tally.inARow >= needed;
    if (tally.believable === this.awaited) return isEnough ? this.awaited : null;
    return isOver && isEnough ? tally.believable : null;
  }
}

export class Spread implements Rule {
  readonly lastsSettleTimes = 2;
  readonly isSpread = true;

  judge(tally: Tally, _isOver: boolean, settleMs: number): ReturnType<Rule["judge"]> {
    if (tally.isMixed) return "contradiction";
    return /* guard: second settle-time */ tally.inARow >= SPREAD_ANSWERS && tally.spreadMs >= settleMs
      ? tally.believable
      : null;
  }
}
