import type { Doubt, Said } from "../rotation/model";

/** Why SnapTrade could not tell, as the rest of a sentence. */
export function doubtWords(doubt: Doubt, skewMs: number | null): string {
  switch (doubt.kind) {
    case "signature":
      return skewMs !== null && Math.abs(skewMs) >= 30_000
        ? `it refused the signature (${saidWords(doubt.said)}). This machine's clock is ${Math.round(Math.abs(skewMs) / 1000)} s ${skewMs > 0 ? "behind" : "ahead of"} SnapTrade's`
        : `it refused the signature (${saidWords(doubt.said)}). So client-id or consumer-key is wrong`;
    case "client":
      return `it rejects the client-id, or cannot verify it with this consumer-key (${saidWords(doubt.said)})`;
    case "throttled":
      return throttleWords(doubt.waitedMs, doubt.retryAfterMs);
    case "no-answer":
      return `there was no answer (${doubt.why})`;
    case "strange-answer":
      return `it answered with ${saidWords(doubt.said)}${doubt.said.code === PERSONAL_KEY ? PERSONAL_KEYS : ""}`;
    case "contradiction":
      return "its answers contradict each other";
    case "no-such-user":
      return "under this client-id there is no user with this user-id";
    case "unchecked":
      return "it refuses the secret. Whether it knows this client-id and this user-id could not be checked";
  }
}

/** SnapTrade's code for a key that is of no use here. */
export const PERSONAL_KEY = "1012";

const PERSONAL_KEYS = ". Personal API keys have no user secret, so there is nothing to rotate with one";

/** Never more than was waited. */
function throttleWords(waitedMs: number, retryAfterMs: number | null): string {
  const waited = waitedMs < 1000 ? "" : ` in the ${Math.floor(waitedMs / 1000)} s that were waited`;
  const told = retryAfterMs === null ? "" : `, and it asks to wait ${Math.ceil(retryAfterMs / 1000)} s`;
  return `its rate limit was reached and did not lift${waited}${told}`;
}

export function saidWords({ status, code, sentence }: Said): string {
  const quoted = sentence === null ? "" : `, "${sentence}"`;
  return `status ${status}${code === null ? "" : `, code ${code}`}${quoted}`;
}
