import { blake2b } from "@noble/hashes/blake2.js";
import nacl from "tweetnacl";

const KEY_BYTES = nacl.box.publicKeyLength;

/** libsodium's `crypto_box_seal`, built on tweetnacl and @noble/hashes, which share no line with libsodium. */
export function seal(message: Uint8Array, publicKey: Uint8Array): Uint8Array {
  const ephemeral = nacl.box.keyPair();
  const nonce = nonceFor(ephemeral.publicKey, publicKey);
  const box = nacl.box(message, nonce, publicKey, ephemeral.secretKey);
  return new Uint8Array([...ephemeral.publicKey, ...box]);
}

/** Opens a sealed box; `undefined` if it was made for another key or was changed. */
export function open(box: Uint8Array, publicKey: Uint8Array, secretKey: Uint8Array): Uint8Array | undefined {
  if (box.length < KEY_BYTES + nacl.box.overheadLength) return undefined;
  const ephemeral = box.slice(0, KEY_BYTES);
  return nacl.box.open(box.slice(KEY_BYTES), nonceFor(ephemeral, publicKey), ephemeral, secretKey) ?? undefined;
}

function nonceFor(ephemeral: Uint8Array, publicKey: Uint8Array): Uint8Array {
  return blake2b(new Uint8Array([...ephemeral, ...publicKey]), { dkLen: nacl.box.nonceLength });
}
