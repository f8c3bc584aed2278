import { FAULTS } from "./scene";
import type { Scene } from "./scene";
import type { Trace } from "./trace";

/** A schedule that once went wrong, kept so that it never does again. */
export interface Regression {
  /** What has to hold. */
  readonly name: string;
  readonly scene: Partial<Scene>;
  readonly trace: Trace;
}

const ONE_COPY: Partial<Scene> = { runs: 2, faults: 3, copies: 1, kinds: FAULTS };

export const REGRESSIONS: readonly Regression[] = [
  {
    name: "post waits for a write that main left under way before the next run may start",
    scene: { runs: 2, faults: 2 },
    trace: [
      {
        label: "SIGKILL before run1.main put S1x primary, which may be done late",
        instead: "run1.main put S1x primary: ok",
        nth: 1,
      },
      {
        label: "lands late: put to primary of run1",
        instead: "run2.main updated_at primary: 0 key of 0",
        nth: 1,
      },
    ],
  },
  {
    name: "post waits for a write of main's that GitHub answered with 504",
    scene: { runs: 2, faults: 2 },
    trace: [
      { label: "run1.main put S1x primary: 504, may be done late", instead: "run1.main put S1x primary: ok", nth: 1 },
      { label: "SIGKILL before run1.main asleep", instead: "89000 ms pass", nth: 1 },
      { label: "lands late: put to primary of run1", instead: "what is under way never arrives", nth: 1 },
    ],
  },
  {
    name: "a run waits for a late write of the run before, whose post was killed",
    scene: { runs: 2, faults: 3 },
    trace: [
      { label: "SIGKILL at run1.main journal outcome", instead: "run1.main journal outcome", nth: 1 },
      { label: "run1.post put S1x primary: 504, may be done late", instead: "run1.post put S1x primary: ok", nth: 1 },
      { label: "SIGKILL before run1.post asleep", instead: "89625 ms pass", nth: 1 },
      { label: "lands late: put to primary of run1", instead: "what is under way never arrives", nth: 1 },
    ],
  },
  {
    name: "a run waits for a late write of the run before to a copy, whose post could not open its journal",
    scene: ONE_COPY,
    trace: [
      { label: "disk-full at run1.main journal keep", instead: "run1.main journal keep", nth: 1 },
      { label: "run1.main put S1x copy1: 504, may be done late", instead: "run1.main put S1x copy1: ok", nth: 1 },
      { label: "SIGKILL before run1.main asleep", instead: "89000 ms pass", nth: 1 },
      { label: "lands late: put to copy1 of run1", instead: "run2.main probe S1x: refused", nth: 1 },
    ],
  },
  {
    name: "no answer that could not be kept is called lost while the log holds the command that saves it",
    scene: { faults: 3 },
    trace: [
      { label: "disk-full at run1.main journal keep", instead: "run1.main journal keep", nth: 1 },
      { label: "run1.main put S1x primary: 502, nothing done", instead: "run1.main put S1x primary: ok", nth: 1 },
      { label: "SIGKILL before run1.main put S1x primary", instead: "run1.main put S1x primary: ok", nth: 2 },
    ],
  },
  {
    name: "post says partly saved when its time is over and only copies are open",
    scene: { ...ONE_COPY, runs: 1 },
    trace: [
      { label: "run1.main put S1x copy1: 502, nothing done", instead: "run1.main put S1x copy1: ok", nth: 1 },
      { label: "SIGKILL before run1.main asleep", instead: "1000 ms pass", nth: 1 },
      { label: "run1.post put S1x copy1: down", instead: "run1.post put S1x copy1: ok", nth: 1 },
    ],
  },
];
