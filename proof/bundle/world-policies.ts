import { faults, type NamedFault } from "../../sandbox/faults";
import type { Weather } from "../../sandbox/together";
import type { Stage } from "../../sandbox/stage";

/** Whose faults are drawn together. */
export type Source = "SnapTrade" | "GitHub" | "the network" | "the machine";

/** A named fault as one part of a messy world. */
export interface Policy extends NamedFault {
  readonly name: string;
  readonly source: Source;
}

/**
 * What leaves the run something to do: of a fault that stops every run at once nothing would be learned about the
 * others. SnapTrade's servers agree within settle-time, as they have to for anything to be known.
 */
const NAMES: Readonly<Record<Source, readonly string[]>> = {
  SnapTrade: [
    "servers-at-odds-a-while",
    "server-lagging-a-while",
    "new-live-late",
    "limit-told-by-retry-after",
    "probe-401-html-twice",
    "clock-jumps",
    "down-after-reset-for-a-second",
    "reset-body-nested",
    "reset-cut-after-secret",
    "reset-cut-before-answer",
    "reset-cut-uncommitted",
    "reset-late-504",
  ],
  GitHub: [
    "put-500-always",
    "put-500-but-stored",
    "put-unanswered-but-stored",
    "put-lands-late",
    "token-young-403",
    "token-blinks-everywhere",
    "everything-lags",
    "key-id-changes-at-save",
    "throttled-by-a-date",
    "github-502-for-two-seconds",
    "allowance-back-in-two-seconds",
    "secret-deleted-at-reset",
  ],
  "the network": [
    "all-connections-die",
    "github-silent-from-reset",
    "github-silent-for-four-seconds",
    "github-resets-from-reset",
    "connect-of-400-ms",
    "names-fail-at-first",
    "reset-struck-in-the-handshake",
    "proxy-starts-anew",
    "proxy-takes-a-second",
    "proxy-silent-from-reset",
  ],
  "the machine": [
    "killed-before-reset",
    "killed-after-reset",
    "killed-before-save",
    "killed-after-save",
    "killed-while-proving",
    "cancelled-at-reset",
    "background-cancelled-at-reset",
    "container-cancelled-at-save",
    "post-with-its-keys-alone",
    "post-without-state",
    "post-with-node-debug",
    "env-full-at-the-end",
  ],
};

const SOURCES: readonly Source[] = ["SnapTrade", "GitHub", "the network", "the machine"];

/** Every policy, in the order in which those of one world are applied. */
export const POLICIES: readonly Policy[] = SOURCES.flatMap((source) =>
  NAMES[source].map((name) => ({ ...named(name), name, source })),
);

function named(name: string): NamedFault {
  const fault = faults.get(name);
  if (fault === undefined) throw new Error(`There is no fault ${name}.`);
  return fault;
}

/** What the run is for, amid the mess. */
export interface Task extends NamedFault, Pick<Weather, "name"> {
  /** Whether it resets, so that what befalls the reset and the save befalls it. */
  readonly resets: boolean;
}

const TWO = "SNAPTRADE_USER_SECRET --env production\nA_COPY --env staging";
const HOUR_MS = 3_600_000;

function copyLiesBehind({ github, destinations }: Stage): void {
  const [primary, ...copies] = destinations;
  if (primary !== undefined) github.age(primary.where, HOUR_MS);
  for (const { where, name } of copies)
    github.seed(where, name, "dead-by-now", { at: new Date(Date.now() - 24 * HOUR_MS) });
}

function task(name: string, resets: boolean, inputs: Readonly<Record<string, string>>, set?: (stage: Stage) => void) {
  const apply = (stage: Stage) => {
    set?.(stage);
    return {};
  };
  return { name, resets, of: "the run", says: `${name}.`, stage: { inputs }, apply } as const satisfies Task;
}

const rotation = task("a rotation", true, {});
const ofTwo = task("a rotation with a copy", true, { "save-to": TWO });
const rescue: Task = { ...named("rescue-confirmed"), name: "a rescue", resets: true };
const copy = task("mode copy", false, { mode: "copy", "save-to": TWO }, copyLiesBehind);
const verify = task("mode verify", false, { mode: "verify" });
const check = task("mode check", false, { mode: "check" });

/** As often as each stands here; most runs rotate. */
export const TASKS: readonly Task[] = [
  ...[rotation, rotation, rotation, rotation, rotation, rotation, rotation],
  ...[ofTwo, ofTwo, rescue, rescue, copy, copy, verify, check],
];
