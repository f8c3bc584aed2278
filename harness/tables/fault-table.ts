import type { Allowances } from "../contract";
import type { Row } from "./row";

const entries: readonly (readonly [row: Row, names: string])[] = [
  [
    ["rotated", "main", 1, "saved"],
    `
      all-connections-die allowance-back-in-two-seconds allowance-used-up-by-another audience-changes-after-save
      audience-changes-at-reset audience-list-short-once audience-of-many-pages audience-page-lost-once
      background-rotated-in-time bad-day canary-500-once canary-delete-finds-nothing canary-delete-forbidden
      canary-delete-lost-ack canary-delete-throttled canary-html-once canary-lost-ack canary-not-deleted
      canary-throttled cancelled-at-reset cancelled-at-save chunked client-off-a-while-after-save clock-jumps
      clock-jumps-back connect-of-400-ms deleted-still-shown dependabot-ids-as-strings dispatched-without-inputs
      down-for-a-second drip env-is-a-folder-for-nobody event-file-empty event-file-missing event-file-torn
      everything-lags first-address-dead fsync-einval fsync-enotsup github-502-for-two-seconds
      github-silent-for-four-seconds github-slow handshake-of-400-ms hidden-by-a-nearer-secret
      human-writes-in-between idle-closed key-500-once key-changed key-cut-once key-empty-once key-endless-once
      key-half-once key-html-once key-id-changes-at-save key-id-is-a-number limit-told-as-unix-time
      limit-told-by-retry-after limit-told-only-in-words limit-untold listing-500 listing-forbidden
      login-page-at-save made-not-found metadata-500-once metadata-cut-once metadata-empty-once
      metadata-half-once metadata-lags names-fail-at-first new-live-late new-refused-twice-later
      no-proxy-by-domain no-proxy-by-dotted-domain no-proxy-by-range node-options-empty node-options-harmless
      old-revives-once old-stays-live-a-while old-wrong-scope-box organization-secret-hidden
      owner-with-hyphens-at-its-ends probe-1083-once probe-1083-once-after-reset probe-400-timestamp-once
      probe-401-html-twice probe-429-once probe-500-and-long-waits probe-500-twice probe-502-a-while-after-save
      probe-cut probe-cut-after-reset probe-stalled proxy-starts-anew proxy-takes-a-second put-401-once
      put-404-once put-409 put-421 put-422-box put-429 put-429-reset put-500-but-stored put-500-once
      put-502-404-502-404 put-502-html put-503-for-four-seconds put-accepted-later put-closed-before
      put-connection-dies put-endless-once put-every-refusal-in-turn put-half-ack put-html-once put-lands-late
      put-lands-late-504 put-lands-late-silent put-lost-ack put-lost-ack-closed put-reset-before
      put-secondary-limit put-secondary-limit-silent put-slow put-stalls put-unanswered
      put-unanswered-but-stored rate-limit-tight rate-limiting-off reads-throttled refusal-in-other-words
      rescue-confirmed rescue-event-file-torn-for-a-while reset-201 reset-500-with-secret
      reset-answer-and-commit-late reset-answer-drips reset-answer-late reset-answer-late-cut-after-secret
      reset-body-array reset-body-bare-string reset-body-bare-word reset-body-bom reset-body-broken-json
      reset-body-duplicate-keys-first-counts reset-body-duplicate-keys-last-counts
      reset-body-escaped-key-decoy-first reset-body-escaped-key-decoy-last reset-body-html-around-secret
      reset-body-json-in-string reset-body-key-snake-case reset-body-nested reset-body-number
      reset-body-other-user reset-body-previous-too reset-body-secret-escaped reset-body-secret-non-ascii
      reset-body-secret-spaced reset-body-secret-with-line-ends reset-body-thirty-strings
      reset-body-trailing-text reset-body-value-in-object reset-closed-after-secret reset-cut-after-secret
      reset-cut-at-closing-quote reset-frame-1xx-first reset-frame-204-with-body reset-frame-answered-twice
      reset-frame-bad-chunk-size reset-frame-bare-line-feeds reset-frame-content-length-and-chunked
      reset-frame-content-length-doubled reset-frame-content-length-too-long
      reset-frame-content-length-too-long-stalled reset-frame-content-length-too-short reset-frame-endless
      reset-frame-gzip-and-identity reset-frame-gzip-unasked reset-frame-gzip-unnamed
      reset-frame-http10-without-length reset-frame-huge-headers reset-frame-illegal-header-byte
      reset-frame-missing-last-chunk reset-frame-no-http reset-frame-secret-across-chunks
      reset-frame-secret-across-chunks-cut reset-frame-ten-digit-chunk-size
      reset-frame-ten-digit-chunk-sizes-cut reset-frame-zstd-unnamed reset-stalled-after-secret
      reset-struck-in-the-handshake reset-takes-dead-secret save-502-and-new-live-late secret-deleted-at-reset
      secret-named-like-a-canary secret-that-looks-like-a-canary server-broken-a-while server-broken-always
      server-error-always server-lagging-a-while server-lets-old-pass server-stale-a-while
      servers-at-odds-a-while servers-stale-but-one sixty-destinations sliced slow state-announced-by-others
      state-journal-of-others state-variables-of-others throttled-by-a-date throttled-for-longer-than-there-is
      throttled-in-old-words throttled-retry-after throttled-retry-after-date throttled-unix-time
      throttled-untold token-blinks-401 token-blinks-403 token-blinks-404 token-blinks-everywhere
      token-ends-in-a-month token-ends-in-six-days token-ends-in-six-days-by-offset token-young-401
      token-young-403 token-young-for-writes updated-at-lags workflow-run-event-file-torn-for-a-while
      workflow-run-of-this-repository writes-limited
    `,
  ],
  [
    ["unchanged", "main", 0, "saved"],
    `
      accepts-any-secret account-suspended allowance-of-seven allowance-short-of-the-save
      audience-changes-before-reset audience-list-short background-cancelled-before-reset
      background-verify-cancelled canary-403-permission canary-422-box canary-500-always canary-html-always
      canary-stalls cancelled-before-reset client-id-crlf client-id-line-end client-id-named-like-a-user
      client-id-unknown client-id-unknown-secret client-id-unknown-signature clock-off
      consumer-key-byte-order-mark consumer-key-line-end down env-is-a-folder environment-misspelt
      event-of-strangers finish-outdated finish-secret-live github-403-secondary github-certificate-unknown
      github-down github-refuses github-unknown-host key-31-bytes key-403 key-changes-before-reset key-cut
      key-endless key-low-order key-missing key-not-base64 key-truncated login-page-always metadata-truncated
      node-debug-stream node-options-require node-options-tls-keylog node-options-trace-events
      node-options-underscored permission-to-read-environments permission-to-write-environments
      policy-classic-forbidden policy-ip-allow-list policy-saml policy-saml-elsewhere policy-token-lifetime
      probe-200-html probe-302-login probe-400-1012 probe-400-timestamp probe-401-0000 probe-401-signature
      probe-403-0000 probe-403-1012 probe-403-echo-part probe-404-echo-base64 probe-404-echo-hex
      probe-404-echo-html probe-404-echo-json probe-404-echo-percent probe-404-echo-percent-twice
      probe-404-echo-plain probe-404-echo-upper-case probe-429-always probe-500-always proxy-ends proxy-forbids
      proxy-resets proxy-says-continue proxy-silent proxy-wants-credentials quota-reached repository-archived
      rescue-of-another-user reset-301 reset-307 reset-308 reset-400 reset-401-dead reset-401-signature
      reset-403 reset-403-echo reset-404 reset-429 reset-500 reset-502 reset-503 reset-blackhole
      reset-body-secret-unchanged reset-connection-refused reset-cut-uncommitted reset-struck-at-first-byte
      runner-temp-missing save-to-is-the-secret save-to-is-the-secret-in-an-environment save-to-is-the-token
      save-to-with-a-literal-line-end server-lenient-first state-is-a-folder state-not-writable token-expiring
      token-reads-only token-without-secrets token-wrong user-id-line-end user-id-mistyped
      user-id-no-break-space workflow-run-by-a-pull-request workflow-run-event-file-empty
      workflow-run-event-file-missing workflow-run-of-a-fork
    `,
  ],
  [
    ["lost", "main", 1, "not saved"],
    `
      lost-users-long reset-307-committed reset-500-committed reset-502-committed reset-502-page-committed
      reset-504-committed reset-answer-late-cut reset-blackhole-committed reset-body-empty reset-body-html
      reset-body-secret-empty reset-body-secret-invalid-utf8 reset-body-secret-lone-surrogate
      reset-body-secret-missing reset-body-secret-null reset-body-secret-oversized reset-closed-before-answer
      reset-closed-inside-secret reset-cut-before-answer reset-cut-before-secret reset-cut-in-head
      reset-cut-inside-secret reset-late-202 reset-late-429 reset-late-504 reset-late-cut reset-late-unanswered
      reset-stalled-inside-secret
    `,
  ],
  [
    ["rotated", "post", 1, "saved"],
    `
      background-cancelled-at-save background-composite-cancelled-at-save cancelled-while-save-stalls
      container-cancelled-at-save container-main-frozen killed-after-save killed-and-unreaped killed-at-save
      killed-before-save post-event-file-empty post-event-file-missing post-event-file-torn
      post-with-another-destination post-with-another-token post-with-bare-timeout post-with-its-keys-alone
      post-with-nonsense post-with-the-parents-inputs post-without-client-id post-without-mode
      post-without-state post-without-state-or-inputs process-number-taken twice-in-one-composite
      twice-in-one-composite-and-both-killed two-users-in-parallel two-users-in-parallel-and-both-killed
    `,
  ],
  [
    ["unsaved", "main", 1, "not saved"],
    `
      allowance-used-up-for-an-hour background-unsaved-in-time github-resets-from-reset github-silent-from-reset
      human-writes-then-500-always id-in-the-command inside-a-composite-action place-filled-by-another
      proxy-ends-from-reset proxy-says-continue-from-reset proxy-silent-from-reset
      proxy-wants-credentials-from-reset put-401-always put-403-permission put-404 put-422-box-always
      put-422-quota put-500-always put-reset-always put-stalls-always repository-archived-at-save
      throttled-for-an-hour throttled-zero-for-ever user-id-of-one-digit-kept-as-a-secret
    `,
  ],
  [
    ["unchanged", "main", 0, "not saved"],
    `
      dead-users-other-spelling dead-users-without-user finish-key-changed finish-other-destination
      finish-other-host finish-overtaken finish-refused finish-refused-in-the-background finish-torn-command
      finish-undecided finish-user-unchecked rescue-confirmed-by-a-variable rescue-confirmed-for-another
      rescue-confirmed-under-another-name rescue-event-file-torn rescue-on-a-schedule rescue-unconfirmed
      rescue-with-the-text-0 rescue-with-the-text-secret rescue-with-the-text-x
    `,
  ],
  [
    ["saved-unverified", "main", 1, "saved"],
    `
      client-off-after-failed-save client-off-after-failed-save-secret client-off-after-failed-save-signature
      client-off-after-save client-off-after-save-secret client-off-after-save-signature clock-off-from-reset
      down-after-reset down-after-reset-for-a-second env-full-at-the-end old-refused-once-then-live
      old-stays-live probe-500-after-reset probe-500-echo-after-reset probe-stalled-after-reset
      server-lenient-always server-stale-always
    `,
  ],
  [
    ["dead", "main", 0, "not saved"],
    `
      dead-in-other-words dead-users-cut dead-users-empty dead-users-error dead-users-html dead-users-long
      dead-users-paged-link dead-users-paged-object dead-users-silent given-secret-dead
    `,
  ],
  [
    ["unknown", "main", 1, "not saved"],
    `
      down-from-reset lost-and-client-off lost-old-live-first lost-old-live-third lost-users-cut
      lost-users-error lost-users-paged-link lost-users-silent overtaken-after-reset
    `,
  ],
  [
    ["dead", "main", 0, "saved"],
    `
      given-secret-stale user-secret-blank user-secret-byte-order-mark user-secret-crlf user-secret-line-end
      user-secret-no-break-space
    `,
  ],
  [
    ["unknown", "post", 1, "not saved"],
    `
      container-announces-later killed-and-post-inputs-differ post-temp-emptied post-with-another-secret
      post-without-inputs
    `,
  ],
  // The reset did not happen, and nobody can tell.
  [
    ["unknown", "main", 0, "saved"],
    `
      client-off-from-reset client-off-from-reset-secret client-off-from-reset-signature
      unreset-old-refused-late unreset-old-refused-thrice
    `,
  ],
  [
    ["unchanged", "post", 0, "saved"],
    `
      killed-at-reset killed-before-reset killed-early-and-post-with-its-keys-alone
      killed-early-and-post-without-inputs
    `,
  ],
  [
    ["unsaved", "post", 1, "not saved"],
    `
      post-while-github-is-down post-with-node-debug post-with-node-debug-and-its-keys-alone
      post-without-certificates-checked
    `,
  ],
  [
    ["lost", "post", 1, "not saved"],
    `
      background-cancelled-and-never-answered killed-after-reset killed-after-reset-and-unreaped
    `,
  ],
  [
    ["checked", "main", 0, "saved"],
    `
      id-in-the-command-checked organization-secret-hidden-by-an-environment repository-secret-hidden
    `,
  ],
  // Main and post work side by side, so that either may be the one that saves.
  [
    ["rotated", ["main", "post"], 1, "saved"],
    `
      background-cancelled-at-reset background-cancelled-with-the-job background-composite-cancelled-at-reset
    `,
  ],
  // Of a container nobody hears what main says; of two steps with the same keys the second one's post may open the journal.
  [
    [["rotated", ""], ["post", "nobody"], 1, "saved"],
    `
      container-cancelled-at-reset killed-and-verified-afterwards twice-in-one-composite-for-one-user
    `,
  ],
  [["finished", "main", 0, "saved"], "finish-completes finish-unanswered-once"],
  [["unknown", "main", 0, "not saved"], "finish-never-answered reset-overtaken"],
  [["", "nobody", 1, "not saved"], "post-killed-while-its-save-stalls runner-lost"],
  [["saved-unverified", "main", 1, "not saved"], "reset-undone"],
  [["unsaved", "main", 1, "saved"], "put-lost-ack-always"],
  // GitHub answers 204 and keeps something else, which nobody outside can see.
  [["rotated", "main", 1, "not saved"], "put-stored-empty"],
  [[["rotated", "saved-unverified"], "post", 1, "saved"], "killed-while-proving"],
  [["saved-unverified", "post", 1, "saved"], "killed-while-proving-and-snaptrade-down"],
  // How long ago the reset was sent nobody can tell any more, so that lost is right and need not be said.
  [[["lost", "unknown"], "post", 1, "not saved"], "killed-after-reset-and-clock-ahead"],
  // Main is ended before its reset, or is faster.
  [[["rotated", "unchanged", ""], ["main", "post"], [0, 1], "saved"], "background-composite-cancelled-before-reset"],
  [[["rotated", "unchanged", ""], ["post", "nobody"], [0, 1], "saved"], "container-cancelled-before-reset"],
  // It has reached its result, of which only the journal can tell; or post only knows that the reset was announced.
  [[["unknown", ""], ["post", "nobody"], 1, "saved"], "container-main-ends-by-itself"],
  [["partly-saved", "main", 1, "saved"], "copy-403-permission"],
  [["", "nobody", 0, "saved"], "output-is-a-folder"],
  [["", "nobody", 1, "saved"], "output-full-at-the-end"],
];

/** One row for each name, so that nobody wonders which counts. */
function byName(): Readonly<Record<string, Row>> {
  const table: Record<string, Row> = {};
  for (const [row, names] of entries) {
    for (const name of names.trim().split(/\s+/)) {
      if (table[name] !== undefined) throw new Error(`${name} has two rows.`);
      table[name] = row;
    }
  }
  return table;
}

/** What becomes of a run under each named fault. Who adds a fault adds its name; who moves one changes the behaviour. */
export const FAULT_TABLE = byName();

/** Post cannot open the journal, so that it neither removes it nor knows what canary there is. */
const LOCKED: Allowances = { canaryLeft: true, filesLeft: true };

/** What a fault itself takes away, so that the run cannot be blamed for it. */
export const FAULT_ALLOWANCES: Readonly<Record<string, Allowances>> = {
  "canary-not-deleted": { canaryLeft: true },
  "canary-delete-throttled": { canaryLeft: true },
  "canary-delete-forbidden": { canaryLeft: true },
  "secret-that-looks-like-a-canary": { canaryLeft: true },
  "killed-and-post-inputs-differ": { filesLeft: true },
  "runner-lost": { filesLeft: true },
  // Secrets are write-only, so what helps is a recovery recipient, whose age text the log holds in any case.
  "put-stored-empty": { storedOtherwise: true },
  "user-secret-line-end": { handedOtherwise: true },
  "user-secret-crlf": { handedOtherwise: true },
  "user-secret-blank": { handedOtherwise: true },
  "user-secret-no-break-space": { handedOtherwise: true },
  "user-secret-byte-order-mark": { handedOtherwise: true },
  "post-without-inputs": LOCKED,
  "post-with-another-secret": LOCKED,
  "killed-early-and-post-without-inputs": LOCKED,
  "container-announces-later": LOCKED,
  "post-temp-emptied": { canaryLeft: true },
  "post-with-node-debug": { filesLeft: true },
  "post-without-certificates-checked": { filesLeft: true },
  "post-with-node-debug-and-its-keys-alone": { filesLeft: true },
  "post-killed-while-its-save-stalls": { filesLeft: true },
  "output-is-a-folder": { unheard: true },
  "output-full-at-the-end": { unheard: true },
  // Node itself writes what it was told to.
  "node-options-trace-events": { filesLeft: true },
};

/** Their services ask for a minute or two of patience, which the action grants. */
export const SLOW_FAULTS: readonly string[] = ["github-403-secondary", "probe-429-always", "sixty-destinations"];

/** Played with every change, beside those of which a transcript is kept: one of each kind of trouble. */
export const QUICK_FAULTS: readonly string[] = [
  ...["reset-cut-after-secret", "reset-frame-missing-last-chunk", "server-stale-a-while", "probe-404-echo-percent"],
  ...["put-lost-ack", "put-unanswered", "token-blinks-401", "audience-list-short", "proxy-silent-from-reset"],
  ...["background-cancelled-at-save", "container-cancelled-at-reset", "post-with-its-keys-alone", "output-is-a-folder"],
  ...["two-users-in-parallel", "workflow-run-of-a-fork", "save-to-is-the-secret"],
];
