import { faults } from "../../sandbox/faults";
import type { Row } from "../bundle/fault-table";
import { FAULT_ALLOWANCES, FAULT_TABLE } from "../bundle/fault-table";
import { NOTICE_TABLE, REASON_TABLE } from "../bundle/message-table";
import { scenarios } from "../bundle/scenarios";
import type { Play } from "./bundle";
import { inPool, logOf, withPlayed } from "./bundle";
import { faultsOf, faultsOfTwo } from "./expect-row";
import type { Allowances } from "./judge";

/** A named fault or a scenario, with what is kept of what becomes of it. */
export interface Entry {
  readonly name: string;
  readonly play: Play;
  readonly row: Row | undefined;
  readonly allowed: Allowances | undefined;
}

/** Every fault of the sandbox that has a name. */
export const FAULT_ENTRIES: readonly Entry[] = [...faults].map(([name, fault]) => ({
  name,
  play: { stage: fault.stage, prepare: (stage) => fault.apply(stage) },
  row: FAULT_TABLE[name],
  allowed: FAULT_ALLOWANCES[name],
}));

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

/** Plays all entries on the bundle, and returns by name what is wrong with the runs. */
export async function playAll(entries: readonly Entry[]): Promise<ReadonlyMap<string, readonly string[]>> {
  const played = await inPool(entries, async (entry): Promise<[string, readonly string[]]> => {
    const play = async (): Promise<string[]> => await playOne(entry).catch((error: unknown) => [String(error)]);
    return [entry.name, await faultsOfTwo(play)];
  });
  return new Map(played);
}

/** None of these waits for a service that asks for minutes of patience. */
const PATIENCE_MS = 60_000;

async function playOne({ name, play, row, allowed }: Entry): Promise<string[]> {
  return await withPlayed({ patienceMs: PATIENCE_MS, ...play }, async (played) => {
    const wrong = await faultsOf(played, row, allowed);
    if (wrong.length > 0) return wrong;
    const { main, post } = played.run;
    const shown = `${logOf(played.run)}\n${main.summary}\n${post.summary}`;
    return messagesOf(name).flatMap(([code, said]) => (said.test(shown) ? [] : [`does not say ${code}`]));
  });
}
