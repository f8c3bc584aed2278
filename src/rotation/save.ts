import type { Context } from "./context";
import type { Acknowledgement, Box, Fault, Instant, Ports } from "./ports";
import type { Ready, Store } from "./prepare";
import type { Secret } from "./secret";

/** What became of the save of one destination. `unansweredAt` is when GitHub last fell silent on a write of ours. */
export type Saved =
  | {
      readonly kind: "saved";
      readonly store: Store;
      readonly at: Instant;
      readonly serverTime: Instant | null;
      readonly unansweredAt: Instant | null;
    }
  | {
      readonly kind: "unsaved";
      readonly store: Store;
      readonly why: "refused" | Exclude<Fence, "open">;
      readonly fault: Fault;
      readonly box: Box;
      readonly unansweredAt: Instant | null;
    };

export interface SavedAll {
  readonly primary: Saved;
  readonly copies: readonly Saved[];
}

/** What to do about a failed write, by its cause. */
const REMEDIES = {
  network: "back-off",
  server: "back-off",
  conflict: "back-off",
  malformed: "back-off",
  throttled: "wait-as-told",
  "box-refused": "seal-anew",
  quota: "once-more",
  unauthorized: "once-more",
  "forbidden-permission": "once-more",
  policy: "once-more",
  sso: "once-more",
  "ip-list": "once-more",
  archived: "once-more",
  suspended: "once-more",
  forbidden: "once-more",
  missing: "once-more",
  moved: "once-more",
  "login-page": "once-more",
} as const satisfies Record<Fault["cause"], "back-off" | "wait-as-told" | "seal-anew" | "once-more">;

/** The first pause is this share of the save timeout, each further one twice as long, up to a limit. */
const FIRST_PAUSE_SHARE = 1 / 600;
const PAUSE_MAX_MS = 30_000;
/** Keys fetched anew for one destination; a key that changes more often is not a change of key. */
const NEW_KEYS_MAX = 5;

/**
 * Steps 8 and 9. The first write of the primary goes out at once. Only if it fails is there time for
 * anything else: the sealed command is printed, and the copies are saved beside the retries.
 */
export async function saveEverywhere(
  { secret, answeredAt }: Pick<Effort, "secret" | "answeredAt">,
  { primary, copies }: Pick<Ready, "primary" | "copies">,
  context: Context,
  onPrimarySaved: (saved: Extract<Saved, { kind: "saved" }>) => void,
): Promise<SavedAll> {
  const { task, ports } = context;
  const deadline = ports.clock.now() + task.saveTimeoutMs;
  const effort: Effort = { secret, answeredAt, deadline, context };
  const first = await firstWrite(primary, effort);
  const print = (box: Box): void => {
    sayCommand(primary, box, ports);
  };
  if (first.failed !== null) print(first.box);
  const [savedPrimary, savedCopies] = await Promise.all([
    persevere(first, effort, print).then((saved) => {
      if (saved.kind === "saved") onPrimarySaved(saved);
      return saved;
    }),
    Promise.all(copies.map(async (copy) => persevere(await firstWrite(copy, effort), effort, printNothing))),
  ]);
  return { primary: savedPrimary, copies: savedCopies };
}

/** What the log holds of a secret that is not saved yet: the command that finishes the save. */
function sayCommand({ destination }: Store, box: Box, ports: Pick<Ports, "operator">): void {
  const { label } = destination;
  ports.operator.say({ code: "sealed-command", sure: true, label, command: destination.command(box) });
}

/** A copy's box is shown in the summary at the end: while the primary holds the secret nothing is in danger. */
function printNothing(): void {
  return;
}

/** What all destinations of one save have in common. */
export interface Effort {
  readonly secret: Secret;
  /** When SnapTrade gave it. */
  readonly answeredAt: Instant;
  readonly deadline: Instant;
  readonly context: Context;
}

/** A destination on its way to be saved. */
interface Write {
  readonly store: Store;
  readonly box: Box;
  readonly failed: Fault | null;
  readonly at: Instant;
  readonly serverTime: Instant | null;
}

async function firstWrite(store: Store, { secret, context }: Effort): Promise<Write> {
  return await write(store, store.destination.seal(secret, store.key), context.ports);
}

async function write(store: Store, box: Box, ports: Ports): Promise<Write> {
  const attempt = await store.destination.put(box);
  const at = ports.clock.now();
  if (!attempt.ok) return { store, box, failed: attempt.fault, at, serverTime: null };
  const { serverTime }: Acknowledgement = attempt.value;
  return { store, box, failed: null, at, serverTime };
}

/** Goes on after the first write until the destination is saved, or nothing more can or may be done. */
async function persevere(first: Write, effort: Effort, onNewBox: (box: Box) => void): Promise<Saved> {
  const { deadline } = effort;
  const { task, ports } = effort.context;
  const { store } = first;
  let latest = first;
  let unansweredAt: Instant | null = null;
  let pauseMs = Math.max(1, task.saveTimeoutMs * FIRST_PAUSE_SHARE);
  let lastChances = 0;
  let newKeys = 0;
  for (;;) {
    const fault = latest.failed;
    if (fault === null) {
      return { kind: "saved", store, at: latest.at, serverTime: latest.serverTime, unansweredAt };
    }
    if (!fault.answered) unansweredAt = latest.at;
    const unsaved = { kind: "unsaved", store, fault, box: latest.box, unansweredAt } as const;
    const remedy = REMEDIES[fault.cause];
    if (remedy === "once-more") lastChances += 1;
    if (remedy === "seal-anew") newKeys += 1;
    if (lastChances > 1 || newKeys > NEW_KEYS_MAX) return { ...unsaved, why: "refused" };

    const waitMs = remedy === "wait-as-told" ? (fault.retryAfterMs ?? pauseMs) : pauseMs;
    pauseMs = Math.min(pauseMs * 2, PAUSE_MAX_MS);
    if (ports.clock.now() + waitMs > deadline) return { ...unsaved, why: "out-of-time" };
    ports.operator.say({ code: "save-failed", label: store.destination.label, fault, waitMs });
    await ports.clock.sleep(waitMs);

    const fence = await mayWriteAgain(store, effort);
    if (fence !== "open") return { ...unsaved, why: fence };
    const anew = remedy === "seal-anew" ? await sealAnew(store, effort) : null;
    if (anew !== null) onNewBox(anew);
    latest = await write(store, anew ?? latest.box, ports);
  }
}

export type Fence = "open" | "superseded" | StillShut;

/**
 * Why the fence is shut when time is up: SnapTrade took the old secret and not the new one; or it could not tell, and
 * somebody may have written; or it was not even asked to the end.
 */
export type StillShut = "old-still-live" | "undecided" | "out-of-time";

/** Refusals of both secrets in a row, after which somebody else's rotation is possible. */
const BOTH_REFUSED = 3;

/**
 * The fence before each retry: if somebody rotated after us, writing ours would destroy theirs. Nobody did
 * while the old secret is live: then ours is not yet known everywhere, and is waited for.
 * Where SnapTrade cannot tell, the destination must at least not have been written since.
 */
export async function mayWriteAgain(store: Store, effort: Effort): Promise<Fence> {
  const { deadline, context } = effort;
  const { clock } = context.ports;
  const latest: { shut: StillShut } = { shut: "out-of-time" };
  const timeUp = clock.sleep(Math.max(0, deadline - clock.now()));
  // A SnapTrade that does not answer must not make the save last longer than it may.
  return await Promise.race([askAtFence(store, effort, latest), timeUp.then(() => latest.shut)]);
}

async function askAtFence(store: Store, effort: Effort, latest: { shut: StillShut }): Promise<Fence> {
  const { task, ports, oracle } = effort.context;
  const settledAt = effort.answeredAt + oracle.settleMs;
  let bothRefused = 0;
  while (ports.clock.now() < effort.deadline) {
    const [fresh, updatedAt] = await Promise.all([oracle.once(effort.secret), store.destination.updatedAt()]);
    const isUnmoved = updatedAt.ok && updatedAt.value === store.updatedAt;
    if (fresh.verdict.kind === "live") return "open";
    // That the old secret was live stays known when SnapTrade cannot tell any more.
    if (latest.shut === "out-of-time") latest.shut = "undecided";
    if (fresh.verdict.kind === "cannot-tell") {
      // One doubt is enough: a retry is fenced, and waiting for more of them is time at risk.
      if (isUnmoved) return "open";
      bothRefused = 0;
    } else {
      const old = (await oracle.once(task.secret)).verdict.kind;
      if (old === "live") latest.shut = "old-still-live";
      bothRefused = old === "refused" ? bothRefused + 1 : 0;
      // Until it has settled, ours may only not be known everywhere yet.
      if (bothRefused >= BOTH_REFUSED && ports.clock.now() >= settledAt) {
        if ((await oracle.doubtAboutRefusal()) === null) return "superseded";
        // That may have taken a while.
        const latestUpdate = await store.destination.updatedAt();
        if (latestUpdate.ok && latestUpdate.value === store.updatedAt) return "open";
      }
    }
    await ports.clock.sleep(oracle.pauseMs);
  }
  return latest.shut;
}

/** GitHub refuses a box when its key has changed; the command printed before is useless then, so the new box is printed too. */
async function sealAnew({ destination }: Store, { secret }: Effort): Promise<Box | null> {
  const key = await destination.key();
  return key.ok ? destination.seal(secret, key.value) : null;
}
