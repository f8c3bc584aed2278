import type { Allowances } from "../contract";
import type { Row } from "./row";

const rotated = ["rotated", "main", 1, "saved"] as const;
const unchanged = ["unchanged", "main", 0, "saved"] as const;
const unsaved = ["unsaved", "main", 1, "not saved"] as const;
const rotatedByPost = ["rotated", "post", 1, "saved"] as const;
const unsavedByPost = ["unsaved", "post", 1, "not saved"] as const;
const unknownByPost = ["unknown", "post", 1, "not saved"] as const;
/** Before the reset a secret that was lost before is as lost as it was. */
const refused = ["unchanged", "main", 0, "not saved"] as const;

const POST: Readonly<Record<string, Row>> = {
  "post-without-mode": rotatedByPost,
  "post-with-bare-timeout": rotatedByPost,
  "post-without-client-id": rotatedByPost,
  "post-with-another-token": rotatedByPost,
  "post-with-another-destination": rotatedByPost,
  "post-with-nonsense": rotatedByPost,
  "post-with-its-keys-alone": rotatedByPost,
  "post-with-the-parents-inputs": rotatedByPost,
  "post-without-inputs": unknownByPost,
  "post-with-another-secret": unknownByPost,
  "killed-early-and-post-with-its-keys-alone": ["unchanged", "post", 0, "saved"],
  "killed-early-and-post-without-inputs": ["unchanged", "post", 0, "saved"],
  "post-with-node-debug": unsavedByPost,
  "post-without-certificates-checked": unsavedByPost,
  "post-with-node-debug-and-its-keys-alone": unsavedByPost,
  "post-without-state": rotatedByPost,
  "post-without-state-or-inputs": rotatedByPost,
  "post-event-file-empty": rotatedByPost,
  "post-event-file-torn": rotatedByPost,
  "post-event-file-missing": rotatedByPost,
  "post-temp-emptied": unknownByPost,
  "killed-while-proving": [["rotated", "saved-unverified"], "post", 1, "saved"],
  "killed-while-proving-and-snaptrade-down": ["saved-unverified", "post", 1, "saved"],
  // How long ago the reset was sent nobody can tell any more, so that lost is right and need not be said.
  "killed-after-reset-and-clock-ahead": [["lost", "unknown"], "post", 1, "not saved"],
  "post-while-github-is-down": unsavedByPost,
  "post-killed-while-its-save-stalls": ["", "nobody", 1, "not saved"],
};

/** Main and post work side by side, so that either may be the one that saves; of a container nobody hears what main says. */
const eitherSaves: Row = ["rotated", ["main", "post"], 1, "saved"];
const unheardSaves: Row = [["rotated", ""], ["post", "nobody"], 1, "saved"];
/** Main is ended before its reset, or is faster. */
const eitherWay = ["rotated", "unchanged", ""] as const;

const LEFT_BEHIND: Readonly<Record<string, Row>> = {
  "background-cancelled-at-reset": eitherSaves,
  "background-cancelled-with-the-job": eitherSaves,
  "background-cancelled-and-never-answered": ["lost", "post", 1, "not saved"],
  "background-cancelled-at-save": rotatedByPost,
  "background-cancelled-before-reset": ["unchanged", "main", 0, "saved"],
  "background-unsaved-in-time": unsaved,
  "background-rotated-in-time": rotated,
  "background-verify-cancelled": ["unchanged", "main", 0, "saved"],
  "background-composite-cancelled-at-reset": eitherSaves,
  "background-composite-cancelled-at-save": rotatedByPost,
  "background-composite-cancelled-before-reset": [eitherWay, ["main", "post"], [0, 1], "saved"],
  "container-cancelled-at-reset": unheardSaves,
  "container-cancelled-at-save": rotatedByPost,
  "container-cancelled-before-reset": [eitherWay, ["post", "nobody"], [0, 1], "saved"],
  "container-announces-later": unknownByPost,
  // It has reached its result, of which only the journal can tell.
  // The runner has read what main told it before main was done, so post may only know that the reset was announced.
  "container-main-ends-by-itself": [["unknown", ""], ["post", "nobody"], 1, "saved"],
  "container-main-frozen": rotatedByPost,
  "killed-and-unreaped": rotatedByPost,
  "killed-after-reset-and-unreaped": ["lost", "post", 1, "not saved"],
  "process-number-taken": rotatedByPost,
};

const NEIGHBOURS: Readonly<Record<string, Row>> = {
  "twice-in-one-composite": rotatedByPost,
  // The second step's post may be the one that opens the journal of the first, since their keys are the same.
  "killed-and-verified-afterwards": [["rotated", ""], ["post", "nobody"], 1, "saved"],
  "twice-in-one-composite-for-one-user": [["rotated", ""], ["post", "nobody"], 1, "saved"],
  "twice-in-one-composite-and-both-killed": rotatedByPost,
  "two-users-in-parallel": rotatedByPost,
  "two-users-in-parallel-and-both-killed": rotatedByPost,
};

const RUNNER_FILES: Readonly<Record<string, Row>> = {
  "state-variables-of-others": rotated,
  "state-journal-of-others": rotated,
  "state-announced-by-others": rotated,
  "output-is-a-folder": ["", "nobody", 0, "saved"],
  "state-is-a-folder": unchanged,
  "env-is-a-folder": unchanged,
  "env-is-a-folder-for-nobody": rotated,
  "env-full-at-the-end": ["saved-unverified", "main", 1, "saved"],
  "output-full-at-the-end": ["", "nobody", 1, "saved"],
  "state-not-writable": unchanged,
  "event-file-empty": rotated,
  "event-file-torn": rotated,
  "event-file-missing": rotated,
  "fsync-einval": rotated,
  "fsync-enotsup": rotated,
};

const SETTINGS: Readonly<Record<string, Row>> = {
  "node-options-trace-events": unchanged,
  "node-options-tls-keylog": unchanged,
  "node-options-require": unchanged,
  "node-options-underscored": unchanged,
  "node-options-harmless": rotated,
  "node-options-empty": rotated,
  "node-debug-stream": unchanged,
  "save-to-is-the-secret": unchanged,
  "save-to-is-the-secret-in-an-environment": unchanged,
  "save-to-is-the-token": unchanged,
  "save-to-with-a-literal-line-end": unchanged,
  "inside-a-composite-action": unsaved,
  "hidden-by-a-nearer-secret": rotated,
  "user-id-of-one-digit-kept-as-a-secret": unsaved,
  "owner-with-hyphens-at-its-ends": rotated,
};

const ASKED: Readonly<Record<string, Row>> = {
  "workflow-run-of-this-repository": rotated,
  "workflow-run-by-a-pull-request": unchanged,
  "workflow-run-of-a-fork": unchanged,
  "workflow-run-event-file-torn-for-a-while": rotated,
  "workflow-run-event-file-empty": unchanged,
  "workflow-run-event-file-missing": unchanged,
  "dispatched-without-inputs": rotated,
};

const RESCUES: Readonly<Record<string, Row>> = {
  "rescue-confirmed": rotated,
  "rescue-unconfirmed": refused,
  "rescue-confirmed-for-another": refused,
  "rescue-confirmed-by-a-variable": refused,
  "rescue-confirmed-under-another-name": refused,
  "rescue-on-a-schedule": refused,
  "rescue-event-file-torn": refused,
  "rescue-event-file-torn-for-a-while": rotated,
  "rescue-with-the-text-x": refused,
  "rescue-with-the-text-0": refused,
  "rescue-with-the-text-secret": refused,
  "rescue-of-another-user": unchanged,
};

/** What is right where the runner, the machine or a person does to a step what they have done elsewhere. */
export const MACHINE_TABLE: Readonly<Record<string, Row>> = {
  ...POST,
  ...LEFT_BEHIND,
  ...NEIGHBOURS,
  ...RUNNER_FILES,
  ...SETTINGS,
  ...ASKED,
  ...RESCUES,
};

/** Post cannot open the journal, so that it neither removes it nor knows what canary there is. */
const LOCKED: Allowances = { canaryLeft: true, filesLeft: true };

/** What such a fault takes away by itself. */
export const MACHINE_ALLOWANCES: Readonly<Record<string, Allowances>> = {
  "post-without-inputs": LOCKED,
  "post-with-another-secret": LOCKED,
  "killed-early-and-post-without-inputs": LOCKED,
  "post-temp-emptied": { canaryLeft: true },
  "container-announces-later": LOCKED,
  "post-with-node-debug": { filesLeft: true },
  "post-without-certificates-checked": { filesLeft: true },
  "post-with-node-debug-and-its-keys-alone": { filesLeft: true },
  "post-killed-while-its-save-stalls": { filesLeft: true },
  "output-is-a-folder": { unheard: true },
  "output-full-at-the-end": { unheard: true },
  // Node itself writes what it was told to.
  "node-options-trace-events": { filesLeft: true },
};
