import { adviceForFault, failureWords, isPassing } from "./fault-words";
import { adviceInFinish, happenedInFinish, isOfFinish } from "./finish-words";
import { isOutdated } from "./given";
import type { Changed } from "./given";
import type { Outcome, Result } from "./outcome";
import type { Doubt, Instant, Said } from "./ports";
import type { Reason, ReasonAfterReset, ReasonCode } from "./reasons";
import {
  AGAIN,
  againIn,
  COPY_AFTERWARDS,
  NEW_RUN,
  NOTHING_TO_REPAIR,
  RESCUE,
  RESCUE_IF_NOTHING_LEFT,
  THEN_VERIFY,
  VERIFY,
} from "./steps";
import { BRING_BACK, waysBack, waysIfDead } from "./ways";

/** What an operator reads: what happened, what state the world is in, what to do now. */
export interface Words {
  /** A few words for the title of the annotation and of the summary. */
  readonly title: string;
  readonly happened: string;
  readonly world: string;
  /** In the order in which to do them. Empty where nothing has to be done. */
  readonly now: readonly string[];
}

/** An input that has white space, or something as invisible, at an end. It is used as it was given all the same. */
export interface Spaced {
  readonly input: string;
  /** Such as "ends with a line end". */
  readonly how: string;
}

/** What the words depend on beside the outcome. */
export interface Seen {
  readonly spaced?: readonly Spaced[];
  /** As it was given; the post step does not know it. */
  readonly mode?: string | undefined;
}

/** The one place that holds the words for every outcome. */
export function wordsFor(outcome: Outcome, { spaced = [], mode }: Seen = {}): Words {
  return {
    title: outcome.reason.code === "export-failed" ? "Saved, but not handed on" : TITLES[outcome.result],
    happened: [happened(outcome.reason), ...copyFailures(outcome), ...spacedWords(outcome.reason, spaced)].join(" "),
    world: isRolledBack(outcome.reason)
      ? ROLLED_BACK
      : (WORLDS_OF_REASONS.get(outcome.reason.code) ?? WORLDS[outcome.result]),
    now: advice(outcome, mode),
  };
}

const TITLES = {
  rotated: "The secret is rotated",
  skipped: "Not due yet",
  checked: "Ready to rotate",
  verified: "The secret is live",
  copied: "Every copy has the live secret",
  finished: "The save is finished",
  unchanged: "Nothing was changed",
  dead: "The secret given is not live",
  "saved-unverified": "Saved, but not proven",
  "partly-saved": "Saved, but not everywhere",
  unsaved: "Rotated, but NOT known to be saved: act now",
  unknown: "It is not known which secret is in force",
  lost: "The new secret is lost",
} as const satisfies Record<Result, string>;

const WORLDS = {
  rotated: "The new secret is in every destination and proven live; the old one is proven dead.",
  skipped: "The secret given is live. It was not reset, and the primary destination was not changed.",
  checked: "The secret given is live, every destination takes what is written to it, and nothing was changed.",
  verified: "The secret given is live, and nothing was changed.",
  finished: "The primary destination has the secret that the command contained. No reset was sent.",
  copied: "The secret given is live and saved in every copy. The primary was not changed, and no reset was sent.",
  unchanged: "This run did not change the secret at SnapTrade, and no destination.",
  dead: "SnapTrade refuses the secret that this run was given. This run changed nothing.",
  "saved-unverified":
    "SnapTrade gave a new secret, and every destination took it. That it is in force could not be proven.",
  "partly-saved": "The primary destination has the current secret, but not every copy does.",
  unsaved:
    "The old secret is dead. The new one is not known to be in the primary destination, but it can be recovered from what this run left.",
  unknown: "The secret in the primary destination may or may not be the one in force.",
  lost: "The old secret is dead, and the new one reached nobody.",
} as const satisfies Record<Result, string>;

/** Where no reset was sent the secret in question is no new one; and where it was only not handed on, it is proven. */
const WORLDS_OF_REASONS: ReadonlyMap<ReasonCode, string> = new Map<ReasonCode, string>([
  [
    "copies-unproven",
    "Every copy has the secret that this run was given. Whether it is still the current one is not known.",
  ],
  ["primary-moved", "Every copy has the secret that this run was given. The primary may have a newer one."],
  ["copies-interrupted", "The secret in the primary destination was not changed. Perhaps not every copy has it."],
  ["export-failed", `${WORLDS.rotated} Later steps of this job do not get it.`],
]);

const ROLLED_BACK =
  "Every destination has the new secret, which SnapTrade rejects. It accepts the old one, which no destination has.";

function isRolledBack(reason: Reason): boolean {
  return reason.code === "proof-failed" && reason.proof === "rolled-back";
}

function happened(reason: Reason): string {
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

/** Each copy that could not be saved, with its cause. */
function copyFailures({ result, unsaved }: Outcome): readonly string[] {
  if (result !== "partly-saved") return [];
  const missing = unsaved.filter(({ isOld }) => isOld !== true);
  return missing.map(({ label, fault }) =>
    fault === undefined ? `Not saved in ${label}.` : failureWords(fault, { label, doing: "copying" }),
  );
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

/** What to do now. `lost` and `unknown` never begin with deleting the user: a false alarm would then become a loss. */
function advice({ result, reason, unsaved, escrow }: Outcome, mode: string | undefined): readonly string[] {
  if (isOfFinish(reason)) return adviceInFinish(reason);
  switch (result) {
    case "rotated":
    case "checked":
    case "verified":
    case "skipped":
    case "copied":
    case "finished":
      return [];
    case "unchanged":
      return adviceForUnchanged(reason, mode);
    case "dead":
      return adviceForDead(reason, mode);
    case "saved-unverified":
      if (reason.code === "primary-moved" || reason.code === "copies-unproven")
        return [NEW_RUN, "If it says verified, start a run with mode: copy."];
      if (reason.code === "export-failed") return EXPORT_AGAIN;
      if (isRolledBack(reason)) return adviceForRolledBack(unsaved);
      return isAboutIds(reason) ? [CHECK_IDS, VERIFY] : adviceForUnverified(reason, waysIfDead(unsaved, escrow));
    case "partly-saved":
      return [...adviceForCopies(unsaved), COPY];
    case "unsaved":
      return adviceForUnsaved(reason, unsaved, escrow);
    case "unknown":
      return [
        ...(isAboutIds(reason) ? [CHECK_IDS] : []),
        `${VERIFY} ${UNTOLD}`,
        ...waysIfDead(unsaved, escrow),
        ...(mayHaveSaidMore(reason) ? [MAIN_LOG] : []),
        RESCUE,
        "Do not delete the user: nothing says yet that the secret is lost.",
      ];
    case "lost":
      return [NEW_RUN, RESCUE, DELETE_LAST];
  }
}

/** SnapTrade's refusal may be about the client or the user. */
function isAboutIds(reason: Reason): boolean {
  const doubt = "doubt" in reason ? reason.doubt : null;
  return doubt !== null && ["client", "signature", "no-such-user", "unchecked"].includes(doubt.kind);
}

const CHECK_IDS =
  "Check client-id, consumer-key and user-id first: SnapTrade's refusal may be about them and not about the secret.";

/** The main step may have printed what the one who speaks now does not know of. */
function mayHaveSaidMore({ code }: Reason): boolean {
  return [
    "journal-unreadable",
    "main-may-live",
    "out-of-time",
    "internal-error",
    "refused-setting",
    "superseded",
  ].includes(code);
}

/** Unless the primary certainly does not hold the new secret, the saved one may be in force already. */
function adviceForUnsaved(reason: Reason, unsaved: Outcome["unsaved"], escrow: string | null): readonly string[] {
  const last = "Do not run another rotation before that, and do not delete the user.";
  if (reason.code === "unholdable") return [KEEP_ELSEWHERE, last];
  if (reason.code !== "primary-not-saved") return [VERIFY, ...waysIfDead(unsaved, escrow), COPY_AFTERWARDS, last];
  const { label, fault } = reason;
  return [
    // Without the cause mended mode: finish fails as this run did.
    ...(isPassing(fault) ? [] : adviceForFault(fault, { label, doing: "saving" })),
    ...waysBack(unsaved, escrow).map((way, index) => (index === 0 ? sentence(way) : `Or ${way}`)),
    THEN_VERIFY,
    COPY_AFTERWARDS,
    last,
  ];
}

/** What has to be mended before the copies can be saved, each step once. */
function adviceForCopies(unsaved: Outcome["unsaved"]): readonly string[] {
  const steps = unsaved.flatMap(({ label, fault }) => {
    if (fault === undefined || isPassing(fault)) return [];
    return adviceForFault(fault, { label, doing: "copying" });
  });
  return [...new Set(steps)];
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function adviceForUnverified(reason: Reason, ways: readonly string[]): readonly string[] {
  const isOldLive = reason.code === "proof-failed" && reason.proof === "old-still-live";
  const isInvisible = reason.code === "proof-failed" && reason.proof === "write-not-visible";
  return [
    VERIFY,
    ...(isInvisible ? ways : []),
    "If it says dead, another rotation may have come after this one: use what that one left, and only then mode: rescue.",
    ...(isOldLive
      ? ["Tell SnapTrade's support that the old secret was still taken: whoever holds it could go on using it."]
      : []),
  ];
}

const EXPORT_AGAIN = [
  "Check whether the disk of the runner is full.",
  "Start a new run for whatever needs the new secret. It reads the secret from where it is saved.",
];
function adviceForRolledBack(unsaved: Outcome["unsaved"]): readonly string[] {
  const hasCommand = unsaved.some(({ isOld }) => isOld === true);
  return [
    VERIFY,
    ...(hasCommand ? [BRING_BACK] : []),
    "If save-to has copies, start a run with mode: copy after that.",
    "Ask SnapTrade's support why it accepts the old secret after a reset, quoting the time of this run.",
  ];
}

function sinceOf(changed: Changed): "job" | "run" {
  return changed === "after-job-start" ? "job" : "run";
}

function isUnchecked(reason: Reason): boolean {
  return reason.code === "given-secret-dead" && !reason.isChecked;
}

const CHECK_IDS_TOO = "Check client-id and user-id too, since SnapTrade's refusal may be about them.";

function adviceForDead(reason: Reason, mode: string | undefined): readonly string[] {
  const isGiven = reason.code === "given-secret-dead";
  if (isGiven && isOutdated(reason.changed)) return [AGAIN[sinceOf(reason.changed)]];
  const ids = isUnchecked(reason) ? [CHECK_IDS_TOO] : [];
  // What verify was given is what is saved: another one would say the same.
  if (isGiven && mode === "verify" && reason.changed === "before-start")
    return [EARLIER_RUN, ...ids, RESCUE_IF_NOTHING_LEFT];
  return [STALE, `If that run says dead: ${EARLIER_RUN}`, ...ids, lastForDead(reason)];
}

/** SnapTrade's word that there is no such user or secret is the only refusal that a second rescue would not change. */
function lastForDead(reason: Reason): string {
  if (reason.code !== "rescue-refused") return RESCUE;
  const isFinal = reason.said.status === 404 || reason.said.code === "1083";
  return isFinal ? DELETE_LAST : RESCUE_AGAIN;
}

const RESCUE_AGAIN =
  "The rescue was not even tried by SnapTrade: wait or correct what it refused (a rate limit, client-id, consumer-key). Then start a run with mode: rescue again.";
const STALE =
  "Start a new run with mode: verify, since a rotation may have ended after this run was queued. A re-run is not certain to read the secrets anew.";
const EARLIER_RUN =
  "If an earlier run ended with unsaved or unknown and left a command or an age text, use that first. Run the command with gh, or paste it into recovery-command of a run with mode: finish. A rescue makes both worthless.";
const DELETE_LAST =
  "Only if that fails too: ask SnapTrade's support, quoting the time of this run and the X-Request-ID, if the log has one. As the last resort, delete the user and have the brokerages reconnected.";
const UNTOLD =
  "If it says unchanged, it could not tell: do what its message says, verify again later, and do not rescue.";
const COPY = "Start a new run with mode: copy. It saves the live secret in every copy, without a reset.";
const MAIN_LOG = `If it says dead: look in the log of the main step for a command or an age text. Run the command with gh, or paste it into recovery-command of a run with mode: finish. ${THEN_VERIFY}`;
const KEEP_ELSEWHERE =
  "Decrypt the age text below (in the summary) with the recovery recipient's key (age -d -i KEY_FILE), and keep the value outside GitHub, byte for byte.";
function adviceForUnchanged(reason: Reason, mode: string | undefined): readonly string[] {
  if (reason.code === "given-secret-outdated") {
    const isFinish = mode === "finish";
    return [AGAIN[reason.since], ...(isFinish ? [STILL_OPEN] : [])];
  }
  return reason.code === "rescue-not-needed" ? ["Use mode: rotate."] : againIn(mode, causesOfUnchanged(reason));
}

const STILL_OPEN = "If it says dead, the save is still open: start a run with mode: finish again.";

function causesOfUnchanged(reason: Reason): readonly string[] {
  switch (reason.code) {
    case "destination-missing":
      return [
        reason.mustExist
          ? "Create the organization secret with the visibility that you want, then start a new run."
          : "Correct save-to, or set create: true if the secret is to be made.",
      ];
    case "destination-unreadable":
      return adviceForFault(reason.fault, { label: reason.label, doing: "reading" });
    case "canary-refused":
      return adviceForFault(reason.fault, { label: reason.label, doing: "checking" });
    case "github-allowance":
      return [
        reason.resetAt === null
          ? "Wait an hour, then start a new run."
          : `Wait until ${new Date(reason.resetAt).toISOString()}, then start a new run.`,
        "If this happens often, use a token that nothing else uses up: its user or app shares one allowance.",
      ];
    case "destination-changed":
      return ["Check that no other workflow rotates this secret at the same time.", "Start a new run."];
    case "rehearsal-failed":
      return ["Use another runner. If it happens there too, open an issue with the log."];
    case "token-expiring":
      return ["Make a new token, or a shorter save-timeout, then start a new run."];
    case "any-secret-accepted":
      return [COMMERCIAL_KEY];
    case "client-rejected":
      return ["Check client-id and consumer-key against SnapTrade's dashboard, then start a new run."];
    case "no-such-user":
      return [
        "Check user-id, letter by letter, and that client-id is the one that registered the user, then start a new run.",
      ];
    case "snaptrade-undecided":
      return adviceForDoubt(reason.doubt);
    case "journal-unavailable":
      return ["Give the runner a writable temporary folder with a few megabytes of space, then start a new run."];
    case "reset-not-sent":
    case "reset-refused":
    case "reset-did-not-happen":
    case "ended-before-reset":
    case "cancelled":
      return [`${NOTHING_TO_REPAIR} Start a new run when you are ready.`];
    default:
      return ["Correct this, then start a new run."];
  }
}

function adviceForDoubt(doubt: Doubt): readonly string[] {
  if (doubt.kind === "signature") {
    return ["Check client-id and consumer-key, and the clock of the runner, then start a new run."];
  }
  if (doubt.kind === "strange-answer" && doubt.said.code === PERSONAL_KEY) return [COMMERCIAL_KEY];
  return ["Wait: status.snaptrade.com tells whether SnapTrade has trouble. Then start a new run."];
}

const COMMERCIAL_KEY = "Personal API keys have nothing to rotate here. Use a commercial client id and consumer key.";

/** Why SnapTrade could not tell, as the rest of a sentence. */
export function doubtWords(doubt: Doubt, skewMs: number | null): string {
  switch (doubt.kind) {
    case "signature":
      return skewMs !== null && Math.abs(skewMs) >= 30_000
        ? `it refused the signature (${saidWords(doubt.said)}). This machine's clock is ${Math.round(Math.abs(skewMs) / 1000)} s ${skewMs > 0 ? "behind" : "ahead of"} SnapTrade's`
        : `it refused the signature (${saidWords(doubt.said)}). So client-id or consumer-key is wrong`;
    case "client":
      return `it rejects the client-id, or cannot verify it with this consumer-key (${saidWords(doubt.said)})`;
    case "throttled":
      return throttleWords(doubt.waitedMs, doubt.retryAfterMs);
    case "no-answer":
      return `there was no answer (${doubt.why})`;
    case "strange-answer":
      return `it answered with ${saidWords(doubt.said)}${doubt.said.code === PERSONAL_KEY ? PERSONAL_KEYS : ""}`;
    case "contradiction":
      return "its answers contradict each other";
    case "no-such-user":
      return "under this client-id there is no user with this user-id";
    case "unchecked":
      return "it refuses the secret. Whether it knows this client-id and this user-id could not be checked";
  }
}

/** SnapTrade's code for a key that is of no use here. */
const PERSONAL_KEY = "1012";
const PERSONAL_KEYS = ". Personal API keys have no user secret, so there is nothing to rotate with one";

/** Never more than was waited. */
function throttleWords(waitedMs: number, retryAfterMs: number | null): string {
  const waited = waitedMs < 1000 ? "" : ` in the ${Math.floor(waitedMs / 1000)} s that were waited`;
  const told = retryAfterMs === null ? "" : `, and it asks to wait ${Math.ceil(retryAfterMs / 1000)} s`;
  return `its rate limit was reached and did not lift${waited}${told}`;
}

function saidWords({ status, code, sentence }: Said): string {
  const quoted = sentence === null ? "" : `, "${sentence}"`;
  return `status ${status}${code === null ? "" : `, code ${code}`}${quoted}`;
}

/** Only where SnapTrade refused something may white space be the cause. */
function spacedWords(reason: Reason, spaced: readonly Spaced[]): readonly string[] {
  const isRefused =
    ["client-rejected", "no-such-user", "given-secret-dead", "rescue-refused"].includes(reason.code) ||
    (reason.code === "snaptrade-undecided" && reason.doubt.kind === "signature");
  return isRefused ? spaced.map(({ input, how }) => `The input ${input} ${how}; is that meant to be part of it?`) : [];
}

function answerWords(status: number | null): string {
  return status === null ? "no complete answer" : `status ${status}`;
}
