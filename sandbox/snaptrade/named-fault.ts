import type { ProbeFault, ResetFault } from "./faults";
import { errorReply } from "./gate";
import type { SnapTradeStandIn } from "./types";
import type { Reply } from "./wire";

/** A fault that a person can switch on by name. */
export interface NamedSnapTradeFault {
  /** What happens in the world, one sentence. */
  readonly says: string;
  readonly apply: (standIn: SnapTradeStandIn) => void;
  /** Inputs that win over the short waits. */
  readonly inputs?: Readonly<Record<string, string>>;
}

/** As long as a busy machine may need for the answers that outweigh one that contradicts them. */
export const OUTWEIGHED = { "settle-time": "3s" } as const;

export type NamedSnapTradeFaults = Readonly<Record<string, NamedSnapTradeFault>>;

export const onReset = (says: string, fault: ResetFault): NamedSnapTradeFault => ({
  says,
  apply: (standIn) => standIn.faults.onReset(fault),
});

export const onProbe = (says: string, fault: ProbeFault): NamedSnapTradeFault => ({
  says,
  apply: (standIn) => standIn.faults.onProbe(fault),
});

export const setting = (says: string, set: (faults: SnapTradeStandIn["faults"]) => void): NamedSnapTradeFault => ({
  says,
  apply: (standIn) => set(standIn.faults),
});

export const serverError = (status: number) => (): Reply =>
  errorReply(status, "1000", "Encountered an unexpected exception.");

export const throttled = (seconds: number) => (): Reply => ({
  ...errorReply(429, "0000", `Request was throttled. Expected available in ${seconds} seconds.`),
  headers: { "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": String(seconds) },
});
