import type { ResetFacts } from "./faults";

/** A way in which the body of a committed reset can be strange. */
export interface StrangeBody {
  /** What happens in the world, one sentence. */
  readonly says: string;
  readonly body: (facts: ResetFacts) => string | Buffer;
  /** The secret that comes into force, where the strangeness is in the secret itself. */
  readonly secret?: (regular: string) => string;
  /** The reset is answered but does not happen. */
  readonly uncommitted?: true;
  /** It is not as SnapTrade's description has it. */
  readonly strays?: "body";
}

const regular = ({ userId, newSecret }: ResetFacts): string => JSON.stringify({ userId, userSecret: newSecret });
const withSecret = (userSecret: unknown) => (facts: ResetFacts) => JSON.stringify({ userId: facts.userId, userSecret });

/** 50,000 characters: more than the 49,152 bytes that a GitHub secret can hold. */
const OVERSIZED_CHARACTERS = 50_000;

/** Latin-1 turns each character into the one byte of its number: above 0x7f that is no UTF-8. */
const latin1 = (facts: ResetFacts): Buffer => Buffer.from(regular(facts), "latin1");

const escaped = (text: string): string =>
  text.replace(/./gs, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);

export const strangeBodies = {
  "broken-json": {
    says: "the answer's JSON lacks its closing brace",
    body: (facts) => regular(facts).slice(0, -1),
    strays: "body",
  },
  bom: {
    says: "the answer begins with a byte order mark",
    body: (facts) => `\uFEFF${regular(facts)}`,
    strays: "body",
  },
  "trailing-text": {
    says: "text follows the answer's JSON",
    body: (facts) => `${regular(facts)}\n<!-- served by proxy -->`,
    strays: "body",
  },
  html: {
    says: "a 200 brings an HTML page without the new secret",
    body: () => "<!doctype html><html><title>Welcome</title><p>One moment, please.</p></html>",
    strays: "body",
  },
  "html-around-secret": {
    says: "a 200 brings an HTML page around the JSON with the new secret",
    body: (facts) => `<!doctype html><html><body><pre>${regular(facts)}</pre></body></html>`,
    strays: "body",
  },
  empty: {
    says: "the answer's body is empty",
    body: () => "",
    strays: "body",
  },
  "duplicate-keys-last-counts": {
    says: "the answer names two different secrets, and the last one is valid",
    body: ({ userId, newSecret, decoy }) =>
      `{"userId":${JSON.stringify(userId)},"userSecret":"${decoy}","userSecret":${JSON.stringify(newSecret)}}`,
  },
  "duplicate-keys-first-counts": {
    says: "the answer names two different secrets, and the first one is valid",
    body: ({ userId, newSecret, decoy }) =>
      `{"userId":${JSON.stringify(userId)},"userSecret":${JSON.stringify(newSecret)},"userSecret":"${decoy}"}`,
  },
  nested: {
    says: "the answer is wrapped in an object of its own",
    body: (facts) => `{"data":${regular(facts)}}`,
    strays: "body",
  },
  number: {
    says: "the new secret is all digits and the answer gives it as a number, without quotes",
    secret: () => "728105530961442",
    body: ({ userId, newSecret }) => `{"userId":${JSON.stringify(userId)},"userSecret":${newSecret}}`,
    strays: "body",
  },
  "secret-empty": {
    says: "the answer gives an empty secret, while another is valid",
    body: withSecret(""),
  },
  "secret-null": {
    says: "the answer gives null as the secret, while a new one is valid",
    body: withSecret(null),
    strays: "body",
  },
  "secret-missing": {
    says: "the answer lacks the secret, while a new one is valid",
    body: withSecret(undefined),
    strays: "body",
  },
  "secret-unchanged": {
    says: "the answer repeats the old secret, which stays valid",
    uncommitted: true,
    body: ({ userId, oldSecret }) => JSON.stringify({ userId, userSecret: oldSecret }),
  },
  "secret-spaced": {
    says: "the new secret has white space around it, which belongs to it",
    secret: (plain) => `  ${plain}\t `,
    body: regular,
  },
  "secret-with-line-ends": {
    says: "the new secret contains line ends, which belong to it",
    secret: (plain) => `${plain.slice(0, 8)}\r\n${plain.slice(8)}\n`,
    body: regular,
  },
  "secret-non-ascii": {
    says: "the new secret has characters beyond ASCII",
    secret: (plain) => `clé-ß-日本-😀-${plain}`,
    body: regular,
  },
  "secret-escaped": {
    says: "the answer writes every character of the new secret as a \\u escape",
    body: ({ userId, newSecret }) => `{"userId":${JSON.stringify(userId)},"userSecret":"${escaped(newSecret)}"}`,
  },
  "secret-lone-surrogate": {
    says: "the new secret has half a surrogate pair, which no URL can carry",
    secret: (plain) => `${plain}\uD800`,
    body: regular,
  },
  "secret-invalid-utf8": {
    says: "the new secret has characters that arrive as bytes that are no UTF-8",
    secret: (plain) => `${plain}ÿþ`,
    body: latin1,
  },
  "secret-oversized": {
    says: "the new secret is longer than the 48 KB that a GitHub secret can contain",
    secret: (plain) => plain.padEnd(OVERSIZED_CHARACTERS, "0123456789abcdef"),
    body: regular,
  },
  "value-in-object": {
    says: "the answer gives the new secret as the value of an object",
    body: ({ userId, newSecret }) => JSON.stringify({ userId, userSecret: { value: newSecret } }),
    strays: "body",
  },
  "key-snake-case": {
    says: "the answer gives the new secret as user_secret",
    body: ({ userId, newSecret }) => JSON.stringify({ user_id: userId, user_secret: newSecret }),
    strays: "body",
  },
  "bare-string": {
    says: "the answer is the new secret alone, as a JSON string",
    body: ({ newSecret }) => JSON.stringify(newSecret),
    strays: "body",
  },
  "bare-word": {
    says: "the answer is the new secret alone, without quotes",
    body: ({ newSecret }) => newSecret,
    strays: "body",
  },
  array: {
    says: "the answer is a list of one",
    body: (facts) => `[${regular(facts)}]`,
    strays: "body",
  },
  "json-in-string": {
    says: "the answer is a JSON string that contains the JSON",
    body: (facts) => JSON.stringify(regular(facts)),
    strays: "body",
  },
  "previous-too": {
    says: "the answer names the previous secret as well, under a key of its own",
    body: ({ userId, oldSecret, newSecret }) =>
      JSON.stringify({ userId, previousUserSecret: oldSecret, userSecret: newSecret }),
    strays: "body",
  },
  "escaped-key-decoy-first": {
    says: "the answer has a second key, spelt with an escape, that contains a decoy and comes first",
    body: ({ userId, newSecret, decoy }) =>
      `{"userId":${JSON.stringify(userId)},"user\\u0053ecret":"${decoy}","userSecret":${JSON.stringify(newSecret)}}`,
  },
  "escaped-key-decoy-last": {
    says: "the answer has a second key, spelt with an escape, that contains a decoy and comes last",
    body: ({ userId, newSecret, decoy }) =>
      `{"userId":${JSON.stringify(userId)},"userSecret":${JSON.stringify(newSecret)},"user\\u0053ecret":"${decoy}"}`,
  },
  "thirty-strings": {
    says: "the answer has 30 quoted strings under keys of no meaning, and the new secret is the fifth",
    body: ({ newSecret }) =>
      JSON.stringify(Array.from({ length: 30 }, (_, n) => (n === 4 ? newSecret : `meaningless-${n}`))),
    strays: "body",
  },
  "other-user": {
    says: "the answer names another user",
    body: ({ userId, newSecret }) => JSON.stringify({ userId: `${userId}-other`, userSecret: newSecret }),
  },
} satisfies Record<string, StrangeBody>;

export type StrangeBodyName = keyof typeof strangeBodies;
