import { randomBytes, randomUUID } from "node:crypto";
import { type Form, scan } from "../../sandbox/leaks";

const SECRET = 'q7!Zr"ü/+?~é\\8f3c 🔑k';
const secrets = { "the secret": SECRET };
const bytes = Buffer.from(SECRET);

function formsIn(text: string | Uint8Array | readonly (string | Uint8Array)[]): Form[] {
  return scan("text", text, secrets).map((leak) => leak.form);
}

function percent(everyByte: boolean, upper: boolean): string {
  const encoded = [...bytes].map((byte) => {
    const character = String.fromCharCode(byte);
    if (!everyByte && /[A-Za-z0-9]/.test(character)) return character;
    const hex = byte.toString(16).padStart(2, "0");
    return `%${upper ? hex.toUpperCase() : hex}`;
  });
  return encoded.join("");
}

function unicodeEscaped(text: string): string {
  return Array.from({ length: text.length }, (_, index) => {
    return `\\u${text.charCodeAt(index).toString(16).padStart(4, "0")}`;
  }).join("");
}

describe("the leak scanner finds a secret", () => {
  const written: readonly (readonly [name: string, form: Form, text: string | Uint8Array])[] = [
    ["in plain", "plain", `before ${SECRET} after`],
    ["between megabytes of zeros", "plain", Buffer.concat([Buffer.alloc(2e6), bytes, Buffer.alloc(2e6)])],
    ["in hex, lower case", "hex", `x${bytes.toString("hex")}x`],
    ["in hex, upper case", "hex", bytes.toString("hex").toUpperCase()],
    ["in hex, spaced as Node prints a Buffer", "hex", [...bytes].map((b) => b.toString(16).padStart(2, "0")).join(" ")],
    ["as a list of bytes", "decimal", JSON.stringify(bytes)],
    ["percent-encoded where needed", "percent", encodeURIComponent(SECRET)],
    ["percent-encoded where needed, lower case", "percent", percent(false, false)],
    ["percent-encoded in full, upper case", "percent", percent(true, true)],
    ["percent-encoded in full, lower case", "percent", percent(true, false)],
    ["as a form field", "percent", new URLSearchParams({ userSecret: SECRET }).toString()],
    ["in JSON", "json", JSON.stringify({ userSecret: SECRET })],
    ["in JSON within JSON", "json", JSON.stringify(JSON.stringify({ userSecret: SECRET }))],
    ["in JSON with \\u escapes throughout", "json", unicodeEscaped(SECRET)],
    ["in UTF-16, little endian", "utf-16", Buffer.from(`x${SECRET}y`, "utf16le")],
    ["in UTF-16, big endian", "utf-16", Buffer.from(`x${SECRET}y`, "utf16le").swap16()],
  ];

  it.each(written)("%s", (_, form, text) => {
    expect(formsIn(text)).toContain(form);
  });

  it.each([0, 1, 2, 3, 4, 5])("in base64, %i bytes into a longer text", (before) => {
    const longer = Buffer.concat([randomBytes(before), bytes, randomBytes(7)]);
    expect(formsIn(longer.toString("base64"))).toContain("base64");
  });

  it.each([0, 1, 2, 3, 4, 5])("in base64url, %i bytes into a longer text", (before) => {
    const special = "??>>~~??ÿÿ>>";
    const longer = Buffer.concat([randomBytes(before), Buffer.from(special), randomBytes(7)]);
    expect(scan("text", longer.toString("base64url"), { special }).map((leak) => leak.form)).toEqual(["base64url"]);
  });

  it("in base64 that ends with it, padded or not", () => {
    for (const before of [0, 1, 2]) {
      const encoded = Buffer.concat([randomBytes(before), bytes]).toString("base64");
      expect(formsIn(encoded)).toContain("base64");
      expect(formsIn(encoded.replaceAll("=", ""))).toContain("base64");
    }
  });

  it("in base64 that is wrapped into lines", () => {
    const encoded = Buffer.concat([randomBytes(50), bytes]).toString("base64");
    expect(formsIn(encoded.replace(/(.{10})/g, "$1\r\n"))).toContain("base64");
  });

  it("cut in two by the boundary of a chunk, at every byte", () => {
    for (let cut = 1; cut < bytes.length; cut += 1) {
      expect(formsIn(["log ", bytes.subarray(0, cut), bytes.subarray(cut), " end"])).toEqual(["plain"]);
    }
  });

  it("as one of several, and tells them apart", () => {
    const found = scan("text", "a-first b-second", { one: "a-first", two: "b-second", three: "c-third", none: "" });
    expect(found).toEqual([
      { where: "text", secret: "one", form: "plain" },
      { where: "text", secret: "two", form: "plain" },
    ]);
  });

  it("in part, where that is asked for", () => {
    const uuid = "0b1f7c52-93e4-4d7a-8a64-5d0c3e2f9b18";
    const quoted = `Unexpected end of JSON input near "${uuid.slice(4, 20)}"`;
    expect(scan("text", quoted, { uuid })).toEqual([]);
    expect(scan("text", quoted, { uuid }, { partLengthMin: 12 })).toEqual([
      { where: "text", secret: "uuid", form: "part" },
    ]);
  });
});

describe("the leak scanner raises no false alarm", () => {
  it("over other secrets, in every form", () => {
    for (let round = 0; round < 300; round += 1) {
      const other = randomUUID();
      const text = [
        other,
        Buffer.from(other).toString("base64"),
        Buffer.from(other).toString("hex"),
        encodeURIComponent(other),
        JSON.stringify({ other }),
        Buffer.from(other, "utf16le").toString("latin1"),
        randomBytes(500).toString("base64"),
      ].join("\n");
      expect(scan("text", text, { "the secret": randomUUID() }, { partLengthMin: 12 })).toEqual([]);
    }
  });

  it("over nearly the same secret", () => {
    const uuid = randomUUID();
    const altered = uuid.slice(0, -1) + (uuid.endsWith("0") ? "1" : "0");
    const text = `${altered} ${Buffer.from(altered).toString("base64")} ${Buffer.from(altered).toString("hex")}`;
    expect(scan("text", text, { uuid })).toEqual([]);
  });

  it("over an empty text", () => {
    expect(formsIn("")).toEqual([]);
    expect(formsIn([])).toEqual([]);
  });
});
