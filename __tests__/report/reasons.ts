import type { Doubt, Fault, FaultCause, Said } from "../../src/rotation/model";
import type { Reason, ReasonCode, Result } from "../../src/rotation/outcome";
import { fault } from "../support/fake-destination";

const label = "NAME (secret of octo-org/brokerage)";

const CAUSES = [
  "network",
  "server",
  "conflict",
  "throttled",
  "box-refused",
  "quota",
  "unauthorized",
  "forbidden-permission",
  "policy",
  "sso",
  "ip-list",
  "archived",
  "suspended",
  "forbidden",
  "missing",
  "moved",
  "login-page",
  "malformed",
] as const satisfies readonly FaultCause[];

/** One of each cause, and a request that never reached GitHub. */
const FAULTS: readonly Fault[] = [
  ...CAUSES.map((cause) => fault(cause).fault),
  { ...fault("network").fault, network: { cause: "refused", code: "ECONNREFUSED", sent: false } },
];

const SAID: Said = { status: 401, code: "1083", sentence: "Invalid clientId provided - X" };

const DOUBTS: readonly Doubt[] = [
  { kind: "signature", said: SAID },
  { kind: "client", said: SAID },
  { kind: "throttled", retryAfterMs: 1, waitedMs: 0 },
  { kind: "throttled", retryAfterMs: null, waitedMs: 61_999 },
  { kind: "no-answer", why: "cut off" },
  { kind: "strange-answer", said: { status: 502, code: null, sentence: null } },
  { kind: "strange-answer", said: { status: 403, code: "1012", sentence: "Personal keys cannot do this" } },
  { kind: "contradiction" },
  { kind: "no-such-user" },
  { kind: "unchecked" },
];

const SKEWS = [null, 29_999, 90_000, -90_000];

interface Entry<Code extends ReasonCode> {
  /** The results that the reason can stand behind. */
  readonly results: readonly [Result, ...Result[]];
  /** Every variant of its sentence. */
  readonly samples: readonly Extract<Reason, { code: Code }>[];
}

/** Every reason. A new code does not compile until it stands here. */
export const REASONS: { readonly [Code in ReasonCode]: Entry<Code> } = {
  ready: { results: ["checked"], samples: [{ code: "ready" }] },
  "secret-live": { results: ["verified"], samples: [{ code: "secret-live" }] },
  "young-enough": { results: ["skipped"], samples: [{ code: "young-enough", label }] },
  "refused-input": {
    results: ["unchanged"],
    samples: [
      { code: "refused-input", input: "mode", problem: '"x"', expected: "rotate" },
      { code: "refused-input", input: "save-to", line: 2, problem: "missing secret name", expected: "SECRET_NAME" },
    ],
  },
  // Afterwards only post says so, of what a later step has set.
  "refused-setting": {
    results: ["unchanged", "partly-saved", "saved-unverified", "unsaved", "unknown"],
    samples: [{ code: "refused-setting", setting: "NODE_DEBUG", problem: "must not be set", expected: "no value" }],
  },
  "journal-unavailable": { results: ["unchanged"], samples: [{ code: "journal-unavailable" }] },
  "sealing-unavailable": { results: ["unchanged"], samples: [{ code: "sealing-unavailable" }] },
  cancelled: { results: ["unchanged"], samples: [{ code: "cancelled", signal: "SIGINT" }] },
  "any-secret-accepted": { results: ["unchanged"], samples: [{ code: "any-secret-accepted" }] },
  "snaptrade-undecided": {
    results: ["unchanged"],
    samples: DOUBTS.flatMap((doubt) =>
      SKEWS.map((skewMs) => ({ code: "snaptrade-undecided", doubt, skewMs }) as const),
    ),
  },
  "client-rejected": { results: ["unchanged"], samples: [{ code: "client-rejected", said: SAID }] },
  "no-such-user": { results: ["unchanged"], samples: [{ code: "no-such-user" }] },
  "given-secret-dead": {
    results: ["dead"],
    samples: (
      ["after-start", "after-job-start", "after-run-start", "before-start", "unknown", "not-asked"] as const
    ).flatMap((changed) =>
      [true, false].map((isChecked) => ({ code: "given-secret-dead", changed, isChecked }) as const),
    ),
  },
  "given-secret-outdated": {
    results: ["unchanged"],
    samples: (["job", "run"] as const).map((since) => ({ code: "given-secret-outdated", label, since }) as const),
  },
  finished: {
    results: ["finished"],
    samples: (["job", "run"] as const).map((provenBy) => ({ code: "finished", label, provenBy }) as const),
  },
  "finish-not-needed": { results: ["unchanged"], samples: [{ code: "finish-not-needed" }] },
  "finish-overtaken": {
    results: ["unchanged"],
    samples: [{ code: "finish-overtaken", label, savedAt: 1_000, printedAt: 0 }],
  },
  "finish-key-changed": { results: ["unchanged"], samples: [{ code: "finish-key-changed", label }] },
  "finish-refused": {
    results: ["unchanged"],
    samples: FAULTS.map((one) => ({ code: "finish-refused", label, fault: one }) as const),
  },
  "finish-unproven": {
    results: ["unknown"],
    samples: [null, ...FAULTS].map((one) => ({ code: "finish-unproven", label, fault: one }) as const),
  },
  "destination-missing": {
    results: ["unchanged"],
    samples: [true, false].map((mustExist) => ({ code: "destination-missing", label, mustExist }) as const),
  },
  "destination-unreadable": {
    results: ["unchanged"],
    samples: FAULTS.map((one) => ({ code: "destination-unreadable", label, fault: one }) as const),
  },
  "token-expiring": { results: ["unchanged"], samples: [{ code: "token-expiring", expiresAt: 0 }] },
  "canary-refused": {
    results: ["unchanged"],
    samples: FAULTS.map((one) => ({ code: "canary-refused", label, fault: one }) as const),
  },
  "github-allowance": {
    results: ["unchanged"],
    samples: [null, 0].map((resetAt) => ({ code: "github-allowance", remaining: 3, needed: 12, resetAt }) as const),
  },
  "destination-changed": {
    results: ["unchanged"],
    samples: (["updated-at", "key", "audience"] as const).map(
      (what) => ({ code: "destination-changed", label, what }) as const,
    ),
  },
  "rehearsal-failed": { results: ["unchanged"], samples: [{ code: "rehearsal-failed", name: "TypeError" }] },
  "rescue-not-needed": { results: ["unchanged"], samples: [{ code: "rescue-not-needed" }] },
  "rescue-stale": { results: ["dead"], samples: [{ code: "rescue-stale", label }] },
  "ended-before-reset": { results: ["unchanged"], samples: [{ code: "ended-before-reset" }] },
  copied: { results: ["copied"], samples: [{ code: "copied" }] },
  "copies-unproven": {
    results: ["saved-unverified"],
    samples: [null, ...DOUBTS].map((doubt) => ({ code: "copies-unproven", doubt }) as const),
  },
  "primary-moved": { results: ["saved-unverified"], samples: [{ code: "primary-moved", label }] },
  "reset-not-sent": {
    results: ["unchanged"],
    samples: [{ code: "reset-not-sent", why: "no connection: ECONNREFUSED" }],
  },
  "reset-refused": { results: ["unchanged"], samples: [{ code: "reset-refused", said: SAID }] },
  "rescue-refused": {
    results: ["dead"],
    samples: [
      { code: "rescue-refused", said: { status: 403, code: null, sentence: null } },
      { code: "rescue-refused", said: { status: 400, code: "0000", sentence: null } },
      { code: "rescue-refused", said: SAID },
      { code: "rescue-refused", said: { status: 404, code: null, sentence: null } },
    ],
  },
  "refused-and-not-live": { results: ["unknown"], samples: [{ code: "refused-and-not-live", said: SAID }] },
  "reset-did-not-happen": {
    results: ["unchanged"],
    samples: [null, 502].map((status) => ({ code: "reset-did-not-happen", status }) as const),
  },
  "answer-lost": { results: ["lost"], samples: [{ code: "answer-lost", status: null }] },
  "answer-lost-undecided": {
    results: ["unknown"],
    samples: DOUBTS.flatMap((doubt) =>
      [null, SAID].map((said) => ({ code: "answer-lost-undecided", status: 200, said, doubt }) as const),
    ),
  },
  "answer-lost-and-written": {
    results: ["unknown"],
    samples: [{ code: "answer-lost-and-written", status: null, label }],
  },
  "rescue-unanswered": { results: ["unknown"], samples: [{ code: "rescue-unanswered", status: null }] },
  unholdable: {
    results: ["lost", "unsaved"],
    samples: (["too-long", "not-unicode"] as const).flatMap((why) =>
      [true, false].map((escrowed) => ({ code: "unholdable", why, escrowed }) as const),
    ),
  },
  rotated: { results: ["rotated"], samples: [{ code: "rotated" }] },
  "candidate-unproven": { results: ["unsaved", "unknown"], samples: [{ code: "candidate-unproven" }] },
  "primary-not-saved": {
    results: ["unsaved"],
    samples: FAULTS.map((one) => ({ code: "primary-not-saved", label, fault: one }) as const),
  },
  "copies-not-saved": { results: ["partly-saved"], samples: [{ code: "copies-not-saved" }] },
  "proof-failed": {
    results: ["saved-unverified"],
    samples: [
      ...(["old-still-live", "rolled-back", "write-not-visible"] as const).map(
        (proof) => ({ code: "proof-failed", proof, doubt: null }) as const,
      ),
      ...DOUBTS.flatMap((doubt) =>
        (["new-undecided", "old-undecided"] as const).map((proof) => ({ code: "proof-failed", proof, doubt }) as const),
      ),
    ],
  },
  "export-failed": { results: ["saved-unverified"], samples: [{ code: "export-failed", name: "SNAPTRADE_SECRET" }] },
  superseded: { results: ["unknown"], samples: [{ code: "superseded" }] },
  "kept-undecided": { results: ["unsaved", "unknown"], samples: [{ code: "kept-undecided" }] },
  "journal-unreadable": { results: ["unknown"], samples: [{ code: "journal-unreadable" }] },
  "copies-interrupted": { results: ["partly-saved"], samples: [{ code: "copies-interrupted" }] },
  "main-may-live": { results: ["unknown"], samples: [{ code: "main-may-live" }] },
  "out-of-time": { results: ["saved-unverified", "unsaved", "unknown"], samples: [{ code: "out-of-time" }] },
  "internal-error": {
    results: ["unchanged", "partly-saved", "saved-unverified", "unsaved", "unknown"],
    samples: (["reset", "end"] as const).map(
      (before) => ({ code: "internal-error", before, name: "TypeError" }) as const,
    ),
  },
};
