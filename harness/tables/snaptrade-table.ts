import type { Allowances } from "../contract";
import type { Row } from "./row";

const ROTATED: Row = ["rotated", "main", 1, "saved"];
const SAVED_UNVERIFIED: Row = ["saved-unverified", "main", 1, "saved"];
const DEAD: Row = ["dead", "main", 0, "not saved"];
const LOST: Row = ["lost", "main", 1, "not saved"];
const UNCHANGED: Row = ["unchanged", "main", 0, "saved"];
/** The reset happened or not, and nobody can tell. */
const UNKNOWN_DONE: Row = ["unknown", "main", 1, "not saved"];
const UNKNOWN_UNDONE: Row = ["unknown", "main", 0, "saved"];

function all(row: Row, ...names: readonly string[]): Record<string, Row> {
  return Object.fromEntries(names.map((name) => [name, row]));
}

/** A client id is refused in three ways, which make no difference to the result. */
function inEachWay(row: Row, name: string): Record<string, Row> {
  return all(row, name, `${name}-signature`, `${name}-secret`);
}

const ALTERED_BY_HAND = [
  "user-secret-line-end",
  "user-secret-crlf",
  "user-secret-blank",
  "user-secret-no-break-space",
  "user-secret-byte-order-mark",
];

/** What becomes of a run under each fault of a SnapTrade that is tired rather than broken. */
export const SNAPTRADE_TABLE: Readonly<Record<string, Row>> = {
  // A limit is waited for, however it is told.
  ...all(ROTATED, "limit-told-as-unix-time", "limit-told-by-retry-after"),
  ...all(ROTATED, "throttled-retry-after", "throttled-retry-after-date", "throttled-unix-time"),
  // Servers that agree within settle-time are waited for; of those that never do nothing is believed.
  ...all(ROTATED, "server-stale-a-while", "servers-stale-but-one", "server-lagging-a-while", "server-lets-old-pass"),
  ...all(ROTATED, "server-broken-a-while", "server-broken-always", "server-error-always", "servers-at-odds-a-while"),
  ...all(SAVED_UNVERIFIED, "server-stale-always", "server-lenient-always"),
  "server-lenient-first": UNCHANGED,
  ...all(UNKNOWN_DONE, "lost-old-live-third", "lost-old-live-first"),
  ...all(UNKNOWN_UNDONE, "unreset-old-refused-thrice", "unreset-old-refused-late"),
  "old-refused-once-then-live": SAVED_UNVERIFIED,
  ...all(ROTATED, "old-revives-once", "new-refused-twice-later"),
  // Answers to probes that say nothing of the secret.
  ...all(UNCHANGED, "probe-403-1012", "probe-400-1012", "probe-403-0000", "probe-400-timestamp", "probe-401-0000"),
  ...all(UNCHANGED, "probe-302-login", "probe-200-html", "probe-404-echo-plain", "probe-404-echo-percent"),
  ...all(UNCHANGED, "probe-404-echo-percent-twice", "probe-404-echo-base64", "probe-404-echo-hex"),
  ...all(UNCHANGED, "probe-404-echo-upper-case", "probe-404-echo-html", "probe-404-echo-json", "probe-403-echo-part"),
  ...all(ROTATED, "probe-400-timestamp-once", "probe-401-html-twice", "refusal-in-other-words"),
  ...all(SAVED_UNVERIFIED, "probe-500-echo-after-reset", "clock-off-from-reset"),
  // Answers of the reset in other shapes.
  ...all(ROTATED, "reset-201", "reset-body-value-in-object", "reset-body-key-snake-case", "reset-body-bare-string"),
  ...all(ROTATED, "reset-body-bare-word", "reset-body-array", "reset-body-json-in-string", "reset-body-previous-too"),
  ...all(ROTATED, "reset-body-escaped-key-decoy-first", "reset-body-escaped-key-decoy-last"),
  ...all(
    ROTATED,
    "reset-body-thirty-strings",
    "reset-frame-ten-digit-chunk-size",
    "reset-frame-ten-digit-chunk-sizes-cut",
    "reset-frame-answered-twice",
  ),
  ...all(ROTATED, "reset-frame-gzip-and-identity", "reset-frame-gzip-unnamed", "reset-frame-zstd-unnamed"),
  ...all(LOST, "reset-502-page-committed", "reset-late-429", "reset-late-202"),
  // Its answer holds a secret, so it is no plain refusal; asked long enough, the old secret is live.
  "reset-403-echo": UNCHANGED,
  // A client id that SnapTrade does not know, however it says so.
  ...inEachWay(UNCHANGED, "client-id-unknown"),
  "client-id-named-like-a-user": UNCHANGED,
  ...inEachWay(UNKNOWN_UNDONE, "client-off-from-reset"),
  ...inEachWay(SAVED_UNVERIFIED, "client-off-after-save"),
  ...inEachWay(SAVED_UNVERIFIED, "client-off-after-failed-save"),
  "client-off-a-while-after-save": ROTATED,
  "lost-and-client-off": UNKNOWN_DONE,
  // The control question: what it does not answer is not believed.
  ...all(DEAD, "dead-users-long", "dead-users-paged-link", "dead-users-paged-object", "dead-users-silent"),
  ...all(DEAD, "dead-users-error", "dead-users-html", "dead-users-cut", "dead-users-empty", "dead-in-other-words"),
  ...all(["unchanged", "main", 0, "not saved"], "dead-users-without-user", "dead-users-other-spelling"),
  "lost-users-long": LOST,
  ...all(UNKNOWN_DONE, "lost-users-paged-link", "lost-users-silent", "lost-users-error", "lost-users-cut"),
  // What comes late, and what lasts a while.
  ...all(ROTATED, "reset-answer-late", "reset-answer-and-commit-late", "reset-answer-late-cut-after-secret"),
  ...all(ROTATED, "reset-answer-drips", "save-502-and-new-live-late", "probe-502-a-while-after-save"),
  ...all(
    ROTATED,
    "limit-told-only-in-words",
    "limit-untold",
    "throttled-untold",
    "probe-500-and-long-waits",
    "clock-jumps",
    "clock-jumps-back",
  ),
  "reset-answer-late-cut": LOST,
  // What was pasted with something invisible at an end: the result is what SnapTrade's answers make it.
  ...all(["dead", "main", 0, "saved"], ...ALTERED_BY_HAND),
  ...all(UNCHANGED, "user-id-mistyped", "user-id-line-end", "user-id-no-break-space", "client-id-line-end"),
  ...all(UNCHANGED, "client-id-crlf", "consumer-key-line-end", "consumer-key-byte-order-mark"),
};

/** What such a fault itself takes away, so that the run cannot be blamed for it. */
export const SNAPTRADE_ALLOWANCES: Readonly<Record<string, Allowances>> = Object.fromEntries(
  ALTERED_BY_HAND.map((name) => [name, { handedOtherwise: true }]),
);
