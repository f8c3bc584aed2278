import { strangeBodies } from "./bodies";
import type { StrangeBody } from "./bodies";
import { strangeFrames } from "./frames";
import type { StrangeFrame } from "./frames";
import type { SnapTradeStandIn } from "./types";
import { limitFaults } from "./limit-faults";
import { onReset } from "./named-fault";
import type { NamedSnapTradeFault, NamedSnapTradeFaults } from "./named-fault";
import { oddProbes } from "./probe-answers";
import { answeredResets, cutResets, lateResets, unsentResets } from "./reset-faults";
import { scriptedFaults, serverFaults } from "./server-faults";
import { probeFaults, worldFaults } from "./world-faults";

/** Every fault of SnapTrade that has a name, in the order of a run. */
export const snapTradeFaultNames: NamedSnapTradeFaults = {
  ...worldFaults,
  ...limitFaults,
  ...serverFaults,
  ...probeFaults,
  ...oddProbes,
  ...unsentResets,
  ...cutResets,
  ...lateResets,
  ...scriptedFaults,
  ...answeredResets,
  ...renamed("reset-frame", strangeFrames, ofFrame),
  ...renamed("reset-body", strangeBodies, ofBody),
};

/** @throws Error when no fault has this name */
export function applySnapTradeFault(standIn: SnapTradeStandIn, name: string): void {
  const fault = snapTradeFaultNames[name];
  if (fault === undefined) {
    throw new Error(`SnapTrade has no fault named ${name}.`);
  }
  fault.apply(standIn);
}

function renamed<T>(
  prefix: string,
  strange: Readonly<Record<string, T>>,
  name: (oddity: T) => NamedSnapTradeFault,
): NamedSnapTradeFaults {
  return Object.fromEntries(Object.entries(strange).map(([key, oddity]) => [`${prefix}-${key}`, name(oddity)]));
}

function ofBody({ says, body, secret, uncommitted, strays }: StrangeBody): NamedSnapTradeFault {
  return onReset(uncommitted === true ? says : `the reset happens and ${says}`, {
    ...(uncommitted === true ? { commit: "never" } : {}),
    ...(secret === undefined ? {} : { secret }),
    answer: (facts) => ({ status: 200, body: body(facts), strays }),
  });
}

function ofFrame({ says, frame, ending = "fin" }: StrangeFrame): NamedSnapTradeFault {
  return onReset(`the reset happens and ${says}`, { answer: (facts) => ({ raw: frame(facts) }), delivery: { ending } });
}
