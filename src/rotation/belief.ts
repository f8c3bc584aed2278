import type { Allowance, Doubt, Instant } from "./model";

export type Belief =
  | { readonly kind: "live"; readonly allowance: Allowance | null }
  | { readonly kind: "dead"; readonly allowance: Allowance | null }
  | { readonly kind: "cannot-tell"; readonly doubt: Doubt };

/** How many answers are enough if no usable one contradicts them. */
interface Unanimity {
  readonly live: number;
  readonly refused: number;
}

/** The next step reveals a wrong belief that a secret is live, but a wrong belief that it is dead may cost it. */
export const USUAL: Unanimity = { live: 1, refused: 3 };

/** For results that claim or depend on a live secret. */
export const CERTAIN: Unanimity = { live: 3, refused: 3 };

/** For an altered secret only a live answer matters. */
export const ALTERED: Unanimity = { live: 1, refused: 1 };

export const ALTERED_FOR_CERTAIN: Unanimity = { live: 1, refused: 3 };

/** How many equal answers in a row are needed once answers have contradicted each other. */
const IN_A_ROW = 3;

/** After a lost or rejected reset: so many equal answers, the first and the last `settle-time` apart. */
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

/** Decides when a series of usable answers becomes a belief; null until then. */
export interface Rule {
  /** How many times `settle-time` a question may last before it ends with `cannot-tell`, waits for limits excluded. */
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

/** Waits for one kind of answer, and treats the other as "not yet" until the time is up. */
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
