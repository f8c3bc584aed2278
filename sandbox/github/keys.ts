import sodium from "libsodium-wrappers";

/** One X25519 key pair: what is sealed to `publicKey` only the holder of `privateKey` opens. */
export interface KeyPair {
  readonly publicKey: Uint8Array;
  readonly privateKey: Uint8Array;
}

/** Resolves when libsodium's WebAssembly is loaded; nothing else here works before that. */
export async function keysReady(): Promise<void> {
  await sodium.ready;
}

/** A new key pair, from the system's random numbers. */
export function newKeyPair(): KeyPair {
  return sodium.crypto_box_keypair();
}

/** Opens a libsodium sealed box; `undefined` if it was sealed to another key or is no box at all. */
export function openBox(box: Uint8Array, pair: KeyPair): Uint8Array | undefined {
  try {
    return sodium.crypto_box_seal_open(box, pair.publicKey, pair.privateKey);
  } catch {
    return undefined;
  }
}

/** Makes a box that only the holder of the private key opens. */
export function sealBox(message: string, publicKey: Uint8Array): Uint8Array {
  return sodium.crypto_box_seal(sodium.from_string(message), publicKey);
}

/** GitHub writes keys and boxes in the standard alphabet, with padding. */
export function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}

/** Reads base64 as strictly as GitHub's schema does (standard alphabet, padding, no white space). */
export function fromBase64(text: string): Uint8Array | undefined {
  const strict = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/u;
  return strict.test(text) ? new Uint8Array(Buffer.from(text, "base64")) : undefined;
}
