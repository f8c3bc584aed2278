import type { Secret } from "../text/secret";
import type { OraclePorts } from "./asking";
import { changedSinceRead, deadBecause, outdated, stopIfInDoubt } from "./given";
import { Oracle } from "./oracle";
import { isOutdated, nothingChanged } from "./outcome";
import type { Outcome } from "./outcome";
import type { Cancellation, Ports } from "./ports";
import { outcomeOf, stop, unlessCancelled } from "./stop";

interface VerifyPorts extends OraclePorts {
  readonly cancellation: Cancellation;
  /** If known, a rejected secret is compared with the primary's last save. */
  readonly saved?: Pick<Ports, "primary" | "run">;
}

/** Proves that a secret is live, and that SnapTrade rejects others. Changes nothing, so a signal ends it at once. */
export async function verify(secret: Secret, settleMs: number, ports: VerifyPorts): Promise<Outcome> {
  return await outcomeOf(unlessCancelled(askAbout(secret, new Oracle(ports, settleMs), ports), { ports }));
}

async function askAbout(secret: Secret, oracle: Oracle, ports: VerifyPorts): Promise<Outcome> {
  const [given, altered] = await Promise.all([oracle.askForCertain(secret), oracle.askAboutAlteredForCertain(secret)]);
  if (altered.kind === "live") stop("unchanged", { code: "any-secret-accepted" });
  if (given.kind === "dead") return await whyDead(oracle, ports);
  await stopIfInDoubt([given, altered], ports.issuer);
  return nothingChanged("verified", { code: "secret-live" });
}

/** A run with an outdated value shows nothing about the saved one. */
async function whyDead(oracle: Oracle, ports: VerifyPorts): Promise<Outcome> {
  const control = await oracle.control();
  const { saved } = ports;
  if (saved === undefined) return deadBecause(control, "not-asked");
  const changed = await changedSinceRead({ ...ports, ...saved });
  const outcome = deadBecause(control, changed);
  return outcome.result === "dead" && isOutdated(changed)
    ? nothingChanged("unchanged", outdated(changed, saved.primary.label))
    : outcome;
}
