import { gzipSync } from "node:zlib";

import type { ResetFacts } from "./faults";
import { chunk, headerLines, statusLine } from "./wire";
import type { Ending, Wire } from "./wire";

/** A way in which the HTTP around the answer of a committed reset can be strange. */
export interface StrangeFrame {
  /** What happens in the world, one sentence. */
  readonly says: string;
  readonly frame: (facts: ResetFacts) => Wire;
  /** What follows the last byte; `fin` unless given. */
  readonly ending?: Ending;
}

const body = ({ userId, newSecret }: ResetFacts): Buffer =>
  Buffer.from(JSON.stringify({ userId, userSecret: newSecret }));

const head = (facts: ResetFacts, lines: string, status = 200): string =>
  `${statusLine(status)}Content-Type: application/json\r\n${headerLines(facts.commonHeaders)}${lines}\r\n`;

const framed = (facts: ResetFacts, lines: string, ...parts: readonly Buffer[]): Buffer =>
  Buffer.concat([Buffer.from(head(facts, lines), "latin1"), ...parts]);

const sized = (facts: ResetFacts, more: string): Buffer =>
  framed(facts, `Content-Length: ${body(facts).length}\r\n${more}`, body(facts));

/**
 * The smallest thing that is zstd: one raw block, which packs nothing (RFC 8878: magic number, a header with the size in
 * four bytes, the block's own header).
 */
export function zstdFrame(content: Buffer): Buffer {
  const header = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xa0, 0, 0, 0, 0, 0, 0, 0]);
  header.writeUInt32LE(content.length, 5);
  header.writeUIntLE(content.length * 8 + 1, 9, 3);
  return Buffer.concat([header, content]);
}

const bare = (facts: ResetFacts, packed: Buffer, encoding = ""): Buffer =>
  framed(facts, `${encoding}Content-Length: ${packed.length}\r\n`, packed);

const tenDigitChunk = (bytes: Buffer): Buffer =>
  Buffer.concat([Buffer.from(`${bytes.length.toString(16).padStart(10, "0")}\r\n`), bytes, Buffer.from("\r\n")]);

/** Node's parser gives up at 16 KiB of headers unless told otherwise. */
const HUGE_HEADER_BYTES = 20 * 1024;
const PADDING_BYTES = 16 * 1024;

function* endless(facts: ResetFacts): Generator<Buffer> {
  yield Buffer.from(head(facts, ""));
  yield Buffer.concat([body(facts).subarray(0, -1), Buffer.from(',"padding":"')]);
  const padding = Buffer.alloc(PADDING_BYTES, "a");
  for (;;) {
    yield padding;
  }
}

export const strangeFrames = {
  "missing-last-chunk": {
    says: "the answer is chunked and the connection ends without the last chunk",
    frame: (facts) => framed(facts, "Transfer-Encoding: chunked\r\n", chunk(body(facts))),
  },
  "content-length-too-long": {
    says: "Content-Length promises 100 bytes more than come before the connection ends",
    frame: (facts) => framed(facts, `Content-Length: ${body(facts).length + 100}\r\n`, body(facts)),
  },
  "content-length-too-long-stalled": {
    says: "Content-Length promises 100 bytes more, and they never come",
    frame: (facts) => framed(facts, `Content-Length: ${body(facts).length + 100}\r\n`, body(facts)),
    ending: "stall",
  },
  "content-length-too-short": {
    says: "Content-Length ends in the middle of the new secret, whose rest comes all the same",
    frame: (facts) => framed(facts, `Content-Length: ${body(facts).length - 12}\r\n`, body(facts)),
  },
  "content-length-doubled": {
    says: "two Content-Length headers contradict each other",
    frame: (facts) => sized(facts, `Content-Length: ${body(facts).length + 7}\r\n`),
  },
  "content-length-and-chunked": {
    says: "the answer has both a Content-Length and chunks",
    frame: (facts) =>
      framed(
        facts,
        "Content-Length: 10\r\nTransfer-Encoding: chunked\r\n",
        chunk(body(facts)),
        Buffer.from("0\r\n\r\n"),
      ),
  },
  "bad-chunk-size": {
    says: "a chunk's size is no number",
    frame: (facts) =>
      framed(facts, "Transfer-Encoding: chunked\r\n", Buffer.from("zz\r\n"), body(facts), Buffer.from("\r\n0\r\n\r\n")),
  },
  "secret-across-chunks": {
    says: "the new secret is split over two chunks and two segments, which is sound HTTP",
    frame: (facts) => [
      framed(facts, "Transfer-Encoding: chunked\r\n", chunk(body(facts).subarray(0, -20))),
      Buffer.concat([chunk(body(facts).subarray(-20)), Buffer.from("0\r\n\r\n")]),
    ],
  },
  "secret-across-chunks-cut": {
    says: "the new secret is split over two chunks, and the last chunk is missing",
    frame: (facts) =>
      framed(
        facts,
        "Transfer-Encoding: chunked\r\n",
        chunk(body(facts).subarray(0, -20)),
        chunk(body(facts).subarray(-20)),
      ),
  },
  "huge-headers": {
    says: "the answer has 20 KiB of headers",
    frame: (facts) => sized(facts, `X-Padding: ${"a".repeat(HUGE_HEADER_BYTES)}\r\n`),
  },
  "illegal-header-byte": {
    says: "a header contains a control character",
    frame: (facts) => sized(facts, "X-Served-By: edge\x01node\r\n"),
  },
  "204-with-body": {
    says: "the status is 204 No Content and the new secret comes all the same",
    frame: (facts) =>
      Buffer.concat([Buffer.from(head(facts, `Content-Length: ${body(facts).length}\r\n`, 204)), body(facts)]),
  },
  "no-http": {
    says: "the bare JSON comes, without any HTTP around it",
    frame: body,
  },
  "1xx-first": {
    says: "a 103 Early Hints comes before the answer, which is sound HTTP",
    frame: (facts) => [
      Buffer.from("HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n"),
      sized(facts, ""),
    ],
  },
  "gzip-unasked": {
    says: "the answer is compressed although nobody asked for it",
    frame: (facts) => {
      const packed = gzipSync(body(facts));
      return framed(facts, `Content-Encoding: gzip\r\nContent-Length: ${packed.length}\r\n`, packed);
    },
  },
  "gzip-and-identity": {
    says: "the answer is compressed, and its Content-Encoding names identity as well",
    frame: (facts) => bare(facts, gzipSync(body(facts)), "Content-Encoding: gzip, identity\r\n"),
  },
  "gzip-unnamed": {
    says: "the answer is compressed, and no header names it",
    frame: (facts) => bare(facts, gzipSync(body(facts))),
  },
  "zstd-unnamed": {
    says: "the answer is a zstd frame, and no header names it",
    frame: (facts) => bare(facts, zstdFrame(body(facts))),
  },
  "ten-digit-chunk-size": {
    says: "the chunk's size is written with ten digits, which is sound HTTP",
    frame: (facts) =>
      framed(facts, "Transfer-Encoding: chunked\r\n", tenDigitChunk(body(facts)), Buffer.from("0\r\n\r\n")),
  },
  "ten-digit-chunk-sizes-cut": {
    says: "the new secret is split over two chunks whose sizes have ten digits, and the last chunk is missing",
    frame: (facts) =>
      framed(
        facts,
        "Transfer-Encoding: chunked\r\n",
        tenDigitChunk(body(facts).subarray(0, -20)),
        tenDigitChunk(body(facts).subarray(-20)),
      ),
  },
  "answered-twice": {
    says: "the whole answer comes twice, one after the other",
    frame: (facts) => [sized(facts, ""), sized(facts, "")],
  },
  "http10-without-length": {
    says: "an HTTP/1.0 answer without a length ends with the connection",
    frame: (facts) =>
      Buffer.concat([Buffer.from(head(facts, "Connection: close\r\n").replace("HTTP/1.1", "HTTP/1.0")), body(facts)]),
  },
  "bare-line-feeds": {
    says: "the header lines end in LF instead of CRLF",
    frame: (facts) => {
      const lines = head(facts, `Content-Length: ${body(facts).length}\r\n`);
      return Buffer.concat([Buffer.from(lines.replaceAll("\r\n", "\n")), body(facts)]);
    },
  },
  endless: {
    says: "the answer's body, the new secret near its beginning, never ends",
    frame: endless,
  },
} satisfies Record<string, StrangeFrame>;

export type StrangeFrameName = keyof typeof strangeFrames;
