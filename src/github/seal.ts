import { randomBytes } from "node:crypto";
import type { Secret } from "../text/secret";

export class SealError extends Error {
  override readonly name = "SealError";
}

/**
 * A value of one character is absent from about one box in six, one of four characters from nearly every box. So a box
 * without the one character is found among these (100 ms at most), with all but certainty.
 */
const BOXES_MAX = 400;

/** Makes boxes that only the owner of a private key can open (libsodium's sealed boxes). */
export class Sealer {
  #seal: ((value: string, publicKey: string) => string) | null = null;
  readonly #avoided: readonly Secret[];

  /** @param avoided values that the log may mask: a box that contains one would be printed incomplete. */
  constructor(avoided: readonly Secret[] = []) {
    this.#avoided = avoided;
  }

  /**
   * Loads libsodium and tests it with a throw-away key: seal, open, compare.
   * @throws {SealError} if it does not work on this machine.
   */
  async load(): Promise<void> {
    try {
      this.#seal = await loadSodium();
    } catch {
      throw new SealError("libsodium does not work here");
    }
  }

  /**
   * Each box of the same value is different, so if a mask would damage one, another is made.
   * @param publicKey 32 bytes in base64.
   * @returns the box in base64.
   * @throws {SealError} if the key is invalid or of low order, or before `load`.
   */
  seal(secret: Secret, publicKey: string): string {
    if (this.#seal === null) throw new SealError("not loaded");
    try {
      let best = { box: "", holes: Infinity };
      for (let boxes = 0; /* guard: box without holes */ boxes < BOXES_MAX && best.holes > 0; boxes += 1) {
        const box = this.#seal(secret.reveal(), publicKey);
        const holes = this.#holesIn(box);
        if (holes < best.holes) best = { box, holes };
      }
      return best.box;
    } catch {
      throw new SealError("not a usable public key");
    }
  }

  #holesIn(box: string): number {
    return this.#avoided.reduce((holes, value) => holes + box.split(value.reveal()).length - 1, 0);
  }
}

async function loadSodium(): Promise<(value: string, publicKey: string) => string> {
  const { default: sodium } = await import("libsodium-wrappers");
  await sodium.ready;
  const base64 = sodium.base64_variants.ORIGINAL;
  const seal = (value: string, publicKey: string): string =>
    sodium.to_base64(sodium.crypto_box_seal(sodium.from_string(value), sodium.from_base64(publicKey, base64)), base64);

  const pair = sodium.crypto_box_keypair();
  const sample = randomBytes(32).toString("hex");
  const box = sodium.from_base64(seal(sample, sodium.to_base64(pair.publicKey, base64)), base64);
  const opened = sodium.crypto_box_seal_open(box, pair.publicKey, pair.privateKey);
  if (sodium.to_string(opened) !== sample) throw new SealError("the self-test failed");
  return seal;
}
