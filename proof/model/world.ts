import type { Box, Instant, SavedRecord, Sending, SentReply } from "../../src/rotation/model";
import type { Outcome } from "../../src/rotation/outcome";
import type { Remains } from "../../src/rotation/ports";
import { DOWN_MS } from "./scene";
import type { Scene } from "./scene";

/** When every world begins: a whole second, as all durations are, so that only differences of time matter. */
export const START: Instant = Date.parse("2026-03-01T12:00:00.000Z");
const LAST_WRITTEN: Instant = START - 86_400_000;

/** The secret that is in force at first. The last letter is no digit, so that no altered secret is another one's name. */
export const FIRST_SECRET = "S0x";

/** One GitHub secret. */
export interface Place {
  readonly label: string;
  publicKey: string;
  value: string;
  updatedAt: Instant;
}

/** A request whose sender no longer waits, and which may still take effect. */
export type Flight = { latestAt: Instant } & (
  | { readonly kind: "reset"; readonly run: Run; readonly given: string }
  | { readonly kind: "put"; readonly run: Run; readonly place: Place; readonly box: Box }
);

/** One workflow run with everything that outlives its processes. */
export interface Run {
  readonly name: string;
  readonly given: string;
  phase: "main" | "post" | "over";
  /** What is on the machine's disk. */
  readonly journal: {
    canaries: readonly string[];
    sending: Sending | null;
    sentAt: Instant | null;
    reply: SentReply | null;
    saved: SavedRecord[];
    /** Writes that have no answer yet. */
    open: readonly { readonly label: string; readonly at: Instant }[];
    outcome: Outcome | null;
    removed: boolean;
  };
  diskFull: boolean;
  /** The state entry that keeps post quiet. */
  concluded: boolean;
  machineLost: boolean;
  /** What left the machine with the log. */
  announced: boolean;
  /** Values in the clear for whoever may open them, and boxes that GitHub may open. */
  readonly escrowed: Set<string>;
  readonly printed: Map<string, { readonly place: Place; readonly box: Box }>;
  saidByMain: Outcome | null;
  saidByPost: Outcome | null;
  green: boolean;
  /** Ground truth of its reset. */
  resetsSent: number;
  readonly made: string[];
}

export interface Violation {
  readonly kind: string;
  readonly detail: string;
}

/** The two services, the machines and the logs: all that is true, whatever any run believes. */
export class World {
  readonly scene: Scene;
  now: Instant = START;
  inForce = FIRST_SECRET;
  #issued = 0;
  readonly places: readonly Place[];
  readonly runs: Run[] = [];
  flights: Flight[] = [];
  faultsLeft: number;
  /** What was in force before, and since when it is not any more. */
  previous: string | null = null;
  committedAt: Instant = -Infinity;
  /** Until when the server that is reached does not know of the last reset. */
  staleUntil: Instant = -Infinity;
  /** SnapTrade does not know the client any more: it says so, or uses the sentence that it has for a dead secret. */
  clientOff: "told" | "untold" | null = null;
  isControlSilent = false;
  /** Until when GitHub does not know our token. */
  tokenForgottenUntil: Instant = -Infinity;
  /** Until when a service answers nothing but 502. */
  readonly downUntil = { snaptrade: START, github: START };
  /** Values of the primary since the last run began, oldest first: a queued run may have been given any of them. */
  givable: string[] = [FIRST_SECRET];
  readonly violations: Violation[] = [];

  constructor(scene: Scene) {
    this.scene = scene;
    this.faultsLeft = scene.faults;
    this.places = Array.from({ length: scene.copies + 1 }, (_, index) => ({
      label: index === 0 ? "primary" : `copy${index}`,
      publicKey: `key of ${index}`,
      value: FIRST_SECRET,
      updatedAt: LAST_WRITTEN,
    }));
  }

  begin(given: string): Run {
    const run: Run = {
      name: `run${this.runs.length + 1}`,
      given,
      phase: "main",
      journal: {
        canaries: [],
        sending: null,
        sentAt: null,
        reply: null,
        saved: [],
        open: [],
        outcome: null,
        removed: false,
      },
      diskFull: false,
      concluded: false,
      machineLost: false,
      announced: false,
      escrowed: new Set(),
      printed: new Map(),
      saidByMain: null,
      saidByPost: null,
      green: false,
      resetsSent: 0,
      made: [],
    };
    this.runs.push(run);
    this.givable = [this.primary().value];
    return run;
  }

  primary(): Place {
    const [primary] = this.places;
    if (primary === undefined) throw new Error("a world has a primary");
    return primary;
  }

  /** A service does nothing and answers 502 from now on, for a while. Returns the answer. */
  fallDown<T>(service: "snaptrade" | "github", answer: T): T {
    this.downUntil[service] = this.now + DOWN_MS;
    return answer;
  }

  /** Whether a server that has not heard of the last reset may be reached. */
  mayBeStale(): boolean {
    return this.now < this.committedAt + this.scene.staleMs && this.now >= this.staleUntil;
  }

  /** What the server that is reached takes for the secret in force. */
  believedInForce(): string {
    return this.previous !== null && this.now < this.staleUntil ? this.previous : this.inForce;
  }

  isDown(service: "snaptrade" | "github"): boolean {
    return this.now < this.downUntil[service];
  }

  /** The scope gets another key: the same name with one more stroke. */
  changeKey(place: Place): void {
    place.publicKey += "'";
  }

  /** SnapTrade carries out a reset. Returns the new secret; null if the one given is not in force. */
  commit(run: Run, given: string): string | null {
    if (given !== this.inForce && this.scene.resetNeedsOldSecret) return null;
    this.previous = this.inForce;
    this.committedAt = this.now;
    this.inForce = this.nextSecret();
    this.#issued += 1;
    run.made.push(this.inForce);
    return this.inForce;
  }

  /** The secret that the next reset will make. */
  nextSecret(): string {
    return `S${this.#issued + 1}x`;
  }

  /** GitHub carries out a write. */
  write(place: Place, box: Box): void {
    if (!this.accepts(place, box)) return;
    const value = this.opened(place, box);
    if (ageOf(value) < ageOf(place.value)) {
      this.violate("dead over newer", `${value} was written over ${place.value} in ${place.label}`);
    }
    place.value = value;
    place.updatedAt = Math.floor(this.now / 1000) * 1000;
    if (place === this.primary() && !this.givable.includes(value)) this.givable.push(value);
  }

  /** GitHub refuses a box that is sealed with a key which the scope no longer has. */
  accepts(place: Place, { sealed }: Box): boolean {
    const [publicKey = ""] = sealed.split("|");
    return publicKey === place.publicKey || !isForScope(place, { sealed });
  }

  /** What GitHub makes of a box: one sealed with another scope's key is stored as an empty secret. */
  opened(place: Place, { sealed }: Box): string {
    const [publicKey, value = ""] = sealed.split("|");
    return publicKey === place.publicKey ? value : "";
  }

  /** What is under way for longer than anything can be never arrives. */
  passUntil(moment: Instant): void {
    this.now = moment;
    this.flights = this.flights.filter(({ latestAt }) => latestAt >= moment);
  }

  /** A process ends, and with it its connections: nobody listens any more, which is when a reset's lateness begins. */
  hangUp(run: Run): void {
    const latestAt = this.now + this.scene.lateMs;
    for (const flight of this.flights) if (flight.run === run) flight.latestAt = Math.min(flight.latestAt, latestAt);
  }

  land(flight: Flight): void {
    this.flights = this.flights.filter((other) => other !== flight);
    if (flight.kind === "reset") this.commit(flight.run, flight.given);
    else this.write(flight.place, flight.box);
  }

  violate(kind: string, detail: string): void {
    this.violations.push({ kind, detail });
  }
}

/** Whether a box was sealed with a key of this scope, be it a former one. */
export function isForScope({ publicKey }: Place, { sealed }: Pick<Box, "sealed">): boolean {
  return publicKey.replaceAll("'", "") === (sealed.split("|")[0] ?? "").replaceAll("'", "");
}

/** Later secrets have higher numbers; an empty secret is older than all. */
function ageOf(value: string): number {
  return value === "" ? -1 : Number.parseInt(value.slice(1), 10);
}

/** What post finds on the machine. */
export function remainsOf({ journal }: Run): Remains {
  const { canaries, sending, sentAt, reply, saved, open, outcome, removed } = journal;
  if (removed) return { kind: "unreadable" };
  if (outcome !== null) return { kind: "concluded", outcome };
  return sending === null
    ? { kind: "not-sent", canaries, isCopying: false }
    : { kind: "sent", sending, sentAt, reply, saved: [...saved], unansweredSince: open.at(-1)?.at ?? null };
}
