import type { Secret } from "../text/secret";
import type { Candidate } from "./candidates";
import type { Context } from "./context";
import type { Reading, SentReply } from "./model";
import type { Ports } from "./ports";

/** An answer that is kept and interpreted, with its secrets masked and encrypted to the recovery recipient. */
export interface Understood {
  readonly reply: SentReply;
  readonly reading: Reading;
  /** What is, or may be, the new secret. */
  readonly candidates: readonly Candidate[];
}

/** Step 7: the new secret is masked and encrypted to the recovery recipient before anything can print or fail. */
export async function understand(reply: SentReply, { task, ports }: Context): Promise<Understood> {
  const read = ports.issuer.read(reply, task.secret);
  const reading = read.kind === "candidates" ? withoutOurWords(read, ports) : read;
  const secrets = secretsOf(reading);
  // guard: mask first
  for (const secret of secrets) ports.operator.mask(secret);
  const candidates = await Promise.all(
    secrets.map(async (secret) => ({ secret, escrow: await escrowOf(secret, ports), answeredAt: reply.at })),
  );
  if ("requestId" in reading) ports.operator.say({ code: "no-secret-in-answer", requestId: reading.requestId });
  return { reply, reading, candidates };
}

/** Words of every command or result. They are no secrets, and a mask would remove them there. */
const OUR_WORDS =
  "encrypted_value key_id visibility selected_repository_ids hostname method environments dependabot codespaces organization rotated unchanged";

/** Drops strings that also appear in a destination's name, because masking them would damage the recovery command. */
function withoutOurWords(
  reading: Extract<Reading, { kind: "candidates" }>,
  { primary, copies }: Context["ports"],
): Reading {
  const ours = [OUR_WORDS, ...[primary, ...copies].map(({ label }) => label)].join(" ").toLowerCase();
  const secrets = reading.secrets.filter((secret) => !ours.includes(secret.reveal().toLowerCase()));
  return secrets.length > 0 ? { ...reading, secrets } : { kind: "unanswered", status: reading.status };
}

function secretsOf(reading: Reading): readonly Secret[] {
  switch (reading.kind) {
    case "granted":
    case "unholdable":
      return [reading.secret];
    case "candidates":
      return reading.secrets;
    case "refused":
    case "unanswered":
      return [];
  }
}

async function escrowOf(secret: Secret, { escrow, operator }: Ports): Promise<string | null> {
  if (escrow === null) return null;
  try {
    const text = await escrow.encrypt(secret);
    operator.say({ code: "escrow", text });
    return text;
  } catch {
    operator.say({ code: "escrow-failed" });
    return null;
  }
}

/** The age-encrypted text of all that may be the new secret; null if there is none. */
export function escrowsOf(candidates: readonly Candidate[]): string | null {
  const texts = candidates.flatMap(({ escrow }) => (escrow === null ? [] : [escrow]));
  return texts.length === 0 ? null : texts.join("\n");
}
