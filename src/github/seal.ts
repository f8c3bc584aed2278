import { randomBytes } from "node:crypto";
import type { Secret } from "../rotation/secret";

/** Makes boxes that only the holder of a private key can open (libsodium's sealed boxes). */
export interface Sealer {
  /**
   * @param publicKey 32 bytes in base64.
   * @returns the box in base64.
   * @throws {SealError} if that is no key, or one that would hide nothing.
   */
  seal(secret: Secret, publicKey: string): string;
}

export class SealError extends Error {
  override readonly name = "SealError";
}

/**
 * Loads libsodium and tests it with a throw-away key: seal, open, compare.
 * @throws {SealError} if it does not work on this machine.
 */
export async function loadSealer(): Promise<Sealer> {
  const { default: sodium } = await import("libsodium-wrappers");
  await sodium.ready;
  const base64 = sodium.base64_variants.ORIGINAL;

  const seal = (value: string, publicKey: string): string => {
    try {
      const key = sodium.from_base64(publicKey, base64);
      return sodium.to_base64(sodium.crypto_box_seal(sodium.from_string(value), key), base64);
    } catch {
      throw new SealError("not a usable public key");
    }
  };

  const pair = sodium.crypto_box_keypair();
  const sample = randomBytes(32).toString("hex");
  const box = sodium.from_base64(seal(sample, sodium.to_base64(pair.publicKey, base64)), base64);
  const opened = sodium.crypto_box_seal_open(box, pair.publicKey, pair.privateKey);
  if (sodium.to_string(opened) !== sample) throw new SealError("the self-test failed");
  return { seal: (secret, publicKey) => seal(secret.reveal(), publicKey) };
}
