import type { Reason, ReasonCode } from "../../src/rotation/reasons";
import type { Doubt, Fault, Said } from "../../src/rotation/ports";

const fault: Fault = {
  cause: "server",
  answered: true,
  retryAfterMs: null,
  detail: "GitHub said no",
  permission: null,
};
/** One that GitHub answered, one that never reached it, and one that got no answer. */
const faults: readonly Fault[] = [
  fault,
  { ...fault, cause: "network", network: { cause: "refused", code: "ECONNREFUSED", sent: false } },
  { ...fault, cause: "network", network: { cause: "time-out", code: null, sent: true } },
];
const label = "NAME (secret of octo-org/brokerage)";
const said: Said = { status: 403, code: "1234", sentence: "Not allowed" };

/** One of each kind of doubt, in every variant of its words. */
const doubts: readonly Doubt[] = [
  { kind: "signature", said },
  { kind: "client", said },
  { kind: "throttled", retryAfterMs: null, waitedMs: 0 },
  { kind: "throttled", retryAfterMs: 5_000, waitedMs: 120_000 },
  { kind: "no-answer", why: "cut off" },
  { kind: "strange-answer", said },
  { kind: "strange-answer", said: { status: 403, code: "1012", sentence: null } },
  { kind: "contradiction" },
  { kind: "no-such-user" },
  { kind: "unchecked" },
];

/** Every reason in every variant of its sentence. A new code does not compile until it stands here. */
export const sampleReasons: { readonly [Code in ReasonCode]: readonly Extract<Reason, { code: Code }>[] } = {
  rotated: [{ code: "rotated" }],
  ready: [{ code: "ready" }],
  "secret-live": [{ code: "secret-live" }],
  "young-enough": [{ code: "young-enough", label }],
  "refused-input": [{ code: "refused-input", input: "create", problem: 'is "yes"', expected: "true, false" }],
  "refused-setting": [{ code: "refused-setting", setting: "NODE_DEBUG", problem: "names http", expected: "unset" }],
  "journal-unavailable": [{ code: "journal-unavailable" }],
  "sealing-unavailable": [{ code: "sealing-unavailable" }],
  cancelled: [{ code: "cancelled", signal: "SIGINT" }],
  "any-secret-accepted": [{ code: "any-secret-accepted" }],
  "snaptrade-undecided": [
    { code: "snaptrade-undecided", doubt: { kind: "signature", said }, skewMs: 40_000 },
    ...doubts.map((doubt) => ({ code: "snaptrade-undecided", doubt, skewMs: null }) as const),
  ],
  "client-rejected": [{ code: "client-rejected", said }],
  "no-such-user": [{ code: "no-such-user" }],
  "given-secret-dead": (
    ["after-start", "after-job-start", "after-run-start", "before-start", "unknown", "not-asked"] as const
  ).flatMap((changed) =>
    [true, false].map((isChecked) => ({ code: "given-secret-dead", changed, isChecked }) as const),
  ),
  "given-secret-outdated": (["job", "run"] as const).map(
    (since) => ({ code: "given-secret-outdated", label, since }) as const,
  ),
  finished: (["job", "run"] as const).map((provenBy) => ({ code: "finished", label, provenBy }) as const),
  "finish-not-needed": [{ code: "finish-not-needed" }],
  "finish-overtaken": [{ code: "finish-overtaken", label, savedAt: 0, printedAt: 0 }],
  "finish-key-changed": [{ code: "finish-key-changed", label }],
  "finish-refused": faults.map((one) => ({ code: "finish-refused", label, fault: one }) as const),
  "finish-unproven": [null, ...faults].map((one) => ({ code: "finish-unproven", label, fault: one }) as const),
  "destination-missing": [
    { code: "destination-missing", label, mustExist: false },
    { code: "destination-missing", label, mustExist: true },
  ],
  "destination-unreadable": faults.map((one) => ({ code: "destination-unreadable", label, fault: one }) as const),
  "token-expiring": [{ code: "token-expiring", expiresAt: 0 }],
  "canary-refused": faults.map((one) => ({ code: "canary-refused", label, fault: one }) as const),
  "github-allowance": [null, 0].map(
    (resetAt) => ({ code: "github-allowance", remaining: 3, needed: 12, resetAt }) as const,
  ),
  "destination-changed": (["updated-at", "key", "audience"] as const).map(
    (what) => ({ code: "destination-changed", label, what }) as const,
  ),
  "rehearsal-failed": [{ code: "rehearsal-failed", name: "TypeError" }],
  "rescue-not-needed": [{ code: "rescue-not-needed" }],
  "rescue-stale": [{ code: "rescue-stale", label }],
  "ended-before-reset": [{ code: "ended-before-reset" }],
  copied: [{ code: "copied" }],
  "copies-unproven": [
    { code: "copies-unproven", doubt: null },
    { code: "copies-unproven", doubt: { kind: "contradiction" } },
  ],
  "primary-moved": [{ code: "primary-moved", label }],
  "reset-not-sent": [{ code: "reset-not-sent", why: "no connection" }],
  "reset-refused": [{ code: "reset-refused", said }],
  "rescue-refused": [{ code: "rescue-refused", said }],
  "refused-and-not-live": [{ code: "refused-and-not-live", said }],
  "reset-did-not-happen": [{ code: "reset-did-not-happen", status: 500 }],
  "answer-lost": [{ code: "answer-lost", status: null }],
  "answer-lost-undecided": doubts.flatMap((doubt) =>
    [null, said].map((one) => ({ code: "answer-lost-undecided", status: null, said: one, doubt }) as const),
  ),
  "answer-lost-and-written": [{ code: "answer-lost-and-written", status: null, label }],
  "rescue-unanswered": [{ code: "rescue-unanswered", status: 502 }],
  unholdable: [
    { code: "unholdable", why: "too-long", escrowed: true },
    { code: "unholdable", why: "not-unicode", escrowed: false },
  ],
  "candidate-unproven": [{ code: "candidate-unproven" }],
  "primary-not-saved": faults.map((one) => ({ code: "primary-not-saved", label, fault: one }) as const),
  "copies-not-saved": [{ code: "copies-not-saved" }],
  "proof-failed": [
    { code: "proof-failed", proof: "old-still-live", doubt: null },
    { code: "proof-failed", proof: "rolled-back", doubt: null },
    { code: "proof-failed", proof: "write-not-visible", doubt: null },
    ...doubts.flatMap((doubt) =>
      (["new-undecided", "old-undecided"] as const).map((proof) => ({ code: "proof-failed", proof, doubt }) as const),
    ),
  ],
  "export-failed": [{ code: "export-failed", name: "SNAPTRADE_SECRET" }],
  superseded: [{ code: "superseded" }],
  "kept-undecided": [{ code: "kept-undecided" }],
  "journal-unreadable": [{ code: "journal-unreadable" }],
  "copies-interrupted": [{ code: "copies-interrupted" }],
  "main-may-live": [{ code: "main-may-live" }],
  "out-of-time": [{ code: "out-of-time" }],
  "internal-error": [
    { code: "internal-error", before: "reset", name: "TypeError" },
    { code: "internal-error", before: "end", name: "TypeError" },
  ],
};
