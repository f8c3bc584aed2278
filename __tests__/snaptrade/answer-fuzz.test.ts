import { anyText, fc } from "../../harness/draws";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { SHARE } from "../../harness/share";
import type { SentReply } from "../../src/rotation/model";
import { readReply } from "../../src/snaptrade/answer";
import { parseFrame } from "../../src/snaptrade/frame";
import { answer, CHUNKED, EXPECTED, GIVEN, ISSUED, replyOf, SOUND_BODY, USER } from "../support/raw-answer";

// fast-check prints seed and path of whatever fails.
const { current } = EXPECTED;
const endings = fc.constantFrom<SentReply["ending"]>("complete", "cut", "deadline", "overflow");

/** Pieces of which answers are made, so that chance builds what looks like one. */
const piece = fc.oneof(
  fc.constantFrom(
    "HTTP/1.1 200 OK\r\n",
    "HTTP/1.1 100 Continue\r\n\r\n",
    "HTTP/1.1 401 Unauthorized\r\n",
    "Transfer-Encoding: chunked\r\n",
    "Content-Encoding: gzip\r\n",
    "\r\n",
    "\r\n\r\n",
    "5\r\n",
    "ffffffff\r\n",
    '{"userId":"user-1",',
    '"userSecret":',
    '"userSecret":"',
    `"${ISSUED}"`,
    `"${GIVEN}"`,
    "\\",
    '"',
    "}",
    "\\ud800",
    "1e999",
  ),
  anyText({ maxLength: 20 }),
);
const rawAnswer = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  fc.array(piece, { maxLength: 14 }).map((pieces) => Buffer.from(pieces.join(""), "latin1")),
);

describe("whatever comes back", () => {
  test("reads as something, and as granted only where the answer was complete", () => {
    fc.assert(
      fc.property(rawAnswer, endings, (raw, ending) => {
        const reading = readReply(replyOf(raw, ending), EXPECTED);
        expect(ending !== "complete" && /granted|refused/.test(reading.kind)).toBe(false);
        expect(reading).not.toEqual({ kind: "candidates", secrets: [] });
        const secrets = "secrets" in reading ? reading.secrets : "secret" in reading ? [reading.secret] : [];
        expect(secrets.some((secret) => secret.reveal() === "" || secret.equals(current))).toBe(false);
      }),
      { numRuns: 3_000 },
    );
  });

  test("any JSON as the body is granted only if it says one new secret for our user", () => {
    const body = fc.oneof(
      fc.json(),
      fc
        .record({ userId: fc.constantFrom(USER, "x", 1), userSecret: fc.jsonValue() }, { requiredKeys: [] })
        .map((value) => JSON.stringify(value)),
    );
    fc.assert(
      fc.property(body, fc.constantFrom(200, 201, 400, 401, 500), (text, status) => {
        const reading = readReply(replyOf(answer(status, text)), EXPECTED);
        if (reading.kind !== "granted") return;
        const value: unknown = JSON.parse(text);
        expect(value).toMatchObject({ userId: USER, userSecret: reading.secret.reveal() });
        expect(status).toBe(200);
      }),
      { numRuns: 1_000 },
    );
  });

  test("a sound answer with one byte changed never hides that something may have been issued", () => {
    const sound = answer(200, SOUND_BODY);
    const start = sound.indexOf(`"userSecret":"`);
    const end = sound.indexOf(ISSUED) + ISSUED.length + 1;
    fc.assert(
      fc.property(fc.nat(sound.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const raw = Buffer.from(sound);
        raw[at] = (raw[at] ?? 0) ^ change;
        const { kind } = readReply(replyOf(raw), EXPECTED);
        expect(kind).not.toBe("refused");
        const isOutside = at < start || at >= end;
        expect(isOutside && !["granted", "candidates"].includes(kind)).toBe(false);
      }),
      { numRuns: 1_000 },
    );
  });

  test("a sound answer that has lost one of its quotes hides nothing either", () => {
    const lost = answer(200, SOUND_BODY.replace('",', " ,"));
    expect(readReply(replyOf(lost), EXPECTED).kind).toBe("candidates");
  });

  // With PROOF=full as much as an answer may have. Work that grows with the square has no end at a quarter of it either.
  test("up to two megabytes of it are read, and not in hours", () => {
    const length = SHARE === "quick" ? 5e5 : 2e6;
    const filledWith = (piece: string): string => piece.repeat(length / piece.length);
    const heavy = [
      `{"userSecret":"${filledWith("a")}`,
      `{"userSecret":"${filledWith("\\a")}`,
      filledWith('"userSecret":'),
    ];
    for (const body of [...heavy, `"userSecret"${filledWith(" ")}`, filledWith("1\r\na\r\n")]) {
      expect(readReply(replyOf(answer(200, body, CHUNKED), "cut"), EXPECTED).kind).not.toBe("granted");
    }
  }, 120_000);
});

describe("a frame", () => {
  test("is taken apart whatever it is, without an exception", () => {
    fc.assert(
      fc.property(rawAnswer, (raw) => expect(() => parseFrame(raw)).not.toThrow()),
      { numRuns: 2_000 },
    );
  });

  test("in chunks has the same body however it was cut into them", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 })), (chunks) => {
        const wire = chunks.flatMap((chunk) => [
          Buffer.from(`${chunk.length.toString(16)};x=1\r\n`),
          chunk,
          Buffer.from("\r\n"),
        ]);
        const raw = answer(200, Buffer.concat([...wire, Buffer.from("0\r\n\r\n")]), CHUNKED);
        expect(Buffer.from(parseFrame(raw).body).equals(Buffer.concat(chunks))).toBe(true);
      }),
    );
  });

  test.each<[string, Buffer]>([
    ["gzip", gzipSync(SOUND_BODY)],
    ["X-GZIP", gzipSync(SOUND_BODY)],
    ["deflate", deflateSync(SOUND_BODY)],
    ["br", brotliCompressSync(SOUND_BODY)],
    ["identity", Buffer.from(SOUND_BODY)],
    ["unheard-of", Buffer.from(SOUND_BODY)],
  ])("compressed as %s is understood", (encoding, body) => {
    const { body: plain } = parseFrame(answer(200, body, `Content-Encoding: ${encoding}\r\n`));
    expect(Buffer.from(plain).toString()).toBe(SOUND_BODY);
  });

  test("has its headers by lower-case name, and lines that are none are passed over", () => {
    const { status, headers } = parseFrame(Buffer.from("HTTP/1.0 299\r\nX-A:  b \r\nnonsense\r\n: c\r\n\r\n"));
    expect([status, ...headers]).toEqual([299, ["x-a", "b"]]);
  });

  test.each([
    ["HTTP/1.1 101 Switching\r\n\r\nrest", 101, "rest"],
    ["HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 200 OK\r\n\r\nrest", 200, "rest"],
    ["HTTP/1.1 100 Continue\r\n\r\nrest", null, "rest"],
    ["HTTP/1.1 20 OK\r\n\r\nrest", null, "HTTP/1.1 20 OK\r\n\r\nrest"],
    ["", null, ""],
  ])("%j has status %p", (raw, status, body) => {
    const frame = parseFrame(Buffer.from(raw));
    expect([frame.status, Buffer.from(frame.body).toString()]).toEqual([status, body]);
  });
});
