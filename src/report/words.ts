import type { Outcome, Reason, ReasonCode, Result } from "../rotation/outcome";
import type { Spaced } from "../text/spaced";
import { advice, isRolledBack } from "./advice";
import { failureWords } from "./fault-words";
import { happened } from "./happened";

/** What an operator reads: what happened, what state the world is in, what to do now. */
export interface Words {
  /** A few words for the title of the annotation and of the summary. */
  readonly title: string;
  readonly happened: string;
  readonly world: string;
  /** In the order in which to do them. Empty where nothing has to be done. */
  readonly now: readonly string[];
}

/** What the words depend on beside the outcome. */
export interface Seen {
  readonly spaced?: readonly Spaced[];
  /** As it was given; the post step does not know it. */
  readonly mode?: string | undefined;
}

/** The one place that holds the words for every outcome. */
export function wordsFor(outcome: Outcome, { spaced = [], mode }: Seen = {}): Words {
  return {
    title: outcome.reason.code === "export-failed" ? "Saved, but not handed on" : TITLES[outcome.result],
    happened: [happened(outcome.reason), ...copyFailures(outcome), ...spacedWords(outcome.reason, spaced)].join(" "),
    world: isRolledBack(outcome.reason)
      ? ROLLED_BACK
      : (WORLDS_OF_REASONS.get(outcome.reason.code) ?? WORLDS[outcome.result]),
    now: advice(outcome, mode),
  };
}

const TITLES = {
  rotated: "The secret is rotated",
  skipped: "Not due yet",
  checked: "Ready to rotate",
  verified: "The secret is live",
  copied: "Every copy has the live secret",
  finished: "The save is finished",
  unchanged: "Nothing was changed",
  dead: "The secret given is not live",
  "saved-unverified": "Saved, but not proven",
  "partly-saved": "Saved, but not everywhere",
  unsaved: "Rotated, but NOT known to be saved: act now",
  unknown: "It is not known which secret is in force",
  lost: "The new secret is lost",
} as const satisfies Record<Result, string>;

const WORLDS = {
  rotated: "The new secret is in every destination and proven live; the old one is proven dead.",
  skipped: "The secret given is live. It was not reset, and the primary destination was not changed.",
  checked: "The secret given is live, every destination takes what is written to it, and nothing was changed.",
  verified: "The secret given is live, and nothing was changed.",
  finished: "The primary destination has the secret that the command contained. No reset was sent.",
  copied: "The secret given is live and saved in every copy. The primary was not changed, and no reset was sent.",
  unchanged: "This run did not change the secret at SnapTrade, and no destination.",
  dead: "SnapTrade refuses the secret that this run was given. This run changed nothing.",
  "saved-unverified":
    "SnapTrade gave a new secret, and every destination took it. That it is in force could not be proven.",
  "partly-saved": "The primary destination has the current secret, but not every copy does.",
  unsaved:
    "The old secret is dead. The new one is not known to be in the primary destination, but it can be recovered from what this run left.",
  unknown: "The secret in the primary destination may or may not be the one in force.",
  lost: "The old secret is dead, and the new one reached nobody.",
} as const satisfies Record<Result, string>;

/** Where no reset was sent the secret in question is no new one; and where it was only not handed on, it is proven. */
const WORLDS_OF_REASONS: ReadonlyMap<ReasonCode, string> = new Map<ReasonCode, string>([
  [
    "copies-unproven",
    "Every copy has the secret that this run was given. Whether it is still the current one is not known.",
  ],
  ["primary-moved", "Every copy has the secret that this run was given. The primary may have a newer one."],
  ["copies-interrupted", "The secret in the primary destination was not changed. Perhaps not every copy has it."],
  ["export-failed", `${WORLDS.rotated} Later steps of this job do not get it.`],
]);

const ROLLED_BACK =
  "Every destination has the new secret, which SnapTrade rejects. It accepts the old one, which no destination has.";

/** Each copy that could not be saved, with its cause. */
function copyFailures({ result, unsaved }: Outcome): readonly string[] {
  if (result !== "partly-saved") return [];
  const missing = unsaved.filter(({ isOld }) => isOld !== true);
  return missing.map(({ label, fault }) =>
    fault === undefined ? `Not saved in ${label}.` : failureWords(fault, { label, doing: "copying" }),
  );
}

/** Only where SnapTrade refused something may white space be the cause. */
function spacedWords(reason: Reason, spaced: readonly Spaced[]): readonly string[] {
  const isRefused =
    ["client-rejected", "no-such-user", "given-secret-dead", "rescue-refused"].includes(reason.code) ||
    (reason.code === "snaptrade-undecided" && reason.doubt.kind === "signature");
  return isRefused ? spaced.map(({ input, how }) => `The input ${input} ${how}; is that meant to be part of it?`) : [];
}
