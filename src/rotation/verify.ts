import { believe, REFUSALS_TO_BE_DEAD, REFUSALS_TO_BE_REFUSED } from "./believe";
import type { Outcome } from "./outcome";
import { nothingChanged } from "./outcome";
import type { Cancellation, Clock, Issuer } from "./ports";
import { explainDoubt } from "./prepare";
import type { Secret } from "./secret";

interface VerifyPorts {
  readonly issuer: Issuer;
  readonly clock: Clock;
  readonly cancellation: Cancellation;
}

/** Proves that a secret is live, and that SnapTrade's answer means something. Changes nothing, so a signal ends it at once. */
export async function verify(secret: Secret, settleMs: number, ports: VerifyPorts): Promise<Outcome> {
  const cancelled = ports.cancellation.arrived.then((signal) =>
    nothingChanged("unchanged", { code: "cancelled", signal }),
  );
  return await Promise.race([askAbout(secret, settleMs, ports), cancelled]);
}

async function askAbout(secret: Secret, settleMs: number, ports: VerifyPorts): Promise<Outcome> {
  const asking = { ...ports, settleMs };
  const [given, altered] = await Promise.all([
    believe(secret, REFUSALS_TO_BE_DEAD, asking),
    believe(secret.altered(), REFUSALS_TO_BE_REFUSED, asking),
  ]);
  if (altered.kind === "live") return nothingChanged("unchanged", { code: "any-secret-accepted" });
  if (given.kind === "dead") return nothingChanged("dead", { code: "given-secret-dead", changed: "not-asked" });
  for (const belief of [given, altered]) {
    if (belief.kind === "cannot-tell") return nothingChanged("unchanged", await explainDoubt(belief.doubt, ports));
  }
  return nothingChanged("verified", { code: "secret-live" });
}
