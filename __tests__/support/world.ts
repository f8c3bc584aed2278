import { contextOf } from "../../src/rotation/context";
import type { Context } from "../../src/rotation/context";
import type {
  Control,
  Probe,
  Reading,
  Reply,
  Sending,
  SentReply,
  Task,
  Verdict,
  WriteRecord,
} from "../../src/rotation/model";
import type { Notice } from "../../src/rotation/notices";
import type { Cancellation, Escrow, Issuer, Journal, Operator, Ports, Run } from "../../src/rotation/ports";
import { Secret } from "../../src/text/secret";
import { FakeDestination } from "./fake-destination";
import { START, VirtualClock } from "./virtual-clock";

export const OLD = "old-secret-1";
export const NEW = "new-secret-1";

export const SETTLE_MS = 90_000;
export const SAVE_TIMEOUT_MS = 600_000;

const MADE_UP = "made up";

/** What a world is made of, where it is not the usual one. */
export interface Scene {
  readonly task?: Partial<Task>;
  readonly copies?: number;
  readonly escrow?: boolean;
}

/** An answer that came complete; what it means is what `World.reading` says. */
export function sent(world: World, ending: SentReply["ending"] = "complete", raw = "bytes"): SentReply {
  const now = world.clock.now();
  return { kind: "sent", raw: Buffer.from(raw), ending, sentAt: now, at: now };
}

/**
 * Everything around the protocol, played in memory, with one log of all that happened in its order.
 * SnapTrade takes the secret in `inForce` and no other, unless `verdict` says otherwise.
 */
export class World {
  readonly clock = new VirtualClock();
  readonly log: string[] = [];
  readonly notices: Notice[] = [];
  readonly task: Task;
  readonly primary: FakeDestination;
  readonly copies: readonly FakeDestination[];
  readonly ports: Ports;

  // SnapTrade.
  inForce = OLD;
  resets = 0;
  /** Replaces SnapTrade's verdict on a secret where it is not null. */
  verdict: (candidate: string, nth: number) => Verdict | null = () => null;
  allowances: Probe["allowance"][] = [];
  /** What it says to the control question, the last of them for ever. */
  controls: Control[] = [{ kind: "known" }];
  skewMs: number | null = null;
  /** What the reset does and what comes back. */
  onReset: () => Reply = () => {
    this.inForce = NEW;
    return sent(this);
  };
  reading: Reading = { kind: "granted", secret: new Secret(NEW) };
  /** What the answer of the rehearsal is taken for. */
  madeUpReading: Reading = { kind: "granted", secret: new Secret("made-up-secret") };
  /** What one answer means where there are several. */
  readingOf: (reply: SentReply) => Reading = () => this.reading;

  // GitHub, the journal, the operator.
  /** Looks for what hides a destination. */
  onHiding: Run["hiding"] = async () => await Promise.resolve([]);
  runStartedAt: number | null = START - 60_000;
  stepStartedAt = START;
  readonly githubClock = {
    aheadMs: 0,
    assume: (aheadMs: number): void => {
      this.githubClock.aheadMs = aheadMs;
      this.log.push(`github is ${aheadMs} ms ahead`);
    },
  };
  journalTakesTrying = true;
  journalRehearses = true;
  journalTakesCopying = true;
  journalTakesSending = true;
  journalKeeps = true;
  escrowWorks = true;
  /** The canaries that the journal was told of. */
  tried: readonly string[] | null = null;
  readonly writes: WriteRecord[] = [];
  sending: Sending | null = null;
  seen: string | null = null;
  #cancel: (signal: string) => void = () => undefined;
  #probes = 0;

  constructor({ task = {}, copies = 0, escrow = false }: Scene = {}) {
    this.task = {
      mode: "rotate",
      secret: new Secret(OLD),
      create: false,
      canary: true,
      minAgeMs: null,
      saveTimeoutMs: SAVE_TIMEOUT_MS,
      settleMs: SETTLE_MS,
      ...task,
    };
    this.primary = new FakeDestination("primary", this);
    this.copies = Array.from({ length: copies }, (_, index) => new FakeDestination(`copy-${index + 1}`, this));
    this.ports = {
      equip: async () => {
        this.log.push("equip");
        await Promise.resolve();
      },
      issuer: this.#issuer(),
      primary: this.primary,
      copies: this.copies,
      githubClock: this.githubClock,
      run: {
        startedAt: async () => await Promise.resolve(this.runStartedAt),
        hiding: async (isWanted) => await this.onHiding(isWanted),
        stepStartedAt: () => this.stepStartedAt,
      } satisfies Run,
      journal: this.#journal(),
      operator: this.#operator(),
      escrow: escrow ? this.#escrow() : null,
      cancellation: this.#cancellation(),
      clock: this.clock,
    };
  }

  /** What the protocol's steps work with; each call begins a run of its own. */
  context(): Context {
    return contextOf(this.task, this.ports);
  }

  /** A signal arrives now. */
  cancel(signal: string): void {
    this.seen ??= signal;
    this.#cancel(signal);
  }

  codes(): readonly Notice["code"][] {
    return this.notices.map(({ code }) => code);
  }

  /** Where in the log an entry stands first; throws where it does not, so that an order cannot hold by absence. */
  at(entry: string): number {
    const found = this.log.indexOf(entry);
    if (found < 0) throw new Error(`not in the log: ${entry}\n${this.log.join("\n")}`);
    return found;
  }

  count(entry: string): number {
    return this.log.filter((one) => one === entry).length;
  }

  #issuer(): Issuer {
    return {
      probe: async (candidate) => {
        this.#probes += 1;
        const text = candidate.reveal();
        const verdict = this.verdict(text, this.#probes) ?? { kind: text === this.inForce ? "live" : "refused" };
        this.log.push(`probe ${text} ${verdict.kind}`);
        const allowance = text === this.task.secret.reveal() ? (this.allowances.shift() ?? null) : null;
        return await Promise.resolve({ verdict, allowance });
      },
      control: async () => {
        const [next = { kind: "known" } as const, ...later] = this.controls;
        if (later.length > 0) this.controls = later;
        this.log.push(`control ${next.kind}`);
        return await Promise.resolve(next);
      },
      reset: async (current, onSend) => {
        this.resets += 1;
        onSend(this.clock.now());
        this.log.push(`reset ${current.reveal()}`);
        return await Promise.resolve(this.onReset());
      },
      madeUpReply: () => sent(this, "complete", MADE_UP),
      read: (reply) => (Buffer.from(reply.raw).toString() === MADE_UP ? this.madeUpReading : this.readingOf(reply)),
      skewMs: async () => await Promise.resolve(this.skewMs),
    };
  }

  #journal(): Journal {
    return {
      rehearse: () => {
        if (!this.journalRehearses) throw new RangeError("no space");
        this.log.push("journal rehearse");
      },
      copying: () => {
        if (!this.journalTakesCopying) throw new Error("no space");
        this.log.push("journal copying");
      },
      sent: () => void this.log.push("journal sent"),
      wrote: (record) => {
        this.log.push(`journal ${record.is} ${record.label}`);
        this.writes.push(record);
      },
      trying: (canaries) => {
        if (!this.journalTakesTrying) throw new Error("no space");
        this.tried = canaries;
        this.log.push("journal trying");
      },
      sending: (facts) => {
        if (!this.journalTakesSending) throw new Error("no space");
        this.log.push("journal sending");
        this.sending = facts;
      },
      keep: () => {
        this.log.push("journal keep");
        return this.journalKeeps;
      },
    };
  }

  #operator(): Operator {
    return {
      mask: (secret) => void this.log.push(`mask ${secret.reveal()}`),
      remark: (notice) => {
        this.notices.push(notice);
        this.log.push(`remark ${notice.code}`);
      },
      note: (notice) => {
        this.notices.push(notice);
        this.log.push(`note ${notice.code}`);
      },
      say: (notice) => {
        this.notices.push(notice);
        this.log.push(`say ${notice.code}`);
      },
      begin: (part) => void this.log.push(`begin ${part}`),
    };
  }

  #escrow(): Escrow {
    return {
      encrypt: async (secret) => {
        this.log.push(`escrow ${secret.reveal()}`);
        return await (this.escrowWorks
          ? Promise.resolve(`age of ${secret.reveal()}`)
          : Promise.reject(new Error("age")));
      },
    };
  }

  #cancellation(): Cancellation {
    const arrived = new Promise<string>((resolve) => {
      this.#cancel = resolve;
    });
    const seen = (): string | null => this.seen;
    return {
      get seen() {
        return seen();
      },
      arrived,
    };
  }
}

/** An answer that says nothing about any secret. */
export function strange(status = 502): Verdict {
  return { kind: "cannot-tell", doubt: { kind: "strange-answer", said: { status, code: null, sentence: null } } };
}

/** SnapTrade cannot say anything about any of these secrets. */
export function undecidedAbout(...secrets: readonly string[]): (candidate: string) => Verdict | null {
  return (candidate) => (secrets.includes(candidate) ? strange() : null);
}
