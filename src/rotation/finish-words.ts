import { adviceForFault, failureWords } from "./fault-words";
import type { Instant } from "./ports";
import type { Reason, ReasonOfFinish } from "./reasons";
import { NEW_RUN, VERIFY } from "./steps";

export function isOfFinish(reason: Reason): reason is ReasonOfFinish {
  return reason.code === "finished" || reason.code.startsWith("finish-");
}

/** What happened in `mode: finish`. */
export function happenedInFinish(reason: ReasonOfFinish): string {
  switch (reason.code) {
    case "finished":
      return `The secret given was dead, and GitHub accepted the sealed one in ${reason.label}. Only GitHub can open it, so this job cannot prove that it is valid: ${PROVEN_BY[reason.provenBy]}.`;
    case "finish-not-needed":
      return "The saved secret is live, so there is no save to finish.";
    case "finish-overtaken":
      return `${reason.label} was saved at ${shown(reason.savedAt)}, after the command was printed at ${shown(reason.printedAt)}. So the command may contain an older secret than the saved one.`;
    case "finish-key-changed":
      return `GitHub has changed the public key of ${reason.label} since the command was printed, so it cannot open what the command contains.`;
    case "finish-refused":
      return failureWords(reason.fault, { label: reason.label, doing: "saving" });
    case "finish-unproven":
      return reason.fault === null
        ? `The sealed secret was sent to ${reason.label}, but GitHub does not show the write.`
        : `The sealed secret was sent to ${reason.label}, but GitHub never acknowledged it. ${failureWords(reason.fault, { label: reason.label, doing: "saving" })}`;
  }
}

const PROVEN_BY = {
  job: "mode: verify in a new job proves it, which may be a later one of this run",
  run: "mode: verify in a new run proves it, a later job of this run does not",
} as const;

/** As GitHub states it: it counts whole seconds. */
function shown(at: Instant): string {
  return new Date(at).toISOString().replace(/\.\d+Z$/, "Z");
}

/** What to do now; nothing after a save that was finished. */
export function adviceInFinish(reason: ReasonOfFinish): readonly string[] {
  switch (reason.code) {
    case "finished":
      return [];
    case "finish-not-needed":
      return ["Nothing has to be repaired. If save-to has copies, start a new run with mode: copy."];
    case "finish-overtaken":
      return [NEW_RUN, "If it says dead: use what the last run left, and only then mode: rescue."];
    case "finish-key-changed":
      return [
        "Use the last command in the log of the run that printed this one.",
        "If it is not accepted either: open the age text, if that run left one, and only then use mode: rescue.",
      ];
    case "finish-refused":
      return adviceForFault(reason.fault, { label: reason.label, doing: "reading" });
    case "finish-unproven":
      return [
        VERIFY,
        "If it says dead: finish the save once more, with mode: finish and the same recovery-command, while nothing else rotates.",
      ];
  }
}
