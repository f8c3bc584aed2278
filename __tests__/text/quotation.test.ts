import { anyText, fc } from "../../harness/draws";
import { Secret } from "../../src/text/secret";
import { Quotations } from "../../src/text/quotation";

const SECRET = "3f2b9c1e-77aa-4d05-9b6e-aa01c2Xyz/+~";
/** A piece of the secret that is not to be printed, and one that is shorter by a character. */
const PIECE = SECRET.slice(10, 18);
const SHORTER = SECRET.slice(10, 17);

function quotations(...secrets: readonly string[]): Quotations {
  const all = new Quotations();
  for (const secret of secrets) all.keepOut(new Secret(secret));
  return all;
}

const SPELT: Readonly<Record<string, (text: string) => string>> = {
  "as it is": (text) => text,
  "in capitals": (text) => text.toUpperCase(),
  "in small letters": (text) => text.toLowerCase(),
  "percent-encoded": (text) => encodeURIComponent(text),
  "percent-encoded, every character": (text) => hexOf(text).replaceAll(/../g, "%$&"),
  "percent-encoded twice": (text) => encodeURIComponent(hexOf(text).replaceAll(/../g, "%$&")),
  "with JSON's escapes": (text) =>
    codesOf(text)
      .map((code) => `\\u${code.toString(16).padStart(4, "0")}`)
      .join(""),
  "with JSON's escapes in a JSON string": (text) =>
    codesOf(text)
      .map((code) => `\\\\u${code.toString(16).padStart(4, "0")}`)
      .join(""),
  "with \\x escapes": (text) =>
    codesOf(text)
      .map((code) => `\\x${code.toString(16).padStart(2, "0")}`)
      .join(""),
  "with HTML's hexadecimal entities": (text) =>
    codesOf(text)
      .map((code) => `&#x${code.toString(16)};`)
      .join(""),
  "with HTML's decimal entities": (text) =>
    codesOf(text)
      .map((code) => `&#${code};`)
      .join(""),
  "in hex": hexOf,
  "in hex with capitals": (text) => hexOf(text).toUpperCase(),
  "in hex with colons": (text) => hexOf(text).replaceAll(/..(?=.)/g, "$&:"),
  "in base64": (text) => Buffer.from(text).toString("base64"),
  "in base64 for URLs": (text) => Buffer.from(text).toString("base64url"),
  "in base64, one byte later": (text) => Buffer.from(`u${text}v`).toString("base64"),
  "in base64, two bytes later": (text) => Buffer.from(`us${text}v`).toString("base64"),
  "in base64 of a URL": (text) => Buffer.from(`https://a.example/?s=${encodeURIComponent(text)}`).toString("base64"),
  "in base64, percent-encoded": (text) => encodeURIComponent(Buffer.from(text).toString("base64")),
  "in hex of base64": (text) => hexOf(Buffer.from(text).toString("base64")),
  "split by spaces": (text) => Array.from(text).join(" "),
  "split by line ends": (text) => text.replaceAll(/...(?=.)/g, "$&\r\n"),
};

function hexOf(text: string): string {
  return Buffer.from(text).toString("hex");
}

function codesOf(text: string): readonly number[] {
  return Array.from(text, (character) => character.codePointAt(0) ?? 0);
}

describe("a sentence of a service", () => {
  test.each([
    "Invalid clientId provided - CLIENT-1",
    "Request was throttled. Expected available in 7 seconds.",
    "Wrong clientId, userId or userSecret provided",
    "Unable to verify signature sent",
    "Résumé: 100 % größer – naïve “quotes”, 日本語",
    "See https://docs.snaptrade.com/reference#errors?code=1012&x=%20 for more; id 9c1e-88aa",
    `Sent ${SHORTER} only`,
    "0123456789abcdef0123456789abcdef",
  ])("that is harmless is quoted whole: %s", (text) => {
    expect(quotations(SECRET, "consumer-key-value-1").quote(text)).toBe(text);
  });

  test("is one line that no runner takes for a command", () => {
    expect(quotations(SECRET).quote("a\n::error::b\r\n##[group]c\u001b[0m")).toBe("a : :error: :b # #[group]c [0m");
  });

  test.each([
    [600, 600],
    [601, 601],
  ])("of %d characters is quoted as far as a line is long", (length, characters) => {
    const quoted = quotations(SECRET).quote("ab cd, ".repeat(100).slice(0, length).replace(/ $/, "."));
    expect(quoted).toHaveLength(characters);
    expect(quoted?.endsWith("…")).toBe(length > 600);
  });

  test.each(["", "   ", "\u0000\u0001"])("of nothing that can be printed is none: %j", (text) => {
    expect(quotations(SECRET).quote(text)).toBeNull();
  });

  test("that is too long to be one is not quoted", () => {
    const text = "word ".repeat(1_639);
    expect([text.length > 8_192, quotations().quote(text)]).toEqual([true, null]);
  });

  test("that can be read in more ways than there is an end to is not quoted", () => {
    const text = Array.from({ length: 120 }, (_, index) =>
      Buffer.from(`${1_000 + index}`.repeat(4)).toString("base64"),
    );
    expect(quotations(SECRET).quote(text.join(" "))).toBeNull();
  });
});

describe.each(Object.entries(SPELT))("a secret spelt %s", (_, spell) => {
  test("keeps a sentence from being quoted", () => {
    const all = quotations(SECRET);
    expect(all.quote(`Not found: /authorizations?userSecret=${spell(SECRET)}&timestamp=1`)).toBeNull();
  });

  test("keeps a sentence from being quoted by eight of its characters", () => {
    expect(quotations(SECRET).quote(`Not found: ${spell(PIECE)}`)).toBeNull();
  });
});

describe("what is kept out", () => {
  test("is every eight characters of a secret in a row, and not seven", () => {
    const all = quotations(SECRET);
    for (let at = 0; at + 8 <= SECRET.length; at += 1) {
      expect([at, all.quote(`x ${SECRET.slice(at, at + 8)} y`)]).toEqual([at, null]);
      const seven = `(${SECRET.slice(at, at + 7)})`;
      expect([at, all.quote(seven)]).toEqual([at, seven]);
    }
  });

  test("is a short secret as a whole", () => {
    const all = quotations("abc12");
    expect([all.quote("x ABC12 y"), all.quote("x abc1 y")]).toEqual([null, "x abc1 y"]);
  });

  test("is nothing where a secret is empty", () => {
    expect(quotations("").quote("anything")).toBe("anything");
  });

  test("is every one of several secrets", () => {
    const all = quotations(SECRET, "another-one-altogether");
    expect([all.quote(`x ${PIECE}`), all.quote("x another-o"), all.quote("x other")]).toEqual([null, null, "x other"]);
  });

  test("whatever stands around a secret", () => {
    const text = anyText({ maxLength: 60 });
    const spelling = fc.constantFrom(...Object.values(SPELT));
    fc.assert(
      fc.property(text, spelling, text, (before, spell, after) => {
        // A space, since a letter at its end would make another text of what is encoded.
        expect(quotations(SECRET).quote(`${before} ${spell(SECRET)} ${after}`)).toBeNull();
      }),
      { numRuns: 500 },
    );
  });

  test("comes to an end, whatever the text", () => {
    const all = quotations(SECRET, "another-one-altogether");
    const heavy = ["%25".repeat(2_700), "\\\\u005c".repeat(1_100), "&amp;".repeat(1_600), "a b ".repeat(2_000)];
    for (const text of [...heavy, "QUJD".repeat(2_000), "41".repeat(4_000), "4 1 ".repeat(2_000)]) {
      expect(() => all.quote(text)).not.toThrow();
    }
  });
});
