import type { Secrets } from "../../sandbox/leaks";

/** What is another in every run, and what stands in its place; the first that fits a piece of text counts. */
const PLACEHOLDERS: readonly (readonly [pattern: RegExp, instead: string])[] = [
  [/-----BEGIN AGE ENCRYPTED FILE-----[\s\S]*?-----END AGE ENCRYPTED FILE-----/g, "<age-encrypted secret>"],
  [/encrypted_value=[\w+/=]+/g, "encrypted_value=<sealed box>"],
  [/key_id=\d+/g, "key_id=<key id>"],
  [/# check [0-9a-f]{8}/g, "# check <digits>"],
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, "<time>"],
  [/\d{4}-\d\d-\d\d/g, "<date>"],
  [/\b\d+(?:\.\d+)? (?:ms|s|min)\b/g, "<duration>"],
  // A pause that comes to nothing.
  [/\bTrying again now\b/g, "Trying again in <duration>"],
  [/(_CANARY\\?_)[0-9A-F]{16}/g, "$1<hex>"],
  [/\b[0-9a-f]{32}\b/g, "<request id>"],
  [/-[0-9a-f]{16}\.journal/g, "-<hex>.journal"],
  [/\b127\.0\.0\.1:\d+/g, "127.0.0.1:<port>"],
  [/(?:\/[\w.-]+)*\/runner-\w+/g, "<folder>"],
];

/** The text with a placeholder for whatever is another in every run. */
export function withPlaceholders(text: string): string {
  return PLACEHOLDERS.reduce((changed, [pattern, instead]) => changed.replaceAll(pattern, instead), text);
}

/** @throws if one of the secrets stands in the text, which is about to be committed. */
export function refuseSecrets(text: string, secrets: Secrets): void {
  for (const [name, secret] of Object.entries(secrets)) {
    if (text.includes(secret)) throw new Error(`The transcript holds the ${name}.`);
  }
}
