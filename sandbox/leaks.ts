import { parsePairs } from "./runner/files";
import type { Phase, StepRun } from "./runner";

/** How a secret was written where it was found. */
export type Form = "plain" | "part" | "base64" | "base64url" | "hex" | "decimal" | "percent" | "json" | "utf-16";

export interface Leak {
  /** Which text or file. */
  readonly where: string;
  /** The name under which the secret was given; never its value. */
  readonly secret: string;
  readonly form: Form;
}

/** Secrets by a name that may be shown. Empty values are nothing to look for. */
export type Secrets = Readonly<Record<string, string>>;

export interface ScanOptions {
  /** Also report any run of at least this many bytes of a secret, as parsers quote in their errors. */
  readonly partLengthMin?: number;
}

/** A run with fewer different bytes than this says nothing about a secret. */
const PART_DIFFERENT_BYTES_MIN = 5;

/** All searching is done on strings of bytes, one character a byte, so that no file is too binary for it. */
type Bytes = string;

function bytesOf(text: string | Uint8Array): Bytes {
  return Buffer.from(text).toString("latin1");
}

/**
 * What base64 writes for a secret wherever it stands in a longer text: the three alignments, each without the
 * characters that its neighbours would change.
 */
function base64Cores(secret: Bytes): string[] {
  return [0, 1, 2].map((before) => {
    const padded = Buffer.from("\0".repeat(before) + secret, "latin1");
    const encoded = padded.toString("base64");
    return encoded.slice(Math.ceil((before * 8) / 6), Math.floor((padded.length * 8) / 6));
  });
}

function urlAlphabet(base64: string): string {
  return base64.replaceAll("+", "-").replaceAll("/", "_");
}

/** Read twice: in a path a plus sign is one, in a form it stands for a space. */
function percentDecoded(text: Bytes): Bytes {
  const decode = (encoded: Bytes): Bytes =>
    encoded.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return `${decode(text)}\n${decode(text.replaceAll("+", " "))}`;
}

const SHORT_ESCAPES: Readonly<Record<string, string>> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v" };

/** Undoes `\n`, `\"`, `\xNN` and runs of `\uNNNN`, whose surrogate pairs make one character. */
function unescapedOnce(text: Bytes): Bytes {
  return text.replace(/(?:\\u[0-9a-f]{4})+|\\x[0-9a-f]{2}|\\[^]/gi, (escape) => {
    if (/^\\u/i.test(escape) && escape.length >= 6) {
      const units = escape.match(/[0-9a-f]{4}/gi) ?? [];
      return bytesOf(String.fromCharCode(...units.map((unit) => Number.parseInt(unit, 16))));
    }
    if (/^\\x/i.test(escape) && escape.length === 4)
      return bytesOf(String.fromCharCode(Number.parseInt(escape.slice(2), 16)));
    const character = escape.slice(1);
    return SHORT_ESCAPES[character] ?? character;
  });
}

/** A JSON text inside a JSON text is escaped twice, so every level is looked at. */
function unescapedLevels(text: Bytes): Bytes[] {
  const levels: Bytes[] = [];
  for (let level = text; levels.length < 3;) {
    const next = unescapedOnce(level);
    if (next === level) break;
    levels.push(next);
    level = next;
  }
  return levels;
}

/** One text in all the shapes in which a secret is looked for; made once, whatever the number of secrets. */
interface Views {
  readonly raw: Bytes;
  /** Encodings are often wrapped into lines, or spaced as Node prints a Buffer. */
  readonly dense: Bytes;
  readonly denseLower: Bytes;
  readonly percent: Bytes;
  readonly json: readonly Bytes[];
}

/** A recovery journal is megabytes of them. No secret has so many in a row, however it is written. */
const ZEROS = "\0".repeat(4_096);
const FEWER_ZEROS = "\0".repeat(64);

function viewsOf(text: string | Uint8Array): Views {
  const raw = bytesOf(text).replaceAll(ZEROS, FEWER_ZEROS);
  const dense = raw.replace(/\s+/g, "");
  return { raw, dense, denseLower: dense.toLowerCase(), percent: percentDecoded(raw), json: unescapedLevels(raw) };
}

function hasPart(views: Views, secret: Bytes, lengthMin: number): boolean {
  for (let start = 0; start + lengthMin <= secret.length; start += 1) {
    const part = secret.slice(start, start + lengthMin);
    if (new Set(part).size >= PART_DIFFERENT_BYTES_MIN && views.raw.includes(part)) return true;
  }
  return false;
}

/** As Node's JSON of a Buffer, or a debugger, lists them. No regular expression: a long secret would be too large for one. */
function hasDecimalBytes(dense: Bytes, secret: Bytes): boolean {
  const list = [...Buffer.from(secret, "latin1")].join(",");
  const isDigit = (at: number): boolean => /[0-9]/.test(dense.charAt(at));
  for (let at = dense.indexOf(list); at >= 0; at = dense.indexOf(list, at + 1)) {
    if (!isDigit(at - 1) && !isDigit(at + list.length)) return true;
  }
  return false;
}

function formsFound(views: Views, secret: string, options: ScanOptions): Form[] {
  const bytes = bytesOf(secret);
  const hex = Buffer.from(secret).toString("hex");
  const cores = base64Cores(bytes).filter((core) => core !== "");
  const littleEndian = Buffer.from(secret, "utf16le");
  const utf16 = [littleEndian, Buffer.from(littleEndian).swap16()].map((wide) => wide.toString("latin1"));
  const found: Record<Form, boolean> = {
    plain: views.raw.includes(bytes),
    part: options.partLengthMin !== undefined && hasPart(views, bytes, options.partLengthMin),
    base64: cores.some((core) => views.dense.includes(core)),
    base64url: cores.some((core) => urlAlphabet(core) !== core && views.dense.includes(urlAlphabet(core))),
    hex: views.denseLower.includes(hex),
    decimal: hasDecimalBytes(views.dense, bytes),
    percent: !views.raw.includes(bytes) && views.percent.includes(bytes),
    json: !views.raw.includes(bytes) && views.json.some((level) => level.includes(bytes)),
    "utf-16": utf16.some((wide) => views.raw.includes(wide)),
  };
  const forms: Form[] = ["plain", "base64", "base64url", "hex", "decimal", "percent", "json", "utf-16"];
  const whole = forms.filter((form) => found[form]);
  return whole.length === 0 && found.part ? ["part"] : whole;
}

/**
 * Looks for secrets in a text or file, in every form in which one may be written.
 * @param text the whole, or its pieces in their order, so that a secret cut in two by a boundary is found as well
 */
export function scan(
  where: string,
  text: string | Uint8Array | readonly (string | Uint8Array)[],
  secrets: Secrets,
  options: ScanOptions = {},
): Leak[] {
  const whole = isPieces(text) ? Buffer.concat(text.map((piece) => Buffer.from(piece))) : text;
  if (whole.length === 0) return [];
  const views = viewsOf(whole);
  return Object.entries(secrets)
    .filter(([, secret]) => secret !== "")
    .flatMap(([name, secret]) => formsFound(views, secret, options).map((form) => ({ where, secret: name, form })));
}

function isPieces(
  text: string | Uint8Array | readonly (string | Uint8Array)[],
): text is readonly (string | Uint8Array)[] {
  return Array.isArray(text);
}

/** The one place where a secret may stand: a command that the runner obeys and never shows. */
function withoutMaskCommands(stream: string): string {
  return stream
    .split(/(?<=\n|\r(?!\n))/)
    .filter((line) => !line.trimStart().startsWith("::add-mask::"))
    .join("");
}

function withoutEntry(file: string, name: string | undefined): string {
  const { pairs, error } = parsePairs(file);
  if (name === undefined || error !== undefined) return file;
  return pairs
    .filter(([key]) => key !== name)
    .map(([key, value]) => `${key}=${value}\n`)
    .join("");
}

/** `@actions/core` draws a UUID around each value, and two UUIDs have eight characters in common once in a few thousand plays. */
function withoutDelimiters(file: string): string {
  return file.replaceAll(/ghadelimiter_[0-9a-f-]{36}/g, "ghadelimiter");
}

export interface ScanRunOptions extends ScanOptions {
  /** The variable that may hold the new secret in `GITHUB_ENV`. */
  readonly allowExportEnv?: string;
}

function scanPhase(name: string, phase: Phase, secrets: Secrets, options: ScanRunOptions): Leak[] {
  const texts: [where: string, text: string | Uint8Array][] = [
    ["stdout", withoutMaskCommands(phase.stdout)],
    ["stderr", withoutMaskCommands(phase.stderr)],
    ["log", phase.log.join("\n")],
    ["annotations", phase.annotations.map(({ title, message }) => `${title}\n${message}`).join("\n")],
    ["summary", phase.files.step_summary],
    ["outputs", withoutDelimiters(phase.files.output)],
    ["state", withoutDelimiters(phase.files.state)],
    ["path", phase.files.path],
    ["env", withoutDelimiters(withoutEntry(phase.files.env, options.allowExportEnv))],
    ...phase.left.map((file): [string, Uint8Array] => [`${file.place}/${file.name}`, file.content]),
    ["names of files", phase.left.map((file) => file.name).join("\n")],
  ];
  return texts.flatMap(([where, text]) => scan(`${name} ${where}`, text, secrets, options));
}

/** Scans everything that main and post printed, told the runner, or left behind on disk. */
export function scanRun(run: StepRun, secrets: Secrets, options: ScanRunOptions = {}): Leak[] {
  return [...scanPhase("main", run.main, secrets, options), ...scanPhase("post", run.post, secrets, options)];
}
