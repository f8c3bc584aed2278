import { finishFaults } from "./finish-faults";
import { githubFaultNames } from "./github";
import { machineFaultNames } from "./machine-faults";
import { outsideFaultNames } from "./outside";
import type { WorldFault } from "./named-fault";
import { runnerFaultNames } from "./runner-faults";
import { snapTradeFaultNames } from "./snaptrade";
import { pastedInputFaults, snapTradeRunFaults } from "./snaptrade-run-faults";
import type { StageOptions } from "./stage";

/** A fault that a person or a test can switch on by its name. */
export interface NamedFault extends Pick<WorldFault, "apply" | "says"> {
  /** Whose fault it is. */
  readonly of: "SnapTrade" | "GitHub" | "the network" | "somebody else" | "the run";
  readonly stage: StageOptions;
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
    stage: fault.inputs === undefined ? {} : { inputs: fault.inputs },
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
    stage: {},
    says: sentence(fault.says),
    apply: ({ github }) => {
      fault.apply(github);
      return {};
    },
  },
]);

function worldFaults(of: NamedFault["of"], catalogue: Readonly<Record<string, WorldFault>>): [string, NamedFault][] {
  return Object.entries(catalogue).map(([name, { says, stage = {}, apply }]) => [
    name,
    { of, says: sentence(says), stage, apply },
  ]);
}

/** Every named fault, by its name. */
export const faults: ReadonlyMap<string, NamedFault> = new Map([
  ...worldFaults("the run", runnerFaultNames),
  ...worldFaults("the run", pastedInputFaults),
  ...worldFaults("the run", machineFaultNames),
  ...worldFaults("the run", finishFaults),
  ...ofSnapTrade,
  ...worldFaults("SnapTrade", snapTradeRunFaults),
  ...ofGitHub,
  ...worldFaults("GitHub", outsideFaultNames.github),
  ...worldFaults("the network", outsideFaultNames.network),
  ...worldFaults("somebody else", outsideFaultNames.people),
]);

/** With faults, the waits that make real runs safe would only make a person wait. */
export const SHORT_WAITS = { "settle-time": "500ms", "save-timeout": "5s", "reset-timeout": "4s" } as const;
