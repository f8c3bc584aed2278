import type { Instant } from "../rotation/model";
import type { Reason, ReasonAfterReset } from "../rotation/outcome";
import { doubtWords, isAboutPersonalKey, saidWords } from "./doubt-words";
import { failureWords } from "./fault-words";
import { happenedInFinish, isOfFinish } from "./finish-words";

export const ACCEPTS_CURRENT = "SnapTrade accepts the current secret and rejects a deliberately wrong one.";

export function happened(reason: Reason): string {
  if (isOfFinish(reason)) return happenedInFinish(reason);
  switch (reason.code) {
    case "ready":
      return "Everything before the reset was done and proven. The reset was not sent.";
    case "secret-live":
      return ACCEPTS_CURRENT;
    case "young-enough":
      return `By GitHub's clock, ${reason.label} was saved more recently than min-age.`;
    case "refused-input":
      return `Invalid input '${reason.input}'${reason.line === undefined ? "" : `, line ${reason.line}`}: ${reason.problem}. Expected ${reason.expected}.`;
    case "refused-setting":
      return `Invalid setting ${reason.setting}: ${reason.problem}. Expected ${reason.expected}.`;
    case "journal-unavailable":
      return "Cannot write the recovery journal under RUNNER_TEMP. The folder is missing, read-only or full.";
    case "sealing-unavailable":
      return "Cannot seal a secret: libsodium failed its self-test on this machine.";
    case "cancelled":
      return `The run was asked to end (${reason.signal}) before the reset.`;
    case "any-secret-accepted":
      return "SnapTrade accepted a deliberately wrong secret, as it does for Personal API keys. Such a key has no user secret, so nothing can be proven.";
    case "snaptrade-undecided":
      return undecidedWords(reason);
    case "client-rejected":
      return `SnapTrade rejects the client-id, or cannot verify it with this consumer-key (${saidWords(reason.said)}). It is not known whether the user secret is valid.`;
    case "no-such-user":
      return "SnapTrade has no user with this user-id under this client-id.";
    case "given-secret-dead":
      return deadWords(reason);
    case "given-secret-outdated":
      return `SnapTrade rejected user-secret three times, but ${reason.label} was saved after this ${reason.since} began. So this ${reason.since} has an older value, and the saved one may be valid.`;
    case "destination-missing":
      return reason.mustExist
        ? `${reason.label} does not exist. The action creates no organization secret, because it cannot decide who may read it.`
        : `${reason.label} does not exist. Its name may be misspelled.`;
    case "destination-unreadable":
      return failureWords(reason.fault, { label: reason.label, doing: "reading" });
    case "token-expiring":
      return `The github-token expires at ${new Date(reason.expiresAt).toISOString()}. It must outlast save-timeout by a minute.`;
    case "canary-refused":
      return failureWords(reason.fault, { label: reason.label, doing: "checking" });
    case "github-allowance":
      return `GitHub's rate limit for the token does not cover the save: ${reason.remaining} requests are left, ${reason.needed} are needed.${liftWords(reason.resetAt)}`;
    case "destination-changed":
      return `${CHANGES[reason.what]} ${reason.label} was changed by someone else while this run prepared the reset.`;
    case "rehearsal-failed":
      return `A rehearsal with a made-up answer failed on this machine (${reason.name}).`;
    case "rescue-not-needed":
      return "The current secret is valid, so there is nothing to rescue.";
    case "rescue-stale":
      return `${reason.label} was saved after this run began, so the user-secret of this run may be outdated.`;
    case "ended-before-reset":
      return "The main step was killed, cancelled or timed out before the reset was sent.";
    case "copied":
      return "The current secret is saved in every copy.";
    case "copies-unproven":
      return reason.doubt === null
        ? "The copies are saved. Afterwards SnapTrade did not accept the secret, or GitHub did not show the primary."
        : `The copies are saved. Afterwards SnapTrade gave no clear answer about the secret: ${doubtWords(reason.doubt, null)}.`;
    case "primary-moved":
      return `${reason.label} was saved by someone else while this run wrote the copies.`;
    default:
      return happenedAfterReset(reason);
  }
}

function undecidedWords({ doubt, skewMs }: Extract<Reason, { code: "snaptrade-undecided" }>): string {
  return isAboutPersonalKey(doubt)
    ? `SnapTrade rejects Personal API keys here (${saidWords(doubt.said)}). Such a key has no user secret, so no rotation is possible with it.`
    : `SnapTrade gave no clear answer about the secret: ${doubtWords(doubt, skewMs)}.`;
}

function deadWords({ isChecked, changed }: Extract<Reason, { code: "given-secret-dead" }>): string {
  const checked = isChecked
    ? "It knows this client-id and user-id."
    : "The client-id and the user-id could not be checked.";
  return `SnapTrade rejected user-secret three times in a row. ${checked} ${STALENESS[changed]}`.trimEnd();
}

function happenedAfterReset(reason: ReasonAfterReset): string {
  switch (reason.code) {
    case "rotated":
      return "SnapTrade returned a new secret. It is saved, and everything is proven.";
    case "reset-not-sent":
      return `Cannot send the reset: ${reason.why}. No byte of it was sent.`;
    case "reset-refused":
      return `SnapTrade rejected the reset (${saidWords(reason.said)}). After settle-time the old secret is still valid.`;
    case "rescue-refused":
      return `SnapTrade rejected the one reset with the invalid secret (${saidWords(reason.said)}).`;
    case "refused-and-not-live":
      return `SnapTrade rejected the reset (${saidWords(reason.said)}), and the old secret is invalid. Someone may have rotated in between, or a gateway sent the reset twice.`;
    case "reset-did-not-happen":
      return `The reset returned no new secret (${answerWords(reason.status)}). After settle-time the old one is still valid.`;
    case "answer-lost":
      return `The reset happened, but returned no new secret (${answerWords(reason.status)}). The primary has not been changed since.`;
    case "answer-lost-undecided":
      return `The reset returned no new secret (${reason.said === null ? answerWords(reason.status) : saidWords(reason.said)}). Afterwards SnapTrade gave no clear answer about the old one: ${doubtWords(reason.doubt, null)}.`;
    case "answer-lost-and-written":
      return `The reset returned no new secret (${answerWords(reason.status)}), and the old one is invalid. ${reason.label} has been written since or could not be read.`;
    case "rescue-unanswered":
      return `The one reset with the invalid secret got no usable answer (${answerWords(reason.status)}).`;
    case "unholdable":
      return reason.why === "too-long"
        ? "The new secret is longer than 48 KB, the maximum for a GitHub secret."
        : "The new secret is not valid Unicode, so no GitHub secret can contain it.";
    case "candidate-unproven":
      return "The answer of the reset was malformed. It contains what may be the new secret, but SnapTrade gave no clear answer about that.";
    case "primary-not-saved":
      return failureWords(reason.fault, { label: reason.label, doing: "saving" });
    case "copies-not-saved":
      return "The primary is saved, but not every copy.";
    case "proof-failed":
      return reason.doubt === null
        ? PROOFS[reason.proof]
        : `${PROOFS[reason.proof]} The cause: ${doubtWords(reason.doubt, null)}.`;
    case "export-failed":
      return `The new secret is saved, but GITHUB_ENV could not be written. So later steps do not get ${reason.name}.`;
    case "superseded":
      return "SnapTrade rejects the new secret and the old one. Another rotation may have come after this one.";
    case "kept-undecided":
      return "The new secret arrived, but SnapTrade did not accept it in time. It was not saved, because someone may have saved a newer one in the meantime.";
    case "journal-unreadable":
      return "The main step was ended, and its recovery journal cannot be opened. The file is damaged or missing, or the post step got other values for user-secret and consumer-key.";
    case "copies-interrupted":
      return "The main step was ended while it saved copies.";
    case "main-may-live":
      return "The main step was ended, but its process may still be running. The post step could not end it.";
    case "out-of-time":
      return "The main step was ended, and the post step could not find out in time what happened.";
    case "internal-error":
      return reason.before === "reset"
        ? `An unexpected error (${reason.name}) ended the run before the reset.`
        : `An unexpected error (${reason.name}) ended the run after the reset was announced.`;
  }
}

function liftWords(resetAt: Instant | null): string {
  return resetAt === null ? "" : ` It resets at ${new Date(resetAt).toISOString()}.`;
}

const CHANGES = {
  "updated-at": "The value of",
  key: "The public key of",
  audience: "The list of who may read",
} as const;

const HANDED_OLD = "The primary was saved after this run began, so this run has an old value.";

const STALENESS = {
  "after-start": HANDED_OLD,
  "after-job-start": HANDED_OLD,
  "after-run-start":
    "The primary was saved after this run began and before this step. This job may have the old value.",
  "before-start": "The primary has not been saved since this run began.",
  "not-asked": "",
  unknown: "This token cannot show whether the primary was saved after this run began.",
} as const;

const PROOFS = {
  "new-undecided": "The new secret is saved, but SnapTrade gave no clear answer about it.",
  "old-still-live": "The new secret is saved, but after settle-time SnapTrade still accepts the old one.",
  "rolled-back":
    "The new secret is saved. But until the end of settle-time SnapTrade rejected it and accepted the old one.",
  "old-undecided": "The new secret is saved and valid, but SnapTrade gave no clear answer about the old one.",
  "write-not-visible": "The new secret is saved and valid, but GitHub does not show the write in updated_at.",
} as const;

function answerWords(status: number | null): string {
  return status === null ? "no complete answer" : `status ${status}`;
}
