import { parseArgs } from "node:util";
import { parse } from "shell-quote";
import { APPS, areaOf, AREAS, pathOf } from "../github/areas";
import type { App, Scope } from "../github/areas";
import { looksLikeCanary } from "../github/canary";
import { isSamePlace, OWNER, parseRepository, placeAt } from "../github/places";
import type { Place } from "../github/places";
import { Refusal } from "../rotation/refusal";
import { printable } from "../text/printable";
import type { Secret } from "../text/secret";

/** A secret value, by its input. */
interface Hidden {
  readonly input: string;
  readonly value: Secret;
}

/**
 * Parses `save-to`, whose lines use the words of `gh secret set`. Names are checked before any URL is built from them.
 * @param repository OWNER/REPO of the workflow, the default of every line.
 * @param hidden values that no name may contain, because names are printed and go into URLs.
 * @throws {Refusal} with the line and what is expected.
 */
export function parseSaveTo(
  text: string,
  repository: string,
  hidden: readonly Hidden[] = [],
): readonly [Place, ...Place[]] {
  const places: Place[] = [];
  const lines = text.split(/\r\n|\r|\n/);
  lines.forEach((line, index) => refuseHidden([line], hidden, index + 1));
  // A secret may have several lines itself.
  refuseHidden([text], hidden);
  lines.forEach((line, index) => {
    const at = index + 1;
    const words = splitWords(line, at);
    refuseHidden(words, hidden, at);
    if (words.length === 0) return;
    const place = placeOf(words, at, repository);
    refuseHidden([place.label, `${pathOf(place.area, place.scope)}/${place.name}`], hidden, at);
    refuseCollision(place, places, at);
    places.push(place);
  });
  const [primary, ...copies] = places;
  if (primary === undefined) throw refusal("must contain a destination", "SECRET_NAME on a line of its own");
  return [primary, ...copies];
}

function refusal(problem: string, expected: string, line?: number): Refusal {
  return Refusal.ofInput("save-to", problem, expected, line);
}

/** Shows an invisible character by its code. */
function shown(name: string): string {
  const invisible = /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu;
  return `"${printable(name.replaceAll(invisible, (one) => `\\u{${one.codePointAt(0)?.toString(16) ?? ""}}`))}"`;
}

/** Ignores case, as GitHub does with names. The match is never printed, because no mask covers it in another case. */
function refuseHidden(texts: readonly string[], hidden: readonly Hidden[], at?: number): void {
  const stands = ({ value }: Hidden): boolean => {
    const secret = value.reveal().trim().toLowerCase();
    return secret !== "" && texts.some((text) => text.toLowerCase().includes(secret));
  };
  const found = hidden.find(stands);
  if (found === undefined) return;
  throw refusal(
    `must not contain the value of ${found.input}`,
    "names of secrets, environments, repositories and organizations",
    at,
  );
}

/** Splits a line as a shell does, but expands nothing: patterns, variables and operators must be quoted. */
function splitWords(line: string, at: number): readonly string[] {
  if (/* guard: bare backslash */ hasBareBackslash(line)) {
    throw refusal("backslash outside quotes", "each destination on a line of its own, in YAML after save-to: |", at);
  }
  if (hasOpenQuote(line)) throw refusal("missing closing quote", "quotes in pairs", at);
  const words: string[] = [];
  for (const entry of parsed(line, at)) {
    if (typeof entry === "string") words.push(entry);
    else if ("comment" in entry) break;
    else throw notLiteral(at);
  }
  return words;
}

function parsed(line: string, at: number): ReturnType<typeof parse> {
  try {
    return parse(escapeHashesInWords(line), (name) => ({ op: `$${name}` }));
  } catch {
    // An unclosed `${`, or one that does not contain a variable's name.
    throw notLiteral(at);
  }
}

function notLiteral(at: number): Refusal {
  return refusal("contains a character with a meaning in a shell", "single quotes around the word", at);
}

/** A shell would remove it and so join two lines: `NAME\nCOPY` would become one name. */
function hasBareBackslash(line: string): boolean {
  const quotedOrComment = /'[^']*'|"(?:[^"\\]|\\.)*"|(?<=^|\s)#.*$/g;
  return line.replaceAll(quotedOrComment, (part) => (part.startsWith("#") ? part : "")).includes("\\");
}

/** shell-quote begins a comment at any `#`, a shell only at the start of a word. */
function escapeHashesInWords(line: string): string {
  const quotedOrHash = /('[^']*'|"(?:[^"\\]|\\.)*")|(?<=\S)#/g;
  return line.replaceAll(quotedOrHash, (_, quoted: string | undefined) => quoted ?? String.raw`\#`);
}

/** shell-quote accepts an unclosed quote as a character; a shell, and so gh's users, do not. */
function hasOpenQuote(line: string): boolean {
  const rest = line.replaceAll(/'[^']*'|"(?:[^"\\]|\\.)*"/g, "x").replace(/(^|\s)#.*$/, "");
  return /['"]/.test(rest);
}

function placeOf(words: readonly string[], at: number, repository: string): Place {
  const { values, positionals } = parseFlags(words, at);
  const [name, ...more] = positionals;
  if (name === undefined) throw refusal("missing secret name", "SECRET_NAME before the flags", at);
  if (more.length > 0) throw refusal("more than one name", "one secret name on a line", at);
  checkName(name, at);
  const app = appOf(values.app ?? "actions", at);
  const scope = scopeOf(values, at, repository);
  const area = areaOf(app, scope.kind);
  if (area === undefined) {
    const kinds = AREAS.filter((one) => one.app === app).map((one) => one.scope);
    throw refusal(`GitHub has no ${app} secrets of an ${scope.kind}`, `${app} secrets of: ${kinds.join(", ")}`, at);
  }
  return placeAt(area, scope, name.toUpperCase());
}

interface Flags {
  readonly env?: string | undefined;
  readonly repo?: string | undefined;
  readonly org?: string | undefined;
  readonly app?: string | undefined;
}

const FLAGS =
  "--env ENVIRONMENT, --repo OWNER/REPO, --org ORGANIZATION or --app APP, each at most once and with a value";

const FLAG = /^(?:--(?:env|repo|org|app)|-[eRoa])$/;

/** The word after a flag is its value even if it begins with a hyphen, as some old owner names do: `--org -ACE-`. */
function joinValues(words: readonly string[]): string[] {
  const joined: string[] = [];
  for (const word of words) {
    const flag = joined.at(-1) ?? "";
    const isValue = FLAG.test(flag) && /^-[^-]/.test(word) && !FLAG.test(word);
    if (isValue) joined.splice(-1, 1, flag.startsWith("--") ? `${flag}=${word}` : flag + word);
    else joined.push(word);
  }
  return joined;
}

function parseFlags(words: readonly string[], at: number): { values: Flags; positionals: readonly string[] } {
  const option = (short: string) => ({ type: "string", short, multiple: true }) as const;
  try {
    const { values, positionals } = parseArgs({
      args: joinValues(words),
      allowPositionals: true,
      options: { env: option("e"), repo: option("R"), org: option("o"), app: option("a") },
    });
    const once = (given: readonly string[] | undefined): string | undefined => {
      if (given !== undefined && given.length > 1) throw new TypeError("a flag twice");
      return given?.[0];
    };
    return {
      values: { env: once(values.env), repo: once(values.repo), org: once(values.org), app: once(values.app) },
      positionals,
    };
  } catch {
    throw refusal("unknown flag or missing value", FLAGS, at);
  }
}

/** GitHub's rule for the names of secrets. */
function checkName(name: string, at: number): void {
  if (/* guard: name rule */ !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) || /^GITHUB_/i.test(name)) {
    throw refusal(
      `invalid secret name ${shown(name)}`,
      "letters, digits and _, not starting with a digit or GITHUB_",
      at,
    );
  }
  if (looksLikeCanary(name)) {
    throw refusal(
      `a write check has such a name (${name}), and is deleted sooner or later`,
      "a name that does not end in _CANARY_ and 16 hexadecimal digits",
      at,
    );
  }
}

function appOf(text: string, at: number): App {
  const app = APPS.find((one) => one === text);
  if (app === undefined) throw refusal(`unknown --app ${shown(text)}`, APPS.join(", "), at);
  return app;
}

function scopeOf({ env, repo, org }: Flags, at: number, repository: string): Scope {
  if (org !== undefined) {
    if (env !== undefined || repo !== undefined) {
      throw refusal("--org together with --env or --repo", "--org alone, for the organization's own secret", at);
    }
    if (!OWNER.test(org)) throw refusal(`invalid organization ${shown(org)}`, "letters, digits and hyphens", at);
    return { kind: "organization", organization: org };
  }
  const names = parseRepository(repo ?? repository);
  if (names === null) throw refusal(`invalid --repo ${shown(repo ?? repository)}`, "OWNER/REPO", at);
  if (env === undefined) return { kind: "repository", ...names };
  checkEnvironment(env, at);
  return { kind: "environment", ...names, environment: env };
}

/** Accepts any name that GitHub accepts, except those that a server on the way could resolve as a parent path. */
function checkEnvironment(name: string, at: number): void {
  const looksLikePath = /%2e|%2f|%5c/i.test(name) || name.split(/[/\\]/).some((part) => part === "." || part === "..");
  if (name === "" || name.length > 255 || /\p{Cc}/u.test(name) || !name.isWellFormed() || looksLikePath) {
    throw refusal(`invalid environment name ${shown(name)}`, "1 to 255 characters, and no part that is . or ..", at);
  }
}

function refuseCollision(place: Place, others: readonly Place[], at: number): void {
  if (others.some((other) => isSamePlace(place, other))) {
    throw refusal("same destination as in another line", "each destination once", at);
  }
}
