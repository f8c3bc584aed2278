import type { ClientRefusal } from "./gate";
import type { RateLimit } from "./rate-limit";
import { Scripts } from "./scripts";
import type { ProbeScript } from "./scripts";
import type { Servers } from "./servers";
import type { Delivery, Reply, Wire } from "./wire";

/** How often a fault plays before the world is well again. */
export type Times = number | "always";

/** What the writer of a strange answer may need. */
export interface ResetFacts {
  readonly userId: string;
  /** The secret that the request brought. */
  readonly oldSecret: string;
  /** The one that the reset makes; in a probe the one in force. */
  readonly newSecret: string;
  /** Looks like a secret and is none. */
  readonly decoy: string;
  /** `Date`, `X-Request-ID` and the rate limit, as every answer carries them. */
  readonly commonHeaders: Readonly<Record<string, string>>;
  /** Path and query as they were sent. */
  readonly target: string;
}

/**
 * What is written: a sound HTTP answer with this content, bytes as they stand, the regular answer after all
 * (`undefined`), or nothing.
 */
export type FaultyAnswer = "none" | ((facts: ResetFacts) => Reply | { readonly raw: Wire } | undefined);

/** What a fault of either kind has. */
export interface Fault {
  /** Once unless given. */
  readonly times?: Times;
  /** So many matching requests pass unharmed first. */
  readonly skip?: number;
  /** The regular answer unless given. */
  readonly answer?: FaultyAnswer;
  readonly delivery?: Delivery;
}

/**
 * A fault of the reset. It strikes only requests that are well formed and rightly signed, and within the rate limit;
 * all others get the refusal they deserve.
 */
export interface ResetFault extends Fault {
  /** The connection is reset at the first byte of the request, of which nothing is read any more. */
  readonly resetsAtFirstByte?: true;
  /** Another rotation wins just before this one is looked at. */
  readonly overtaken?: true;
  /**
   * Whether and when the new secret comes into force; at once unless given. `late` compares and swaps after so many
   * milliseconds, while the answer (which has to be given then) goes its own way.
   */
  readonly commit?: "at-once" | "never" | { readonly lateMs: number };
  /** Makes the new secret out of the regular one. */
  readonly secret?: (regular: string) => string;
}

/** A fault of the liveness probe. It strikes before the secret is looked at. */
export interface ProbeFault extends Fault {
  /** Only probes before, or after, the first reset request arrived. */
  readonly phase?: "before-reset" | "after-reset";
  /** Only probes with a secret that is live, or one that is not. */
  readonly about?: "live" | "dead";
}

/** A probe as the faults see it. */
export interface ProbeCircumstances {
  readonly phase: "before-reset" | "after-reset";
  readonly about: "live" | "dead";
}

interface Armed<F extends Fault> {
  readonly fault: F;
  skip: number;
  left: number;
}

/** The switchboard. Everything can be changed while the stand-in runs. */
export class SnapTradeFaults {
  /** So many of the next TLS handshakes are reset at the first byte that the client sends. */
  handshakesToStrike = 0;
  /** Every answer waits for so long. */
  latencyMs = 0;
  /** Every answer is written in pieces of this size … */
  sliceBytes: number | undefined;
  /** … this far apart. */
  dripMs: number | undefined;
  framing: "length" | "chunked" = "length";
  /** Its clock against ours. */
  clockSkewMs = 0;
  /** As with Personal keys: nothing checks the user's secret. */
  acceptsAnySecret = false;
  /** Not known of the real one, so both can be played: `false` lets a dead secret reset. */
  resetNeedsOldSecret = true;
  /** For so long after a reset the old secret still passes; `Infinity` is for ever. */
  oldStaysLiveMs = 0;
  /** Only so long after a reset does the new secret pass. */
  newLiveAfterMs = 0;
  rateLimit: RateLimit = { limit: 250, windowMs: 60_000 };
  /** How a client id that SnapTrade does not know is refused. */
  unknownClient: ClientRefusal = "signature";
  /** As if it did not know its own client any more: everything that is signed is refused so. */
  clientOff: ClientRefusal | undefined;
  /** What it says of a secret that is not live. */
  refusalDetail = "Invalid userID or userSecret provided";
  usersList: UsersList = "array";
  /** One server, up to date, unless given. */
  servers: Servers | undefined;

  readonly #resets: Armed<ResetFault>[] = [];
  readonly #probes: Armed<ProbeFault>[] = [];
  readonly scripts = new Scripts();

  /** Arms a fault of the reset. Of several the first armed one that matches strikes. */
  onReset(fault: ResetFault): void {
    this.#resets.push(armed(fault));
  }

  /** Arms a fault of `GET /authorizations`. */
  onProbe(fault: ProbeFault): void {
    this.#probes.push(armed(fault));
  }

  /** Scripts the answers to the probes of one secret. An armed fault of the probe comes first. */
  script(script: ProbeScript): void {
    this.scripts.add(script);
  }

  /** Disarms what is armed, and lets the servers agree with the books. Other settings stay. */
  clear(): void {
    this.#resets.length = 0;
    this.#probes.length = 0;
    this.scripts.clear();
    this.servers = undefined;
    this.clientOff = undefined;
    this.usersList = "array";
    this.handshakesToStrike = 0;
  }

  /** The faults of the reset that have not struck as often as they may. */
  get armedForReset(): readonly ResetFault[] {
    return this.#resets.filter(({ left }) => left > 0).map(({ fault }) => fault);
  }

  /** Whether a reset that just begins to arrive is to be struck down; uses the fault up. */
  strikesFirstByte(): boolean {
    return strike(this.#resets, (fault) => fault.resetsAtFirstByte === true) !== undefined;
  }

  nextForReset(): ResetFault | undefined {
    return strike(this.#resets, (fault) => fault.resetsAtFirstByte !== true);
  }

  nextForProbe(probe: ProbeCircumstances): ProbeFault | undefined {
    return strike(
      this.#probes,
      ({ phase = probe.phase, about = probe.about }) => phase === probe.phase && about === probe.about,
    );
  }
}

function armed<F extends Fault>(fault: F): Armed<F> {
  const { times = 1, skip = 0 } = fault;
  return { fault, skip, left: times === "always" ? Number.POSITIVE_INFINITY : times };
}

function strike<F extends Fault>(faults: readonly Armed<F>[], matches: (fault: F) => boolean): F | undefined {
  for (const candidate of faults) {
    if (candidate.left <= 0 || !matches(candidate.fault)) {
      continue;
    }
    if (candidate.skip > 0) {
      candidate.skip -= 1;
      continue;
    }
    candidate.left -= 1;
    return candidate.fault;
  }
  return undefined;
}

/** In which shape the list of all users comes. */
export type UsersList =
  | "array"
  | "cut"
  | "empty"
  | "error"
  | "html"
  | "long"
  | "other-spelling"
  | "paged-link"
  | "paged-object"
  | "silent"
  | "without-user";
