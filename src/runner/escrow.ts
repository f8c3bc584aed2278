import type { Escrow } from "../rotation/ports";
import { Refusal } from "../rotation/refusal";

/**
 * Loads age, and with it a chunk of code that runs without a recipient never load, and tries it once, so
 * that nothing of it is new when it counts.
 * @param recipient an age public key (`age1…`), whose checksum is looked at here.
 * @throws {Refusal} if it is not one.
 */
export async function loadEscrow(recipient: string): Promise<Escrow> {
  const { Encrypter, armor } = await import("age-encryption");
  const encrypter = new Encrypter();
  try {
    encrypter.addRecipient(recipient);
    await encrypter.encrypt("trial");
  } catch {
    throw Refusal.ofInput(
      "recovery-recipient",
      "is not an age public key",
      "age1 and 58 more characters, as age-keygen prints it",
    );
  }
  return { encrypt: async (secret) => armor.encode(await encrypter.encrypt(secret.reveal())) };
}
