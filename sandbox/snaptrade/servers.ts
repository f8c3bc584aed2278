import type { Consistency } from "./ledger";

/** One of several servers behind the one address. Without any oddity it is up to date. */
export interface Server extends Partial<Consistency> {
  /** Whatever it is asked: refuses every secret, accepts every secret, or has an error. */
  readonly always?: "accepts" | "error" | "refuses";
}

/** Several servers, of which each probe meets one. */
export interface Servers {
  readonly servers: readonly Server[];
  /** Which of them serves the n-th probe of a given secret, counted from 0; in turn unless given. */
  readonly choose?: (turn: number) => number;
  /** They differ only once a reset was requested, or from the start. */
  readonly from: "reset" | "start";
  /** So long after the first reset was requested (before: after the first probe) they agree; never unless given. */
  readonly agreeAfterMs?: number;
}

export const current: Server = {};

/** Sees a reset only so long after it; never with Infinity. */
export const stale = (forMs: number): Server => ({ oldStaysLiveMs: forMs, newLiveAfterMs: forMs });

/** Knows the new secret late, or lets the old one pass for a while. */
export const lagging = (lag: Partial<Consistency>): Server => lag;

export const broken = (how: "error" | "refuses"): Server => ({ always: how });

export const lenient: Server = { always: "accepts" };

/** The servers as a script has them, the last one for all further turns. */
export const inOrder =
  (...order: readonly number[]) =>
  (turn: number): number =>
    order[Math.min(turn, order.length - 1)] ?? 0;

/** Drawn from a seed: the same turn meets the same server in every play. */
export const drawnFrom =
  (seed: number, count: number) =>
  (turn: number): number => {
    const mixed = Math.imul((seed ^ (turn * 0x9e3779b9)) >>> 0, 0x85ebca6b) >>> 0;
    return ((mixed ^ (mixed >>> 13)) >>> 0) % count;
  };

/** Counts the probes of each secret, and says which server one meets. */
export class Turnstile {
  readonly #turns = new Map<string, number>();
  #firstAt: number | undefined;

  /** @param resetAt when the first reset request arrived */
  next(fleet: Servers, secret: string, resetAt: number | undefined): Server {
    const now = performance.now();
    this.#firstAt ??= now;
    if (fleet.from === "reset" && resetAt === undefined) return current;
    const since = resetAt ?? this.#firstAt;
    if (now >= since + (fleet.agreeAfterMs ?? Number.POSITIVE_INFINITY)) return current;
    const key = `${resetAt === undefined ? "before" : "after"} ${secret}`;
    const turn = this.#turns.get(key) ?? 0;
    this.#turns.set(key, turn + 1);
    return fleet.servers[(fleet.choose?.(turn) ?? turn) % fleet.servers.length] ?? current;
  }
}
