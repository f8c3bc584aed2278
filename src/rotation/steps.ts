/** Steps of advice that several results share. */

/** Where a run, or a job, was handed an older value than the saved one. */
export const AGAIN = {
  job: "Start a new run, or in this run a new job, with mode: verify: it reads the saved secret.",
  run: "Start a new run with mode: verify (a new run, not a re-run: only a new one is certain to read the secrets anew).",
} as const;

export const NEW_RUN = AGAIN.run;

export const VERIFY =
  "Start a new run with mode: verify, which asks about the saved secret. If it says verified, that one is in force, and nothing is lost.";
