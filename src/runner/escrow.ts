import type { Escrow } from "../rotation/ports";
import { Refusal } from "../rotation/refusal";
import type { Secret } from "../text/secret";

/** A value of two characters stands in about one text in ten. The save waits for this, a few milliseconds each. */
const TEXTS_MAX = 1 + 20;
/** How every age file begins, whatever is in it, in base64. */
const BEGINNING = "YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+";

/**
 * Loads age, and with it a chunk of code that runs without a recipient never load, and tries it once, so
 * that nothing of it is new when it counts.
 * @param recipient an age public key (`age1…`), whose checksum is looked at here.
 * @param avoided what may be masked in the log: a text in which it stands would be printed with a hole in it.
 * @throws {Refusal} if it is not one.
 */
export async function loadEscrow(recipient: string, avoided: readonly Secret[] = []): Promise<Escrow> {
  const { Encrypter, armor } = await import("age-encryption");
  const encrypter = new Encrypter();
  try {
    encrypter.addRecipient(recipient);
    await encrypter.encrypt("trial");
  } catch {
    throw Refusal.ofInput(
      "recovery-recipient",
      "not an age public key",
      "age1 and 58 more characters, as age-keygen prints it",
    );
  }
  const frame = armor.encode(Buffer.from(BEGINNING, "base64"));
  // One character stands in every text.
  const avoidable = avoided.map((value) => value.reveal()).filter((text) => text.length > 1 && !frame.includes(text));
  const encrypt = async (secret: Secret): Promise<string> => armor.encode(await encrypter.encrypt(secret.reveal()));
  return { encrypt: async (secret) => await bestOf(async () => await encrypt(secret), avoidable) };
}

/** The same secret gives another text each time, so where one would be torn by a mask another is made. */
async function bestOf(encrypt: () => Promise<string>, avoidable: readonly string[]): Promise<string> {
  let best = { text: "", holes: Infinity };
  for (let texts = 0; texts < TEXTS_MAX && best.holes > 0; texts += 1) {
    const text = await encrypt();
    const holes = avoidable.filter((value) => text.includes(value)).length;
    if (holes < best.holes) best = { text, holes };
  }
  return best.text;
}
