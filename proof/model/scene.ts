/** What can go wrong. Each occurrence costs one of the faults that a scene allows. */
export const COMMON_FAULTS = [
  "drop-request",
  "lose-answer",
  "commit-late",
  "5xx",
  "lost-ack",
  "put-late",
  "disk-full",
  "SIGKILL",
  "machine-loss",
  "signal",
] as const;

/** Rarer things: a service that is down for minutes, a scope whose key is changed under us, a token that is unknown for seconds. */
export const RARE_FAULTS = ["snaptrade-down", "github-down", "key-change", "token-forgotten"] as const;

/**
 * What SnapTrade may answer: its servers agree with each other only after a time, a gateway answers for it, its code for
 * a dead secret is also that for an unknown client, and an answer may come after nobody waits for it any more.
 */
export const ANSWER_FAULTS = [
  "stale-server",
  "stale-once",
  "client-rejected",
  "client-unknown",
  "control-silent",
  "gateway-refuses",
  "answer-late",
] as const;

export const FAULTS = [...COMMON_FAULTS, ...RARE_FAULTS, ...ANSWER_FAULTS];

export type Fault = (typeof FAULTS)[number];

/** One bounded world to explore: how many runs and faults, and which protections hold. */
export interface Scene {
  readonly runs: number;
  readonly faults: number;
  readonly kinds: readonly Fault[];
  /** Whether the runs share a concurrency group: then one starts only after the post step of the one before. */
  readonly group: boolean;
  /**
   * When a run is given its secret: repository secrets are read as it is queued, which may be any time since
   * the run before began; environment secrets as its job starts.
   */
  readonly secretRead: "queued" | "started";
  /** Not known of the real SnapTrade, so both are gone through: false lets a reset happen whatever secret it brings. */
  readonly resetNeedsOldSecret: boolean;
  readonly copies: number;
  readonly escrow: boolean;
  readonly settleMs: number;
  /** How long after it was sent, or its sender died, a late reset may still take effect. The settle time has to be longer. */
  readonly lateMs: number;
  /** How long after a reset a server of SnapTrade's may not know of it yet. The settle time has to be longer. */
  readonly staleMs: number;
  /** How long after it was sent a late write may still take effect: GitHub says that it ends requests after ten seconds. */
  readonly lateWriteMs: number;
  /** How long a request whose sender died may still take effect without being late, which would be one more fault. */
  readonly orphanMs: number;
  /** From the end of a run to the start of the next one in its concurrency group. */
  readonly nextRunAfterMs: number;
  /** From the loss of a machine to the moment when GitHub calls its job failed, and lets the next one start. */
  readonly lossNoticedAfterMs: number;
  /** `wrong`: the key that GitHub is asked for belongs to another scope, so that a box opens as empty. */
  readonly keyScope: "own" | "wrong";
  /** Whether a process may stand still for any time although it has something to do. */
  readonly stalls: boolean;
  /** Requests of one process that are under way together: answered first-in-first-out where nothing else can interfere, or in every order. */
  readonly order: "reduced" | "every";
}

/** Shorter than the input's default, with everything else that it has to outlast: only the order of events matters here. */
export const SETTLE_MS = 10_000;

export const SCENE: Scene = {
  runs: 1,
  faults: 2,
  kinds: COMMON_FAULTS,
  group: true,
  secretRead: "queued",
  resetNeedsOldSecret: true,
  copies: 0,
  escrow: false,
  settleMs: SETTLE_MS,
  lateMs: 8_000,
  staleMs: 9_000,
  lateWriteMs: 9_000,
  orphanMs: 3_000,
  // Later than SnapTrade's servers need to agree: a run that was handed what a server does not know yet ends as dead.
  nextRunAfterMs: 12_000,
  lossNoticedAfterMs: 600_000,
  keyScope: "own",
  stalls: false,
  order: "reduced",
};

/** In the proportions of the real ones to the settle time: a run that waits for long is the same as one that waits for less. */
export const SAVE_TIMEOUT_MS = 80_000;
/** As long as the settle time, as it is by default. */
export const RESET_TIMEOUT_MS = 10_000;
/** How long after the deadline an answer comes that was not waited for. */
export const ANSWER_LATE_MS = 5_000;
/** How long one request to GitHub is waited for. */
export const GITHUB_TIMEOUT_MS = 12_000;
/** All the time that post has. */
export const POST_LIMIT_MS = 30_000;
/** How long a service that is down stays so: longer than post has, shorter than main goes on. */
export const DOWN_MS = 40_000;
/** How long GitHub does not know a token that is good. */
export const TOKEN_FORGOTTEN_MS = 3_000;
/** From the first signal of a cancellation to SIGKILL. */
export const CANCEL_LADDER_MS = 10_000;
