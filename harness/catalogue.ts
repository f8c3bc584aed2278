import { faults, type NamedFault } from "../sandbox/faults";
import type { Row } from "./tables/row";
import { FAULT_ALLOWANCES, FAULT_TABLE } from "./tables/fault-table";
import { NOTICE_TABLE, REASON_TABLE } from "./tables/message-table";
import { outsideCases } from "./cases";
import { scenarios } from "./scenarios";
import type { Play } from "./play";
import { inPool, logOf, withPlayed } from "./play";
import { type Findings, findingsOf, playedTwice } from "./expect-row";
import type { Allowances } from "./contract";
import { type OutsideCase, type TimedLine, wrongBy } from "./case";

/** A named fault or a scenario, with what is kept of what becomes of it. */
export interface Entry {
  readonly name: string;
  readonly says: string;
  readonly play: Play;
  readonly row: Row | undefined;
  readonly allowed: Allowances | undefined;
  /** What else has to be so. */
  readonly also?: OutsideCase | undefined;
}

/** Of these a fault's own play is looked at more closely; any other plays it in another way. */
const isPlain = ({ inputs, row }: OutsideCase): boolean => inputs === undefined && row === undefined;
const plain = new Map(outsideCases.filter(isPlain).map((one) => [one.fault, one]));

function entryOf(name: string, fault: NamedFault, also?: OutsideCase): Entry {
  const { stage, apply, says } = fault;
  return {
    name,
    says: also?.about ?? says,
    play: {
      stage: { ...stage, inputs: { ...stage.inputs, ...also?.inputs } },
      prepare: async (set, later) => {
        also?.before?.(set);
        return { ...(await apply(set)), ...also?.prepare?.(set, later) };
      },
    },
    row: also?.row ?? FAULT_TABLE[name],
    allowed: FAULT_ALLOWANCES[name],
    also,
  };
}

/** Every fault of the sandbox that has a name. */
export const FAULT_ENTRIES: readonly Entry[] = [...faults].map(([name, fault]) =>
  entryOf(name, fault, plain.get(name)),
);

/** Faults again, with other inputs. */
export const VARIANT_ENTRIES: readonly Entry[] = outsideCases
  .filter((one) => !isPlain(one))
  .map((one) => {
    const fault = faults.get(one.fault);
    if (fault === undefined) throw new Error(`${one.fault} is no fault.`);
    return { ...entryOf(one.fault, fault, one), name: `${one.fault} with ${JSON.stringify(one.inputs ?? {})}` };
  });

/** Everything else that may befall a run, with what it is and the program that plays it. */
export const SCENARIO_ENTRIES = Object.entries(scenarios).map(([name, scenario]) => ({
  name,
  allowed: undefined,
  needs: undefined,
  ...scenario,
})) satisfies readonly Entry[];

/** The messages that an entry is kept to make the bundle print: their code and words by which they are known. */
export function messagesOf(name: string): readonly (readonly [code: string, said: RegExp])[] {
  return [...Object.entries(NOTICE_TABLE), ...Object.entries(REASON_TABLE)].flatMap(([code, [playedBy, said]]) =>
    playedBy === name ? [[code, said] as const] : [],
  );
}

/** Whether the bundle says in this play why it ended so, as nowhere else. */
export function isReasoned(name: string): boolean {
  return Object.values(REASON_TABLE).some(([playedBy]) => playedBy === name);
}

/** Plays all entries on the bundle, and returns by name what is wrong with the runs. */
export async function playAll(
  entries: readonly Entry[],
  atATime?: number,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const work = async (entry: Entry): Promise<[string, readonly string[]]> => {
    const broken = (error: unknown): Findings => ({ violations: [String(error)], differences: [] });
    return [entry.name, await playedTwice(async () => await playOne(entry).catch(broken))];
  };
  return new Map(await inPool(entries, work, atATime));
}

/** What a check says of a secret that got out, or of a reset where there must be none: a busy machine is no excuse. */
const NEVER = /^a piece of |^a (reset|secret) was sent|was sent to SnapTrade$|another user's secret/;

async function playOne({ name, play, row, allowed, also }: Entry): Promise<Findings> {
  const lines: TimedLine[] = [];
  const prepare: Play["prepare"] = async (stage, later) => ({
    ...(await play.prepare?.(stage, later)),
    onLine: (line) => lines.push({ at: performance.now(), line }),
  });
  return await withPlayed({ ...play, prepare }, async (played) => {
    // Before the judge, which asks the services as well.
    const besides = also === undefined ? [] : await wrongBy(also, played, lines);
    const { violations, differences } = await findingsOf(played, row, allowed);
    const { main, post } = played.run;
    const shown = `${logOf(played.run)}\n${main.summary}\n${post.summary}`;
    const unsaid = messagesOf(name).flatMap(([code, said]) => (said.test(shown) ? [] : [`does not say ${code}`]));
    const never = [...violations, ...besides.filter((one) => NEVER.test(one))];
    const others = [...differences, ...besides.filter((one) => !NEVER.test(one)), ...unsaid];
    const isFine = never.length === 0 && others.length === 0;
    return { violations: never, differences: isFine ? [] : [...others, logOf(played.run)] };
  });
}
