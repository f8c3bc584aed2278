import type { Doubt, Said } from "../rotation/model";

/** Why SnapTrade gave no clear answer, as the end of a sentence. */
export function doubtWords(doubt: Doubt, skewMs: number | null): string {
  switch (doubt.kind) {
    case "signature":
      return skewMs !== null && Math.abs(skewMs) >= 30_000
        ? `it rejects the signature (${saidWords(doubt.said)}). This machine's clock is ${Math.round(Math.abs(skewMs) / 1000)} s ${skewMs > 0 ? "behind" : "ahead of"} SnapTrade's`
        : `it rejects the signature (${saidWords(doubt.said)}). The client-id or the consumer-key is wrong`;
    case "client":
      return `it rejects the client-id, or cannot verify it with this consumer-key (${saidWords(doubt.said)})`;
    case "throttled":
      return throttleWords(doubt.waitedMs, doubt.retryAfterMs);
    case "no-answer":
      return `there was no answer (${doubt.why})`;
    case "strange-answer":
      return `it answered with ${saidWords(doubt.said)}${isAboutPersonalKey(doubt) ? PERSONAL_KEYS : ""}`;
    case "contradiction":
      return "its answers contradict each other";
    case "no-such-user":
      return "it has no user with this user-id under this client-id";
    case "unchecked":
      return "it rejects the secret, and client-id and user-id could not be checked";
  }
}

/** SnapTrade's code for a personal key, which does not work here. */
const PERSONAL_KEY = "1012";

export function isAboutPersonalKey(doubt: Doubt): doubt is Extract<Doubt, { kind: "strange-answer" }> {
  return doubt.kind === "strange-answer" && doubt.said.code === PERSONAL_KEY;
}

const PERSONAL_KEYS = ". Personal API keys have no user secret, so no rotation is possible";

/** Never claims a longer wait than there was. */
function throttleWords(waitedMs: number, retryAfterMs: number | null): string {
  const waited = waitedMs < 1000 ? "" : ` within ${Math.floor(waitedMs / 1000)} s`;
  const asked = retryAfterMs === null ? "" : `. It asks to wait ${Math.ceil(retryAfterMs / 1000)} s`;
  return `its rate limit was reached and did not lift${waited}${asked}`;
}

export function saidWords({ status, code, sentence }: Said): string {
  const quoted = sentence === null ? "" : `, "${sentence}"`;
  return `status ${status}${code === null ? "" : `, code ${code}`}${quoted}`;
}
