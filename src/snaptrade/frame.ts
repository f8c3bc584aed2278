import { brotliDecompressSync, constants, gunzipSync, inflateSync } from "node:zlib";

/** What can be made of the raw bytes of an HTTP answer, however malformed. */
export interface Frame {
  readonly status: number | null;
  readonly headers: ReadonlyMap<string, string>;
  /** The body as far as it can be followed, decompressed if it was compressed. */
  readonly body: Uint8Array;
}

/**
 * Takes an answer apart as leniently as possible. Whether it was well formed is not decided here but by
 * Node's own parser, which saw it arrive.
 */
export function parseFrame(raw: Uint8Array): Frame {
  let rest: Buffer = Buffer.from(raw);
  for (;;) {
    const head = splitHead(rest);
    if (head === null) return { status: null, headers: new Map(), body: rest };
    if (head.status >= 100 && head.status < 200 && head.status !== 101) {
      rest = head.rest;
      continue;
    }
    const chunked = /\bchunked\b/i.test(head.headers.get("transfer-encoding") ?? "");
    const body = chunked ? dechunk(head.rest) : head.rest;
    return { status: head.status, headers: head.headers, body: decompress(body, head.headers.get("content-encoding")) };
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

/** Joins the chunks as far as their sizes make sense; what comes after is kept as it is. */
function dechunk(bytes: Buffer): Buffer {
  const parts: Buffer[] = [];
  let at = 0;
  while (at < bytes.length) {
    const lineEnd = bytes.indexOf("\r\n", at);
    const size = /^\s*([0-9a-f]{1,8})\s*(?:;.*)?$/i.exec(bytes.toString("latin1", at, Math.max(at, lineEnd)))?.[1];
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

/** A body that grows beyond this when it is unpacked holds no secret that anybody could save. */
const UNPACKED_MAX_BYTES = 4 * 1024 * 1024;
const LENIENT = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: UNPACKED_MAX_BYTES };

/** We ask for no compression; a server that compresses all the same is understood as far as its bytes reach. */
function decompress(body: Buffer, encoding: string | undefined): Buffer {
  try {
    switch (encoding?.toLowerCase()) {
      case "gzip":
      case "x-gzip":
        return gunzipSync(body, LENIENT);
      case "deflate":
        return inflateSync(body, LENIENT);
      case "br":
        return brotliDecompressSync(body, {
          finishFlush: constants.BROTLI_OPERATION_FLUSH,
          maxOutputLength: UNPACKED_MAX_BYTES,
        });
      default:
        return body;
    }
  } catch {
    return body;
  }
}
