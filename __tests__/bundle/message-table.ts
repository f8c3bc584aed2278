/** The fault or scenario that makes the bundle print a message, and words by which the message is known. */
export type MessageRow = readonly [playedBy: string, said: RegExp];

/** Every message beside the outcome's. Who adds a code to notices.ts adds its row here. */
export const NOTICE_TABLE: Readonly<Record<string, MessageRow>> = {
  "secret-proven": ["check-only", /The secret given is live, and SnapTrade refuses an altered one/],
  "destination-proven": ["check-only", /A trial write beside .* was accepted and taken away again/],
  "waiting-for-rate-limit": [
    "rate-limit-of-four",
    /Waiting .* for SnapTrade's rate limit; nothing has been changed yet/,
  ],
  resetting: ["copy-fails", /Resetting the secret now\..*possibly rotated: do not delete the user/],
  "no-secret-in-answer": ["reset-500-committed", /held no usable secret.*X-Request-ID \S+/],
  escrow: ["recipient-given", /encrypted to the recovery recipient \(open it with: age -d -i KEY_FILE\)/],
  "escrow-failed": ["recipient-fails", /could not be encrypted to the recovery recipient\. Going on/],
  "journal-failed": ["journal-full-at-answer", /The answer could not be kept on this machine\. Going on/],
  "sealed-command": ["put-500-once", /sealed to GitHub's own key .* only if no later rotation has succeeded/],
  "sealed-command for what may be the new secret": [
    "candidate-is-a-message",
    /What may be the new secret, sealed .* mode: verify then says dead/,
  ],
  "save-failed": ["put-500-once", /is not saved yet \(.*500.*Trying again in/],
  saved: ["copy-fails", /^Saved in SNAPTRADE_USER_SECRET/m],
  settling: ["reset-cut-before-answer", /Waiting .* for a request without an answer to settle/],
  "recent-write": ["written-a-moment-ago", /written a moment ago\. Waiting .* nothing has been changed yet/],
  signal: ["cancelled-at-reset", /SIGINT was received\..*the work goes on until it is saved/],
  uncaught: ["error-at-reset", /An unexpected error \(RangeError\) was noted\. The work goes on/],
  "post-finishes": ["killed-after-save", /The main step ended before it reached a result/],
  "summary-failed": ["summary-file-breaks", /The job summary could not be written/],
};

/** Every reason why a run ends as it does, and the variants of its words. Who adds a code to reasons.ts adds its row here. */
export const REASON_TABLE: Readonly<Record<string, MessageRow>> = {
  rotated: ["put-500-once", /The secret is rotated\. .*all proofs hold/],
  ready: ["check-only", /Ready to rotate\. Everything up to the reset was done/],
  "secret-live": ["verify-only", /The secret is live\. SnapTrade takes the secret given/],
  "young-enough": ["saved-lately", /saved more recently than min-age/],
  "refused-input": ["mode-wrong", /The input mode is "rotat"\. Right would be: rotate, check, verify, rescue/],
  "refused-setting": ["event-of-strangers", /GITHUB_EVENT_NAME is "pull_request_target"/],
  "journal-unavailable": ["runner-temp-missing", /RUNNER_TEMP .*cannot be written/],
  "sealing-unavailable": ["libsodium-unusable", /libsodium failed its self-test/],
  cancelled: ["cancelled-before-reset", /asked to end \(SIGINT\) before the reset/],
  "any-secret-accepted": ["accepts-any-secret", /accepted an altered secret/],
  "snaptrade-undecided": ["probe-500-always", /could not tell whether the secret is live: it answered with status 500/],
  "snaptrade-undecided by the signature": [
    "probe-401-signature",
    /refused the signature, so client-id or consumer-key/,
  ],
  "snaptrade-undecided by the clock": ["clock-off", /clock is (59\d|60\d) s behind SnapTrade's/],
  "snaptrade-undecided by silence": ["down", /there was no answer \(no connection: ECONNREFUSED\)/],
  "given-secret-dead": [
    "given-secret-dead",
    /refused the secret given three times\. The primary .* has not been changed/,
  ],
  "given-secret-dead, changed since": ["given-secret-stale", /was changed after this run began/],
  "given-secret-dead, cannot be told": ["given-secret-dead-unreadable", /cannot be told with this token/],
  "destination-missing": ["destination-missing", /There is no NO_SUCH_SECRET .*taken for a typing error/],
  "destination-missing in an organization": ["organization-secret-missing", /An organization secret has to exist/],
  "destination-unreadable": ["token-without-secrets", /does not let this run read .*403.*needs environments=read/],
  "token-expiring": ["token-expiring", /The github-token expires at \d{4}-/],
  "canary-refused": ["token-reads-only", /refused the trial write beside .*403.*needs environments=write/],
  "canary-refused for the quota": ["place-full", /holds its maximum of secrets.*canary: false/],
  "canary-left": ["canary-not-deleted", /could not be taken away again/],
  "rescue-not-needed": ["rescue-not-needed", /nothing to rescue/],
  "rescue-stale": ["rescue-stale", /saved after this run began, so the secret given here is out of date/],
  "ended-before-reset": ["killed-before-reset", /ended \(killed, cancelled or timed out\) before the reset/],
  "reset-not-sent": ["reset-connection-refused", /could not be sent, not one byte of it/],
  "reset-refused": ["reset-403", /refused the reset \(status 403.*old secret is still live/],
  "rescue-refused": ["rescue-refused", /refused the one reset with the dead secret \(status 401, code 1083\)/],
  "refused-and-not-live": ["reset-overtaken", /somebody may have rotated in between/],
  "reset-did-not-happen": ["reset-502", /brought no new secret \(status 502\).*old one is still live/],
  "answer-lost": ["reset-502-committed", /The reset happened, but it brought no new secret \(status 502\)/],
  "answer-lost-undecided": ["reset-answered-by-nobody-then-undecided", /afterwards SnapTrade could not tell/],
  "answer-lost-and-written": ["answer-lost-and-primary-written", /has been written since or could not be read/],
  "rescue-unanswered": ["rescue-unanswered", /one reset with the dead secret brought no usable answer/],
  unholdable: ["reset-body-secret-oversized", /longer than the 48 KB/],
  "unholdable for its characters": ["reset-body-secret-lone-surrogate", /not valid Unicode/],
  "candidate-unproven": ["malformed-and-undecided", /Something that may be the new secret was found/],
  "primary-not-saved": ["put-401-always", /could not be saved: GitHub answered the PUT with 401/],
  "copies-not-saved": ["copy-fails", /The primary destination is saved, but a copy could not be/],
  "proof-failed": ["old-stays-live", /still takes the old one after the settle time/],
  "proof-failed for the new secret": ["down-after-reset", /could not tell whether it is live/],
  superseded: ["overtaken-after-reset", /another rotation came after this one/],
  "journal-unreadable": ["killed-and-post-inputs-differ", /does not open with the inputs that the post step was given/],
  "kept-undecided": ["kept-but-undecided", /ended after the answer of the reset had arrived/],
  "internal-error": ["engine-breaks-before-reset", /An unexpected error \(TypeError\) ended the run before the reset/],
  "internal-error after the reset": ["engine-breaks-after-reset", /ended the run after the reset was announced/],
};

/** Codes that no run of seconds can produce, and where their words are tested instead. */
export const ELSEWHERE: Readonly<Record<string, string>> = {
  broken: "fail-closed.test.ts takes files of the action away",
  "out-of-time": "post says it after 225 seconds; the protocol's own tests play it with a clock of their own",
};
