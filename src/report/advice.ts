import type { Doubt } from "../rotation/model";
import { isOutdated } from "../rotation/outcome";
import type { Changed, Outcome, Reason } from "../rotation/outcome";
import { PERSONAL_KEY } from "./doubt-words";
import { adviceForFault, isPassing } from "./fault-words";
import { adviceInFinish, isOfFinish } from "./finish-words";
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

/** What to do now. `lost` and `unknown` never begin with deleting the user: a false alarm would then become a loss. */
export function advice({ result, reason, unsaved, escrow }: Outcome, mode: string | undefined): readonly string[] {
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

export function sentence(text: string): string {
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

export function isRolledBack(reason: Reason): boolean {
  return reason.code === "proof-failed" && reason.proof === "rolled-back";
}
