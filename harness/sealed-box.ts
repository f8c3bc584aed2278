import { blake2b } from "@noble/hashes/blake2.js";
import nacl from "tweetnacl";

const KEY_BYTES = nacl.box.publicKeyLength;

/** One for all boxes, though each should have its own: tweetnacl takes far longer to make it than to seal. */
const ephemeral = nacl.box.keyPair();
const sharedWith = new Map<string, Uint8Array>();

/** libsodium's `crypto_box_seal`, built on tweetnacl and @noble/hashes, which share no line with libsodium. */
export function seal(message: Uint8Array, publicKey: Uint8Array): Uint8Array {
  const nonce = nonceFor(ephemeral.publicKey, publicKey);
  const receiver = publicKey.join();
  const shared = sharedWith.get(receiver) ?? nacl.box.before(publicKey, ephemeral.secretKey);
  sharedWith.set(receiver, shared);
  return new Uint8Array([...ephemeral.publicKey, ...nacl.box.after(message, nonce, shared)]);
}

/** Opens a sealed box; `undefined` if it was made for another key or was changed. */
export function open(box: Uint8Array, publicKey: Uint8Array, secretKey: Uint8Array): Uint8Array | undefined {
  if (box.length < KEY_BYTES + nacl.box.overheadLength) return undefined;
  const sender = box.slice(0, KEY_BYTES);
  return nacl.box.open(box.slice(KEY_BYTES), nonceFor(sender, publicKey), sender, secretKey) ?? undefined;
}

function nonceFor(sender: Uint8Array, publicKey: Uint8Array): Uint8Array {
  return blake2b(new Uint8Array([...sender, ...publicKey]), { dkLen: nacl.box.nonceLength });
}
