import { isOutdated } from "../rotation/outcome";
import type { Outcome, Reason, ReasonCode, Result } from "../rotation/outcome";
import type { Spaced } from "../text/spaced";
import { advice } from "./advice";
import { failureWords } from "./fault-words";
import { happened } from "./happened";
import type { Step } from "./steps";
import { isRolledBack, titleOf } from "./titles";

/** The texts for a person: what happened, the state of the world, the next steps. */
export interface Words {
  /** A short title for the annotation and the summary. */
  readonly title: string;
  readonly happened: string;
  readonly world: string;
  /** What would make it worse; empty if nothing is at stake. */
  readonly never: string;
  /** In the order in which to do them; empty if there is nothing to do. */
  readonly now: readonly Step[];
}

/** What the texts depend on, apart from the outcome. */
export interface Seen {
  readonly spaced?: readonly Spaced[];
  /** Unchanged; the post step does not know it. */
  readonly mode?: string | undefined;
}

/** All texts for an outcome are made here. */
export function wordsFor(outcome: Outcome, { spaced = [], mode }: Seen = {}): Words {
  return {
    title: titleOf(outcome),
    happened: [happened(outcome.reason), ...copyFailures(outcome), ...spacedWords(outcome.reason, spaced)].join(" "),
    world: isRolledBack(outcome.reason)
      ? ROLLED_BACK
      : (WORLDS_OF_REASONS.get(outcome.reason.code) ?? WORLDS[outcome.result]),
    never: neverIn(outcome),
    now: advice(outcome, mode),
  };
}

const WORLDS = {
  rotated: "The new secret is saved in every destination and proven valid. The old one is proven invalid.",
  skipped: "The current secret is valid. It was not reset, and the primary was not changed.",
  checked: "The current secret is valid, every destination accepts writes, and nothing was changed.",
  verified: "The current secret is valid. Nothing was changed.",
  finished: "The primary has the secret that the command contained. No reset was sent.",
  copied: "The current secret is valid and saved in every copy. No reset was sent, and the primary was not changed.",
  unchanged: "This run changed nothing at SnapTrade or in any destination.",
  dead: "This run changed nothing at SnapTrade or in any destination.",
  "saved-unverified": "SnapTrade returned a new secret, and it is saved in every destination. It is not proven valid.",
  "partly-saved": "The primary has the current secret. For at least one copy GitHub has not confirmed the save.",
  unsaved:
    "The old secret is invalid. GitHub has not confirmed that the new one is saved, but this run left what recovers it.",
  unknown: "The saved secret may be valid or not.",
  lost: "The old secret is invalid, and the new one was not received.",
} as const satisfies Record<Result, string>;

/** Without a reset there is no new secret; and a secret that could not be exported is still proven. */
const WORLDS_OF_REASONS: ReadonlyMap<ReasonCode, string> = new Map<ReasonCode, string>([
  [
    "copies-unproven",
    "Every copy has the user-secret of this run. It is not known whether that is still the current secret.",
  ],
  ["primary-moved", "Every copy has the user-secret of this run. The primary may have a newer one."],
  ["copies-interrupted", "The secret in the primary was not changed. Perhaps not every copy has it."],
  ["export-failed", `${WORLDS.rotated} Later steps of this job do not get it.`],
]);

const ROLLED_BACK =
  "Every destination has the new secret, which SnapTrade rejects. It accepts the old one, which no destination has.";

const DO_NOT_DELETE = "Do not delete the SnapTrade user unless every step below has failed.";

function neverIn({ result, reason }: Outcome): string {
  switch (result) {
    case "unsaved":
      return "Do not run another rotation before the secret is saved, and do not delete the SnapTrade user.";
    case "unknown":
      return "Do not delete the SnapTrade user: nothing shows yet that the secret is lost.";
    case "lost":
      return DO_NOT_DELETE;
    case "dead":
      return reason.code === "given-secret-dead" && isOutdated(reason.changed) ? "" : DO_NOT_DELETE;
    case "saved-unverified":
      return isRolledBack(reason) ? DO_NOT_DELETE : "";
    case "rotated":
    case "skipped":
    case "checked":
    case "verified":
    case "copied":
    case "finished":
    case "unchanged":
    case "partly-saved":
      return "";
  }
}

/** Each copy that could not be saved, with its cause. */
function copyFailures({ result, unsaved }: Outcome): readonly string[] {
  if (result !== "partly-saved") return [];
  const missing = unsaved.filter(({ isOld }) => isOld !== true);
  return missing.map(({ label, fault }) =>
    fault === undefined ? `Not saved in ${label}.` : failureWords(fault, { label, doing: "copying" }),
  );
}

/** White space can only be the cause if SnapTrade rejected something. */
function spacedWords(reason: Reason, spaced: readonly Spaced[]): readonly string[] {
  const isRejected =
    ["client-rejected", "no-such-user", "given-secret-dead", "rescue-refused"].includes(reason.code) ||
    (reason.code === "snaptrade-undecided" && reason.doubt.kind === "signature");
  return isRejected
    ? spaced.map(({ input, how }) => `The input ${input} ${how}. Check whether that belongs to the value.`)
    : [];
}
