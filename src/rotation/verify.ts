import { Oracle } from "./oracle";
import type { OraclePorts } from "./oracle";
import type { Outcome } from "./outcome";
import { nothingChanged } from "./outcome";
import type { Cancellation } from "./ports";
import { deadBecause, reasonForDoubt } from "./given";
import type { Secret } from "./secret";

interface VerifyPorts extends OraclePorts {
  readonly cancellation: Cancellation;
}

/** Proves that a secret is live, and that SnapTrade's answer means something. Changes nothing, so a signal ends it at once. */
export async function verify(secret: Secret, settleMs: number, ports: VerifyPorts): Promise<Outcome> {
  const cancelled = ports.cancellation.arrived.then((signal) =>
    nothingChanged("unchanged", { code: "cancelled", signal }),
  );
  return await Promise.race([askAbout(secret, new Oracle(ports, settleMs), ports), cancelled]);
}

async function askAbout(secret: Secret, oracle: Oracle, { issuer }: VerifyPorts): Promise<Outcome> {
  const [given, altered] = await Promise.all([oracle.askForCertain(secret), oracle.askAboutAlteredForCertain(secret)]);
  if (altered.kind === "live") return nothingChanged("unchanged", { code: "any-secret-accepted" });
  if (given.kind === "dead") return deadBecause(await oracle.control(), "not-asked").outcome;
  for (const belief of [given, altered]) {
    if (belief.kind === "cannot-tell") return nothingChanged("unchanged", await reasonForDoubt(belief.doubt, issuer));
  }
  return nothingChanged("verified", { code: "secret-live" });
}
