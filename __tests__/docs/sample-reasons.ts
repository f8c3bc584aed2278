import type { Reason, ReasonCode } from "../../src/rotation/reasons";
import type { Fault } from "../../src/rotation/ports";

const fault: Fault = {
  cause: "server",
  answered: true,
  retryAfterMs: null,
  detail: "GitHub said no",
  permission: null,
};
const label = "NAME (secret of octo-org/brokerage)";
const refused = { status: 403, snaptradeCode: "1234" } as const;

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
  "snaptrade-undecided": [{ code: "snaptrade-undecided", doubt: { kind: "signature" }, skewMs: 40_000 }],
  "given-secret-dead": [
    { code: "given-secret-dead", changed: "after-start" },
    { code: "given-secret-dead", changed: "before-start" },
    { code: "given-secret-dead", changed: "unknown" },
  ],
  "destination-missing": [
    { code: "destination-missing", label, mustExist: false },
    { code: "destination-missing", label, mustExist: true },
  ],
  "destination-unreadable": [{ code: "destination-unreadable", label, fault }],
  "token-expiring": [{ code: "token-expiring", expiresAt: 0 }],
  "canary-taken": [{ code: "canary-taken", label }],
  "canary-refused": [{ code: "canary-refused", label, fault }],
  "canary-left": [{ code: "canary-left", label, fault }],
  "rescue-not-needed": [{ code: "rescue-not-needed" }],
  "rescue-stale": [{ code: "rescue-stale", label }],
  "ended-before-reset": [{ code: "ended-before-reset" }],
  "reset-not-sent": [{ code: "reset-not-sent", why: "no connection" }],
  "reset-refused": [{ code: "reset-refused", ...refused }],
  "rescue-refused": [{ code: "rescue-refused", ...refused }],
  "refused-and-not-live": [{ code: "refused-and-not-live", ...refused }],
  "reset-did-not-happen": [{ code: "reset-did-not-happen", status: 500 }],
  "answer-lost": [{ code: "answer-lost", status: null }],
  "answer-lost-undecided": [{ code: "answer-lost-undecided", status: null }],
  "answer-lost-and-written": [{ code: "answer-lost-and-written", status: null, label }],
  "rescue-unanswered": [{ code: "rescue-unanswered", status: 502 }],
  unholdable: [
    { code: "unholdable", why: "too-long", escrowed: true },
    { code: "unholdable", why: "not-unicode", escrowed: false },
  ],
  "candidate-unproven": [{ code: "candidate-unproven" }],
  "primary-not-saved": [{ code: "primary-not-saved", label, fault }],
  "copies-not-saved": [{ code: "copies-not-saved" }],
  "proof-failed": [
    { code: "proof-failed", proof: "new-undecided" },
    { code: "proof-failed", proof: "old-still-live" },
    { code: "proof-failed", proof: "old-undecided" },
    { code: "proof-failed", proof: "write-not-visible" },
  ],
  superseded: [{ code: "superseded" }],
  "kept-undecided": [{ code: "kept-undecided" }],
  "journal-unreadable": [{ code: "journal-unreadable" }],
  "main-still-runs": [{ code: "main-still-runs" }],
  "out-of-time": [{ code: "out-of-time" }],
  "internal-error": [
    { code: "internal-error", before: "reset", name: "TypeError" },
    { code: "internal-error", before: "end", name: "TypeError" },
  ],
};
