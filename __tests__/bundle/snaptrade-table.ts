import type { Allowances } from "../support/judge";
import type { Row } from "./fault-table";

const ROTATED: Row = ["rotated", "main", 1, "saved"];
const SAVED_UNVERIFIED: Row = ["saved-unverified", "main", 1, "saved"];
const LOST: Row = ["lost", "main", 1, "not saved"];
const UNCHANGED: Row = ["unchanged", "main", 0, "saved"];
/** The reset happened or not, and nobody can tell. */
const UNKNOWN_DONE: Row = ["unknown", "main", 1, "not saved"];
const UNKNOWN_UNDONE: Row = ["unknown", "main", 0, "saved"];

function all(row: Row, ...names: readonly string[]): Record<string, Row> {
  return Object.fromEntries(names.map((name) => [name, row]));
}

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
  ...all(ROTATED, "reset-body-thirty-strings", "reset-frame-ten-digit-chunk-size", "reset-frame-answered-twice"),
  ...all(ROTATED, "reset-frame-gzip-and-identity", "reset-frame-gzip-unnamed", "reset-frame-zstd-unnamed"),
  ...all(LOST, "reset-body-redacted", "reset-502-page-committed", "reset-late-429", "reset-late-202"),
  // Its answer holds a secret, so it is no plain refusal; asked long enough, the old secret is live.
  "reset-403-echo": UNCHANGED,
};

/** What such a fault itself takes away, so that the run cannot be blamed for it. */
export const SNAPTRADE_ALLOWANCES: Readonly<Record<string, Allowances>> = {};
