import sodium from "libsodium-wrappers";
import nacl from "tweetnacl";
import { open, seal } from "../../harness/sealed-box";

test("opens what libsodium sealed, and libsodium opens what it sealed", async () => {
  await sodium.ready;
  const { publicKey, secretKey } = nacl.box.keyPair();
  const message = new Uint8Array(Buffer.from("a secret of sixty-four characters, more or less, and an ✓"));
  const theirs = sodium.crypto_box_seal(message, publicKey);
  expect(Buffer.from(open(theirs, publicKey, secretKey) ?? []).equals(Buffer.from(message))).toBe(true);
  const ours = seal(message, publicKey);
  expect(Buffer.from(sodium.crypto_box_seal_open(ours, publicKey, secretKey)).equals(Buffer.from(message))).toBe(true);
});

test("does not open a box that was changed or made for another key", () => {
  const mine = nacl.box.keyPair();
  const other = nacl.box.keyPair();
  const box = seal(new Uint8Array([1, 2, 3]), mine.publicKey);
  expect(open(box, other.publicKey, other.secretKey)).toBeUndefined();
  expect(open(box.with(40, (box[40] ?? 0) ^ 1), mine.publicKey, mine.secretKey)).toBeUndefined();
  expect(open(box.slice(0, 20), mine.publicKey, mine.secretKey)).toBeUndefined();
});
