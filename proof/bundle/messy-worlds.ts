import { together } from "../../sandbox/together";
import { FAULT_ALLOWANCES, FAULT_TABLE } from "../../harness/tables/fault-table";
import type { Allowances, ContractResult } from "../../harness/contract";
import { Covering, type World } from "./covering";
import { Exclusion } from "./exclusion";
import { playAll, type Case, type CasePlayed } from "./play";
import { random, type Row, type Violation } from "./row";
import type { Share } from "../../harness/share";
import { POLICIES, type Policy, TASKS } from "./world-policies";

const PLAYS = { quick: 2, large: 60, whole: 1_000 } as const satisfies Record<Share, number>;

/** As often each pair of policies of different sources is to come up in the whole share. */
const PAIR_MIN = 3;

/** Of the plays whose truth can be found out by asking. */
const UNKNOWN_SHARE_MAX = 0.1;

/** The runner ends a job so long after it was cancelled, post included. */
const POST_MS_MAX = 240_000;

/** In these worlds hardly anything is to be done but to wait. */
const AT_A_TIME = 8;

/** Longer than any of the policies lasts that end by themselves. */
const SAVE_TIMEOUT = "6s";

/**
 * What waits for a late write is as short here as `settle-time`, and GitHub is further behind than that: the write check
 * of a step that was killed is not found, and stays. In a job nobody waits for less than ten seconds.
 */
function leavesCanary(policies: readonly Policy[]): boolean {
  const names = policies.map(({ name }) => name);
  return names.includes("everything-lags") && names.some((name) => /^(killed|cancelled)-before-reset$/.test(name));
}

/** The worlds of the smaller shares are always the same, so that no change goes red for what it has not touched. */
const SEED_OF_SHARES = 13;

/** A world, the case that plays it, and what became of that. */
interface Play {
  readonly world: World;
  readonly of: Case;
  played?: CasePlayed;
}

function allowed(policies: readonly Policy[]): Allowances {
  return policies.reduce<Allowances>((all, { name }) => ({ ...all, ...FAULT_ALLOWANCES[name] }), {});
}

/**
 * A later step has set what has Node print requests, so that post may only print the command that is in the journal.
 * That GitHub has another key by now it cannot know, and that this command is refused: red, loud, and beyond help.
 */
function isSealedInVain(policies: readonly Policy[]): boolean {
  const names = policies.map(({ name }) => name);
  return ["key-id-changes-at-save", "post-with-node-debug"].every((name) => names.includes(name));
}

function caseOf({ task, policies }: World, index: number, seed: number): Case {
  const { name, says, stage, apply } = together([task, ...policies]);
  return {
    of: `${name}: ${says} (play ${index} of seed ${seed})`,
    stage,
    // Whatever the policies would have where each is alone.
    inputs: { "save-timeout": SAVE_TIMEOUT },
    prepare: apply,
    allowed: { ...allowed(policies), ...(leavesCanary(policies) ? { canaryLeft: true } : {}) },
    ...(isSealedInVain(policies) ? { excused: /^false unsaved: nothing that was printed/ } : {}),
    alsoWrong: ({ post }) => (post.ms > POST_MS_MAX ? [`post took ${Math.round(post.ms / 1_000)} s`] : []),
  };
}

/**
 * Where a policy leaves the run in the dark by itself. Where the answer is gone, the secret was dead before a rescue all
 * the same, and what became of the primary only GitHub can tell, if it is still there.
 */
function isUndecidable({ task, policies }: World): boolean {
  const becomes = (result: ContractResult, one: Policy): boolean =>
    [FAULT_TABLE[one.name]?.[0]].flat().includes(result);
  if (policies.some((one) => becomes("unknown", one))) return true;
  const isTold = !policies.some((one) => becomes("lost", one));
  const isReadable = !policies.some(
    (one) => one.name === "secret-deleted-at-reset" || (one.source === "the network" && becomes("unsaved", one)),
  );
  return !isTold && (task.name === "a rescue" || !isReadable);
}

function unknownAmong(plays: readonly Play[]): number {
  return plays.filter(({ played }) => played?.result.startsWith("unknown")).length;
}

interface Counts {
  readonly pairs: readonly number[];
  readonly decidable: readonly Play[];
  readonly plays: readonly Play[];
}

function wrongInAll({ pairs, decidable }: Counts, share: Share): Violation[] {
  const unknown = unknownAmong(decidable);
  const may = Math.max(1, Math.floor(decidable.length * UNKNOWN_SHARE_MAX));
  const rare = pairs.filter((times) => times < PAIR_MIN).length;
  return [
    ...(unknown > may ? [{ of: "all plays", says: `${unknown} ended as unknown, ${may} may` }] : []),
    ...(share === "whole" && rare > 0
      ? [{ of: "all plays", says: `${rare} pairs came up fewer than ${PAIR_MIN} times` }]
      : []),
  ];
}

function told({ pairs, decidable, plays }: Counts): string[] {
  const sources = new Set(POLICIES.map(({ source }) => source)).size;
  const longest = Math.max(...plays.map(({ played }) => played?.run.post.ms ?? 0));
  return [
    `${POLICIES.length} policies of ${sources} sources; ${pairs.length} pairs, each in ${Math.min(...pairs)} to ${Math.max(...pairs)} runs that reset`,
    `${unknownAmong(decidable)} of ${decidable.length} whose truth can be known ended as unknown`,
    `post took ${(longest / 1_000).toFixed(1)} s at most`,
  ];
}

export const messyWorlds: Row = {
  name: "Messy worlds: policies of SnapTrade, GitHub, the network and the machine drawn together",
  run: async (setting) => {
    const { share } = setting;
    const seed = share === "whole" ? setting.seed : SEED_OF_SHARES;
    const exclusion = await Exclusion.among([...POLICIES, ...new Set(TASKS)]);
    const covering = new Covering({ policies: POLICIES, tasks: TASKS, exclusion, draw: random(seed) });
    const plays = Array.from({ length: PLAYS[share] }, (_, index): Play => {
      const world = covering.next();
      return { world, of: caseOf(world, index, seed) };
    });
    const ofCase = new Map(plays.map((play) => [play.of, play]));
    const onCase = (one: Case, played: CasePlayed): void => {
      const play = ofCase.get(one);
      if (play !== undefined) play.played = played;
    };
    const report = await playAll(messyWorlds.name, [...ofCase.keys()], setting, { atATime: AT_A_TIME, onCase });
    const counts = { pairs: covering.played, plays, decidable: plays.filter(({ world }) => !isUndecidable(world)) };
    return { ...report, violations: [...report.violations, ...wrongInAll(counts, share)], notes: told(counts) };
  },
};
