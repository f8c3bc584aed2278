import { isUtf8 } from "node:buffer";
import type { Frame } from "./frame";
import { parseJson } from "../text/json";

/** The most that a GitHub secret can hold: 48 KB. */
export const SECRET_MAX_BYTES = 48 * 1024;

/** One place in the bytes where a secret may stand. */
export interface Mention {
  readonly text: string;
  readonly flaw: "too-long" | "not-unicode" | null;
  /** As the answer spells it, byte for byte. */
  readonly source: string;
}

/** A key of letters, digits and escapes: `userSecret`, `user_secret`, `user\u0053ecret`. */
const KEY = String.raw`(?<key>(?:\\u[0-9a-f]{4}|[\w-]){6,80})`;
const STRING_VALUE = anywhere(String.raw`"${KEY}"\s*:\s*"(?<value>(?:[^"\\]|\\.)*)"`);
/** Cut off in front of its closing quote. It may be whole all the same; SnapTrade will tell. */
const UNFINISHED_VALUE = anywhere(String.raw`"${KEY}"\s*:\s*"(?<value>(?:[^"\\]|\\.){16,})$`);
/** JSON inside a JSON string, or in single quotes: nobody promises it, but a secret that stands there is one all the same. */
const LOOSE_VALUE = anywhere(String.raw`(?:\\"|')${KEY}(?:\\"|')\s*:\s*(?:\\"|')(?<value>[^"'\\]+)(?:\\"|')`);
const NUMBER_VALUE = anywhere(String.raw`"${KEY}"\s*:\s*(?<value>-?\d[\d.eE+-]*)`);
/** The value in an object of its own. */
const OBJECT_VALUE = anywhere(String.raw`"${KEY}"\s*:\s*\{\s*"\w+"\s*:\s*"(?<value>(?:[^"\\]|\\.)*)"`);
/** As a form is encoded. */
const FORM_VALUE = anywhere(String.raw`(?:^|[?&\s])${KEY}=(?<value>[\w.~%+-]+)`);
const ELEMENT = anywhere(String.raw`<${KEY}>(?<value>[^<>]+)</`);
const KEY_ALONE = new RegExp(String.raw`(?:\\?"|')${KEY}(?:\\?"|')\s*:`, "gis");

const FINISHED = [STRING_VALUE, NUMBER_VALUE, LOOSE_VALUE, OBJECT_VALUE, FORM_VALUE, ELEMENT];

/** Every value of a key that is named like `userSecret`, in bytes that need not be JSON, in one-byte characters so that none is lost. */
export function namedValues(bytes: Uint8Array, mayBeUnfinished: boolean): readonly Mention[] {
  // A page may hold the answer with its quotes escaped.
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

/** Wherever it begins, even within what matched before: where one quote is lost, all that follow have changed sides. */
function anywhere(pattern: string): RegExp {
  return new RegExp(`(?=${pattern})`, "gis");
}

/** How often a key that is named like `userSecret` stands in the bytes, however it is spelt. */
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
/** What is in quotes and is no key; what stands behind a colon without quotes; and the body where it is one word. */
const QUOTED = /"((?:[^"\\]|\\.)*)"(\s*:)?/gs;
const BEHIND_COLON = /:\s*([^\s"',:{}[\]<>]+)/g;

/** The other strings of an answer that said to be a success, any of which may be the new secret. A short word is none, and a page of HTML has none. */
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

/** What is no JSON string is taken as it is. */
function unescaped(spelled: string): string {
  const value = parseJson(Buffer.from(`"${spelled}"`));
  return typeof value === "string" ? value : spelled;
}

export function flawOf(text: string): Mention["flaw"] {
  if (!text.isWellFormed()) return "not-unicode";
  return Buffer.byteLength(text) > SECRET_MAX_BYTES ? "too-long" : null;
}
