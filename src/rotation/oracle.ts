import type { Secret } from "../text/secret";
import { QUESTION_PAUSE_MAX_MS, QUESTION_PAUSE_SHARE } from "../timing";
import { Asking, limitNotice, Patience } from "./asking";
import type { OraclePorts } from "./asking";
import { ALTERED, ALTERED_FOR_CERTAIN, Awaited, CERTAIN, Spread, Tally, Unanimous, USUAL } from "./belief";
import type { Belief, Rule } from "./belief";
import type { Control, Doubt, Probe } from "./model";

/** How many answers to the control question must agree before a user or a client counts as unknown. */
const CONTROL_ANSWERS = 3;

/**
 * Decides what SnapTrade's answers mean. SnapTrade is several servers behind gateways that may answer for it, and some
 * may be stale or broken for a while. So one answer is not enough if a wrong belief could cost a secret: every question
 * is a series of answers, each on a new connection.
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
    this.pauseMs = Math.min(QUESTION_PAUSE_MAX_MS, settleMs * QUESTION_PAUSE_SHARE);
  }

  /** From now on limits are waited for again, and no notice says that nothing has changed. */
  resetBegins(): void {
    this.#patience = new Patience();
    this.#isResetSent = true;
  }

  /** One answer, uninterpreted. */
  async once(secret: Secret): Promise<Probe> {
    return await this.#ports.issuer.probe(secret);
  }

  /** Live after one acceptance, dead after three rejections. */
  async ask(secret: Secret): Promise<Belief> {
    return await this.#series(secret, new Unanimous(USUAL));
  }

  /** Live after three acceptances, dead after three rejections. */
  async askForCertain(secret: Secret): Promise<Belief> {
    return await this.#series(secret, new Unanimous(CERTAIN));
  }

  /** Whether SnapTrade distinguishes this secret from another: an altered one must be dead. */
  async askAboutAltered(secret: Secret): Promise<Belief> {
    return await this.#series(this.#altered(secret), new Unanimous(ALTERED));
  }

  /** The same if the result claims a live secret, which one server that accepts anything must not decide. */
  async askAboutAlteredForCertain(secret: Secret): Promise<Belief> {
    return await this.#series(this.#altered(secret), new Unanimous(ALTERED_FOR_CERTAIN));
  }

  #altered(secret: Secret): Secret {
    const altered = secret.altered();
    // It differs from the secret in only one character.
    this.#ports.operator.mask(altered);
    return altered;
  }

  /** Asks until the secret is rejected three times in a row, or is still live when `settle-time` is over. */
  async awaitDeath(secret: Secret): Promise<Belief> {
    return await this.#series(secret, new Awaited("dead"));
  }

  /** Asks until the secret is accepted, or is still rejected when `settle-time` is over. */
  async awaitLife(secret: Secret): Promise<Belief> {
    return await this.#series(secret, new Awaited("live"));
  }

  /** Six equal answers, spread over `settle-time`, because a false `unchanged` or `lost` would be costly. */
  async askSpread(secret: Secret): Promise<Belief> {
    return await this.#series(secret, new Spread());
  }

  /**
   * The control question shows whether a rejection is about the secret, the client or the user. It is asked before an
   * important rejection is believed.
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

  /** Waits for a limit to lift; returns false at once if that would take longer than patience allows. */
  async waitForLimit(waitMs: number): Promise<boolean> {
    const { clock } = this.#ports;
    if (!this.#patience.grantWhole(clock.now(), waitMs)) return false;
    this.#ports.operator.say(limitNotice(waitMs, this.#isResetSent));
    await clock.sleep(waitMs);
    return true;
  }

  /** What else a rejection of the secret may mean; null if it is about the secret. */
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
    const pauseMs = rule.isSpread ? this.settleMs * QUESTION_PAUSE_SHARE : this.pauseMs;
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
