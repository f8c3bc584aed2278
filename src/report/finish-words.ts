import type { Instant } from "../rotation/model";
import type { Reason, ReasonOfFinish } from "../rotation/outcome";
import { adviceForFault, failureWords } from "./fault-words";
import { againIn, COPY_AFTERWARDS, NEW_RUN, RESCUE, RESCUE_IF_NOTHING_LEFT, VERIFY } from "./steps";

export function isOfFinish(reason: Reason): reason is ReasonOfFinish {
  return reason.code === "finished" || reason.code.startsWith("finish-");
}

/** What happened in `mode: finish`. */
export function happenedInFinish(reason: ReasonOfFinish): string {
  switch (reason.code) {
    case "finished":
      return `The user-secret of this run is invalid, and GitHub accepted the sealed one in ${reason.label}. Only GitHub can open it, so this job cannot prove that it is valid. ${PROVEN_BY[reason.provenBy]}`;
    case "finish-not-needed":
      return "The saved secret is valid, so there is no save to finish.";
    case "finish-overtaken":
      return `${reason.label} was saved at ${shown(reason.savedAt)}, after the command was printed at ${shown(reason.printedAt)}. So the command may contain an older secret than the saved one.`;
    case "finish-key-changed":
      return `GitHub has changed the public key of ${reason.label} since the command was printed. So it cannot open what the command contains.`;
    case "finish-refused":
      return failureWords(reason.fault, { label: reason.label, doing: "saving" });
    case "finish-unproven":
      return reason.fault === null
        ? `The sealed secret was sent to ${reason.label}, but GitHub does not show the write.`
        : `The sealed secret was sent to ${reason.label}, but GitHub never acknowledged it. ${failureWords(reason.fault, { label: reason.label, doing: "saving" })}`;
  }
}

const PROVEN_BY = {
  job: "Only mode: verify in a new job proves it, which may be a later one of this run.",
  run: "Only mode: verify in a new run proves it, not a later job of this run.",
} as const;

/** As GitHub shows it, in whole seconds. */
function shown(at: Instant): string {
  return new Date(at).toISOString().replace(/\.\d+Z$/, "Z");
}

/** The next steps. Only asking SnapTrade about the saved value makes anything certain. */
export function adviceInFinish(reason: ReasonOfFinish): readonly string[] {
  switch (reason.code) {
    case "finished":
      return [VERIFIED_BY[reason.provenBy], COPY_AFTERWARDS, OTHERS, RESCUE];
    case "finish-not-needed":
      return ["Nothing has to be repaired. If save-to has copies, start a new run with mode: copy."];
    case "finish-overtaken":
      return [
        NEW_RUN,
        "If that ends with dead, the save is still open. If a later run saved the secret, use that run's command.",
        "If someone typed that value, or ran another command of the same run: run this command with gh. It does not compare times.",
        RESCUE,
      ];
    case "finish-key-changed":
      return LAST_COMMAND;
    case "finish-refused":
      return reason.fault.cause === "box-refused"
        ? LAST_COMMAND
        : againIn("finish", adviceForFault(reason.fault, { label: reason.label, doing: "reading" }));
    case "finish-unproven":
      return [
        VERIFY,
        "If that ends with dead, the save is still open: start a run with mode: finish again, with the same recovery-command. Let nothing else rotate in the meantime.",
      ];
  }
}

const VERIFIED_BY = {
  job: "Verify it: the next job of on-demand.yml does that. In any other workflow start a new run with mode: verify.",
  run: "Start a new run with mode: verify.",
} as const;

const OTHERS = "If that ends with dead: run another command of the same run with gh, or open its age-encrypted secret.";

/** The sealed value does not change, so GitHub will never accept this command. */
const LAST_COMMAND = [
  "Start a run with mode: finish again, with the last command in the log of the run that printed this one. The save is still open, but GitHub cannot open this command, now or later.",
  "If that is not accepted either: open the age-encrypted secret, if that run left one.",
  RESCUE_IF_NOTHING_LEFT,
];
