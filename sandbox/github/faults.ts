import type { Which } from "./calls";
import { type EventFilter, type GitHubRequest, isAbout } from "./records";
import type { Stray } from "../wire-record";
import type { ScopeName } from "./scopes";

/** How a connection ends: an orderly FIN, a RST, or never while nothing more is sent. */
export type Ending = "fin" | "rst" | "stall";

/** A public key that no box can be sealed to. */
export type BadKey = "31-bytes" | "low-order" | "missing" | "not-base64";

/** An answer made up by a fault: an object is sent as JSON, a string as HTML. */
export interface MadeUpAnswer {
  readonly status: number;
  readonly body?: object | string;
  /** As a function they are made when the answer goes out, told how much longer the fault lasts. */
  readonly headers?: Readonly<Record<string, string>> | ((leftMs: number) => Readonly<Record<string, string>>);
  /** Where it is not as GitHub's description has it. */
  readonly strays?: Stray;
}

/** What goes on differently; `applied` says whether the request still does its work. */
export type Effect =
  | ({ readonly kind: "answer"; readonly applied?: boolean } & MadeUpAnswer)
  | { readonly kind: "cut"; readonly applied: boolean; readonly by: Ending }
  | { readonly kind: "late"; readonly applyAfterMs: number; readonly meanwhile: Ending | MadeUpAnswer }
  | { readonly kind: "slow"; readonly delayMs: number; readonly before?: "answering" | "applying" }
  | { readonly kind: "truncated-json" }
  | { readonly kind: "empty-body" }
  | { readonly kind: "shorten-list"; readonly by: number }
  | { readonly kind: "flood"; readonly megabytes: number }
  | { readonly kind: "cut-answer"; readonly afterBytes: number; readonly by: Ending }
  | { readonly kind: "store-empty" }
  | { readonly kind: "new-key" }
  | { readonly kind: "bad-key"; readonly key: BadKey }
  | { readonly kind: "act"; readonly act: (request: Readonly<GitHubRequest>) => Promise<void> | void };

/** Which requests a fault is for; what is not named matches everything. */
export interface FaultTarget extends EventFilter {
  readonly which?: Which | readonly Which[];
  readonly method?: string;
}

/** A fault: for which requests, what happens, how often (default once), and how many matching ones go by first. */
export interface Fault {
  readonly on: FaultTarget;
  readonly effect: Effect;
  readonly times?: number | "always";
  readonly skip?: number;
  /** From the first request that it hits; then it hits every one, unless `times` says how many. */
  readonly forMs?: number;
}

/** Effects after which nothing else of a request is played. */
type Final = Extract<Effect, { kind: "answer" | "cut" | "flood" | "late" }>;

/** What the armed faults make of one request. */
export interface Plan {
  /** In the order in which they were injected. */
  readonly effects: readonly Exclude<Effect, Final>[];
  readonly final: Final | undefined;
  /** How much longer the final effect lasts, where its fault has an end. */
  readonly leftMs: number;
}

interface Armed {
  readonly fault: Fault;
  left: number;
  skip: number;
  /** By `performance.now()`, once it has hit. */
  until: number | undefined;
}

/** The switchboard for what goes wrong. Faults are consumed in the order in which they were injected. */
export class Faults {
  #armed: Armed[] = [];
  readonly #world: FaultWorld;

  constructor(world: FaultWorld) {
    this.#world = world;
  }

  /** Arms a fault and returns the function that disarms it. */
  inject(fault: Fault): () => void {
    const times = fault.times ?? (fault.forMs === undefined ? 1 : "always");
    const left = times === "always" ? Infinity : times;
    const armed: Armed = { fault, left, skip: fault.skip ?? 0, until: undefined };
    this.#armed.push(armed);
    return () => {
      this.#armed = this.#armed.filter((other) => other !== armed);
    };
  }

  /** Disarms every fault. */
  clear(): void {
    this.#armed = [];
  }

  /** The faults that have not hit as often as they may. */
  get armed(): readonly Fault[] {
    return this.#armed.map(({ fault }) => fault);
  }

  /** A new key pair for one scope, or, without a scope, for all of them and under a new `key_id`. */
  rotateKey(scope?: ScopeName): void {
    this.#world.rotateKey(scope);
  }

  /** Somebody else stores a secret, now. */
  humanWrites(where: ScopeName, name: string, plaintext: string): void {
    this.#world.humanWrites(where, name, plaintext);
  }

  /** Takes what the armed faults hold for a request, and counts it against them. */
  take(request: Readonly<GitHubRequest>): Plan {
    const effects: Exclude<Effect, Final>[] = [];
    const now = performance.now();
    for (const armed of this.#armed) {
      if (armed.until !== undefined && now >= armed.until) armed.left = 0;
      if (armed.left <= 0 || !matches(armed.fault.on, request)) continue;
      if (armed.skip > 0) {
        armed.skip -= 1;
        continue;
      }
      armed.left -= 1;
      armed.until ??= armed.fault.forMs === undefined ? undefined : now + armed.fault.forMs;
      const { effect } = armed.fault;
      if (isFinal(effect)) return this.#planned(effects, effect, (armed.until ?? now) - now);
      effects.push(effect);
    }
    return this.#planned(effects, undefined, 0);
  }

  #planned(effects: Plan["effects"], final: Final | undefined, leftMs: number): Plan {
    this.#armed = this.#armed.filter(({ left }) => left > 0);
    return { effects, final, leftMs };
  }
}

/** What the switchboard may do to the world by itself. */
export interface FaultWorld {
  rotateKey(scope: ScopeName | undefined): void;
  humanWrites(where: ScopeName, name: string, plaintext: string): void;
}

function isFinal(effect: Effect): effect is Final {
  return effect.kind === "answer" || effect.kind === "cut" || effect.kind === "flood" || effect.kind === "late";
}

function matches(target: FaultTarget, request: Readonly<GitHubRequest>): boolean {
  const { which, method } = target;
  const kinds = which === undefined ? undefined : [which].flat();
  if (kinds !== undefined && !kinds.includes(request.which)) return false;
  if (method !== undefined && method !== request.method) return false;
  return isAbout(request, target);
}
