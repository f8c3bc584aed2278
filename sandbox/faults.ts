import { githubFaultNames } from "./github";
import { type NamedRunnerFault, type StepChange, runnerFaultNames } from "./runner-faults";
import { snapTradeFaultNames } from "./snaptrade";
import { pastedInputFaults, snapTradeRunFaults } from "./snaptrade-run-faults";
import type { Stage } from "./stage";

/** A fault that a person or a test can switch on by its name. */
export interface NamedFault {
  /** Whose fault it is. */
  readonly of: "SnapTrade" | "GitHub" | "the run";
  /** What happens in the world, one sentence. */
  readonly says: string;
  /** Sets the stage, and returns what is different about the step. */
  apply(stage: Stage): StepChange;
}

/** The catalogues were written apart; here every sentence begins and ends like one. */
function sentence(says: string): string {
  const text = says.charAt(0).toUpperCase() + says.slice(1);
  return text.endsWith(".") ? text : `${text}.`;
}

const ofSnapTrade = Object.entries(snapTradeFaultNames).map(([name, fault]): [string, NamedFault] => [
  name,
  {
    of: "SnapTrade",
    says: sentence(fault.says),
    apply: ({ snapTrade }) => {
      fault.apply(snapTrade);
      return {};
    },
  },
]);

const ofGitHub = Object.entries(githubFaultNames).map(([name, fault]): [string, NamedFault] => [
  name,
  {
    of: "GitHub",
    says: sentence(fault.says),
    apply: ({ github }) => {
      fault.apply(github);
      return {};
    },
  },
]);

function ofStage(of: NamedFault["of"], named: Readonly<Record<string, NamedRunnerFault>>): [string, NamedFault][] {
  return Object.entries(named).map(([name, fault]) => [
    name,
    { of, says: sentence(fault.says), apply: (stage) => fault.apply(stage) },
  ]);
}

const ofTheRun = [...ofStage("the run", runnerFaultNames), ...ofStage("the run", pastedInputFaults)];

/** Every named fault, by its name. */
export const faults: ReadonlyMap<string, NamedFault> = new Map([
  ...ofTheRun,
  ...ofSnapTrade,
  ...ofStage("SnapTrade", snapTradeRunFaults),
  ...ofGitHub,
]);

/** With faults, the waits that make real runs safe would only make a person wait. */
export const SHORT_WAITS = { "settle-time": "500ms", "save-timeout": "5s", "reset-timeout": "4s" } as const;
