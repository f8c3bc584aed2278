import type { Limits } from "./explore";
import { ANSWER_FAULTS, FAULTS, SCENE } from "./scene";
import type { Scene } from "./scene";

/** One exploration of a proof: what it is called, and its world. */
export interface Plan {
  readonly name: string;
  readonly scene: Scene;
}

/** What makes the reset's outcome a question, and what may answer it. */
const ASKED = [...ANSWER_FAULTS, "lose-answer", "commit-late", "5xx", "SIGKILL"] as const;

/** In a few seconds, with every `npm test`. */
export const QUICK: readonly Plan[] = [
  plan("one run with a copy and a recovery recipient, one fault of any kind", {
    faults: 1,
    copies: 1,
    escrow: true,
    kinds: FAULTS,
  }),
  plan("two runs in a group, one fault", { runs: 2, faults: 1 }),
];

/** In some minutes, with CI: everything within the bound. */
export const LARGE: readonly Plan[] = [
  plan("one run, two faults", { faults: 2 }),
  plan("one run, two faults of SnapTrade's servers and answers", { faults: 2, kinds: ASKED }),
  plan("two runs in a group, two faults of SnapTrade's servers and answers", { runs: 2, faults: 2, kinds: ASKED }),
  plan("one run with a recovery recipient, two faults", { faults: 2, escrow: true }),
  plan("two runs in a group, two faults, where a reset needs no old secret", {
    runs: 2,
    faults: 2,
    resetNeedsOldSecret: false,
  }),
];

/** In hours. */
export const FULL: readonly Plan[] = [
  ...LARGE,
  plan("one run, three faults of SnapTrade's servers and answers", { faults: 3, kinds: ASKED }),
  plan("one run, two faults of any kind", { faults: 2, kinds: FAULTS }),
  plan("one run with a copy, two faults", { faults: 2, copies: 1 }),
  plan("one run, two faults, its questions answered in every order", { faults: 2, order: "every" }),
  plan("two runs in a group, two faults of any kind", { runs: 2, faults: 2, kinds: FAULTS }),
  plan("one run, three faults", { faults: 3 }),
];

/** Worlds in which a protection is missing: losses have to be found there, or the judge is blind. */
export const UNPROTECTED: readonly (Plan & Required<Pick<Limits, "until">>)[] = [
  {
    ...plan("without the concurrency group, where a reset needs no old secret", {
      runs: 2,
      faults: 0,
      group: false,
      resetNeedsOldSecret: false,
    }),
    until: "silent loss",
  },
  { ...plan("without settle time", { faults: 1, settleMs: 0, kinds: ["commit-late"] }), until: "silent loss" },
  {
    ...plan("without settle time, claims", { faults: 1, settleMs: 0, kinds: ["commit-late"] }),
    until: "false unchanged",
  },
  {
    ...plan("with servers that stay stale for longer than settle-time twice", {
      faults: 2,
      kinds: ["lose-answer", "stale-server"],
      staleMs: 40_000,
    }),
    until: "false unchanged",
  },
  {
    ...plan("with a gateway that holds a reset for longer than settle-time twice", {
      faults: 1,
      kinds: ["gateway-refuses"],
      lateMs: 40_000,
    }),
    until: "false unchanged",
  },
  { ...plan("with the key of another scope", { faults: 0, keyScope: "wrong" }), until: "silent loss" },
];

function plan(name: string, changes: Partial<Scene>): Plan {
  return { name, scene: { ...SCENE, ...changes } };
}
