import type { Doubt, Fault } from "../rotation/model";
import { isOutdated } from "../rotation/outcome";
import type { Outcome, Reason, ReasonCode, Result } from "../rotation/outcome";
import { isAboutPersonalKey } from "./doubt-words";
import { scopeIn } from "./fault-words";

/** A short title for the annotation and the summary: the cause, or the state of the secret. */
export function titleOf({ result, reason }: Outcome): string {
  if (reason.code === "export-failed") return "SnapTrade user secret saved, but later steps do not get it";
  if (isRolledBack(reason)) return "SnapTrade accepts the old user secret, not the new one";
  return result === "unchanged" || result === "dead" ? causeOf(reason, result) : TITLES[result];
}

const TITLES = {
  rotated: "SnapTrade user secret rotated",
  skipped: "SnapTrade user secret not due for rotation",
  checked: "SnapTrade user secret ready to rotate",
  verified: "SnapTrade user secret valid",
  copied: "SnapTrade user secret saved in every copy",
  finished: "SnapTrade user secret saved, but not verified yet",
  unchanged: "SnapTrade user secret not rotated",
  dead: "SnapTrade rejects the user secret",
  "saved-unverified": "SnapTrade user secret saved, but not proven valid",
  "partly-saved": "SnapTrade user secret not saved in every copy",
  unsaved: "SnapTrade user secret rotated but not saved",
  unknown: "Unknown whether the saved SnapTrade user secret is valid",
  lost: "New SnapTrade user secret lost",
} as const satisfies Record<Result, string>;

const REJECTS_CLIENT = "SnapTrade rejects client-id or consumer-key";
const UNKNOWN_USER = "SnapTrade does not know this user-id";
const PERSONAL = "No rotation is possible with a Personal API key";
const OUTDATED = "This run has an outdated user secret";

/** Codes of results that have a title and steps of their own, whatever the reason. */
const NAMED_BY_RESULT = [
  "ready",
  "secret-live",
  "young-enough",
  "copied",
  "copies-unproven",
  "primary-moved",
  "finished",
  "finish-unproven",
  "refused-and-not-live",
  "answer-lost",
  "answer-lost-undecided",
  "answer-lost-and-written",
  "rescue-unanswered",
  "unholdable",
  "rotated",
  "candidate-unproven",
  "primary-not-saved",
  "copies-not-saved",
  "proof-failed",
  "export-failed",
  "superseded",
  "kept-undecided",
  "journal-unreadable",
  "copies-interrupted",
  "main-may-live",
  "out-of-time",
] as const satisfies readonly ReasonCode[];

export type NamedByResult = Extract<Reason, { readonly code: (typeof NAMED_BY_RESULT)[number] }>;

export function isNamedByResult(reason: Reason): reason is NamedByResult {
  return NAMED_BY_RESULT.some((code) => code === reason.code);
}

/** SnapTrade keeps accepting the old secret, and rejecting the new one. */
export function isRolledBack(reason: Reason): boolean {
  return reason.code === "proof-failed" && reason.proof === "rolled-back";
}

/** Why nothing was changed. */
function causeOf(reason: Reason, result: "unchanged" | "dead"): string {
  if (isNamedByResult(reason)) return TITLES[result];
  switch (reason.code) {
    case "refused-input":
      return `Invalid input '${reason.input}'`;
    case "refused-setting":
      return `Invalid setting ${reason.setting}`;
    case "journal-unavailable":
      return "Cannot write to RUNNER_TEMP";
    case "sealing-unavailable":
      return "Cannot encrypt on this runner";
    case "cancelled":
    case "ended-before-reset":
      return "Ended before the reset";
    case "any-secret-accepted":
      return PERSONAL;
    case "snaptrade-undecided":
      return titleOfDoubt(reason.doubt);
    case "client-rejected":
      return REJECTS_CLIENT;
    case "no-such-user":
      return UNKNOWN_USER;
    case "given-secret-outdated":
      return OUTDATED;
    case "given-secret-dead":
      return isOutdated(reason.changed) ? OUTDATED : TITLES.dead;
    case "destination-missing":
      return `Cannot find ${nameIn(reason.label)}`;
    case "destination-unreadable":
      return titleOfFault(reason.fault, "read", reason.label);
    case "canary-refused":
    case "finish-refused":
      return titleOfFault(reason.fault, "write to", reason.label);
    case "token-expiring":
      return "The github-token expires too soon";
    case "github-allowance":
      return "GitHub's rate limit does not cover the save";
    case "destination-changed":
      return `${nameIn(reason.label)} was changed during this run`;
    case "rehearsal-failed":
      return "Rehearsal failed on this runner";
    case "rescue-not-needed":
      return "Nothing to rescue";
    case "rescue-stale":
      return `${nameIn(reason.label)} was saved after this run began`;
    case "rescue-refused":
      return "SnapTrade rejected the rescue";
    case "reset-not-sent":
      return "Cannot connect to SnapTrade";
    case "reset-refused":
      return "SnapTrade rejected the reset";
    case "reset-did-not-happen":
      return "The reset did not happen";
    case "finish-not-needed":
      return "Nothing to finish";
    case "finish-overtaken":
      return `${nameIn(reason.label)} was saved after the command was printed`;
    case "finish-key-changed":
      return "GitHub's public key was changed";
    case "internal-error":
      return `Unexpected error (${reason.name})`;
  }
}

function titleOfDoubt(doubt: Doubt): string {
  switch (doubt.kind) {
    case "signature":
      return "SnapTrade rejects the signature";
    case "client":
      return REJECTS_CLIENT;
    case "throttled":
      return "SnapTrade's rate limit is reached";
    case "no-answer":
      return "No answer from SnapTrade";
    case "strange-answer":
      return isAboutPersonalKey(doubt) ? PERSONAL : "Unexpected answer from SnapTrade";
    case "contradiction":
      return "SnapTrade's answers contradict each other";
    case "no-such-user":
      return UNKNOWN_USER;
    case "unchecked":
      return TITLES.dead;
  }
}

/** A request without an answer was not rejected. */
function titleOfFault({ cause, network }: Fault, doing: string, label: string): string {
  if (cause === "missing") return `Cannot access ${scopeIn(label)}`;
  if (network === undefined) return `Cannot ${doing} ${nameIn(label)}`;
  return network.sent ? "No answer from GitHub" : "Cannot connect to GitHub";
}

/** The name of the secret alone. */
function nameIn(label: string): string {
  return label.split(" ", 1)[0] ?? label;
}
