import type { SentReply } from "../../src/rotation/model";
import type { Expected } from "../../src/snaptrade/answer";
import { Secret } from "../../src/text/secret";

export const USER = "user-1";
export const GIVEN = "11111111-1111-4111-8111-111111111111";
export const ISSUED = "22222222-2222-4222-8222-222222222222";

export const CLIENT = "CLIENT-1";
export const CONSUMER_KEY = "consumer-key-1";

/** The one who sent the reset, and may print whatever comes back. */
export const EXPECTED: Expected = {
  current: new Secret(GIVEN),
  userId: USER,
  clientId: CLIENT,
  consumerKey: new Secret(CONSUMER_KEY),
  quote: (text) => text,
};

export const SOUND_BODY = JSON.stringify({ userId: USER, userSecret: ISSUED });

/** The bytes of an HTTP answer with a Content-Length that fits, unless other headers are given. */
export function answer(status: number, body: string | Buffer, headers?: string): Buffer {
  const bytes = Buffer.from(body);
  const framing = headers ?? `Content-Length: ${bytes.length}\r\n`;
  return Buffer.concat([
    Buffer.from(`HTTP/1.1 ${status} Any\r\nContent-Type: application/json\r\n${framing}\r\n`),
    bytes,
  ]);
}

export function chunked(...chunks: readonly string[]): string {
  const parts = chunks.map((chunk) => `${Buffer.byteLength(chunk).toString(16)}\r\n${chunk}\r\n`);
  return `${parts.join("")}0\r\n\r\n`;
}

export const CHUNKED = "Transfer-Encoding: chunked\r\n";

export function replyOf(raw: Uint8Array | string, ending: SentReply["ending"] = "complete"): SentReply {
  return { kind: "sent", raw: Buffer.from(raw), ending, sentAt: 0, at: 0 };
}
