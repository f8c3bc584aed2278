import type { Row } from "./tables/row";
import type { Played } from "./play";
import { logOf, resultOf } from "./play";
import type { Allowances } from "./contract";
import { judge } from "./judge";

/** What is wrong with a run. */
export interface Findings {
  /** What no run may do. */
  readonly violations: readonly string[];
  /** What is otherwise than it is kept for this one. */
  readonly differences: readonly string[];
}

export async function findingsOf(
  { stage, run }: Played,
  row: Row | undefined,
  allowed?: Allowances,
): Promise<Findings> {
  const { snapTrade, github, userId, destinations } = stage;
  const [primary] = destinations;
  const inForce = snapTrade.secretInForce(userId);
  const isHeld = primary !== undefined && holds(() => github.plaintext(primary.where, primary.name), inForce);
  const { result, by } = resultOf(run);
  const actual = [result, by, snapTrade.resets, isHeld ? "saved" : "not saved"] as const;
  const violations = await judge(stage, run, allowed);
  const isAsKept = row?.every((kept, index) => [kept].flat().some((one) => one === actual[index])) === true;
  const differences = isAsKept ? [] : [`became ${JSON.stringify(actual)}, kept is ${JSON.stringify(row)}`];
  return { violations, differences };
}

/** All of them in one list, with the log if there are any. */
export async function faultsOf(played: Played, row: Row | undefined, allowed?: Allowances): Promise<string[]> {
  const { violations, differences } = await findingsOf(played, row, allowed);
  const found = [...violations, ...differences];
  return found.length === 0 ? [] : [...found, logOf(played.run)];
}

/**
 * Plays once more what only became something else: on a machine that is busy with other plays a time-out of seconds may
 * strike. What no run may do is never forgiven.
 */
export async function playedTwice(play: () => Promise<Findings>): Promise<readonly string[]> {
  const first = await play();
  const isForgiven = first.violations.length === 0 && first.differences.length > 0;
  const { violations, differences } = isForgiven ? await play() : first;
  return [...violations, ...differences];
}

function holds(plaintext: () => string | undefined, inForce: string | undefined): boolean {
  try {
    return plaintext() === inForce;
  } catch {
    return false;
  }
}
