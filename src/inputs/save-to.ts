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

/** What nobody may see, by the input that it was given for. */
interface Hidden {
  readonly input: string;
  readonly value: Secret;
}

/**
 * Reads `save-to`, whose lines use the words of `gh secret set`. Names are checked here, before any URL is made.
 * @param repository OWNER/REPO of the workflow, the default of every line.
 * @param hidden what may be no part of a name: names are printed, and go into URLs.
 * @throws {Refusal} naming the line and what would be right.
 */
export function parseSaveTo(
  text: string,
  repository: string,
  hidden: readonly Hidden[] = [],
): readonly [Place, ...Place[]] {
  const places: Place[] = [];
  const lines = text.split(/\r\n|\r|\n/);
  lines.forEach((line, index) => refuseHidden([line], hidden, ` in line ${index + 1}`));
  // A secret may have several lines itself.
  refuseHidden([text], hidden, "");
  lines.forEach((line, index) => {
    const at = `line ${index + 1}`;
    const words = splitWords(line, at);
    refuseHidden(words, hidden, ` in ${at}`);
    if (words.length === 0) return;
    const place = placeOf(words, at, repository);
    refuseHidden([place.label, `${pathOf(place.area, place.scope)}/${place.name}`], hidden, ` in ${at}`);
    refuseCollision(place, places, at);
    places.push(place);
  });
  const [primary, ...copies] = places;
  if (primary === undefined) throw refusal("names no destination", "SECRET_NAME on a line of its own");
  return [primary, ...copies];
}

function refusal(problem: string, expected: string): Refusal {
  return Refusal.ofInput("save-to", problem, expected);
}

/** Compared as GitHub compares names: case ignored. Never printed, since in another case no mask would know it. */
function refuseHidden(texts: readonly string[], hidden: readonly Hidden[], where: string): void {
  const stands = ({ value }: Hidden): boolean => {
    const secret = value.reveal().trim().toLowerCase();
    return secret !== "" && texts.some((text) => text.toLowerCase().includes(secret));
  };
  const found = hidden.find(stands);
  if (found === undefined) return;
  throw refusal(
    `contains the value of the input ${found.input}${where}`,
    "the names of secrets and of where they are kept",
  );
}

/** Splits a line as a shell splits words. Nothing is expanded: patterns, variables and operators have to be quoted. */
function splitWords(line: string, at: string): readonly string[] {
  if (/* guard: bare backslash */ hasBareBackslash(line)) {
    throw refusal(
      `has a backslash outside quotes in ${at}`,
      "each destination on a line of its own (in YAML, after `save-to: |`), and quotes around a name with a backslash in it",
    );
  }
  if (hasOpenQuote(line)) throw refusal(`has an open quote in ${at}`, "a closing quote");
  const words: string[] = [];
  for (const entry of parsed(line, at)) {
    if (typeof entry === "string") words.push(entry);
    else if ("comment" in entry) break;
    else throw notLiteral(at);
  }
  return words;
}

function parsed(line: string, at: string): ReturnType<typeof parse> {
  try {
    return parse(escapeHashesInWords(line), (name) => ({ op: `$${name}` }));
  } catch {
    // A `${` that nothing closes, or with something in it that names no variable.
    throw notLiteral(at);
  }
}

function notLiteral(at: string): Refusal {
  return refusal(`has a character in ${at} that a shell would not take literally`, "single quotes around the word");
}

/**
 * A shell would take it away: of `NAME\nCOPY`, which was to be two lines, it would make one name. In a comment it would
 * take the second line along unseen.
 */
function hasBareBackslash(line: string): boolean {
  const quotedOrComment = /'[^']*'|"(?:[^"\\]|\\.)*"|(?<=^|\s)#.*$/g;
  return line.replaceAll(quotedOrComment, (part) => (part.startsWith("#") ? part : "")).includes("\\");
}

/** shell-quote begins a comment at any `#`, a shell only at one that begins a word. */
function escapeHashesInWords(line: string): string {
  const quotedOrHash = /('[^']*'|"(?:[^"\\]|\\.)*")|(?<=\S)#/g;
  return line.replaceAll(quotedOrHash, (_, quoted: string | undefined) => quoted ?? String.raw`\#`);
}

/** shell-quote takes an unclosed quote for a character; a shell, and gh's users, do not. */
function hasOpenQuote(line: string): boolean {
  const rest = line.replaceAll(/'[^']*'|"(?:[^"\\]|\\.)*"/g, "x").replace(/(^|\s)#.*$/, "");
  return /['"]/.test(rest);
}

function placeOf(words: readonly string[], at: string, repository: string): Place {
  const { values, positionals } = parseFlags(words, at);
  const [name, ...more] = positionals;
  if (name === undefined) throw refusal(`has no secret name in ${at}`, "SECRET_NAME before the flags");
  if (more.length > 0) throw refusal(`has more than one name in ${at}`, "one secret name on a line");
  checkName(name, at);
  const app = appOf(values.app ?? "actions", at);
  const scope = scopeOf(values, at, repository);
  const area = areaOf(app, scope.kind);
  if (area === undefined) {
    const kinds = AREAS.filter((one) => one.app === app).map((one) => one.scope);
    throw refusal(
      `asks in ${at} for ${app} secrets of an ${scope.kind}, which GitHub does not have`,
      `${app} secrets of: ${kinds.join(", ")}`,
    );
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

/** The word behind a flag is its value even if it begins with a hyphen, as an old owner's name may: `--org -ACE-`. */
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

function parseFlags(words: readonly string[], at: string): { values: Flags; positionals: readonly string[] } {
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
    throw refusal(`has a flag in ${at} that it does not know or cannot read`, FLAGS);
  }
}

/** GitHub's rule for the names of secrets. */
function checkName(name: string, at: string): void {
  if (/* guard: name rule */ !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) || /^GITHUB_/i.test(name)) {
    throw refusal(
      `has a bad secret name in ${at}: ${printable(name)}`,
      "letters, digits and _, not starting with a digit or GITHUB_",
    );
  }
  if (looksLikeCanary(name)) {
    throw refusal(
      `names in ${at} what a write check is called (${name}), which is deleted sooner or later`,
      "a name that does not end in _CANARY_ and 16 hexadecimal digits",
    );
  }
}

function appOf(text: string, at: string): App {
  const app = APPS.find((one) => one === text);
  if (app === undefined) throw refusal(`has an unknown --app in ${at}: ${printable(text)}`, APPS.join(", "));
  return app;
}

function scopeOf({ env, repo, org }: Flags, at: string, repository: string): Scope {
  if (org !== undefined) {
    if (env !== undefined || repo !== undefined) {
      throw refusal(
        `has --org together with --env or --repo in ${at}`,
        "--org alone, for the organization's own secret",
      );
    }
    if (!OWNER.test(org))
      throw refusal(`has a bad organization in ${at}: ${printable(org)}`, "letters, digits and hyphens");
    return { kind: "organization", organization: org };
  }
  const names = parseRepository(repo ?? repository);
  if (names === null) throw refusal(`has a bad --repo in ${at}: ${printable(repo ?? repository)}`, "OWNER/REPO");
  if (env === undefined) return { kind: "repository", ...names };
  checkEnvironment(env, at);
  return { kind: "environment", ...names, environment: env };
}

/** Any name that GitHub takes, but none that some server on the way could take for a path upwards. */
function checkEnvironment(name: string, at: string): void {
  const looksLikePath = /%2e|%2f|%5c/i.test(name) || name.split(/[/\\]/).some((part) => part === "." || part === "..");
  if (name === "" || name.length > 255 || /\p{Cc}/u.test(name) || !name.isWellFormed() || looksLikePath) {
    throw refusal(
      `has a bad environment name in ${at}: ${printable(name)}`,
      "1 to 255 characters, and no part that is . or ..",
    );
  }
}

function refuseCollision(place: Place, others: readonly Place[], at: string): void {
  if (others.some((other) => isSamePlace(place, other))) {
    throw refusal(`names the same destination again in ${at}`, "each destination once");
  }
}
