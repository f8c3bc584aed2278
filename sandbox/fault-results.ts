/** What a run can end with, in the words of README.md. */
export type ResultName =
  | "rotated"
  | "skipped"
  | "checked"
  | "verified"
  | "copied"
  | "finished"
  | "unchanged"
  | "dead"
  | "saved-unverified"
  | "partly-saved"
  | "unsaved"
  | "unknown"
  | "lost";

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

/** Faults by the result they lead to, or by several where the moment decides. Any other fault leads to `rotated`. */
const FAULTS_BY_RESULT: Readonly<Record<string, readonly string[]>> = {
  checked: words(`
    repository-secret-hidden organization-secret-hidden-by-an-environment id-in-the-command-checked
  `),
  finished: words(`
    finish-completes finish-unanswered-once
  `),
  unchanged: words(`
    event-of-strangers runner-temp-missing killed-before-reset killed-at-reset cancelled-before-reset user-id-mistyped
    user-id-line-end user-id-no-break-space client-id-line-end client-id-crlf consumer-key-line-end
    consumer-key-byte-order-mark killed-early-and-post-with-its-keys-alone killed-early-and-post-without-inputs
    background-cancelled-before-reset background-verify-cancelled state-is-a-folder env-is-a-folder state-not-writable
    node-options-trace-events node-options-tls-keylog node-options-require node-options-underscored node-debug-stream
    save-to-is-the-secret save-to-is-the-secret-in-an-environment save-to-is-the-token save-to-with-a-literal-line-end
    workflow-run-by-a-pull-request workflow-run-of-a-fork workflow-run-event-file-empty
    workflow-run-event-file-missing rescue-unconfirmed rescue-confirmed-for-another rescue-confirmed-by-a-variable
    rescue-confirmed-under-another-name rescue-on-a-schedule rescue-event-file-torn rescue-with-the-text-x
    rescue-with-the-text-0 rescue-with-the-text-secret rescue-of-another-user finish-secret-live finish-overtaken
    finish-outdated finish-other-destination finish-other-host finish-torn-command finish-key-changed finish-refused
    finish-refused-in-the-background finish-undecided finish-user-unchecked down accepts-any-secret clock-off
    server-lenient-first probe-500-always probe-429-always probe-401-signature probe-403-1012 probe-400-1012
    probe-403-0000 probe-400-timestamp probe-401-0000 probe-302-login probe-200-html probe-404-echo-plain
    probe-404-echo-percent probe-404-echo-percent-twice probe-404-echo-base64 probe-404-echo-hex
    probe-404-echo-upper-case probe-404-echo-html probe-404-echo-json probe-403-echo-part reset-connection-refused
    reset-struck-at-first-byte reset-blackhole reset-cut-uncommitted reset-400 reset-401-signature reset-401-dead
    reset-403 reset-404 reset-429 reset-500 reset-502 reset-403-echo reset-503 reset-301 reset-307 reset-308
    reset-body-secret-unchanged client-id-unknown client-id-unknown-signature client-id-unknown-secret
    client-id-named-like-a-user dead-users-without-user dead-users-other-spelling key-not-base64 key-31-bytes
    key-low-order key-missing key-truncated key-cut key-403 canary-403-permission canary-500-always canary-422-box
    canary-stalls quota-reached metadata-truncated token-wrong token-expiring token-reads-only token-without-secrets
    github-down github-403-secondary allowance-of-seven allowance-short-of-the-save canary-html-always key-endless
    login-page-always key-changes-before-reset audience-list-short audience-changes-before-reset policy-token-lifetime
    policy-saml policy-saml-elsewhere policy-ip-allow-list policy-classic-forbidden repository-archived
    account-suspended permission-to-write-environments permission-to-read-environments github-refuses
    github-unknown-host github-certificate-unknown proxy-silent proxy-ends proxy-says-continue proxy-resets
    proxy-wants-credentials proxy-forbids environment-misspelt
  `),
  dead: words(`
    given-secret-dead given-secret-stale user-secret-line-end user-secret-crlf user-secret-blank
    user-secret-no-break-space user-secret-byte-order-mark dead-users-long dead-users-paged-link
    dead-users-paged-object dead-users-silent dead-users-error dead-users-html dead-users-cut dead-users-empty
    dead-in-other-words
  `),
  "saved-unverified": words(`
    killed-while-proving-and-snaptrade-down env-full-at-the-end down-after-reset down-after-reset-for-a-second
    reset-undone old-stays-live clock-off-from-reset server-stale-always server-lenient-always probe-500-after-reset
    probe-stalled-after-reset probe-500-echo-after-reset old-refused-once-then-live client-off-after-save
    client-off-after-save-signature client-off-after-save-secret client-off-after-failed-save
    client-off-after-failed-save-signature client-off-after-failed-save-secret
  `),
  "partly-saved": words(`
    copy-403-permission
  `),
  unsaved: words(`
    post-with-node-debug post-without-certificates-checked post-with-node-debug-and-its-keys-alone
    post-while-github-is-down background-unsaved-in-time inside-a-composite-action
    user-id-of-one-digit-kept-as-a-secret put-500-always put-401-always put-403-permission put-404 put-422-box-always
    put-422-quota put-reset-always put-lost-ack-always put-stalls-always human-writes-then-500-always
    allowance-used-up-for-an-hour throttled-zero-for-ever throttled-for-an-hour repository-archived-at-save
    github-silent-from-reset github-resets-from-reset proxy-silent-from-reset proxy-ends-from-reset
    proxy-says-continue-from-reset proxy-wants-credentials-from-reset place-filled-by-another id-in-the-command
  `),
  unknown: words(`
    killed-and-post-inputs-differ post-without-inputs post-with-another-secret post-temp-emptied
    container-announces-later finish-never-answered down-from-reset overtaken-after-reset lost-old-live-third
    lost-old-live-first unreset-old-refused-thrice unreset-old-refused-late reset-overtaken client-off-from-reset
    client-off-from-reset-signature client-off-from-reset-secret lost-and-client-off lost-users-paged-link
    lost-users-silent lost-users-error lost-users-cut
  `),
  lost: words(`
    killed-after-reset background-cancelled-and-never-answered killed-after-reset-and-unreaped
    reset-blackhole-committed reset-cut-before-answer reset-closed-before-answer reset-cut-in-head
    reset-cut-before-secret reset-cut-inside-secret reset-closed-inside-secret reset-stalled-inside-secret
    reset-late-unanswered reset-late-504 reset-late-429 reset-late-202 reset-late-cut reset-500-committed
    reset-502-committed reset-502-page-committed reset-504-committed reset-307-committed reset-body-html
    reset-body-empty reset-body-secret-empty reset-body-secret-null reset-body-secret-missing
    reset-body-secret-lone-surrogate reset-body-secret-invalid-utf8 reset-body-secret-oversized lost-users-long
    reset-answer-late-cut
  `),
  "no result": words(`
    runner-lost post-killed-while-its-save-stalls output-is-a-folder output-full-at-the-end
  `),
  "rotated or saved-unverified": words(`
    killed-while-proving
  `),
  "rotated or no result": words(`
    container-cancelled-at-reset killed-and-verified-afterwards twice-in-one-composite-for-one-user
  `),
  "unknown or no result": words(`
    container-main-ends-by-itself
  `),
  "lost or unknown": words(`
    killed-after-reset-and-clock-ahead
  `),
  "rotated or unchanged or no result": words(`
    background-composite-cancelled-before-reset container-cancelled-before-reset
  `),
};

const RESULTS: ReadonlyMap<string, string> = new Map(
  Object.entries(FAULTS_BY_RESULT).flatMap(([result, names]) => names.map((name): [string, string] => [name, result])),
);

/** What a run with this fault ends with. */
export function resultUnder(fault: string): string {
  return RESULTS.get(fault) ?? "rotated";
}

/** What is to be played for a result to be seen. */
export interface Example {
  readonly fault?: string;
  readonly mode?: string;
  readonly inputs?: Readonly<Record<string, string>>;
}

/** For each result the play that shows it best. */
export const EXAMPLES: Readonly<Record<ResultName, Example>> = {
  rotated: {},
  skipped: { inputs: { "min-age": "1d" } },
  checked: { mode: "check" },
  verified: { mode: "verify" },
  copied: { mode: "copy" },
  finished: { mode: "finish" },
  unchanged: { fault: "canary-403-permission" },
  dead: { fault: "given-secret-dead" },
  "saved-unverified": { fault: "old-stays-live" },
  "partly-saved": { fault: "copy-403-permission" },
  unsaved: { fault: "put-500-always" },
  unknown: { fault: "overtaken-after-reset" },
  lost: { fault: "reset-cut-before-answer" },
};
