import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from "node:crypto";
import type { Sending, SentReply, WriteRecord } from "../rotation/model";
import { EXIT_CODES } from "../rotation/outcome";
import type { Outcome } from "../rotation/outcome";
import { isRecord } from "../text/json";
import type { Secret } from "../text/secret";
import type { Binding } from "./layout";

/** The post step gets both inputs again, so no key is stored. */
export interface JournalKey {
  readonly consumerKey: Secret;
  readonly oldSecret: Secret;
}

export type Kind =
  "owner" | "facts" | "trying" | "copying" | "rehearsal" | "sending" | "sent" | "answer" | "write" | "outcome";

/** An opened record. `length` is its size in the file. */
export interface OpenRecord {
  readonly meta: string;
  readonly payload: Buffer;
  readonly length: number;
}

// A record is the length and a checksum in plain, then nonce, ciphertext and tag.
const LENGTH_BYTES = 4;
const CHECKSUM_BYTES = 8;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Encrypts and opens the records of one journal (AES-256-GCM), each bound to its kind and its run. */
export class Records {
  readonly #key: Buffer;
  readonly #binding: Binding;

  constructor(key: JournalKey, salt: Uint8Array, binding: Binding) {
    this.#key = derive(key, salt);
    this.#binding = binding;
  }

  seal(kind: Kind, meta: object, payload: Uint8Array = new Uint8Array()): Buffer {
    const text = Buffer.from(JSON.stringify(meta));
    const length = Buffer.alloc(LENGTH_BYTES);
    length.writeUInt32BE(text.length);
    const sealed = this.#encrypt(kind, Buffer.concat([length, text, payload]));
    const head = Buffer.alloc(LENGTH_BYTES);
    head.writeUInt32BE(sealed.length);
    return Buffer.concat([head, checksum(sealed), sealed]);
  }

  /** The record at the start of `bytes`: null if there is none, "torn" if incomplete, "locked" if it does not open. */
  open(kind: Kind, bytes: Buffer): OpenRecord | "locked" | "torn" | null {
    const length = bytes.readUInt32BE(0);
    const sealed = bytes.subarray(LENGTH_BYTES + CHECKSUM_BYTES, LENGTH_BYTES + CHECKSUM_BYTES + length);
    const sum = bytes.subarray(LENGTH_BYTES, LENGTH_BYTES + CHECKSUM_BYTES);
    if (length === 0) return null;
    if (length <= NONCE_BYTES + TAG_BYTES || sealed.length !== length || !checksum(sealed).equals(sum)) return "torn";
    const plain = this.#decrypt(kind, sealed);
    if (plain === null) return "locked";
    const metaEnd = LENGTH_BYTES + plain.readUInt32BE(0);
    const meta = plain.toString("utf8", LENGTH_BYTES, metaEnd);
    return { meta, payload: plain.subarray(metaEnd), length: LENGTH_BYTES + CHECKSUM_BYTES + length };
  }

  /** The encrypted empty message of the header. */
  ownerSeal(): Buffer {
    return this.#encrypt("owner", new Uint8Array());
  }

  owns(seal: Buffer): boolean {
    return this.#decrypt("owner", seal) !== null;
  }

  #encrypt(kind: Kind, plain: Uint8Array): Buffer {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv("aes-256-gcm", this.#key, nonce).setAAD(associated(this.#binding, kind));
    return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  }

  #decrypt(kind: Kind, sealed: Buffer): Buffer | null {
    try {
      const decipher = createDecipheriv("aes-256-gcm", this.#key, sealed.subarray(0, NONCE_BYTES))
        .setAAD(associated(this.#binding, kind))
        .setAuthTag(sealed.subarray(-TAG_BYTES));
      return Buffer.concat([
        decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)),
        /* guard: journal authentication */ decipher.final(),
      ]);
    } catch {
      return null;
    }
  }
}

function associated({ repository, runId, runAttempt }: Binding, kind: Kind): Buffer {
  return Buffer.from(JSON.stringify([kind, repository, runId, runAttempt]));
}

/** Each part follows its length, so that no two pairs give the same bytes. */
function derive({ consumerKey, oldSecret }: JournalKey, salt: Uint8Array): Buffer {
  const parts = [consumerKey, oldSecret].flatMap((part) => {
    const bytes = Buffer.from(part.reveal());
    const length = Buffer.alloc(LENGTH_BYTES);
    length.writeUInt32BE(bytes.length);
    return [length, bytes];
  });
  return Buffer.from(hkdfSync("sha256", Buffer.concat(parts), salt, "rotate-snaptrade-user-secret journal", 32));
}

function checksum(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest().subarray(0, CHECKSUM_BYTES);
}

/** Only this step has the key that authenticates a record, so checking its shape is enough. */
export function parseMeta<T>(meta: string, isValid: (value: unknown) => value is T): T {
  const value: unknown = JSON.parse(meta);
  if (!isValid(value)) throw new TypeError("a record of another version");
  return value;
}

export function isOutcome(value: unknown): value is Outcome {
  return (
    isRecord(value) && typeof value["result"] === "string" && value["result"] in EXIT_CODES && isRecord(value["reason"])
  );
}

export function isSending(value: unknown): value is Sending {
  return isRecord(value) && Array.isArray(value["stores"]);
}

export function isSent(value: unknown): value is { readonly sentAt: number } {
  return isRecord(value) && typeof value["sentAt"] === "number";
}

export function isTrying(value: unknown): value is { readonly canaries: readonly string[] } {
  return isRecord(value) && Array.isArray(value["canaries"]);
}

export function isWrite(value: unknown): value is WriteRecord {
  return (
    isRecord(value) &&
    typeof value["label"] === "string" &&
    typeof value["at"] === "number" &&
    typeof value["is"] === "string"
  );
}

export function isAnswerMeta(value: unknown): value is Pick<SentReply, "ending" | "sentAt" | "at"> {
  return (
    isRecord(value) &&
    typeof value["ending"] === "string" &&
    typeof value["sentAt"] === "number" &&
    typeof value["at"] === "number"
  );
}
