import { createHmac } from "node:crypto";

/** What a signature covers. `body` is the request's body as sent, empty when there is none. */
export interface SignedParts {
  readonly consumerKey: string;
  readonly path: string;
  /** The query exactly as sent, without the question mark. */
  readonly query: string;
  readonly body: string;
}

/** JSON with sorted keys and no white space, written by hand so that even keys that look like numbers stay sorted. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) {
    return `[${value.map(canonicalJson).join(",")}]`;
  }
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`).join(",")}}`;
  }
  return JSON.stringify(value);
}

/**
 * The text that is signed: an absent body and `{}` both count as `null`.
 *
 * @throws SyntaxError when the body is no JSON
 */
export function canonicalForm(parts: Omit<SignedParts, "consumerKey">): string {
  const content: unknown = parts.body === "" ? null : JSON.parse(parts.body);
  const text = canonicalJson(content);
  return `{"content":${text === "{}" ? "null" : text},"path":${JSON.stringify(parts.path)},"query":${JSON.stringify(parts.query)}}`;
}

/** The value of the `Signature` header. */
export function signatureOf(parts: SignedParts): string {
  return createHmac("sha256", encodeURI(parts.consumerKey)).update(canonicalForm(parts)).digest("base64");
}
