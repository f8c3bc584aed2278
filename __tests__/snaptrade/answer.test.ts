import zlib, { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import type { Reading, SentReply } from "../../src/rotation/model";
import { readReply, weighReply } from "../../src/snaptrade/answer";
import { SECRET_MAX_BYTES } from "../../src/snaptrade/mentions";
import { parseJson } from "../../src/text/json";
import {
  answer,
  chunked,
  CHUNKED,
  CLIENT,
  CONSUMER_KEY,
  EXPECTED,
  GIVEN,
  ISSUED,
  replyOf,
  SOUND_BODY,
  USER,
} from "../support/raw-answer";

function read(raw: Uint8Array | string, ending: SentReply["ending"] = "complete"): Reading {
  return readReply(replyOf(raw, ending), EXPECTED);
}

/** A reading as a value that can be compared, its secrets revealed. */
function shown(reading: Reading): unknown {
  switch (reading.kind) {
    case "granted":
      return ["granted", reading.secret.reveal()];
    case "candidates":
      return ["candidates", ...reading.secrets.map((secret) => secret.reveal())];
    case "unholdable":
      return ["unholdable", reading.why, reading.secret.reveal()];
    case "refused":
      return ["refused", reading.said.status, reading.said.code];
    case "unanswered":
      return ["unanswered", reading.status];
  }
}

function candidatesOf(reading: Reading): readonly string[] {
  return reading.kind === "candidates" ? reading.secrets.map((secret) => secret.reveal()) : [];
}

/** Fifty quoted attributes, none of them a secret. */
const GATEWAY_PAGE = `<!DOCTYPE html><html><body>${Array.from(
  { length: 50 },
  (_, index) => `<a class="navigation-${index}" href="https://gateway.example/${index}">Bad gateway</a>`,
).join("")}</body></html>`;

function bodyWith(secret: string): string {
  return JSON.stringify({ userId: USER, userSecret: secret });
}

describe("a complete 200 for our user with one new secret is taken at its word", () => {
  test.each<[string, Buffer, string?]>([
    ["as documented", answer(200, SOUND_BODY)],
    ["with other fields beside it", answer(200, `{"a":[{}],"userSecret":"${ISSUED}","userId":"${USER}"}`)],
    ["in chunks that split the secret", answer(200, chunked(SOUND_BODY.slice(0, 40), SOUND_BODY.slice(40)), CHUNKED)],
    [
      "after an informational answer",
      Buffer.concat([Buffer.from("HTTP/1.1 103 Hints\r\n\r\n"), answer(200, SOUND_BODY)]),
    ],
    ["with white space around it", answer(200, `\r\n ${SOUND_BODY} \n`)],
    ["with a Content-Length that is too short", answer(200, SOUND_BODY, "Content-Length: 20\r\n")],
    ["with white space in the secret", answer(200, bodyWith(" s \n")), " s \n"],
    ["with letters beyond ASCII", answer(200, bodyWith("sécret-😀")), "sécret-😀"],
    ["spelled with escapes", answer(200, `{"userId":"${USER}","userSecret":"\\u0061\\/\\""}`), 'a/"'],
    [
      "exactly as long as GitHub takes",
      answer(200, bodyWith("x".repeat(SECRET_MAX_BYTES))),
      "x".repeat(SECRET_MAX_BYTES),
    ],
  ])("%s", (_, raw, secret = ISSUED) => {
    expect(shown(read(raw))).toEqual(["granted", secret]);
  });
});

describe("in an answer that is not sound, the secret is only a candidate", () => {
  test.each<[string, Buffer | string, SentReply["ending"]?]>([
    ["cut after its closing quote", answer(200, SOUND_BODY).subarray(0, -1), "cut"],
    ["complete to the last byte, and yet said to be cut", answer(200, SOUND_BODY), "cut"],
    ["over the deadline", answer(200, SOUND_BODY), "deadline"],
    ["endless", answer(200, `${SOUND_BODY.slice(0, -1)},"padding":"aaaa`), "overflow"],
    ["without its last chunk", answer(200, chunked(SOUND_BODY).slice(0, -5), CHUNKED), "cut"],
    ["with a bad chunk size", answer(200, `zz\r\n${SOUND_BODY}\r\n0\r\n\r\n`, CHUNKED), "cut"],
    ["a 500", answer(500, SOUND_BODY)],
    ["a 201", answer(201, SOUND_BODY)],
    ["a 204 with a body", answer(204, SOUND_BODY)],
    ["a 307 with a body", answer(307, SOUND_BODY)],
    ["a 401 with a body", answer(401, SOUND_BODY)],
    ["of another user", answer(200, `{"userId":"other","userSecret":"${ISSUED}"}`)],
    ["of no user", answer(200, `{"userSecret":"${ISSUED}"}`)],
    ["nested", answer(200, `{"userId":"${USER}","data":{"userSecret":"${ISSUED}"}}`)],
    ["in an array", answer(200, `[${SOUND_BODY}]`)],
    ["with a byte order mark", answer(200, `\ufeff${SOUND_BODY}`)],
    ["with text after it", answer(200, `${SOUND_BODY} OK`)],
    ["in a page", answer(200, `<html><script>var x = ${SOUND_BODY};</script>`)],
    ["said twice alike", answer(200, `{"userId":"${USER}","userSecret":"${ISSUED}","userSecret":"${ISSUED}"}`)],
    ["with white space around its colon", answer(200, `{"userSecret" \n:\t "${ISSUED}"`)],
    ["in no HTTP at all", SOUND_BODY],
    ["in a head that never ends", `HTTP/1.1 200 OK\r\nX: ${SOUND_BODY}`],
    ["compressed, which was not asked for", answer(200, gzipSync(SOUND_BODY), "Content-Encoding: gzip\r\n")],
    ["compressed and cut", answer(200, gzipSync(SOUND_BODY).subarray(0, -9), "Content-Encoding: gzip\r\n"), "cut"],
    ["compressed by its own word only", answer(200, SOUND_BODY, "Content-Encoding: gzip\r\n")],
  ])("%s", (_, raw, ending = "complete") => {
    expect(shown(read(raw, ending))).toEqual(["candidates", ISSUED]);
  });

  test("each of several is one, the old one is none", () => {
    const body = `{"userSecret":"a","userSecret":"${GIVEN}","userSecret":"b","userSecret":"a"}`;
    expect(shown(read(answer(200, body)))).toEqual(["candidates", "a", "b"]);
  });

  test("a number is read as it is spelled", () => {
    const body = `{"userId":"${USER}","userSecret":12345678901234567890}`;
    expect(shown(read(answer(200, body)))).toEqual(["candidates", "12345678901234567890"]);
  });

  test("a spelling that is no JSON is taken as it is", () => {
    expect(shown(read(answer(200, '{"userSecret":"a\\qb"')))).toEqual(["candidates", "a\\qb"]);
  });

  test.each([
    ["JSON inside a JSON string", JSON.stringify({ message: JSON.stringify({ userSecret: ISSUED }) })],
    ["single quotes", `{'userSecret': '${ISSUED}'}`],
  ])("one in %s", (_, body) => {
    expect(shown(read(answer(200, body)))).toEqual(["candidates", ISSUED]);
  });

  test("one that GitHub can hold is preferred to one that it cannot", () => {
    const body = `{"userSecret":"${"x".repeat(SECRET_MAX_BYTES + 1)}","userSecret":"${ISSUED}"}`;
    expect(shown(read(answer(200, body)))).toEqual(["candidates", ISSUED]);
  });
});

describe("a success of another shape than the documented one", () => {
  test.each<[string, Buffer | string]>([
    ["the value in an object", answer(200, `{"userId":"${USER}","userSecret":{"value":"${ISSUED}"}}`)],
    ["the value in a list", answer(200, `{"userId":"${USER}","userSecret":["${ISSUED}"]}`)],
    ["snake case", answer(200, `{"user_id":"${USER}","user_secret":"${ISSUED}"}`)],
    ["kebab case, in capitals", answer(200, `{"USER-SECRET":"${ISSUED}"}`)],
    ["as the new one", answer(200, `{"userId":"${USER}","newUserSecret":"${ISSUED}"}`)],
    ["under another name", answer(200, `{"userId":"${USER}","secret":"${ISSUED}"}`)],
    ["a bare JSON string", answer(200, `"${ISSUED}"`)],
    ["a bare word", answer(200, ISSUED)],
    ["a bare word and a line end", answer(200, `${ISSUED}\r\n`)],
    ["no quotes at all", answer(200, `userId: ${USER}\nuserSecret: ${ISSUED}\n`)],
    ["XML", answer(200, `<user><userSecret>${ISSUED}</userSecret></user>`)],
    ["an escaped key", answer(200, `{"user\\u0053ecret":"${ISSUED}"}`)],
    ["a 201 with a list", answer(201, `["${USER}","${ISSUED}"]`)],
    ["packed twice over", answer(200, gzipSync(SOUND_BODY), "Content-Encoding: gzip, identity\r\n")],
    ["packed in two ways", answer(200, brotliCompressSync(gzipSync(SOUND_BODY)), "Content-Encoding: gzip, br\r\n")],
    ["packed by the transfer", answer(200, deflateSync(SOUND_BODY), "Transfer-Encoding: deflate\r\n")],
    ["packed without a word", answer(200, gzipSync(SOUND_BODY))],
    [
      "a chunk size of ten digits",
      answer(200, `${SOUND_BODY.length.toString(16).padStart(10, "0")}\r\n${SOUND_BODY}\r\n0\r\n\r\n`, CHUNKED),
    ],
  ])("%s: the secret is among the candidates", (_, raw) => {
    const reading = read(raw);
    expect(reading.kind === "granted" ? [reading.secret.reveal()] : candidatesOf(reading)).toContain(ISSUED);
  });

  test("a second key, however it is spelt, makes a candidate of either", () => {
    const decoy = "33333333-3333-4333-8333-333333333333";
    const escaped = String.raw`user\u0053ecret`;
    for (const [first, second] of [
      [ISSUED, decoy],
      [decoy, ISSUED],
    ]) {
      const body = `{"userId":"${USER}","userSecret":"${first}","${escaped}":"${second}"}`;
      expect(
        candidatesOf(read(answer(200, body)))
          .slice(0, 2)
          .toSorted(),
      ).toEqual([ISSUED, decoy]);
    }
  });

  test.each(["********", "[REDACTED]", "<hidden>", "abc***xyz", "--------"])(
    "%s in the secret's place is not taken at its word",
    (masked) => {
      expect(candidatesOf(read(answer(200, bodyWith(masked))))).toEqual([masked]);
    },
  );

  test.each([
    ["in an object of its own", `{"userSecret":{"value":"${ISSUED}"}}`],
    ["as a form", `userId=${USER}&userSecret=${ISSUED}`],
    ["in a page, with its quotes escaped", `<pre>{&quot;userSecret&quot;:&quot;${ISSUED}&quot;}</pre>`],
  ])("%s it is found", (_, body) => {
    expect(candidatesOf(read(answer(502, body)))[0]).toBe(ISSUED);
  });

  test("packed without the header of its format, it is found", () => {
    const packed = zlib.deflateRawSync(Buffer.from(`${SOUND_BODY}${" ".repeat(50)}`));
    const headers = `Content-Encoding: deflate\r\nContent-Length: ${packed.length}\r\n`;
    expect(candidatesOf(read(answer(200, packed, headers)))).toContain(ISSUED);
  });

  test("values of a key that is named alike are tried first", () => {
    const body = `{"request":"aaaaaaa1","userSecret":{"a":"bbbbbbb2"},"user_secret":"${ISSUED}"}`;
    expect(candidatesOf(read(answer(200, body)))).toEqual([ISSUED, "bbbbbbb2", "aaaaaaa1"]);
  });

  test("what was sent is never tried", () => {
    const sent = [GIVEN, USER.padEnd(8, "x"), CLIENT, CONSUMER_KEY];
    const expected = { ...EXPECTED, userId: USER.padEnd(8, "x") };
    const body = JSON.stringify([...sent, ISSUED, { userSecret: CONSUMER_KEY, user_secret: CLIENT }]);
    expect(candidatesOf(readReply(replyOf(answer(200, body)), expected))).toEqual([ISSUED]);
  });

  test.each([
    ["shorter than eight characters", "1234567"],
    ["longer than 256", "x".repeat(257)],
    ["with white space", "12345678 9"],
    ["with a quote", '12345678"9'],
  ])("a string %s is not tried", (_, text) => {
    expect(candidatesOf(read(answer(200, JSON.stringify([text, ISSUED]))))).toEqual([ISSUED]);
  });

  test("keys are not tried", () => {
    expect(candidatesOf(read(answer(200, `{"keyOfALongName":"${ISSUED}","another-long-key" : 1}`)))).toEqual([ISSUED]);
  });

  test("twelve are tried at most, each of them once", () => {
    const many = Array.from({ length: 40 }, (_, index) => `candidate-${index % 20}`);
    const found = candidatesOf(read(answer(200, JSON.stringify(many))));
    expect(found).toEqual(many.slice(0, 12));
  });

  test.each<[string, Buffer]>([
    ["of a gateway in trouble", answer(502, GATEWAY_PAGE, "Content-Type: text/html\r\n")],
    ["that says to be a success", answer(200, GATEWAY_PAGE, "Content-Type: text/html\r\n")],
    ["without its type", answer(200, GATEWAY_PAGE)],
    ["that begins like text", answer(200, `OK ${GATEWAY_PAGE}`, "Content-Type: text/html; charset=utf-8\r\n")],
  ])("not one string of a page %s is tried", (_, raw) => {
    expect(shown(read(raw))).toEqual(["unanswered", expect.any(Number)]);
  });

  test.each([302, 400, 401, 403, 404, 409, 429, 500, 502])(
    "nothing is tried of a %d that names no secret",
    (status) => {
      expect(candidatesOf(read(answer(status, JSON.stringify({ detail: "some-word", id: ISSUED }))))).toEqual([]);
    },
  );
});

describe("a body that was packed without a word as zstd", () => {
  const compress: unknown = Reflect.get(zlib, "zstdCompressSync");
  const packed: unknown = typeof compress === "function" ? Reflect.apply(compress, zlib, [SOUND_BODY]) : null;
  const body = Buffer.isBuffer(packed)
    ? packed
    : Buffer.concat([Buffer.from("28b52ffd", "hex"), Buffer.from(SOUND_BODY)]);

  test.each(["", "Content-Encoding: zstd\r\n"])(
    "is understood where Node has it, and else left as it is: %j",
    (headers) => {
      // Without Node's help only what stands in the bytes as they are can be found.
      expect(candidatesOf(read(answer(200, body, headers)))).toContain(ISSUED);
    },
  );

  test.each<[string, unknown]>([
    ["has none", undefined],
    ["gives something else", () => "no bytes"],
    [
      "cannot unpack it",
      () => {
        throw new Error("bad frame");
      },
    ],
  ])("is left as it is where Node %s", (_, unpacker) => {
    const before: unknown = Reflect.get(zlib, "zstdDecompressSync");
    Object.defineProperty(zlib, "zstdDecompressSync", { value: unpacker, configurable: true, writable: true });
    try {
      const bytes = Buffer.concat([Buffer.from("28b52ffd", "hex"), Buffer.from(SOUND_BODY)]);
      expect(candidatesOf(read(answer(200, bytes)))).toContain(ISSUED);
    } finally {
      Object.defineProperty(zlib, "zstdDecompressSync", { value: before, configurable: true, writable: true });
    }
  });
});

describe("what a refusal is about", () => {
  test.each<[number, string, boolean]>([
    [401, '{"detail":"Invalid userID or userSecret provided","code":"1083"}', true],
    [401, '{"detail":"Wrong clientId, userId or userSecret provided","code":"1083"}', true],
    [401, '{"detail":"Invalid clientId provided - CLIENT-1","code":"1083"}', false],
    [401, '{"detail":"Unable to verify signature sent","code":"1076"}', false],
    [403, '{"detail":"Invalid userID or userSecret provided","code":"1083"}', false],
    [429, '{"detail":"Request was throttled"}', false],
  ])("%d %s: the secret: %s", (status, body, isAboutSecret) => {
    expect(read(answer(status, body))).toMatchObject({ kind: "refused", isAboutSecret });
  });
});

describe("cut at every byte", () => {
  const raw = answer(200, SOUND_BODY);
  const begins = raw.indexOf(ISSUED);

  test("what there is of the secret is a candidate once it is long enough to be one, never more than that", () => {
    for (let length = 0; length <= raw.length; length += 1) {
      const arrived = ISSUED.slice(0, Math.max(0, length - begins));
      for (const ending of ["cut", "deadline", "overflow"] as const) {
        const [kind, ...secrets] = [shown(read(raw.subarray(0, length), ending))].flat();
        expect([length, kind, ...secrets].slice(0, 3)).toEqual(
          arrived.length >= 16 ? [length, "candidates", arrived] : [length, "unanswered", secrets[0]],
        );
      }
    }
  });

  test("but while more may arrive, a value without its closing quote is not worth ending the wait", () => {
    expect(weighReply(raw.subarray(0, begins + ISSUED.length), EXPECTED)).toBe("nothing");
  });
});

describe("a refusal is complete JSON of a few statuses, without a secret", () => {
  test.each([400, 401, 403, 404, 429])("%d", (status) => {
    const body = '{"detail":"Invalid userID or userSecret provided","status_code":401,"code":"1083"}';
    expect(shown(read(answer(status, body)))).toEqual(["refused", status, "1083"]);
  });

  test.each<[string, Buffer, SentReply["ending"]?]>([
    ["cut", answer(401, "{}"), "cut"],
    ["of another status", answer(409, "{}")],
    ["of a server in trouble", answer(500, "{}")],
    ["a redirect", answer(302, "{}")],
    ["a page", answer(403, "<html>Forbidden</html>")],
    ["an array", answer(400, "[]")],
    ["empty", answer(404, "")],
    ["with a userSecret, even an empty one", answer(400, '{"userSecret":""}')],
    ["with a userSecret that is no string", answer(400, '{"userSecret":["required"]}')],
    ["with a userSecret in a quoted text", answer(400, '{"detail":"{\\"userSecret\\":\\"x"}')],
  ])("not so: %s", (_, raw, ending = "complete") => {
    expect(shown(read(raw, ending))).toEqual(["unanswered", expect.any(Number)]);
  });
});

describe("nothing is known after", () => {
  test.each<[string, Buffer | string, number | null]>([
    ["nothing at all", "", null],
    ["an answer without a secret", answer(200, `{"userId":"${USER}"}`), 200],
    ["an empty secret", answer(200, bodyWith("")), 200],
    ["a null", answer(200, `{"userId":"${USER}","userSecret":null}`), 200],
    ["the old secret again", answer(200, bodyWith(GIVEN)), 200],
    ["the old secret again, strangely framed", answer(500, bodyWith(GIVEN)), 500],
    ["a 204", answer(204, "", ""), 204],
    ["another protocol", "SSH-2.0-OpenSSH_9.6\r\n", null],
  ])("%s", (_, raw, status) => {
    expect(shown(read(raw))).toEqual(["unanswered", status]);
  });
});

describe("a secret that no GitHub secret can hold", () => {
  const long = "é".repeat(SECRET_MAX_BYTES / 2) + "x";

  test.each<[string, string, SentReply["ending"]]>([
    ["in a sound answer", bodyWith(long), "complete"],
    ["in one that was cut", bodyWith(long), "cut"],
  ])("too long by one byte, %s", (_, body, ending) => {
    expect(shown(read(answer(200, body), ending))).toEqual(["unholdable", "too-long", long]);
  });

  test("a lone surrogate is kept as the answer spells it", () => {
    const body = `{"userId":"${USER}","userSecret":"a\\ud800b"}`;
    for (const ending of ["complete", "cut"] as const) {
      expect(shown(read(answer(200, body), ending))).toEqual(["unholdable", "not-unicode", "a\\ud800b"]);
    }
  });

  test("bytes that are no UTF-8 are kept, one character each", () => {
    const body = Buffer.from(`{"userId":"${USER}","userSecret":"a\xff\xfeb"}`, "latin1");
    expect(shown(read(answer(200, body)))).toEqual(["unholdable", "not-unicode", "a\xff\xfeb"]);
  });
});

describe("while the bytes still arrive", () => {
  test.each<[string, Buffer | string, string]>([
    ["a sound answer is all", answer(200, SOUND_BODY), "all"],
    ["a refusal is all", answer(401, "{}"), "all"],
    ["a candidate is something", answer(500, SOUND_BODY), "something"],
    ["what GitHub cannot hold is something", answer(200, bodyWith("x".repeat(SECRET_MAX_BYTES + 1))), "something"],
    ["half a secret is nothing", answer(200, SOUND_BODY).subarray(0, -5), "nothing"],
  ])("%s", (_, raw, worth) => {
    expect(weighReply(Buffer.from(raw), EXPECTED)).toBe(worth);
  });
});

describe("JSON", () => {
  test("a body that is no JSON is undefined, and no error quotes it", () => {
    expect([parseJson(Buffer.from("{")), parseJson(Buffer.from([0xff])), parseJson(Buffer.from("\ufeff1"))]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});
