import { isUtf8 } from "node:buffer";
import type { Frame } from "./frame";
import { parseJson } from "../text/json";

/** The maximum size of a GitHub secret: 48 KB. */
export const SECRET_MAX_BYTES = 48 * 1024;

/** A place in the bytes that may contain a secret. */
export interface Mention {
  readonly text: string;
  readonly flaw: "too-long" | "not-unicode" | null;
  /** As the answer spells it, byte for byte. */
  readonly source: string;
}

/** A key of letters, digits and escapes: `userSecret`, `user_secret`, `user\u0053ecret`. */
const KEY = String.raw`(?<key>(?:\\u[0-9a-f]{4}|[\w-]){6,80})`;
const STRING_VALUE = anywhere(String.raw`"${KEY}"\s*:\s*"(?<value>(?:[^"\\]|\\.)*)"`);
/** Cut off before its closing quote. It may still be complete, which SnapTrade will show. */
const UNFINISHED_VALUE = anywhere(String.raw`"${KEY}"\s*:\s*"(?<value>(?:[^"\\]|\\.){16,})$`);
/** JSON inside a JSON string, or in single quotes. Not documented, but it may contain the secret. */
const LOOSE_VALUE = anywhere(String.raw`(?:\\"|')${KEY}(?:\\"|')\s*:\s*(?:\\"|')(?<value>[^"'\\]+)(?:\\"|')`);
const NUMBER_VALUE = anywhere(String.raw`"${KEY}"\s*:\s*(?<value>-?\d[\d.eE+-]*)`);
/** The value in an object of its own. */
const OBJECT_VALUE = anywhere(String.raw`"${KEY}"\s*:\s*\{\s*"\w+"\s*:\s*"(?<value>(?:[^"\\]|\\.)*)"`);
/** As a form is encoded. */
const FORM_VALUE = anywhere(String.raw`(?:^|[?&\s])${KEY}=(?<value>[\w.~%+-]+)`);
const ELEMENT = anywhere(String.raw`<${KEY}>(?<value>[^<>]+)</`);
const KEY_ALONE = new RegExp(String.raw`(?:\\?"|')${KEY}(?:\\?"|')\s*:`, "gis");

const FINISHED = [STRING_VALUE, NUMBER_VALUE, LOOSE_VALUE, OBJECT_VALUE, FORM_VALUE, ELEMENT];

/** Every value whose key resembles `userSecret`, in bytes that need not be JSON, read as one-byte characters. */
export function namedValues(bytes: Uint8Array, mayBeUnfinished: boolean): readonly Mention[] {
  // A page may contain the answer with its quotes escaped.
  const text = Buffer.from(bytes)
    .toString("latin1")
    .replaceAll(/&quot;|&#34;|&#x22;/gi, '"');
  const patterns = mayBeUnfinished ? [...FINISHED, UNFINISHED_VALUE] : FINISHED;
  return patterns.flatMap((pattern) =>
    [...text.matchAll(pattern)].flatMap(({ groups }) =>
      isNamedAlike(groups?.["key"] ?? "") ? [mention(groups?.["value"] ?? "")] : [],
    ),
  );
}

/** Matches may overlap, because after one missing quote all later ones seem to be on the wrong side. */
function anywhere(pattern: string): RegExp {
  return new RegExp(`(?=${pattern})`, "gis");
}

/** The number of keys in the bytes that resemble `userSecret`, however they are spelled. */
export function countKeys(bytes: Uint8Array): number {
  const text = Buffer.from(bytes).toString("latin1");
  return [...text.matchAll(KEY_ALONE)].filter(({ groups }) => isNamedAlike(groups?.["key"] ?? "")).length;
}

function isNamedAlike(key: string): boolean {
  const name = key.replaceAll(/\\u([0-9a-f]{4})/gi, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
  return /^(?:new)?usersecret$/i.test(name.replaceAll(/[_-]/g, ""));
}

const OTHER_MIN_CHARACTERS = 8;
const OTHER_MAX_CHARACTERS = 256;
/** Quoted strings that are not keys, unquoted values after a colon, and a body of one word. */
const QUOTED = /"((?:[^"\\]|\\.)*)"(\s*:)?/gs;
const BEHIND_COLON = /:\s*([^\s"',:{}[\]<>]+)/g;

/** The other strings of a successful answer, any of which may be the new secret. A page of HTML has none. */
export function otherStrings({ status, headers, body }: Frame): readonly string[] {
  const text = Buffer.from(body).toString("utf8").trim();
  const isSuccess = status !== null && status >= 200 && status < 300;
  const isPage = text.startsWith("<") || /\bhtml\b/i.test(headers.get("content-type") ?? "");
  if (!isSuccess || isPage) return [];
  const quoted = [...text.matchAll(QUOTED)].flatMap(([, source = "", colon]) =>
    colon === undefined ? [unescaped(source)] : [],
  );
  const bare = [...text.matchAll(BEHIND_COLON)].map(([, word = ""]) => word);
  return [...quoted, ...bare, text].filter(
    (one) =>
      one.length >= OTHER_MIN_CHARACTERS &&
      one.length <= OTHER_MAX_CHARACTERS &&
      !/[\s"]/.test(one) &&
      !/^[a-z]{1,15}$/i.test(one),
  );
}

function mention(source: string): Mention {
  const bytes = Buffer.from(source, "latin1");
  if (!isUtf8(bytes)) return { text: source, flaw: "not-unicode", source };
  const text = unescaped(bytes.toString("utf8"));
  return { text, flaw: flawOf(text), source };
}

/** Text that is not a valid JSON string is used unchanged. */
function unescaped(spelled: string): string {
  const value = parseJson(Buffer.from(`"${spelled}"`));
  return typeof value === "string" ? value : spelled;
}

export function flawOf(text: string): Mention["flaw"] {
  if (!text.isWellFormed()) return "not-unicode";
  return Buffer.byteLength(text) > SECRET_MAX_BYTES ? "too-long" : null;
}
