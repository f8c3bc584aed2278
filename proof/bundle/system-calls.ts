import { spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inPool } from "../../harness/play";
import type { Allowances } from "../../harness/contract";
import { keysAlone } from "../../sandbox/machine-faults/given-to-post";
import { wasteful } from "./kept";
import { playCase, Tally, type Case, type CasePlayed } from "./play";
import { random, sample, type Row, type RowReport, type Setting } from "./row";

/** Everything by which the bundle changes something outside itself, and `read`, by which it learns of it. */
const KILLED_AT = [
  "write",
  "writev",
  "pwrite64",
  "sendto",
  "sendmsg",
  "connect",
  "openat",
  "fsync",
  "unlink",
  "unlinkat",
  "rename",
  "renameat2",
  "read",
] as const;

/** The errors that each call can meet on a machine whose disk, rights or peers have gone. */
const FAILING = {
  write: ["ENOSPC", "EIO", "EPIPE"],
  writev: ["EPIPE", "EIO"],
  pwrite64: ["ENOSPC", "EIO", "EROFS"],
  openat: ["ENOSPC", "EACCES", "EROFS", "EIO"],
  fsync: ["EIO", "ENOSPC", "EINVAL", "EOPNOTSUPP"],
  unlink: ["EACCES", "EROFS", "EIO"],
  connect: ["EACCES"],
  ftruncate: ["EIO"],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** So many plays at a time, all of them slow. */
const AT_A_TIME = 6;
/** Runs differ by a few calls, so a call counts as used up when it was missed so often in a row. */
const MISSES_IN_A_ROW = 6;
/** For the smaller shares some kinds of breaks are drawn, and of each some places. */
const KINDS = { quick: 2, large: Number.POSITIVE_INFINITY } as const;
const PLACES = { quick: 1, large: 4 } as const;
/** No run has more calls of a kind; one that did would never end here. */
const PLACES_MAX = 2_000;

/** Puts strace in front of node; what it says goes to a file of its own. */
function straced(call: string, inject: string | null, file: string): readonly string[] {
  const injected = inject === null ? [] : ["-e", `inject=${call}:${inject}`];
  return ["strace", "-f", "-qq", "-o", file, "-e", `trace=${call}`, ...injected];
}

/** Why strace cannot hinder a process here; undefined if it can. */
export function straceRefusal(): string | undefined {
  const [program = "", ...args] = straced("openat", "signal=SIGKILL:when=1", "/dev/null");
  const { signal, error } = spawnSync(program, [...args, process.execPath, "-e", "0"], { stdio: "ignore" });
  if (signal === "SIGKILL") return undefined;
  return `strace cannot kill a process on this machine${error === undefined ? "" : ` (${error.message})`}`;
}

interface Straced extends CasePlayed {
  /** Whether the place was reached. */
  readonly isHit: boolean;
  /** How often one thread made the call. */
  readonly calls: number;
}

/** A case but for what strace does in it. */
type Unstraced = Omit<Case, "prepare"> & { readonly prepare?: Case["prepare"] };

async function playStraced(one: Unstraced, call: string, inject: string | null): Promise<Straced> {
  const folder = await mkdtemp(join(tmpdir(), "strace-"));
  try {
    const file = join(folder, "calls");
    const prepare: Case["prepare"] = async (stage) => ({
      ...(await one.prepare?.(stage)),
      wrap: straced(call, inject, file),
    });
    const played = await playCase({ ...one, prepare, mayCrash: true });
    const text = await readFile(file, "latin1").catch(() => "");
    const threads = new Map<string, number>();
    for (const [, thread = ""] of text.matchAll(new RegExp(`^(\\d+) +${call}\\(`, "gm"))) {
      threads.set(thread, (threads.get(thread) ?? 0) + 1);
    }
    const isHit = played.run.main.signal === "SIGKILL" || text.includes("(INJECTED)");
    return { ...played, isHit, calls: Math.max(0, ...threads.values()) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** One kind of break, at its first place, its second, and so on until there is none. */
interface Breaking {
  readonly of: (place: number) => string;
  readonly call: string;
  readonly inject: (place: number) => string;
  readonly allowed: Allowances;
  /** What else is otherwise, and what else may be wrong. */
  readonly more?: Pick<Case, "alsoWrong" | "prepare">;
}

/** What was not hit was a plain run, and counts for nothing. */
async function breakAt(place: number, breaking: Breaking, tally: Tally, { onPlayed }: Setting): Promise<boolean> {
  const { of, call, inject, allowed, more } = breaking;
  const played = await playStraced({ of: of(place), allowed, ...more }, call, inject(place));
  if (played.isHit) tally.add(of(place), played);
  onPlayed?.(tally.played);
  return played.isHit;
}

async function breakEverywhere(breaking: Breaking, tally: Tally, setting: Setting): Promise<void> {
  let missed = 0;
  for (let first = 1; missed < MISSES_IN_A_ROW && first < PLACES_MAX; first += AT_A_TIME) {
    const places = Array.from({ length: AT_A_TIME }, (_, index) => first + index);
    const hits = await inPool(places, async (place) => await breakAt(place, breaking, tally, setting), AT_A_TIME);
    for (const isHit of hits) missed = isHit ? 0 : missed + 1;
  }
}

/** Counts the places in one plain run for each call, and draws some. */
async function breakSome(
  breakings: readonly Breaking[],
  share: keyof typeof PLACES,
  tally: Tally,
  setting: Setting,
): Promise<void> {
  const draw = random(setting.seed);
  const drawn = sample(breakings, KINDS[share], draw);
  const calls = [...new Set(drawn.map(({ call }) => call))];
  const counted = await inPool(calls, async (call) => await playStraced({ of: "counting" }, call, null), AT_A_TIME);
  const plays = drawn.flatMap((breaking) => {
    const count = counted[calls.indexOf(breaking.call)]?.calls ?? 0;
    const places = Array.from({ length: count }, (_, index) => index + 1);
    return sample(places, PLACES[share], draw).map((place) => ({ breaking, place }));
  });
  await inPool(plays, async ({ breaking, place }) => await breakAt(place, breaking, tally, setting), AT_A_TIME);
}

async function breakAll(name: string, breakings: readonly Breaking[], setting: Setting): Promise<RowReport> {
  const start = performance.now();
  const tally = new Tally();
  const refused = straceRefusal();
  if (refused !== undefined) return { ...tally.report(name, start), refused };
  const { share } = setting;
  if (share === "whole") for (const breaking of breakings) await breakEverywhere(breaking, tally, setting);
  else await breakSome(breakings, share, tally, setting);
  return tally.report(name, start);
}

const kills: readonly Breaking[] = KILLED_AT.map((call) => ({
  of: (place) => `killed at ${call} number ${place}`,
  call,
  inject: (place) => `signal=SIGKILL:when=${place}`,
  allowed: { canaryLeft: true, filesLeft: true },
  more: { prepare: (stage) => ({ postInputs: keysAlone(stage) }), alsoWrong: wasteful },
}));

/** A process that cannot write cannot say what became of it; what it says is judged all the same, and so is the world. */
const failures: readonly Breaking[] = Object.entries(FAILING).flatMap(([call, errors]) =>
  errors.flatMap((error) =>
    [
      { times: "once", when: (place: number) => String(place) },
      { times: "from then on", when: (place: number) => `${place}+` },
    ].map(({ times, when }) => ({
      of: (place: number) => `${call} number ${place} fails with ${error} ${times}`,
      call,
      inject: (place: number) => `error=${error}:when=${when(place)}`,
      allowed: { unheard: true, canaryLeft: true, filesLeft: true },
    })),
  ),
);

export const systemCallKills: Row = {
  name: "SIGKILL at every write, send, connect, open, fsync, unlink, rename and read, then post with nothing but its keys",
  run: async (setting) => await breakAll(systemCallKills.name, kills, setting),
};

export const systemCallFailures: Row = {
  name: "Every write, open, fsync, unlink and connect failing, once or from then on, then post",
  run: async (setting) => await breakAll(systemCallFailures.name, failures, setting),
};
