import { StandIn } from "./stand-in";
import type { SnapTradeOptions, SnapTradeStandIn } from "./types";

export { strangeBodies } from "./bodies";

export type { StrangeBody, StrangeBodyName } from "./bodies";

export type { SnapTradeEvent, SnapTradeHandler, SnapTradeRequest } from "./events";

export { afterSecret, atClosingQuote, beforeSecret, insideHead, insideSecret } from "./cut-points";

export { applySnapTradeFault, snapTradeFaultNames } from "./fault-names";

export type { NamedSnapTradeFault, NamedSnapTradeFaults } from "./named-fault";

export type { FaultyAnswer, ProbeFault, ResetFacts, ResetFault, SnapTradeFaults, Times } from "./faults";

export { errorReply } from "./gate";

export { serverError } from "./named-fault";

export type { ClientRefusal } from "./gate";

export { strangeFrames } from "./frames";

export type { StrangeFrame, StrangeFrameName } from "./frames";

export { throttledReply } from "./rate-limit";

export { forAWhile, throttledBy } from "./probe-answers";

export type { LimitStyle, RateLimit } from "./rate-limit";

export type { ProbeScript, Role, Said } from "./scripts";

export { broken, current, drawnFrom, inOrder, lagging, lenient, stale } from "./servers";

export type { Server, Servers } from "./servers";

export type { UsersList } from "./faults";
export type { SnapTradeOptions, SnapTradeStandIn } from "./types";

export { canonicalForm, signatureOf } from "./signature";

export type { Delivery, Ending, Reply, Wire } from "./wire";

/** Starts the stand-in on a free port of 127.0.0.1. */
export async function startSnapTrade(options: SnapTradeOptions): Promise<SnapTradeStandIn> {
  const standIn = new StandIn(options);
  await standIn.comeUp();
  return standIn;
}
