/** Steps of advice that several results share. */

/** Where a run, or a job, was handed an older value than the saved one. */
export const AGAIN = {
  job: "Start a new run, or in this run a new job, with mode: verify: it reads the saved secret.",
  run: "Start a new run with mode: verify (a new run, not a re-run: only a new one is certain to read the secrets anew).",
} as const;

export const NEW_RUN = AGAIN.run;

export const VERIFY =
  "Start a new run with mode: verify, which asks about the saved secret. If it says verified, that one is in force, and nothing is lost.";

export const THEN_VERIFY = "Then start a new run with mode: verify.";

export const COPY_AFTERWARDS = "If it says verified and save-to has copies, start a run with mode: copy.";

/** What a person does who rescues, after the condition. */
const BY_HAND =
  "Run workflow, mode rescue, and type the user ID into confirm-user-id. Let nothing else rotate meanwhile. It sends one reset with the dead secret, which may succeed. It ends a secret that works and that some other system may have.";

export const RESCUE = `If it says dead and nothing is left to try: ${BY_HAND}`;
export const RESCUE_IF_NOTHING_LEFT = `Only if nothing is left: ${BY_HAND}`;

/** How the steps of a refusal end in the modes that are started to repair something. */
const STARTED_AGAIN: Readonly<Record<string, string>> = {
  finish: "The save is still open: start a run with mode: finish again.",
  rescue: "Then start a run with mode: rescue again.",
};

/** The steps of a run that has changed nothing, in the words of its mode. */
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
