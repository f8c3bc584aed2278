import { LAST_TRY_MAX_MS, LAST_TRY_SHARE, SAVE_FIRST_PAUSE_SHARE, SAVE_PAUSE_MAX_MS, SILENT_AFTER_MS } from "../timing";
import { commandOf } from "./commands";
import type { Context } from "./context";
import { mayWriteAgain } from "./fence";
import type { Effort, Fence } from "./fence";
import type { Box, Fault, Instant } from "./model";
import { fewAtATime } from "./persist";
import type { Ready, Store } from "./survey";

/** The result of saving in one destination. `unansweredAt` is when the last write stayed unanswered. */
export type Saved =
  | {
      readonly kind: "saved";
      readonly store: Store;
      readonly at: Instant;
      readonly serverTime: Instant | null;
      readonly unansweredAt: Instant | null;
      readonly box: Box;
    }
  | {
      readonly kind: "unsaved";
      readonly store: Store;
      readonly why: Exclude<Fence, "open">;
      readonly fault: Fault;
      readonly box: Box;
      readonly unansweredAt: Instant | null;
    };

export interface SavedAll {
  readonly primary: Saved;
  readonly copies: readonly Saved[];
}

/** Per destination. If the key seems to change more often, something else is wrong. */
const NEW_KEYS_MAX = 5;
const COPIES_AT_A_TIME = 5;

/**
 * Steps 8 and 9. The first write of the primary is sent at once. Only if it fails, or is not answered, the sealed
 * command is printed, the same box is sent again, and the copies are saved during the retries.
 */
export async function saveEverywhere(
  { secret, answeredAt }: Pick<Effort, "secret" | "answeredAt">,
  { primary, copies, saved = [] }: Pick<Ready, "primary" | "copies" | "saved">,
  context: Context,
  onPrimarySaved: (saved: Extract<Saved, { kind: "saved" }>) => void,
): Promise<SavedAll> {
  const { task, ports } = context;
  const deadline = ports.clock.now() + task.saveTimeoutMs;
  const effort: Effort = { secret, answeredAt, deadline, context, saved };
  const print = (box: Box): void => {
    ports.operator.say({ code: "sealed-command", sure: true, ...commandOf(primary.destination, box) });
  };
  const saving = new Saving(primary, effort, print);
  const first = await saving.begin();
  const [savedPrimary, savedCopies] = await Promise.all([
    saving.persevere(first).then((saved) => {
      if (saved.kind === "saved") onPrimarySaved(saved);
      return saved;
    }),
    saveCopies(copies, effort),
  ]);
  return { primary: savedPrimary, copies: savedCopies };
}

/** Step 9. The boxes of copies are not printed, because nothing is at risk while the primary has the secret. */
export async function saveCopies(copies: readonly Store[], effort: Effort): Promise<readonly Saved[]> {
  return await fewAtATime(copies, COPIES_AT_A_TIME, async (copy) => {
    const saving = new Saving(copy, effort, () => undefined);
    return await saving.persevere(await saving.begin());
  });
}

/** One answer to one write. */
interface Write {
  readonly failed: Fault | null;
  readonly at: Instant;
  readonly serverTime: Instant | null;
}

/** The save in one destination, from its first write until it is saved or further tries are pointless or unsafe. */
class Saving {
  readonly #store: Store;
  readonly #effort: Effort;
  readonly #print: (box: Box) => void;
  #box: Box;
  /** Unanswered writes. */
  #open = 0;
  #unansweredAt: Instant | null = null;

  constructor(store: Store, effort: Effort, print: (box: Box) => void) {
    this.#store = store;
    this.#effort = effort;
    this.#print = print;
    this.#box = store.destination.seal(effort.secret, store.key);
  }

  /**
   * The first write. If its connection is dead or silent, the same box is sent once more over the other one, without
   * asking SnapTrade before: repeating the same write changes nothing.
   */
  async begin(): Promise<Write> {
    const { clock } = this.#effort.context.ports;
    const before = this.#effort.saved?.find(({ label }) => label === this.#store.destination.label);
    if (before !== undefined) return { ...before, failed: null };
    const first = this.#write("free");
    const quick = await Promise.race([first, clock.sleep(SILENT_AFTER_MS).then(() => null)]);
    if (quick?.failed === null) return quick;
    // guard: early command
    this.#print(this.#box);
    if (quick !== null && quick.failed.status !== undefined) return quick;
    return await firstGood([first, /* guard: second send */ this.#write("other")]);
  }

  /** Continues after the first write. */
  async persevere(first: Write): Promise<Saved> {
    const { deadline, context } = this.#effort;
    const { task, ports } = context;
    const lastTryAt = deadline - Math.min(task.saveTimeoutMs * LAST_TRY_SHARE, LAST_TRY_MAX_MS);
    let pauseMs = Math.max(1, task.saveTimeoutMs * SAVE_FIRST_PAUSE_SHARE);
    let newKeys = 0;
    let isLast = false;
    for (let latest = first; ; latest = await this.#write("free")) {
      const fault = latest.failed;
      if (fault === null) return this.#saved(latest);
      if (isLast || ports.clock.now() >= deadline) return this.#unsaved("out-of-time", fault);

      const toldMs = Math.max(pauseMs, fault.retryAfterMs ?? 0);
      const leftMs = Math.max(0, lastTryAt - ports.clock.now());
      isLast = toldMs >= leftMs;
      const waitMs = Math.min(toldMs, leftMs);
      pauseMs = Math.min(pauseMs * 2, SAVE_PAUSE_MAX_MS);
      ports.operator.say({ code: "save-failed", label: this.#store.destination.label, fault, waitMs });
      await ports.clock.sleep(waitMs);

      const fence = /* guard: live fence */ await mayWriteAgain(this.#store, this.#effort);
      if (fence !== "open") return this.#unsaved(fence, fault);
      if (fault.cause === "box-refused" && newKeys < NEW_KEYS_MAX) {
        newKeys += 1;
        await this.#sealAgain();
      }
    }
  }

  /** GitHub rejects a box if its key has changed. The printed command is then useless, so a new one is printed. */
  async #sealAgain(): Promise<void> {
    const { destination } = this.#store;
    const key = await destination.key();
    if (!key.ok) return;
    this.#box = destination.seal(this.#effort.secret, key.value);
    this.#print(this.#box);
  }

  async #write(over: "free" | "other"): Promise<Write> {
    const { deadline, context } = this.#effort;
    const { clock, journal } = context.ports;
    const { label } = this.#store.destination;
    journal.wrote({ label, is: "sent", at: clock.now(), serverTime: null });
    this.#open += 1;
    const timeoutMs = Math.max(1, deadline - clock.now());
    const attempt = await this.#store.destination.put(this.#box, { over, timeoutMs });
    this.#open -= 1;
    const at = clock.now();
    if (attempt.ok) {
      const { serverTime } = attempt.value;
      journal.wrote({ label, is: "acknowledged", at, serverTime });
      return { failed: null, at, serverTime };
    }
    const { answered, network } = attempt.fault;
    // If nothing of a request was sent, it cannot take effect later.
    if (!answered && network?.sent !== false) this.#unansweredAt = at;
    else journal.wrote({ label, is: "refused", at, serverTime: null });
    return { failed: attempt.fault, at, serverTime: null };
  }

  #saved({ at, serverTime }: Write): Saved {
    return { kind: "saved", store: this.#store, at, serverTime, box: this.#box, unansweredAt: this.#silentAt() };
  }

  #unsaved(why: Extract<Saved, { kind: "unsaved" }>["why"], fault: Fault): Saved {
    return { kind: "unsaved", store: this.#store, why, fault, box: this.#box, unansweredAt: this.#silentAt() };
  }

  /** An open write counts as unanswered now. */
  #silentAt(): Instant | null {
    return this.#open > 0 ? this.#effort.context.ports.clock.now() : this.#unansweredAt;
  }
}

/** The first accepted write; if there is none, the last one that failed. */
async function firstGood(writes: readonly [Promise<Write>, Promise<Write>]): Promise<Write> {
  return await new Promise<Write>((resolve) => {
    let open = writes.length;
    for (const write of writes) {
      void write.then((one) => {
        open -= 1;
        if (one.failed === null || open === 0) resolve(one);
      });
    }
  });
}
