import type { Doubt } from "../rotation/model";
import { isOutdated } from "../rotation/outcome";
import type { Changed, Outcome, Reason, ReasonOfFinish } from "../rotation/outcome";
import { isAboutPersonalKey } from "./doubt-words";
import { adviceForFault, isAboutToken, isPassing } from "./fault-words";
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
import type { Step } from "./steps";
import { isNamedByResult, isRolledBack } from "./titles";
import type { NamedByResult } from "./titles";
import { recoverySteps, restoreOld, stepsIfDead } from "./ways";

/** The next steps. They never begin with deleting the user, which would turn a false `lost` into a loss. */
export function advice(outcome: Outcome, mode: string | undefined): readonly Step[] {
  return stepsFor(outcome, mode).map((step) => (typeof step === "string" ? { text: step } : step));
}

type Steps = readonly (string | Step)[];

function stepsFor({ result, reason, unsaved, escrow }: Outcome, mode: string | undefined): Steps {
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
      return isNamedByResult(reason) ? [VERIFY] : adviceForUnchanged(reason, mode);
    case "dead":
      return adviceForDead(reason, mode);
    case "saved-unverified":
      if (reason.code === "primary-moved" || reason.code === "copies-unproven")
        return [NEW_RUN, "If that ends with verified, start a run with mode: copy."];
      if (reason.code === "export-failed") return EXPORT_AGAIN;
      if (isRolledBack(reason)) return adviceForRolledBack(unsaved);
      return isAboutIds(reason) ? [CHECK_IDS, VERIFY] : adviceForUnverified(reason, stepsIfDead(unsaved, escrow));
    case "partly-saved":
      return [...adviceForCopies(unsaved), COPY];
    case "unsaved":
      return adviceForUnsaved(reason, unsaved, escrow);
    case "unknown":
      return [
        ...(isAboutIds(reason) ? [CHECK_IDS] : []),
        `${VERIFY} ${UNTOLD}`,
        ...stepsIfDead(unsaved, escrow),
        ...(reason.code === "superseded" ? [`If that ends with dead: ${uncapitalized(OTHER_RUNS)}`] : []),
        ...(mayHaveSaidMore(reason) ? [MAIN_LOG] : []),
        RESCUE,
      ];
    case "lost":
      return [NEW_RUN, RESCUE, DELETE_LAST];
  }
}

/** SnapTrade may have rejected the client or the user, not the secret. */
function isAboutIds(reason: Reason): boolean {
  const doubt = "doubt" in reason ? reason.doubt : null;
  return doubt !== null && ["client", "signature", "no-such-user", "unchecked"].includes(doubt.kind);
}

const CHECK_IDS =
  "Check client-id, consumer-key and user-id first: SnapTrade may reject one of them, and not the secret.";

/** The main step may have printed more than the post step knows. */
function mayHaveSaidMore({ code }: Reason): boolean {
  return ["journal-unreadable", "main-may-live", "out-of-time", "internal-error", "refused-setting"].includes(code);
}

/** The saved secret may be valid already, unless the primary certainly does not have the new one. */
function adviceForUnsaved(reason: Reason, unsaved: Outcome["unsaved"], escrow: string | null): Steps {
  if (reason.code === "unholdable") return [{ text: KEEP_ELSEWHERE, ...(escrow === null ? {} : { copy: escrow }) }];
  if (reason.code !== "primary-not-saved") return [VERIFY, ...stepsIfDead(unsaved, escrow), COPY_AFTERWARDS];
  const { label, fault } = reason;
  const causes = isPassing(fault) ? [] : adviceForFault(fault, { label, doing: "saving" });
  const isOfToken = isAboutToken(fault);
  return [
    ...(isOfToken ? [] : causes),
    ...recoverySteps(unsaved, escrow).map(({ text, ...rest }, index) => ({
      text: `${index === 0 ? sentence(text) : `Or ${text}`}${isOfToken && index === 0 ? TOKEN_FIRST : ""}`,
      ...rest,
    })),
    THEN_VERIFY,
    COPY_AFTERWARDS,
    // gh uses its own login, so it works before this is fixed.
    ...(isOfToken ? causes.map((step) => `Before mode: finish, or the next rotation: ${uncapitalized(step)}`) : []),
  ];
}

const TOKEN_FIRST = " That run needs a working token: see the last step.";

/** The fixes that the copies need, each listed once. */
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

function uncapitalized(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function adviceForUnverified(reason: Reason, ways: readonly Step[]): Steps {
  const isOldLive = reason.code === "proof-failed" && reason.proof === "old-still-live";
  const isInvisible = reason.code === "proof-failed" && reason.proof === "write-not-visible";
  return [
    VERIFY,
    ...(isInvisible ? ways : []),
    "If that ends with dead, another rotation may have come after this one. Use what that run left, and only then mode: rescue.",
    ...(isOldLive
      ? [
          "Report to SnapTrade's support that it still accepts the old secret. Anyone who has that secret could go on using it.",
        ]
      : []),
  ];
}

const EXPORT_AGAIN = [
  "Check whether the disk of the runner is full.",
  "Start a new run for the steps that need the new secret. It reads the saved one.",
];

function adviceForRolledBack(unsaved: Outcome["unsaved"]): Steps {
  return [
    VERIFY,
    ...restoreOld(unsaved),
    "If save-to has copies, start a run with mode: copy after that.",
    "Ask SnapTrade's support why it accepts the old secret after a reset. Quote the time of this run.",
  ];
}

function sinceOf(changed: Changed): "job" | "run" {
  return changed === "after-job-start" ? "job" : "run";
}

function isUnchecked(reason: Reason): boolean {
  return reason.code === "given-secret-dead" && !reason.isChecked;
}

const CHECK_IDS_TOO = "Check client-id and user-id too, because SnapTrade may reject one of them.";

function adviceForDead(reason: Reason, mode: string | undefined): readonly string[] {
  const isGiven = reason.code === "given-secret-dead";
  if (isGiven && isOutdated(reason.changed)) return [AGAIN[sinceOf(reason.changed)]];
  const ids = isUnchecked(reason) ? [CHECK_IDS_TOO] : [];
  // This verify had the saved secret, so another one would end the same way.
  if (isGiven && mode === "verify" && reason.changed === "before-start")
    return [OTHER_RUNS, ...ids, RESCUE_IF_NOTHING_LEFT];
  return [STALE, `If that ends with dead: ${uncapitalized(OTHER_RUNS)}`, ...ids, lastForDead(reason)];
}

/** A second rescue is pointless only if SnapTrade does not know the user or the secret. */
function lastForDead(reason: Reason): string {
  if (reason.code !== "rescue-refused") return RESCUE;
  const isFinal = reason.said.status === 404 || reason.said.code === "1083";
  return isFinal ? DELETE_LAST : RESCUE_AGAIN;
}

const RESCUE_AGAIN =
  "SnapTrade did not try the rescue: wait, or correct what it rejected, such as client-id or consumer-key. Then start a run with mode: rescue again.";

const STALE = "Start a new run with mode: verify, because a rotation may have ended after this run was queued.";

const OTHER_RUNS =
  "Look for a recovery command in the summaries of other runs that ended with unsaved or unknown. With recovery-recipient there is also an age-encrypted secret. Run the command with gh, or paste it into recovery-command of a run with mode: finish. Use neither after a rescue.";

const DELETE_LAST =
  "Only if that fails too: ask SnapTrade's support. Quote the time of this run, and the X-Request-ID if the log has one. As the last resort, delete the user and have the brokerages connected again.";

const UNTOLD = "If that ends with unchanged, do what its message advises, and verify again later. Do not rescue.";

const COPY = "Start a new run with mode: copy. It saves the current secret in every copy, without a reset.";

const MAIN_LOG = `If that ends with dead, look in the log of the main step for a recovery command or an age-encrypted secret. Run the command with gh, or paste it into recovery-command of a run with mode: finish. ${THEN_VERIFY}`;

const KEEP_ELSEWHERE =
  "Save this age-encrypted secret as secret.age. Open it with the recovery recipient's key: age -d -i KEY_FILE secret.age. Keep the value outside GitHub, byte for byte.";

type Correctable = Exclude<Reason, ReasonOfFinish | NamedByResult>;

function adviceForUnchanged(reason: Correctable, mode: string | undefined): readonly string[] {
  if (reason.code === "given-secret-outdated") {
    const isFinish = mode === "finish";
    return [AGAIN[reason.since], ...(isFinish ? [STILL_OPEN] : [])];
  }
  return reason.code === "rescue-not-needed" ? ["Use mode: rotate."] : againIn(mode, causesOfUnchanged(reason));
}

const STILL_OPEN = "If that ends with dead, the save is still open: start a run with mode: finish again.";

function causesOfUnchanged(
  reason: Exclude<Correctable, { code: "given-secret-outdated" | "rescue-not-needed" }>,
): readonly string[] {
  switch (reason.code) {
    case "refused-input":
      return [`Correct ${reason.input}, then start a new run.`];
    case "refused-setting":
      return [`Correct ${reason.setting}, then start a new run.`];
    case "destination-missing":
      return [
        reason.mustExist
          ? "Create the organization secret with the visibility that you want, or correct its name in save-to, then start a new run."
          : "Correct the name in save-to, or set create: true to create the secret, then start a new run.",
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
        "If this happens often, use a token of another user or app, which has a rate limit of its own.",
      ];
    case "destination-changed":
      return ["Check that no other workflow rotates this secret at the same time.", "Start a new run."];
    case "rehearsal-failed":
    case "sealing-unavailable":
      return ["Use another runner. If it happens there too, open an issue with the log."];
    case "token-expiring":
      return ["Create a new token, or set a shorter save-timeout, then start a new run."];
    case "any-secret-accepted":
      return [COMMERCIAL_KEY];
    case "client-rejected":
      return [
        "Correct client-id or consumer-key. Compare the client ID with SnapTrade's dashboard, and store the consumer key again. Then start a new run.",
      ];
    case "no-such-user":
      return [
        "Correct user-id, in the variable that contains it or in the workflow. If it is right, another client ID registered this user: correct client-id. Then start a new run.",
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
    case "internal-error":
      return ["Look through the log for secrets, and open an issue of this action with it. Then start a new run."];
    // These come with other results.
    case "given-secret-dead":
    case "rescue-stale":
    case "rescue-refused":
      return [VERIFY];
  }
}

function adviceForDoubt(doubt: Doubt): readonly string[] {
  if (doubt.kind === "signature") {
    return ["Correct client-id or consumer-key, or the clock of the runner, then start a new run."];
  }
  if (isAboutPersonalKey(doubt)) return [COMMERCIAL_KEY];
  return ["Wait, and check status.snaptrade.com. Then start a new run."];
}

const COMMERCIAL_KEY =
  "Use a commercial client ID and consumer key, and the secret of a user that was registered with them. Then start a new run.";
