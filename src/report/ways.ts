import type { Outcome } from "../rotation/outcome";
import { THEN_VERIFY } from "./steps";
import type { Step } from "./steps";

type Commands = Outcome["unsaved"];

/** How to run a command, with a shell or without. */
const RUN_IT =
  "only if no later rotation has succeeded. Run it where gh is logged in and may write this secret. Without gh: start a run with mode: finish, and paste it into recovery-command.";

const OPEN_ESCROW =
  "save this age-encrypted secret as secret.age. Open it with the recovery recipient's key: age -d -i KEY_FILE secret.age. Save the value with gh secret set.";

/** SnapTrade reverted to the old secret, which is in no destination. */
export function restoreOld(unsaved: Commands): readonly Step[] {
  const old = unsaved.find(({ isOld }) => isOld === true);
  if (old === undefined) return [];
  return [
    { text: `If that ends with dead: restore the old secret with this command, ${RUN_IT} ${THEN_VERIFY}`, copy: old },
  ];
}

/** Several values that may be the new secret, for one destination: at most one of their commands is right. */
export function candidatesOf<T extends Commands[number]>(unsaved: readonly T[]): readonly T[] {
  const same = unsaved.filter(({ label, isOld }) => label === unsaved[0]?.label && isOld !== true);
  return same.length > 1 ? same : [];
}

/** The recovery steps that this run left, the easiest first. Each continues a sentence. */
export function recoverySteps([first, ...others]: Commands, escrow: string | null): readonly Step[] {
  const which = first !== undefined && candidatesOf([first, ...others]).length > 0 ? "command 1" : "this command";
  return [
    ...(first === undefined ? [] : [{ text: `run ${which}, ${RUN_IT}`, copy: first }]),
    ...(escrow === null ? [] : [{ text: OPEN_ESCROW, copy: escrow }]),
  ];
}

/** The same if the saved secret may be valid: SnapTrade is asked about it before each step, and afterwards. */
export function stepsIfDead(unsaved: Commands, escrow: string | null): readonly Step[] {
  const steps = recoverySteps(unsaved, escrow).map(({ text, ...rest }) => ({
    text: `If that ends with dead: ${text} ${THEN_VERIFY}`,
    ...rest,
  }));
  const [first, ...others] = steps;
  return first === undefined ? [] : [first, ...furtherCommands(unsaved), ...others];
}

/** `mode: finish` cannot distinguish the first command's save from another one. */
function furtherCommands(unsaved: Commands): readonly Step[] {
  return candidatesOf(unsaved)
    .slice(1)
    .map((copy, index) => ({
      text: `If that ends with dead again: run command ${index + 2} with gh. After the first save mode: finish does not accept it. ${THEN_VERIFY}`,
      copy,
    }));
}
