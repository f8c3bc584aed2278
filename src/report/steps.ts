import type { Unsaved } from "../rotation/outcome";

/** One step for a person. What must be copied is shown right under its first sentence. */
export interface Step {
  readonly text: string;
  /** A recovery command, or the age-encrypted secret. */
  readonly copy?: Unsaved | string;
}

/** The first sentence, without its full stop, and the rest. */
export function splitStep({ text }: Step): readonly [first: string, rest: string] {
  const [, first = text, rest = ""] = /^(.*?)\.(?:\s+(?=[A-Z])(.*))?$/s.exec(text) ?? [];
  return [first, rest];
}

/** For a run, or a job, that has an older value than the saved one. */
export const AGAIN = {
  job: "Start a new run with mode: verify, not a re-run. A job reads the secrets of its environment when it starts, so the new one gets the saved value.",
  run: "Start a new run with mode: verify, not a re-run. Only a new run is certain to read the saved secret.",
} as const;

export const NEW_RUN = AGAIN.run;

export const VERIFY =
  "Start a new run with mode: verify. If that ends with verified, the saved secret is valid, and nothing is lost.";

export const THEN_VERIFY = "Then start a new run with mode: verify.";

export const COPY_AFTERWARDS = "If that ends with verified and save-to has copies, start a run with mode: copy.";

/** The rescue, after its condition. */
const RESCUING =
  "start a run with mode: rescue. Type the user ID into confirm-user-id, and let no other workflow or system rotate in the meantime. The rescue sends one reset with the invalid secret. SnapTrade may accept that all the same. If another system has a newer, valid secret, the rescue makes it invalid.";

export const RESCUE = `Only if mode: verify still ends with dead and no recovery command is left: ${RESCUING}`;
export const RESCUE_IF_NOTHING_LEFT = `Only if no recovery command is left: ${RESCUING}`;

/**
 * Shown once, below the steps: GitHub's Re-run button is nearer, and wrong.
 * @returns null if no step asks for a run.
 */
export function howToStart(steps: readonly Step[]): string | null {
  const asks = (words: RegExp): boolean => steps.some(({ text }) => words.test(text));
  if (asks(/\brun with mode:/))
    return `${OPEN}, choose Run workflow, and select the mode that the step names. ${NO_RERUN}`;
  return asks(/\bnew run/) ? `${OPEN} and choose Run workflow. ${NO_RERUN}` : null;
}

const OPEN = "To start a new run, open this workflow under Actions";
const NO_RERUN = "Do not choose Re-run jobs: such a run may have an outdated secret.";

/** The last words of a step in the modes that are started to repair something. */
const STARTED_AGAIN: Readonly<Record<string, string>> = {
  finish: "The save is still open: start a run with mode: finish again.",
  rescue: "Then start a run with mode: rescue again.",
};

/** The steps of a run that changed nothing, worded for its mode. */
export function againIn(mode: string | undefined, steps: readonly string[]): readonly string[] {
  const again = STARTED_AGAIN[mode ?? ""];
  if (again === undefined) return steps;
  const before = steps.flatMap((step) => {
    const cause = step.replace(/(?:(?:^|(?<=\.) )(?:Then s|S)|, then s)tart a new run(?: when you are ready)?\.$/, "");
    if (cause === "" || cause === NOTHING_TO_REPAIR) return [];
    return [cause.endsWith(".") ? cause : `${cause}.`];
  });
  return [...before, again];
}

export const NOTHING_TO_REPAIR = "Nothing has to be repaired.";
