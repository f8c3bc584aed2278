import type { Hiding, Instant } from "../rotation/model";
import type { Notice, Remark } from "../rotation/notices";
import { exposureWords, readersWords } from "./command-words";
import { doubtWords } from "./doubt-words";
import { faultWords } from "./fault-words";
import { ACCEPTS_CURRENT } from "./happened";

/** @param page the recovery page: a link, or the file's name. */
export function noticeText(notice: Notice, page = "docs/recovery.md"): string {
  switch (notice.code) {
    case "secret-proven":
      return ACCEPTS_CURRENT;
    case "destination-proven":
      return `Write check passed: a throw-away secret next to ${notice.label} was written and deleted.`;
    case "waiting-for-rate-limit":
      return `Waiting ${secondsOf(notice.waitMs)} for ${notice.service}'s rate limit${notice.isResetSent ? "" : "; nothing has been changed yet"}.`;
    case "asking-on":
      return `${askingOn(notice.why)} Asking SnapTrade again for up to ${secondsOf(notice.forMs)}.`;
    case "waiting-for-writes":
      return `Waiting ${secondsOf(notice.waitMs)}, because GitHub allows 80 writes a minute; nothing has been changed yet.`;
    case "canary-left":
      return `Cannot delete the throw-away secret ${notice.name} of the write check for ${notice.label}: ${faultWords(notice.fault)}. It blocks nothing, and a later run deletes it.`;
    case "token-expires-soon":
      return `The github-token expires on ${dayOf(notice.expiresAt)}. Create a new one before that day.`;
    case "destination-hidden":
      return `${hiddenWords(notice.hidden)} Workflows of this repository read the nearer secret, which this action does not change. Add it to save-to, or delete it.`;
    case "id-exposed":
      return `Keep ${notice.inputs.join(" and ")} as a variable, not as a secret. The value is shorter than 4 characters, or part of the recovery command, where GitHub would print *** instead.`;
    case "resetting":
      return `Resetting the secret now. If neither this step nor its post step prints more, the secret may have been rotated: do not delete the user. Start a new run with mode: verify, and see ${page}`;
    case "no-secret-in-answer":
      return `SnapTrade's answer to the reset contained no usable secret. If you ask SnapTrade's support, quote X-Request-ID ${notice.requestId}.`;
    case "escrow":
      return `The new secret, encrypted to the recovery recipient (open it with: age -d -i KEY_FILE):\n${notice.text}`;
    case "escrow-failed":
      return "Cannot encrypt the new secret to the recovery recipient. Continuing with the save.";
    case "journal-failed":
      return "Cannot write the answer to the recovery journal. Continuing with the save.";
    case "sealed-command":
    case "old-sealed-command":
      return commandText(notice);
    case "save-failed":
      return saveFailedText(notice, `: ${faultWords(notice.fault)}`);
    case "saved":
      return `Saved in ${notice.label}.`;
    case "audience-changed":
      return `Who may read ${notice.label} was changed during this run. Check its visibility and its list of repositories.`;
    case "copies-behind":
      return `Saved before the primary was, or not at all: ${notice.labels.join(", ")}. Saving the current secret there first.`;
    case "copying":
      return `Saving the current secret in: ${notice.labels.join(", ")}. No reset is sent.`;
    case "settling":
      return `Waiting ${secondsOf(notice.waitMs)}, in case a request without an answer still takes effect.`;
    case "not-shown-yet":
      return `GitHub does not show the save in ${notice.label} yet. Asking again for up to ${secondsOf(notice.forMs)}.`;
    case "hearing-main":
      return `The main step is still running. Waiting up to ${secondsOf(notice.forMs)} for it to end.`;
    case "recent-write":
      return `A destination was written a moment ago. Waiting ${secondsOf(notice.waitMs)}, in case another write is still under way; nothing has been changed yet.`;
    case "signal":
      return `${notice.signal} was received. The secret may be rotated already, so the run continues until it is saved.`;
    case "uncaught":
      return `An unexpected error (${notice.name}) occurred. The run continues.`;
    case "broken":
      return `The action itself is broken on this machine (${notice.name}), for example because a file of it is missing. If no line above mentions a reset, nothing was changed.`;
    case "post-finishes":
      return "The main step ended before it reached a result, so this job stays red. The post step finishes its work now.";
    case "post-repeats":
      return `The main step ended with ${notice.result}, as its log shows. The job is red because of that.`;
    case "summary-failed":
      return "Cannot write the job summary.";
  }
}

/** The titles of the warnings of a green run. */
export const REMARK_TITLES = {
  "audience-changed": "The secret's visibility was changed",
  "canary-left": "Cannot delete the write check",
  "destination-hidden": "Another secret hides the destination",
  "id-exposed": "Keep IDs as variables, not as secrets",
  "token-expires-soon": "The github-token expires soon",
} as const satisfies Record<Remark["code"], string>;

type SaveFailed = Extract<Notice, { code: "save-failed" }>;

/** Tries that fail for the same reason as the one before need only a short line. */
export function failedAgainText(notice: SaveFailed): string {
  return saveFailedText(notice, ", for the same reason");
}

function saveFailedText({ label, waitMs }: SaveFailed, why: string): string {
  return `${label} is not saved yet${why}. Trying again ${waitMs < 1 ? "now" : `in ${secondsOf(waitMs)}`}.`;
}

function commandText(notice: Extract<Notice, { code: "sealed-command" | "old-sealed-command" }>): string {
  const { command, audience, exposed } = notice;
  const readers = audience === undefined ? "" : `${readersWords(audience)} `;
  const known = exposed === undefined ? "" : `\n${exposureWords(exposed)}`;
  return `${useWords(notice)} It contains ${secretWords(notice)}, encrypted so that only GitHub can open it. ${readers}Run it with gh, or paste it into recovery-command of a run with mode: finish, only if no later rotation has succeeded:\n${command}${known}`;
}

type Sealed = Parameters<typeof commandText>[0];

function useWords(notice: Sealed): string {
  if (notice.code === "old-sealed-command")
    return `SnapTrade rejects the new secret and accepts the old one. If mode: verify ends with dead in a new run, this command restores the old secret in ${notice.label}.`;
  return notice.sure
    ? `If this run does not finish the save in ${notice.label}, this command does.`
    : `If this run ends with unsaved or unknown, and mode: verify then ends with dead, this command finishes the save in ${notice.label}.`;
}

function secretWords(notice: Sealed): string {
  if (notice.code === "old-sealed-command") return "the old secret";
  return notice.sure ? "the new secret" : "what may be the new secret";
}

function askingOn(why: Extract<Notice, { code: "asking-on" }>["why"]): string {
  switch (why) {
    case "old-still-live":
      return "SnapTrade still accepts the old secret.";
    case "new-not-known":
      return "SnapTrade does not accept the new secret yet.";
    default:
      return `SnapTrade gave no clear answer: ${doubtWords(why, null)}.`;
  }
}

function hiddenWords(hidden: readonly Hiding[]): string {
  return hidden.map(({ label, by }) => `${label} is hidden by ${by}, which is not in save-to.`).join(" ");
}

/** By UTC, as GitHub shows it. */
function dayOf(at: Instant): string {
  return new Date(at).toISOString().slice(0, 10);
}

function secondsOf(ms: number): string {
  if (ms < 1000) return `${Math.ceil(ms)} ms`;
  return `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;
}
