export type Audience = "users" | "developers" | "comments";

/** A word that a reader should not meet, what is written instead, and a sentence in which it is found. */
export interface Banned {
  readonly pattern: RegExp;
  readonly instead: string;
  readonly sample: string;
  /** Comments, and pages about the code itself, may use the field's own words, such as libsodium's box. */
  readonly onlyFor?: Audience;
}

/** One word for one thing: the right column of the glossary, and words that are read twice. */
export const BANNED: readonly Banned[] = [
  { pattern: /\bsecrets? given\b/i, instead: "current secret, user-secret", sample: "The secret given is valid." },
  { pattern: /\bin force\b/i, instead: "valid, current", sample: "It is the secret in force." },
  { pattern: /\bfresh secret/i, instead: "new secret", sample: "A fresh secret is saved." },
  { pattern: /\btrial write|\bwrite proof/i, instead: "write check", sample: "The trial write succeeded." },
  { pattern: /\bescrow/i, instead: "recovery journal, age-encrypted secret", sample: "The escrow is printed." },
  { pattern: /\bways? back\b/i, instead: "recovery command, recovery step", sample: "There is a way back." },
  { pattern: /\bage texts?\b/i, instead: "age-encrypted secret", sample: "Open the age text." },
  {
    pattern: /\bstand-ins? (?:for .{1,30})?hold/i,
    instead: "read from the local fakes",
    sample: "What the stand-ins hold.",
  },
  { pattern: /\bstand-ins?\b/i, instead: "local fake", sample: "It runs against stand-ins." },
  {
    pattern: /\b(?:box|boxes)\b/i,
    instead: "sealed secret, recovery command",
    sample: "Send the box again.",
    onlyFor: "users",
  },
  { pattern: /\bscopes?\b/i, instead: "destination", sample: "The scope is full.", onlyFor: "users" },
  {
    pattern: /\b(?:this|that|the|another|its|which) places?\b/i,
    instead: "destination",
    sample: "It is saved in another place.",
    onlyFor: "users",
  },
  {
    pattern: /(?<!the |and |[-`/.])\b(?:main|post) (?:was|is|says?|goes|finishes|could|cannot|ran|may|still|says)\b/,
    instead: "the main step, the post step",
    sample: "Then post finishes.",
  },
  { pattern: /\bright would be\b/i, instead: "expected", sample: "Right would be: true." },
  { pattern: /\btaken for\b/i, instead: "looks like", sample: "It is taken for a typing error." },
  { pattern: /\b(?:reached|told) nobody\b/i, instead: "was not received", sample: "The new secret reached nobody." },
  { pattern: /\banew\b/i, instead: "again", sample: "It is read anew." },
  { pattern: /\bby hand\b/i, instead: "manually", sample: "Start it by hand." },
  { pattern: /\bmostly\b/i, instead: "usually", sample: "It is mostly the token." },
  { pattern: /\bmend(?:s|ed|ing)?\b/i, instead: "fix", sample: "Mend the token." },
  { pattern: /\b(?:whoever|whomever|somebody)\b/i, instead: "anyone, someone", sample: "Somebody has rotated." },
  {
    pattern: /\b(?:nobody|anybody|everybody)\b/i,
    instead: "no one, anyone, everyone, or what does it",
    sample: "Nobody waits for it.",
    onlyFor: "comments",
  },
  { pattern: /\bbeside\b/i, instead: "next to", sample: "It is written beside the secret." },
  {
    pattern: /\b(?:take|takes|taken|took) (?:\w+ ){0,3}away\b/i,
    instead: "delete, remove",
    sample: "Take the line away.",
  },
  { pattern: /\brunners? of (?:your|its) own\b/i, instead: "self-hosted runner", sample: "On a runner of your own." },
  {
    pattern: /\breplac(?:e|es|ed|ing) [^.,;]{1,40} by\b/i,
    instead: "replace with",
    sample: "Replace OWNER by your name.",
  },
  { pattern: /\b(?:client|user) ids?\b/, instead: "client ID, user ID", sample: "The client id is wrong." },
  {
    pattern: /\b(?:tell|tells|telling|told)\b/i,
    instead: "report, print, show",
    sample: "It tells the result.",
  },
  {
    pattern: /\b(?:say|says|saying|said)\b/i,
    instead: "report, print, show",
    sample: "The summary says so.",
    onlyFor: "users",
  },
  {
    pattern: /\b(?:hold|holds|holding|held)\b/i,
    instead: "contain, have",
    sample: "GitHub holds the secret.",
  },
  { pattern: /\brefus(?:e|es|ed|al|als|ing)\b/i, instead: "reject", sample: "SnapTrade refused it." },
  { pattern: /\b(?:handed|hands) (?:it |on|the)\b/i, instead: "passed", sample: "It is handed on." },
  {
    pattern: /\bis to be (?:made|saved|copied)\b/i,
    instead: "must be",
    sample: "The secret is to be made.",
  },
];

/** The text without code, whose names are the code's own, without addresses, and without tables that a program writes. */
export function withoutCode(text: string): string {
  return text
    .replaceAll(/^( *)```[\s\S]*?^\1```/gm, "")
    .replaceAll(/<!-- (prove|bench) -->[\s\S]*?<!-- \/\1 -->/g, "")
    .replaceAll(/`[^`\n]*`/g, "`")
    .replaceAll(/\]\([^)\s]*\)/g, "]");
}

/** What is found, each with the words around it and what to write instead. */
export function bannedIn(text: string, audience: Audience): readonly string[] {
  const prose = withoutCode(text).replaceAll(/\s+/g, " ");
  const rules = BANNED.filter(({ onlyFor }) => onlyFor === undefined || onlyFor === audience);
  return rules.flatMap(({ pattern, instead }) =>
    [...prose.matchAll(new RegExp(pattern.source, `${pattern.flags}g`))].map(({ index }) => {
      const around = prose.slice(Math.max(0, index - 30), index + 40);
      return `…${around}… (write: ${instead})`;
    }),
  );
}
