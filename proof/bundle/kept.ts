import { resultOf } from "../../harness/play";
import type { StepRun } from "../../sandbox/runner";
import type { Stage } from "../../sandbox/stage";

/** Where services are in order, post brings what main has kept to its place; the judge tries what is printed beside `unsaved`. */
const BROUGHT_HOME: readonly string[] = ["rotated", "saved-unverified", "unsaved"];

/** A main that has masked the new secret has kept it before, so that nothing that comes afterwards may waste it. */
export function wasteful(run: StepRun, { snapTrade, userId }: Stage): string[] {
  const made = snapTrade.everInForce(userId).slice(1);
  const isKept = made.some((secret) => run.main.stdout.includes(`::add-mask::${secret}`));
  const { result } = resultOf(run);
  return isKept && !BROUGHT_HOME.includes(result) ? [`main had kept the new secret, and it ended as "${result}"`] : [];
}
