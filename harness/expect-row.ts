import type { Row } from "./tables/row";
import type { Played } from "./play";
import { logOf, resultOf } from "./play";
import type { Allowances } from "./contract";
import { judge } from "./judge";

/** What is wrong with a run: violations of what holds for every run, and differences from the row kept for this one. */
export async function faultsOf({ stage, run }: Played, row: Row | undefined, allowed?: Allowances): Promise<string[]> {
  const { snapTrade, github, userId, destinations } = stage;
  const [primary] = destinations;
  const inForce = snapTrade.secretInForce(userId);
  const isHeld = primary !== undefined && holds(() => github.plaintext(primary.where, primary.name), inForce);
  const { result, by } = resultOf(run);
  const actual = [result, by, snapTrade.resets, isHeld ? "saved" : "not saved"] as const;
  const violations = await judge(stage, run, allowed);
  const isAsKept = row?.every((kept, index) => [kept].flat().some((one) => one === actual[index])) === true;
  const differences = isAsKept ? [] : [`became ${JSON.stringify(actual)}, kept is ${JSON.stringify(row)}`];
  const found = [...violations, ...differences];
  return found.length === 0 ? [] : [...found, logOf(run)];
}

/**
 * As `faultsOf`, but a run that only became something else is played once more: on a machine that is busy with other
 * plays a time-out of seconds may strike. What no run may do is never forgiven.
 */
export async function faultsOfTwo(play: () => Promise<string[]>): Promise<string[]> {
  const found = await play();
  const [first = "", ...others] = found;
  return first.startsWith("became ") && others.length === 1 ? await play() : found;
}

function holds(plaintext: () => string | undefined, inForce: string | undefined): boolean {
  try {
    return plaintext() === inForce;
  } catch {
    return false;
  }
}
