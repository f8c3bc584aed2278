import type { Escrow } from "../rotation/ports";
import { Refusal } from "../rotation/refusal";
import type { Secret } from "../text/secret";

/** A value of two characters appears in about one text in ten. Each try takes a few milliseconds of the save. */
const TEXTS_MAX = 1 + 20;
/** The base64 of every age file's first bytes. */
const BEGINNING = "YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+";

/**
 * Loads age and tries it once, so that nothing needs to be loaded after the reset. It is a chunk of its own, which runs
 * without a recipient never load.
 * @param recipient an age public key (`age1…`), whose checksum is checked here.
 * @param avoided values that the log may mask: a text that contains one would be printed incomplete.
 * @throws {Refusal} if the key is invalid.
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
  // A value of one character appears in every text.
  const avoidable = avoided.map((value) => value.reveal()).filter((text) => text.length > 1 && !frame.includes(text));
  const encrypt = async (secret: Secret): Promise<string> => armor.encode(await encrypter.encrypt(secret.reveal()));
  return { encrypt: async (secret) => await bestOf(async () => await encrypt(secret), avoidable) };
}

/** Each text of the same secret is different, so if a mask would damage one, another is made. */
async function bestOf(encrypt: () => Promise<string>, avoidable: readonly string[]): Promise<string> {
  let best = { text: "", holes: Infinity };
  for (let texts = 0; texts < TEXTS_MAX && best.holes > 0; texts += 1) {
    const text = await encrypt();
    const holes = avoidable.filter((value) => text.includes(value)).length;
    if (holes < best.holes) best = { text, holes };
  }
  return best.text;
}
