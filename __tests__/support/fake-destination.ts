import type {
  Acknowledgement,
  Attempt,
  Audience,
  Box,
  Fault,
  FaultCause,
  GitHubAllowance,
  Instant,
  Passage,
  SealingKey,
  Survey,
} from "../../src/rotation/model";
import type { Destination } from "../../src/rotation/ports";
import type { Secret } from "../../src/text/secret";
import { START } from "./virtual-clock";
import type { VirtualClock } from "./virtual-clock";

/** When GitHub last saw the secret written, before the run. */
export const BEFORE = "2026-02-01T00:00:00Z";

export function fault(cause: FaultCause, known: Partial<Fault> = {}): { readonly ok: false; readonly fault: Fault } {
  const detail = `GitHub's ${cause}`;
  return {
    ok: false,
    fault: {
      cause,
      answered: cause !== "network",
      retryAfterMs: null,
      detail,
      permission: null,
      ...(cause === "network" ? NO_STATUS : { status: 500 }),
      ...(PASSING.includes(cause) ? { repeatable: true } : {}),
      ...known,
    },
  };
}

const NO_STATUS = { network: { cause: "reset", code: "ECONNRESET", sent: true } } as const;
/** What the adapter says may be asked again. */
const PASSING: readonly FaultCause[] = ["network", "server", "conflict", "throttled"];

/** How long the client lets one request take, whatever its caller allows. In ms. */
export const REQUEST_TIMEOUT_MS = 30_000;

/** A write that nobody answered in time. */
const UNANSWERED = fault("network", { network: { cause: "time-out", code: null, sent: true } });

/** What the destination needs of the world that it stands in. */
interface Around {
  readonly clock: VirtualClock;
  readonly log: string[];
}

/**
 * One secret at GitHub, in memory. Each list holds the coming answers of one kind of request; when it
 * is empty, all goes well. `value` is the ground truth.
 */
export class FakeDestination implements Destination {
  readonly label: string;
  visible: Destination["visible"] = "next-run";
  mustExist = false;
  exposed: readonly string[] = [];
  value = "whatever was there";
  written: string | null = BEFORE;
  keyId = "1";
  tokenExpiresAt: Instant | null = null;
  knowsTime = true;
  /** GitHub's clock minus ours. */
  aheadMs = 0;
  audience: Audience | null = null;
  allowance: GitHubAllowance | null = null;
  /** Whether `updated_at` follows a write. */
  showsWrites = true;
  readonly surveys: Attempt<Survey>[] = [];
  readonly reads: Attempt<string | null>[] = [];
  readonly keys: Attempt<SealingKey>[] = [];
  readonly puts: Attempt<Acknowledgement>[] = [];
  readonly canaries: Attempt<Acknowledgement>[] = [];
  readonly removals: Attempt<Acknowledgement>[] = [];
  /** The canaries that stand beside the secret. */
  readonly standing = new Set<string>();
  /** Whether a canary is written although the answer says that nobody knows. */
  canaryLands = false;
  /** Names of canaries that an earlier run has left. */
  stale: Attempt<readonly string[]> = { ok: true, value: [] };
  /** Runs as each write arrives; a write that it takes too long for ends without an answer. */
  onPut: (nth: number) => void | Promise<void> = () => undefined;
  rehearses = true;
  onCanary: () => Promise<void> = async () => await Promise.resolve();
  onRemoval: () => Promise<void> = async () => await Promise.resolve();
  #puts = 0;
  #names = 0;
  readonly #around: Around;

  constructor(label: string, around: Around) {
    this.label = label;
    this.#around = around;
  }

  async survey(): Promise<Attempt<Survey>> {
    this.#log("survey");
    const { written: updatedAt, tokenExpiresAt } = this;
    const { allowance } = this;
    const survey = {
      updatedAt,
      key: this.sealingKey(),
      serverTime: this.#time(),
      tokenExpiresAt,
      ...(allowance === null ? {} : { allowance }),
    };
    return await Promise.resolve(this.surveys.shift() ?? { ok: true, value: survey });
  }

  async updatedAt(): Promise<Attempt<string | null>> {
    this.#log("read");
    return await Promise.resolve(this.reads.shift() ?? { ok: true, value: this.written });
  }

  async key(): Promise<Attempt<SealingKey>> {
    this.#log("key");
    return await Promise.resolve(this.keys.shift() ?? { ok: true, value: this.sealingKey() });
  }

  sealingKey(): SealingKey {
    return { keyId: this.keyId, publicKey: `key of ${this.label}`, audience: this.audience };
  }

  seal(secret: Secret, { keyId, audience }: SealingKey): Box {
    return { keyId, sealed: secret.reveal(), audience, sealedAt: this.#around.clock.now() };
  }

  async put(
    { sealed, keyId }: Box,
    { over = "free", timeoutMs = Infinity }: Passage = {},
  ): Promise<Attempt<Acknowledgement>> {
    this.#puts += 1;
    this.#log(`put ${sealed} key ${keyId}${over === "other" ? " over the other" : ""}`);
    const arriving = this.onPut(this.#puts);
    if (arriving !== undefined) {
      const limitMs = Math.min(timeoutMs, REQUEST_TIMEOUT_MS);
      const timeUp = this.#around.clock.sleep(limitMs).then(() => "time is up" as const);
      if ((await Promise.race([arriving, timeUp])) === "time is up") return UNANSWERED;
    }
    const answer = this.puts.shift() ?? { ok: true, value: { serverTime: this.#time() } };
    if (answer.ok) this.write(sealed);
    return await Promise.resolve(answer);
  }

  /** Somebody writes the secret, be it us or another. */
  write(value: string): void {
    this.value = value;
    const seconds = Math.floor(this.#around.clock.now() / 1000) * 1000;
    if (this.showsWrites) this.written = new Date(seconds).toISOString();
  }

  rehearse(): void {
    if (!this.rehearses) throw new RangeError("it cannot be built");
    this.#log("rehearse");
  }

  canaryName(): string {
    this.#names += 1;
    return `${this.label}_CANARY_${this.#names}`;
  }

  isOwnCanary(name: string): boolean {
    return name.startsWith(`${this.label}_CANARY_`);
  }

  async staleCanaries(): Promise<Attempt<readonly string[]>> {
    this.#log("listing");
    return await Promise.resolve(this.stale);
  }

  async writeCanary(name: string, { keyId }: SealingKey): Promise<Attempt<Acknowledgement>> {
    this.#log(`canary key ${keyId}`);
    await this.onCanary();
    const answer = this.canaries.shift() ?? { ok: true, value: { serverTime: this.#time() } };
    if (answer.ok || (this.canaryLands && !answer.fault.answered)) this.standing.add(name);
    return answer;
  }

  async deleteCanary(name: string): Promise<Attempt<Acknowledgement>> {
    if (!this.isOwnCanary(name)) throw new TypeError(`not a canary of ${this.label}: ${name}`);
    this.#log("uncanary");
    await this.onRemoval();
    const answer =
      this.removals.shift() ??
      (this.standing.has(name)
        ? ({ ok: true, value: { serverTime: this.#time() } } as const)
        : fault("missing", { status: 404 }));
    if (answer.ok) this.standing.delete(name);
    return answer;
  }

  command({ sealed, keyId }: Box): string {
    return `command for ${this.label}: ${sealed} key ${keyId}`;
  }

  #time(): Instant | null {
    return this.knowsTime ? Math.max(START, this.#around.clock.now()) + this.aheadMs : null;
  }

  #log(what: string): void {
    this.#around.log.push(`${this.label} ${what}`);
  }
}
