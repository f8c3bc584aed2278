import zlib, { brotliDecompressSync, constants, gunzipSync, inflateRawSync, inflateSync } from "node:zlib";

/** The parts of a raw HTTP answer, however malformed. */
export interface Frame {
  readonly status: number | null;
  readonly headers: ReadonlyMap<string, string>;
  /** The body as far as it is readable, decompressed if necessary. */
  readonly body: Uint8Array;
  readonly wasPacked: boolean;
}

/** Parses an answer as leniently as possible. Node's own parser decides whether it was well formed. */
export function parseFrame(raw: Uint8Array): Frame {
  let rest: Buffer = Buffer.from(raw);
  for (;;) {
    const head = splitHead(rest);
    if (head === null) return { status: null, headers: new Map(), ...unpack(rest, []) };
    if (head.status >= 100 && head.status < 200 && head.status !== 101) {
      rest = head.rest;
      continue;
    }
    const { status, headers } = head;
    const transfer = codingsIn(headers, "transfer-encoding");
    const body = transfer.includes("chunked") ? dechunk(head.rest) : head.rest;
    return { status, headers, ...unpack(body, [...codingsIn(headers, "content-encoding"), ...transfer]) };
  }
}

interface Head {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly rest: Buffer;
}

function splitHead(bytes: Buffer): Head | null {
  const end = bytes.indexOf("\r\n\r\n");
  if (end < 0) return null;
  const [statusLine = "", ...lines] = bytes.toString("latin1", 0, end).split("\r\n");
  const status = /^HTTP\/\d\.\d (\d{3})(?: |$)/.exec(statusLine)?.[1];
  if (status === undefined) return null;
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(":");
    if (colon > 0) headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  return { status: Number(status), headers, rest: bytes.subarray(end + 4) };
}

/** Joins the chunks as far as their sizes are valid, and keeps the rest as it is. */
function dechunk(bytes: Buffer): Buffer {
  const parts: Buffer[] = [];
  let at = 0;
  while (at < bytes.length) {
    const lineEnd = bytes.indexOf("\r\n", at);
    const size = /^\s*([0-9a-f]{1,16})\s*(?:;.*)?$/i.exec(bytes.toString("latin1", at, Math.max(at, lineEnd)))?.[1];
    if (size === undefined) {
      parts.push(bytes.subarray(at));
      break;
    }
    const length = Number.parseInt(size, 16);
    if (length === 0) break;
    parts.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + length));
    at = lineEnd + 2 + length + 2;
  }
  return Buffer.concat(parts);
}

function codingsIn(headers: Head["headers"], name: string): readonly string[] {
  const value = headers.get(name) ?? "";
  return value
    .toLowerCase()
    .split(",")
    .map((coding) => coding.trim());
}

/** A body that is larger after decompression cannot contain a secret that fits into GitHub. */
const UNPACKED_MAX_BYTES = 4 * 1024 * 1024;
const LENIENT = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: UNPACKED_MAX_BYTES };
const LENIENT_BROTLI = { finishFlush: constants.BROTLI_OPERATION_FLUSH, maxOutputLength: UNPACKED_MAX_BYTES };

/** By the name of a coding. `identity` and `chunked` need no decompression. */
const UNPACKERS: Readonly<Record<string, (packed: Buffer) => Buffer>> = {
  gzip: (packed) => gunzipSync(packed, LENIENT),
  "x-gzip": (packed) => gunzipSync(packed, LENIENT),
  deflate: (packed) => inflateSync(packed, LENIENT),
  br: (packed) => brotliDecompressSync(packed, LENIENT_BROTLI),
  zstd: unzstd,
};

/** The first bytes of a body that was compressed without a header. */
const SIGNS: readonly (readonly [sign: Buffer, coding: string])[] = [
  [Buffer.from([0x1f, 0x8b]), "gzip"],
  [Buffer.from([0x28, 0xb5, 0x2f, 0xfd]), "zstd"],
];

/** We ask for no compression, but decompress what a server compresses anyway, as far as its bytes reach. */
function unpack(body: Buffer, codings: readonly string[]): Pick<Frame, "body" | "wasPacked"> {
  let unpacked = body;
  for (const coding of codings.toReversed()) unpacked = unpackOnce(unpacked, coding);
  const unsaid = SIGNS.find(([sign]) => unpacked.subarray(0, sign.length).equals(sign))?.[1];
  if (unsaid !== undefined) unpacked = unpackOnce(unpacked, unsaid);
  return { body: unpacked, wasPacked: unpacked !== body };
}

function unpackOnce(packed: Buffer, coding: string): Buffer {
  const unpackers = [UNPACKERS[coding], ...(RAW_AT[coding] ?? []).map((at) => (bytes: Buffer) => rawAt(bytes, at))];
  for (const unpack of unpackers) {
    try {
      const unpacked = unpack?.(packed);
      if (unpacked !== undefined && unpacked.length > 0) return unpacked;
    } catch {
      // The next one may be more lenient.
    }
  }
  return packed;
}

/** Where the compressed data itself begins, for a body with a wrong checksum or trailing bytes. */
const RAW_AT: Readonly<Record<string, readonly number[]>> = { gzip: [10], "x-gzip": [10], deflate: [0, 2] };

function rawAt(packed: Buffer, at: number): Buffer {
  return inflateRawSync(packed.subarray(at), LENIENT);
}

/** Node has it since 22.15; an older one leaves the body as it is. */
function unzstd(packed: Buffer): Buffer {
  const unpacker: unknown = Reflect.get(zlib, "zstdDecompressSync");
  if (typeof unpacker !== "function") return packed;
  const unpacked: unknown = Reflect.apply(unpacker, zlib, [packed, { maxOutputLength: UNPACKED_MAX_BYTES }]);
  return Buffer.isBuffer(unpacked) ? unpacked : packed;
}
