import type { Secret } from "./secret";
import { printable } from "./printable";

/** A run of this many characters of a secret is never printed, however it is encoded. */
const PIECE_CHARACTERS = 8;
/** A service's sentence is quoted whole up to this length. */
const QUOTED_MAX_CHARACTERS = 600;
/** A longer text is not a sentence, and is not searched for hidden secrets. */
const TEXT_MAX_CHARACTERS = 8_192;
/** Nested encodings that are undone, such as hex inside a URL that was percent-encoded twice. */
const WRAPPINGS_MAX = 4;
/** A text with more possible readings hides something. */
const READINGS_MAX = 400;

/**
 * Decides what may be quoted of a service's answer. Gateways echo URLs, and a probe's URL contains a secret: a text
 * that contains a piece of one, in any letter case and behind any usual escape, is not quoted at all.
 */
export class Quotations {
  readonly #pieces = new Set<string>();

  /** From now on no text with a piece of this secret is quoted. */
  keepOut(secret: Secret): void {
    const value = secret.reveal().toLowerCase();
    for (const text of [value, bare(value)]) {
      if (text.length < PIECE_CHARACTERS && text === value) this.#pieces.add(text);
      for (let at = 0; at + PIECE_CHARACTERS <= text.length; at += 1) {
        this.#pieces.add(text.slice(at, at + PIECE_CHARACTERS));
      }
    }
    this.#pieces.delete("");
  }

  /** The text, safe to print on one line; null if it must not be printed. */
  quote(text: string): string | null {
    if (text.length > TEXT_MAX_CHARACTERS) return null;
    const all = readings(text);
    // guard: quotation
    if (all === null || [...all].some((one) => this.#hasPiece(one))) return null;
    return printable(text, QUOTED_MAX_CHARACTERS) || null;
  }

  #hasPiece(text: string): boolean {
    const lower = text.toLowerCase();
    return [...this.#pieces].some((piece) => lower.includes(piece));
  }
}

/** The text and everything that it may decode to; null if there are too many readings. */
function readings(text: string): ReadonlySet<string> | null {
  const found = new Set([text]);
  let latest: readonly string[] = [text];
  for (let depth = 0; depth < WRAPPINGS_MAX && latest.length > 0; depth += 1) {
    const next: string[] = [];
    for (const unwrapped of latest.flatMap((one) => UNWRAP.flatMap((unwrap) => unwrap(one)))) {
      if (found.has(unwrapped)) continue;
      found.add(unwrapped);
      next.push(unwrapped);
      if (found.size > READINGS_MAX) return null;
    }
    latest = next;
  }
  return found;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: " " };
const JSON_ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", b: "\b", f: "\f" };

/** Each undoes one kind of encoding wherever it occurs. */
const UNWRAP: readonly ((text: string) => readonly string[])[] = [
  (text) => [text.replaceAll(/(?:%[0-9a-f]{2})+/gi, (run) => decoded(Buffer.from(run.replaceAll("%", ""), "hex")))],
  (text) => [
    text
      .replaceAll(/\\+u\{?([0-9a-f]{4,6})\}?/gi, (_, code: string) => character(Number.parseInt(code, 16)))
      .replaceAll(/\\+x([0-9a-f]{2})/gi, (_, code: string) => character(Number.parseInt(code, 16)))
      .replaceAll(/\\(.)/g, (_, escaped: string) => JSON_ESCAPES[escaped] ?? escaped),
  ],
  (text) => [
    text
      .replaceAll(/&#x([0-9a-f]{1,6});?/gi, (_, code: string) => character(Number.parseInt(code, 16)))
      .replaceAll(/&#(\d{1,7});?/g, (_, code: string) => character(Number(code)))
      .replaceAll(/&([a-z]{2,4});?/gi, (entity, name: string) => ENTITIES[name.toLowerCase()] ?? entity),
  ],
  (text) => [
    text.replaceAll(/%u([0-9a-f]{4})|U\+([0-9a-f]{4})|=([0-9a-f]{2})/gi, (_, ...codes: (string | undefined)[]) =>
      character(Number.parseInt(codes.slice(0, 3).find((code) => code !== undefined) ?? "0", 16)),
    ),
  ],
  // Lines are joined, because a value may be spread over them or contain invisible characters.
  (text) => [text.replaceAll(/\s+/g, ""), bare(text.normalize("NFKC"))],
  (text) => [...text.matchAll(/[0-9a-f]{16,}/gi)].flatMap(([run]) => inHex(run)),
  (text) => [...text.matchAll(/[0-9a-f]{2}(?:[\s:,-]?[0-9a-f]{2}){7,}/gi)].flatMap(([run]) => inHex(run)),
  (text) => [...text.matchAll(/[a-z0-9+/_-]{11,}/gi)].flatMap(([run]) => inBase64(run)),
];

function bare(text: string): string {
  return text.replaceAll(/[^\p{L}\p{N}]+/gu, "");
}

function character(code: number): string {
  return code <= 0x10ffff ? String.fromCodePoint(code) : "";
}

function inHex(run: string): readonly string[] {
  const digits = run.replaceAll(/[^0-9a-f]/gi, "");
  return [0, 1].map((from) => decoded(Buffer.from(digits.slice(from), "hex")));
}

/** A piece may begin at any of the four positions in a group. */
function inBase64(run: string): readonly string[] {
  return [0, 1, 2, 3].map((from) => decoded(Buffer.from(run.slice(from), "base64")));
}

function decoded(bytes: Buffer): string {
  return bytes.toString("utf8");
}
