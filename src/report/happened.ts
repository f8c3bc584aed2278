import type { Instant } from "../rotation/model";
import type { Reason, ReasonAfterReset } from "../rotation/outcome";
import { doubtWords, saidWords } from "./doubt-words";
import { failureWords } from "./fault-words";
import { happenedInFinish, isOfFinish } from "./finish-words";

export function happened(reason: Reason): string {
  if (isOfFinish(reason)) return happenedInFinish(reason);
  switch (reason.code) {
    case "ready":
      return "Everything up to the reset was done and proven; the reset was not sent.";
    case "secret-live":
      return "SnapTrade takes the secret given, and refuses an altered one.";
    case "young-enough":
      return `By GitHub's clock ${reason.label} was saved more recently than min-age.`;
    case "refused-input":
      return `The input ${reason.input} ${reason.problem}. Right would be: ${reason.expected}.`;
    case "refused-setting":
      return `${reason.setting} ${reason.problem}. Right would be: ${reason.expected}.`;
    case "journal-unavailable":
      return "The file under RUNNER_TEMP that would keep the new secret, encrypted, cannot be written (missing, read-only or full).";
    case "sealing-unavailable":
      return "libsodium failed its self-test on this machine, so nothing could be sealed.";
    case "cancelled":
      return `The run was asked to end (${reason.signal}) before the reset.`;
    case "any-secret-accepted":
      return "SnapTrade accepted an altered secret, as it does for Personal API keys, which have no user secret. With such a key nothing could be proven.";
    case "snaptrade-undecided":
      return `SnapTrade could not tell whether the secret is live: ${doubtWords(reason.doubt, reason.skewMs)}.`;
    case "client-rejected":
      return `SnapTrade rejects the client-id, or cannot verify it with this consumer-key (${saidWords(reason.said)}). So nothing is known about the secret.`;
    case "no-such-user":
      return "SnapTrade refuses the secret, because under this client-id there is no user with this user-id.";
    case "given-secret-dead":
      return deadWords(reason);
    case "given-secret-outdated":
      return `SnapTrade rejected the secret three times, but ${reason.label} was saved after this ${reason.since} began. So this ${reason.since} was given an older value, and says nothing about the saved one.`;
    case "destination-missing":
      return reason.mustExist
        ? `There is no ${reason.label}. An organization secret has to exist, because who may read it is not this action's decision.`
        : `There is no ${reason.label}, which is taken for a typing error.`;
    case "destination-unreadable":
      return failureWords(reason.fault, { label: reason.label, doing: "reading" });
    case "token-expiring":
      return `The github-token expires at ${new Date(reason.expiresAt).toISOString()}, before save-timeout and a minute would be over.`;
    case "canary-refused":
      return failureWords(reason.fault, { label: reason.label, doing: "checking" });
    case "github-allowance":
      return `GitHub's allowance for the token does not cover the save and its proofs: ${reason.remaining} requests are left, ${reason.needed} are needed.${liftWords(reason.resetAt)}`;
    case "destination-changed":
      return `${CHANGES[reason.what]} ${reason.label} was changed by someone else while this run prepared the reset.`;
    case "rehearsal-failed":
      return `A rehearsal with a made-up answer failed on this machine (${reason.name}).`;
    case "rescue-not-needed":
      return "The secret given is live, so there is nothing to rescue.";
    case "rescue-stale":
      return `${reason.label} was saved after this run began, so the secret given here may be out of date.`;
    case "ended-before-reset":
      return "The step was ended (killed, cancelled or timed out) before the reset was sent.";
    case "copied":
      return "Every copy has accepted the live secret.";
    case "copies-unproven":
      return reason.doubt === null
        ? "The copies are saved. Afterwards SnapTrade did not accept the secret, or GitHub did not show the primary."
        : `The copies are saved. Afterwards SnapTrade could not tell whether the secret is live: ${doubtWords(reason.doubt, null)}.`;
    case "primary-moved":
      return `${reason.label} was saved by someone else while this run wrote the copies.`;
    default:
      return happenedAfterReset(reason);
  }
}

function deadWords({ isChecked, changed }: Extract<Reason, { code: "given-secret-dead" }>): string {
  const checked = isChecked
    ? "It knows this client-id and this user-id."
    : "Whether it knows this client-id and this user-id could not be checked.";
  return `SnapTrade refused the secret given three times. ${checked} ${STALENESS[changed]}`.trimEnd();
}

function happenedAfterReset(reason: ReasonAfterReset): string {
  switch (reason.code) {
    case "rotated":
      return "SnapTrade gave a new secret, it was saved, and all proofs hold.";
    case "reset-not-sent":
      return `The reset could not be sent, not one byte of it: ${reason.why}.`;
    case "reset-refused":
      return `SnapTrade refused the reset (${saidWords(reason.said)}), and after the settle time the old secret is still live.`;
    case "rescue-refused":
      return `SnapTrade refused the one reset with the dead secret (${saidWords(reason.said)}).`;
    case "refused-and-not-live":
      return `SnapTrade refused the reset (${saidWords(reason.said)}), and the old secret is dead: somebody may have rotated in between, or a gateway sent the reset twice.`;
    case "reset-did-not-happen":
      return `The reset brought no new secret (${answerWords(reason.status)}), and after the settle time the old one is still live.`;
    case "answer-lost":
      return `The reset happened, but it brought no new secret (${answerWords(reason.status)}): the old secret is dead, and nobody has saved another since.`;
    case "answer-lost-undecided":
      return `The reset brought no new secret (${reason.said === null ? answerWords(reason.status) : saidWords(reason.said)}). Afterwards SnapTrade could not tell whether the old one is live: ${doubtWords(reason.doubt, null)}.`;
    case "answer-lost-and-written":
      return `The reset brought no new secret (${answerWords(reason.status)}), the old one is dead, and ${reason.label} has been written since or could not be read.`;
    case "rescue-unanswered":
      return `The one reset with the dead secret brought no usable answer (${answerWords(reason.status)}).`;
    case "unholdable":
      return reason.why === "too-long"
        ? "The new secret is longer than the 48 KB that a GitHub secret can hold."
        : "The new secret is not valid Unicode, so no GitHub secret can hold it.";
    case "candidate-unproven":
      return "The answer of the reset was malformed. Something that may be the new secret was found in it, but SnapTrade could not tell whether it is live.";
    case "primary-not-saved":
      return failureWords(reason.fault, { label: reason.label, doing: "saving" });
    case "copies-not-saved":
      return "The primary destination is saved, but a copy could not be.";
    case "proof-failed":
      return reason.doubt === null
        ? PROOFS[reason.proof]
        : `${PROOFS[reason.proof].slice(0, -1)}: ${doubtWords(reason.doubt, null)}.`;
    case "export-failed":
      return `The new secret is saved, but the runner's file (GITHUB_ENV) for the environment variable ${reason.name} could not be written.`;
    case "superseded":
      return "SnapTrade refuses the new secret, and the old one too: it is possible that another rotation came after this one.";
    case "kept-undecided":
      return "The new secret arrived, but in the time given SnapTrade did not say that it is live. It was not written any more, since that might have destroyed what somebody else has saved meanwhile.";
    case "journal-unreadable":
      return "The step was ended, and what it kept does not open. Either the post step was given other inputs (they are evaluated anew; one taken from env may differ), or the file is damaged or gone.";
    case "copies-interrupted":
      return "The step was ended while it saved copies.";
    case "main-may-live":
      return "The step was ended, but its process may still be running, and the post step could not end it.";
    case "out-of-time":
      return "The step was ended, and the post step could not settle what happened in its time.";
    case "internal-error":
      return reason.before === "reset"
        ? `An unexpected error (${reason.name}) ended the run before the reset.`
        : `An unexpected error (${reason.name}) ended the run after the reset was announced.`;
  }
}

function liftWords(resetAt: Instant | null): string {
  return resetAt === null ? "" : ` It is full again at ${new Date(resetAt).toISOString()}.`;
}

const CHANGES = {
  "updated-at": "The value of",
  key: "The public key of",
  audience: "The list of who may read",
} as const;

const HANDED_OLD = "The primary destination was changed after this run began, so this run was handed an old value.";

const STALENESS = {
  "after-start": HANDED_OLD,
  "after-job-start": HANDED_OLD,
  "after-run-start":
    "The primary destination was changed after this run began, and before this step did: whether this job was handed the old value cannot be told.",
  "before-start": "The primary destination has not been changed since this run began.",
  "not-asked": "",
  unknown: "Whether the primary destination was changed after this run began cannot be told with this token.",
} as const;

const PROOFS = {
  "new-undecided": "The new secret is saved, but SnapTrade could not tell whether it is live.",
  "old-still-live": "The new secret is saved, but SnapTrade still takes the old one after the settle time.",
  "rolled-back":
    "The new secret is saved. But to the end of the settle time SnapTrade rejected it and accepted the old one, as if there had been no reset.",
  "old-undecided": "The new secret is saved and live, but SnapTrade could not tell whether the old one is dead.",
  "write-not-visible": "The new secret is saved and live, but GitHub does not show the write in updated_at.",
} as const;

function answerWords(status: number | null): string {
  return status === null ? "no complete answer" : `status ${status}`;
}
