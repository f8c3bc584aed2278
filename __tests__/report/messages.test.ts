import { readInputs } from "../../src/inputs/inputs";
import { noticeText } from "../../src/report/notice-text";
import { wordsFor } from "../../src/report/words";
import { nothingChanged } from "../../src/rotation/outcome";
import type { Outcome, Reason, ReasonCode } from "../../src/rotation/outcome";
import { Refusal } from "../../src/rotation/refusal";
import { bannedIn } from "../docs/banned-words";
import { NOTICES } from "./notices";
import { REASONS } from "./reasons";

const WORDS_MAX = 25;
const label = "NAME (secret of octo-org/brokerage)";
const unsaved = [
  { label, command: "gh api" },
  { label, command: "gh api" },
  { label, command: "gh api", isOld: true },
] as const;
const MODES = ["rotate", "verify", "finish", "rescue"];

/** Everything that is printed for an outcome. */
function textsOf(outcome: Outcome): readonly string[] {
  return MODES.flatMap((mode) => {
    const { title, happened, world, never, now } = wordsFor(outcome, { mode });
    return [title, happened, world, never, ...now.map(({ text }) => text)];
  });
}

function textsFor(code: ReasonCode): readonly string[] {
  const { results, samples } = REASONS[code];
  const outcomes = results.flatMap((result) =>
    samples.flatMap((reason: Reason) => [
      nothingChanged(result, reason),
      { ...nothingChanged(result, reason), unsaved, escrow: "age" },
    ]),
  );
  return [...new Set(outcomes.flatMap(textsOf))];
}

const GIVEN = {
  GITHUB_EVENT_NAME: "workflow_dispatch",
  GITHUB_REPOSITORY: "octo-org/brokerage",
  "INPUT_CLIENT-ID": "CLIENT",
  "INPUT_CONSUMER-KEY": "a-consumer-key",
  "INPUT_USER-ID": "user-1",
  "INPUT_USER-SECRET": "a-user-secret",
  "INPUT_GITHUB-TOKEN": "a-github-token",
  "INPUT_SAVE-TO": "NAME",
};

/** Something invalid for each input and setting, and for each part of `save-to`. */
const INVALID: readonly Readonly<Record<string, string>>[] = [
  { INPUT_MODE: "rotat" },
  { INPUT_MODE: " check" },
  { INPUT_CREATE: "yes" },
  { "INPUT_CLIENT-ID": "" },
  { "INPUT_USER-SECRET": "short" },
  { "INPUT_CONSUMER-KEY": "short" },
  { "INPUT_MIN-AGE": "a week" },
  { "INPUT_RESET-TIMEOUT": "0s" },
  { "INPUT_SETTLE-TIME": "1s" },
  { "INPUT_GITHUB-TOKEN": "two tokens" },
  { "INPUT_EXPORT-ENV": "PATH" },
  { "INPUT_RECOVERY-RECIPIENT": "age1" },
  { "INPUT_SNAPTRADE-API-URL": "http://example.com" },
  { "INPUT_SNAPTRADE-API-URL": "https://u:p@example.com" },
  { "INPUT_SNAPTRADE-API-URL": "https://example.com/v1" },
  { INPUT_MODE: "copy" },
  { INPUT_MODE: "finish" },
  { INPUT_MODE: "finish", "INPUT_RECOVERY-COMMAND": "gh api ***" },
  { INPUT_MODE: "finish", "INPUT_RECOVERY-COMMAND": "gh api" },
  { INPUT_MODE: "rescue", GITHUB_EVENT_NAME: "schedule" },
  { GITHUB_EVENT_NAME: "pull_request_target" },
  { NODE_TLS_REJECT_UNAUTHORIZED: "0" },
  { NODE_DEBUG: "http" },
  { NODE_OPTIONS: "--require ./x.js" },
  { NODE_OPTIONS: "--title='x'" },
  { GITHUB_REPOSITORY: "none" },
  { GITHUB_API_URL: "https://api.github.com?x" },
  ...[
    "#",
    "NAME\\nCOPY",
    "'NAME",
    "NAME > file",
    "--env production",
    "NAME OTHER",
    "NAME --visibility all",
    "1NAME",
    "NAME_CANARY_0123456789ABCDEF",
    "NAME --app vault",
    "NAME --app codespaces --env production",
    "NAME --org acme --env production",
    "NAME --org 'a b'",
    "NAME --repo acme",
    "NAME --env ..",
    "NAME\nname",
    "a-user-secret",
  ].map((saveTo) => ({ "INPUT_SAVE-TO": saveTo })),
];

function refusalOf(invalid: Readonly<Record<string, string>>): readonly string[] {
  try {
    readInputs({ ...GIVEN, ...invalid });
  } catch (error) {
    if (error instanceof Refusal) return textsOf(nothingChanged("unchanged", error.reason));
    throw error;
  }
  throw new Error("this is not refused");
}

/** What is quoted, a label and the name of a file count as one word each. */
function sentencesOf(text: string): readonly string[] {
  const plain = text
    .replaceAll(/"[^"]*"/g, "QUOTED")
    .replaceAll(/ \([^)]*\)/g, "")
    .replaceAll(/^gh api.*$/gm, "COMMAND");
  return plain.split(/(?<=[.?!])\s|\n/);
}

function tooLongIn(texts: readonly string[]): readonly string[] {
  return texts.flatMap(sentencesOf).filter((sentence) => sentence.split(/\s+/).length > WORDS_MAX);
}

/** A service's own words are not ours; the samples have them in quotes, or name the cause in place of them. */
function bannedOf(texts: readonly string[]): readonly string[] {
  return texts.flatMap((text) => bannedIn(text.replaceAll(/"[^"]*"|GitHub's [a-z]+-refused/g, "QUOTED"), "users"));
}

function isReasonCode(code: string): code is ReasonCode {
  return code in REASONS;
}

const MESSAGES: readonly (readonly [string, readonly string[]])[] = [
  ...Object.keys(REASONS)
    .filter(isReasonCode)
    .map((code) => [code, textsFor(code)] as const),
  ...Object.entries(NOTICES).map(([code, notice]) => [code, [noticeText(notice)]] as const),
  ...INVALID.map((invalid) => [JSON.stringify(invalid), refusalOf(invalid)] as const),
];

describe("a message", () => {
  test.each(MESSAGES)("has no word that the glossary replaces: %s", (_, texts) => {
    expect(bannedOf(texts)).toEqual([]);
  });

  test.each(MESSAGES)("has sentences of at most 25 words: %s", (_, texts) => {
    expect(tooLongIn(texts)).toEqual([]);
  });
});

test.each(INVALID)("begins with what is invalid, and ends with what is expected: %j", (invalid) => {
  const [title = "", happened = ""] = refusalOf(invalid);
  expect(title).toMatch(/^Invalid (?:input '[a-z-]+'|setting [A-Z_]+)$/);
  expect(happened.startsWith(title)).toBe(true);
  expect(happened).toMatch(/: .+\. Expected .+\.$/);
});

test("names the line of save-to", () => {
  const [, happened] = refusalOf({ "INPUT_SAVE-TO": "NAME\nOTHER --visibility all" });
  expect(happened).toMatch(/^Invalid input 'save-to', line 2: unknown flag or missing value\. Expected --env/);
});

test("shows an invisible character", () => {
  const [, happened] = refusalOf({ "INPUT_SAVE-TO": "NAME\u200b" });
  expect(happened).toContain(String.raw`invalid secret name "NAME\u{200b}"`);
});
