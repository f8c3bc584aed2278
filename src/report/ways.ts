import type { Outcome } from "../rotation/outcome";
import { THEN_VERIFY } from "./steps";

type Commands = Outcome["unsaved"];

/** How a command is run, with a shell and without one. */
const RUN_IT =
  "and run it where gh is logged in. Without gh: start a run with mode: finish and paste it into recovery-command. Either is right only if no later rotation has succeeded.";

const FINISH = `copy the whole command below (in the summary) ${RUN_IT}`;

const OPEN_ESCROW =
  "decrypt the age text below (in the summary) with the recovery recipient's key: age -d -i KEY_FILE. Save the value with gh secret set.";

export const BRING_BACK = `If it says dead, bring the old secret back: ${FINISH} ${THEN_VERIFY}`;

/** Several values that may be the new secret, for one place: at most one of their commands is the right one. */
export function candidatesOf<T extends Commands[number]>(unsaved: readonly T[]): readonly T[] {
  const same = unsaved.filter(({ label, isOld }) => label === unsaved[0]?.label && isOld !== true);
  return same.length > 1 ? same : [];
}

/** What this run left that brings the new secret back, the easiest way first. Each goes on a sentence. */
export function waysBack(unsaved: Commands, escrow: string | null): readonly string[] {
  return [...(unsaved.length > 0 ? [firstCommand(unsaved)] : []), ...(escrow === null ? [] : [OPEN_ESCROW])];
}

function firstCommand(unsaved: Commands): string {
  return candidatesOf(unsaved).length === 0 ? FINISH : `copy the whole of command 1 below (in the summary) ${RUN_IT}`;
}

/** The same where the saved secret may be in force, so that it is asked about before each of them, and afterwards. */
export function waysIfDead(unsaved: Commands, escrow: string | null): readonly string[] {
  const steps = waysBack(unsaved, escrow).map((way) => `If it says dead: ${way} ${THEN_VERIFY}`);
  const [first, ...others] = steps;
  return first === undefined ? [] : [first, ...furtherCommands(unsaved), ...others];
}

/** `mode: finish` takes the first one's save for somebody else's. */
function furtherCommands(unsaved: Commands): readonly string[] {
  return candidatesOf(unsaved)
    .slice(1)
    .map(
      (_, index) =>
        `If it says dead again: run command ${index + 2} with gh. After the first save mode: finish refuses it. ${THEN_VERIFY}`,
    );
}
