import { faults } from "../../sandbox/faults";
import type { Stage } from "../../sandbox/stage";
import type { StepChanges } from "../../harness/play";
import { drawPolicies } from "./messy-policies";
import { playAll, type Case } from "./play";
import { random, type Row, type Violation } from "./row";
import type { Share } from "../../harness/share";

const PLAYS = { quick: 1, large: 50, whole: 500 } as const satisfies Record<Share, number>;

/** What the run is about, beside the mess that it happens in. */
interface Situation {
  readonly says: string;
  readonly mode?: "check" | "verify";
  /** The old secret stays valid for good. */
  readonly oldStaysValid?: true;
  readonly apply: (stage: Stage) => StepChanges | Promise<StepChanges>;
}

const named = (name: string, mode?: "check" | "verify"): Situation => ({
  says: mode === undefined ? name : `${name}, mode ${mode}`,
  ...(mode === undefined ? {} : { mode }),
  apply: (stage) => faults.get(name)?.apply(stage) ?? {},
});

const nothing = (mode?: "check" | "verify"): Situation => ({
  says: mode === undefined ? "a rotation" : `mode ${mode}`,
  ...(mode === undefined ? {} : { mode }),
  apply: () => ({}),
});

const STRANGE = [
  "reset-body-nested",
  "reset-body-value-in-object",
  "reset-frame-gzip-unnamed",
  "reset-cut-after-secret",
];

/**
 * Played in turn, so that every result comes up often: 25 of them, of which one cannot be decided by asking. The order
 * has different results side by side, since a quick share plays but the first few.
 */
const SITUATIONS: readonly Situation[] = [
  nothing(),
  named("reset-cut-before-answer"),
  nothing("verify"),
  named("given-secret-dead"),
  named("put-500-always"),
  named("reset-500"),
  nothing("check"),
  named("client-off-after-save"),
  named("reset-late-429"),
  named("client-id-unknown"),
  ...STRANGE.map((name) => named(name)),
  nothing("verify"),
  named("given-secret-dead", "verify"),
  named("put-reset-always"),
  { ...named("old-stays-live"), oldStaysValid: true },
  nothing("check"),
  named("reset-502-page-committed"),
  named("client-off-after-save-secret"),
  named("user-id-mistyped"),
  named("reset-answer-late"),
  named("given-secret-dead", "check"),
  named("lost-and-client-off"),
];

/** How often each result is to come up in the whole share: one that never does is not tried by it. */
const EACH_MIN = 20;
const RESULTS = [
  "rotated",
  "unchanged",
  "dead",
  "lost",
  "verified",
  "saved-unverified",
  "unsaved",
  "checked",
  "unknown",
] as const;

/** Where SnapTrade's servers agree within settle-time, hardly anything is left in the dark. */
const UNKNOWN_SHARE_MAX = 0.05;

function caseOf(index: number, seed: number): Case {
  const draw = random(seed + index);
  const situation = SITUATIONS[index % SITUATIONS.length] ?? nothing();
  const policies = drawPolicies(draw).filter(({ refusesValid }) => !refusesValid || !situation.oldStaysValid);
  return {
    of: `${[situation, ...policies].map(({ says }) => says).join("; ")} (play ${index} of seed ${seed})`,
    ...(situation.mode === undefined ? {} : { inputs: { mode: situation.mode } }),
    prepare: async (stage) => {
      // The mess first: what a situation arms for the reset or for good has the last word.
      let changes: StepChanges = {};
      for (const part of [...policies, situation]) changes = { ...changes, ...(await part.apply(stage)) };
      return changes;
    },
  };
}

function tallied(results: Readonly<Record<string, number>>, played: number, share: Share): Violation[] {
  const unknown = results["unknown"] ?? 0;
  const may = Math.max(1, Math.floor(played * UNKNOWN_SHARE_MAX));
  const rare = RESULTS.filter((result) => share === "whole" && (results[result] ?? 0) < EACH_MIN);
  return [
    ...(unknown > may ? [{ of: "all plays", says: `${unknown} of ${played} ended as unknown, ${may} may` }] : []),
    ...rare.map((result) => ({ of: "all plays", says: `${result} came up ${results[result] ?? 0} times only` })),
  ];
}

export const messySnapTrade: Row = {
  name: "A messy SnapTrade: several servers, limits, late truths and blips drawn together",
  run: async (setting) => {
    const cases = Array.from({ length: PLAYS[setting.share] }, (_, index) => caseOf(index, setting.seed));
    const report = await playAll(messySnapTrade.name, cases, setting);
    const violations = [...report.violations, ...tallied(report.results, report.played, setting.share)];
    return { ...report, violations };
  },
};
