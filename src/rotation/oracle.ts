import type { Secret } from "../text/secret";
import { Asking, limitNotice, Patience } from "./asking";
import type { OraclePorts } from "./asking";
import { ALTERED, ALTERED_FOR_CERTAIN, Awaited, CERTAIN, Spread, Tally, Unanimous, USUAL } from "./belief";
import type { Belief, Rule } from "./belief";
import type { Control, Doubt, Probe } from "./model";

/** Answers to the control question that have to agree before a user or a client is called unknown. */
const CONTROL_ANSWERS = 3;

/** The pause between two questions: a tenth of `settle-time`, at most this many ms. */
const PAUSE_MAX_MS = 1_000;

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

  /** From here on limits are waited for again, and nobody is told that nothing has changed. */
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
