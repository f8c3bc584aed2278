import type { Secret } from "../text/secret";
import type { Allowance, Control, Doubt, Instant, Probe } from "./model";
import type { Notice } from "./notices";
import type { Clock, Issuer, Operator } from "./ports";
import { ANNOUNCED_FROM_MS } from "./waiting";

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
const USUAL: Unanimity = { live: 1, refused: 3 };
/** Where being live is all that is claimed, or hangs on it. */
const CERTAIN: Unanimity = { live: 3, refused: 3 };
/** Of an altered secret only its being live matters. */
const ALTERED: Unanimity = { live: 1, refused: 1 };
const ALTERED_FOR_CERTAIN: Unanimity = { live: 1, refused: 3 };
/** Once answers have contradicted each other, so many alike in a row are needed. */
const IN_A_ROW = 3;
/** After a lost or refused reset so many answers are needed, none of the other kind, the first and the last `settle-time` apart. */
const SPREAD_ANSWERS = 6;
/** Answers to the control question that have to agree before a user or a client is called unknown. */
const CONTROL_ANSWERS = 3;

/** A question is not given up before so many answers said nothing, however long each of them took. */
const DOUBTS_MIN = 3;

/** The pause between two questions: a tenth of `settle-time`, at most this many ms. */
const PAUSE_MAX_MS = 1_000;
/** How long SnapTrade's limits are waited for in all, once before the reset and once after it, in ms. */
export const LIMITS_WAIT_MAX_MS = 120_000;
/** A wait that may take longer than this is announced, in ms. */

export type OraclePorts = { readonly issuer: Issuer; readonly clock: Clock; readonly operator: Operator };

/**
 * What is believed of SnapTrade's answers, in one place. SnapTrade is several servers, some of which may be stale or
 * broken for a while, behind gateways that answer for it; so one answer is never a fact where a wrong belief costs a
 * secret. Every question is a series of answers, each on a fresh connection.
 */
export class Oracle {
  readonly settleMs: number;
  /** Between two questions, in ms. */
  readonly pauseMs: number;
  readonly #ports: OraclePorts;
  #patience = new Patience();
  #isResetSent = false;

  constructor(ports: OraclePorts, settleMs: number) {
    this.#ports = ports;
    this.settleMs = settleMs;
    this.pauseMs = Math.min(PAUSE_MAX_MS, settleMs / 10);
  }

  /** From here on limits are waited for anew, and nobody is told that nothing has changed. */
  resetBegins(): void {
    this.#patience = new Patience();
    this.#isResetSent = true;
  }

  /** One answer, which is no more than that. */
  async once(secret: Secret): Promise<Probe> {
    return await this.#ports.issuer.probe(secret);
  }

  /** Live after one acceptance, dead after three refusals. */
  async ask(secret: Secret): Promise<Belief> {
    return await this.#series(secret, new Unanimous(USUAL));
  }

  /** Live after three acceptances, dead after three refusals. */
  async askForCertain(secret: Secret): Promise<Belief> {
    return await this.#series(secret, new Unanimous(CERTAIN));
  }

  /** Whether SnapTrade tells this secret from another: "dead" is what it has to say of an altered one. */
  async askAboutAltered(secret: Secret): Promise<Belief> {
    return await this.#series(this.#altered(secret), new Unanimous(ALTERED));
  }

  /** The same where being live is all that is claimed: one of several servers that accepts anything must not decide it. */
  async askAboutAlteredForCertain(secret: Secret): Promise<Belief> {
    return await this.#series(this.#altered(secret), new Unanimous(ALTERED_FOR_CERTAIN));
  }

  #altered(secret: Secret): Secret {
    const altered = secret.altered();
    // All but one of its characters are the secret's.
    this.#ports.operator.mask(altered);
    return altered;
  }

  /** Asks until the secret is refused three times in a row, with no acceptance in between, or is live when `settle-time` is over. */
  async awaitDeath(secret: Secret): Promise<Belief> {
    return await this.#series(secret, new Awaited("dead"));
  }

  /** Asks until the secret is accepted, or is refused when `settle-time` is over. */
  async awaitLife(secret: Secret): Promise<Belief> {
    return await this.#series(secret, new Awaited("live"));
  }

  /** Six answers of one kind and none of the other, spread over `settle-time`: what a false `unchanged` or `lost` would need. */
  async askSpread(secret: Secret): Promise<Belief> {
    return await this.#series(secret, new Spread());
  }

  /**
   * The control question, before a refusal is believed where it matters: is it the secret that is refused, or the
   * client, or the user?
   */
  async control(): Promise<Control> {
    const { issuer } = this.#ports;
    const asking = this.#begin();
    let agreed: Control | null = null;
    let count = 0;
    for (;;) {
      const answer = await issuer.control();
      if (answer.kind === "known") return answer;
      count = agreed?.kind === answer.kind ? count + 1 : 1;
      agreed = answer;
      if (answer.kind === "no-answer") {
        if (asking.isHopeless()) return answer;
        await asking.waitAfter(answer.doubt);
      } else {
        if (count >= CONTROL_ANSWERS) return answer;
        if (asking.isOver()) return { kind: "no-answer", doubt: { kind: "contradiction" } };
        await asking.pause();
      }
    }
  }

  /** Waits for a limit to lift. False, and at once, where that is longer than there is patience. */
  async waitForLimit(waitMs: number): Promise<boolean> {
    const { clock } = this.#ports;
    if (!this.#patience.grantWhole(clock.now(), waitMs)) return false;
    this.#ports.operator.say(limitNotice(waitMs, this.#isResetSent));
    await clock.sleep(waitMs);
    return true;
  }

  /** What a refusal of the secret may mean instead; null if it is about the secret. */
  async doubtAboutRefusal(): Promise<Doubt | null> {
    const control = /* guard: control question */ await this.control();
    switch (control.kind) {
      case "known":
        return null;
      case "no-such-user":
        return { kind: "no-such-user" };
      case "client-rejected":
        return { kind: "client", said: control.said };
      case "no-answer":
        return { kind: "unchecked" };
    }
  }

  async #series(secret: Secret, rule: Rule): Promise<Belief> {
    const asking = this.#begin(rule.lastsSettleTimes);
    const pauseMs = rule.isSpread ? this.settleMs / 10 : this.pauseMs;
    const tally = new Tally();
    for (;;) {
      const { verdict, allowance } = await this.#ports.issuer.probe(secret);
      const now = this.#ports.clock.now();
      if (verdict.kind === "cannot-tell") {
        if (asking.isHopeless()) return { kind: "cannot-tell", doubt: asking.told(verdict.doubt) };
        await asking.waitAfter(verdict.doubt);
        continue;
      }
      tally.add(verdict.kind, now);
      const believed = rule.judge(tally, asking.isOver(), this.settleMs);
      if (believed === "contradiction") return { kind: "cannot-tell", doubt: { kind: "contradiction" } };
      if (believed !== null) return { kind: believed, allowance };
      if (tally.isMixed) asking.announce({ kind: "contradiction" });
      else if (rule instanceof Awaited && tally.believable !== rule.awaited)
        asking.announce(rule.awaited === "dead" ? "old-still-live" : "new-not-known");
      await asking.pause(pauseMs);
    }
  }

  #begin(settleTimes = 1): Asking {
    const spanMs = this.settleMs * settleTimes;
    return new Asking(this.#ports, { spanMs, pauseMs: this.pauseMs, isResetSent: this.#isResetSent }, this.#patience);
  }
}

/** How often each kind of answer came, and how many of the last kind in a row. */
class Tally {
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
interface Rule {
  /** A question ends with "cannot tell" after so many times `settle-time`, the waits for limits not counted. */
  readonly lastsSettleTimes: number;
  /** Few answers over a long time, instead of many in a short one. */
  readonly isSpread?: true;
  judge(tally: Tally, isOver: boolean, settleMs: number): "live" | "dead" | "contradiction" | null;
}

class Unanimous implements Rule {
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
class Awaited implements Rule {
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

class Spread implements Rule {
  readonly lastsSettleTimes = 2;
  readonly isSpread = true;

  judge(tally: Tally, _isOver: boolean, settleMs: number): ReturnType<Rule["judge"]> {
    if (tally.isMixed) return "contradiction";
    return /* guard: second settle-time */ tally.inARow >= SPREAD_ANSWERS && tally.spreadMs >= settleMs
      ? tally.believable
      : null;
  }
}

/** One question under way: its pauses, its end, and what is said of it. */
class Asking {
  readonly #clock: Clock;
  readonly #operator: Operator;
  readonly #pauseMs: number;
  readonly #isResetSent: boolean;
  readonly #patience: Patience;
  #deadline: Instant;
  #throttledMs = 0;
  #doubts = 0;
  #isAnnounced = false;

  constructor(
    { clock, operator }: OraclePorts,
    { spanMs, pauseMs, isResetSent }: { spanMs: number; pauseMs: number; isResetSent: boolean },
    patience: Patience,
  ) {
    this.#clock = clock;
    this.#operator = operator;
    this.#pauseMs = pauseMs;
    this.#isResetSent = isResetSent;
    this.#patience = patience;
    this.#deadline = clock.now() + spanMs;
  }

  isOver(): boolean {
    return this.#clock.now() >= this.#deadline;
  }

  /** Told of one more answer that says nothing, whether to give up. */
  isHopeless(): boolean {
    this.#doubts += 1;
    return /* guard: patience */ this.#doubts >= DOUBTS_MIN && this.isOver();
  }

  async pause(ms = this.#pauseMs): Promise<void> {
    await this.#clock.sleep(ms);
  }

  /** After an answer that says nothing: as long as it asked for, as far as there is patience, and not at the cost of the question's own time. */
  async waitAfter(doubt: Doubt): Promise<void> {
    if (doubt.kind !== "throttled" || doubt.retryAfterMs === null) {
      this.announce(doubt);
      await this.pause();
      return;
    }
    const now = this.#clock.now();
    this.#deadline += this.#patience.grant(now, doubt.retryAfterMs);
    const waitMs = Math.max(this.#pauseMs, Math.min(doubt.retryAfterMs, this.#deadline - now));
    if (waitMs > ANNOUNCED_FROM_MS) this.#operator.say(limitNotice(waitMs, this.#isResetSent));
    await this.#clock.sleep(waitMs);
    this.#throttledMs += waitMs;
  }

  /** Says once why it takes longer, where it may take long. */
  announce(why: Doubt | "old-still-live" | "new-not-known"): void {
    const forMs = this.#deadline - this.#clock.now();
    if (this.#isAnnounced || forMs <= ANNOUNCED_FROM_MS) return;
    this.#isAnnounced = true;
    this.#operator.say({ code: "asking-on", why, forMs });
  }

  /** A message never says more than was waited. */
  told(doubt: Doubt): Doubt {
    return doubt.kind === "throttled" ? { ...doubt, waitedMs: this.#throttledMs } : doubt;
  }
}

function limitNotice(waitMs: number, isResetSent: boolean): Notice {
  return { code: "waiting-for-rate-limit", service: "SnapTrade", waitMs, isResetSent };
}

/** How long SnapTrade's limits may still be waited for. Waits side by side count once. */
class Patience {
  #leftMs = LIMITS_WAIT_MAX_MS;
  #grantedUntil: Instant = -Infinity;

  grantWhole(now: Instant, askedMs: number): boolean {
    const alreadyMs = Math.min(askedMs, Math.max(0, this.#grantedUntil - now));
    return askedMs - alreadyMs <= this.#leftMs && this.grant(now, askedMs) === askedMs;
  }

  /** @returns so many of the ms asked for may be waited. */
  grant(now: Instant, askedMs: number): number {
    const alreadyMs = Math.min(askedMs, Math.max(0, this.#grantedUntil - now));
    const moreMs = Math.min(askedMs - alreadyMs, this.#leftMs);
    this.#leftMs -= moreMs;
    this.#grantedUntil = Math.max(this.#grantedUntil, now + alreadyMs + moreMs);
    return alreadyMs + moreMs;
  }
}
