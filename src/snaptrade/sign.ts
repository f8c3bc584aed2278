import { createHmac } from "node:crypto";
import type { Secret } from "../text/secret";

/** A request body. SnapTrade signs the parsed value, not its bytes. */
export type Content = Readonly<Record<string, string>> | null;

/**
 * The value of the `Signature` header: base64(HMAC-SHA256(encodeURI(consumer key), canonical)). The canonical form is
 * the JSON of content, path and query with sorted keys and no white space; the official SDK's vectors are in the tests.
 */
export function sign(consumerKey: Secret, path: string, query: string, content: Content): string {
  const key = encodeURI(consumerKey.reveal());
  return createHmac("sha256", key)
    .update(canonical(path, query, content))
    .digest("base64");
}

export function canonical(path: string, query: string, content: Content): string {
  const entries = Object.entries(content ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify({ content: entries.length === 0 ? null : Object.fromEntries(entries), path, query });
}

/** The query as SnapTrade expects it: `clientId` first, `timestamp` (Unix seconds) last. */
export function queryFor(clientId: string, parameters: Readonly<Record<string, string>>, nowMs: number): string {
  const timestamp = String(Math.floor(nowMs / 1000));
  return new URLSearchParams({ clientId, ...parameters, timestamp }).toString();
}
