/** What GitHub shows in place of a masked value. */
const STARS = "***";

/** Below this length the runner leaves a quoted or split part of a secret alone, lest it mask half the log. */
const PART_LENGTH_MIN = 6;

const XML_ENTITIES: Readonly<Record<string, string>> = {
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
  "&": "&amp;",
};

function base64Shifted(value: string, shift: number): string {
  const bytes = Buffer.from(value, "utf8");
  return (bytes.length > shift ? bytes.subarray(shift) : bytes).toString("base64");
}

function jsonEscaped(value: string): string {
  const escaped = JSON.stringify(value).slice(1, -1);
  return escaped.replaceAll("\u0085", "\\u0085").replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
}

function uriEscaped(value: string): string {
  let escaped = "";
  for (const byte of Buffer.from(value, "utf8")) {
    const character = String.fromCharCode(byte);
    const plain = /[A-Za-z0-9\-_.~]/.test(character);
    escaped += plain ? character : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return escaped;
}

function xmlEscaped(value: string): string {
  return value.replace(/[<>"'&]/g, (character) => XML_ENTITIES[character] ?? character);
}

function withoutQuotes(value: string): string {
  return value.length > 8 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : "";
}

/** PowerShell colours what it echoes, and so breaks a value at its ampersands. */
function ampersandParts(value: string): string[] {
  const plus = value.indexOf("&+");
  const last = value.lastIndexOf("&");
  if (last === -1) return [];
  const parts =
    plus === -1 ? [value.slice(0, last + 1), value.slice(last + 1)] : [value.slice(0, plus + 2), value.slice(plus + 3)];
  return parts.filter((part) => part.length >= PART_LENGTH_MIN);
}

/** The forms of a value that GitHub's runner knows; hex and base64url are not among them. */
function formsOf(value: string): string[] {
  return [
    value,
    base64Shifted(value, 0),
    base64Shifted(value, 1),
    base64Shifted(value, 2),
    value.replaceAll('"', '\\"'),
    value.replaceAll("'", "''"),
    jsonEscaped(value),
    uriEscaped(value),
    xmlEscaped(value),
    withoutQuotes(value),
    ...ampersandParts(value),
  ].filter((form) => form !== "");
}

/** Masks values as GitHub's runner does for one job: from the moment they are added, never backwards. */
export class Masker {
  readonly #forms = new Set<string>();
  readonly #values: string[] = [];

  /** The values added, in their order, without the lines they were split into. */
  get values(): readonly string[] {
    return this.#values;
  }

  /** Adds a value, and each of its lines, since what is printed is matched line by line. */
  add(value: string): void {
    this.#values.push(value);
    for (const part of [value, ...value.split(/[\r\n]/).map((line) => line.trim())]) {
      if (part !== "") formsOf(part).forEach((form) => this.#forms.add(form));
    }
  }

  mask(text: string): string {
    const spans = this.#spansIn(text);
    let masked = "";
    let end = 0;
    for (const span of spans) {
      masked += text.slice(end, span.start) + STARS;
      end = span.end;
    }
    return masked + text.slice(end);
  }

  /** Where masked forms stand in the text; those that touch or overlap are one, as the runner has it. */
  #spansIn(text: string): { start: number; end: number }[] {
    const found: { start: number; end: number }[] = [];
    for (const form of this.#forms) {
      for (let at = text.indexOf(form); at !== -1; at = text.indexOf(form, at + 1)) {
        found.push({ start: at, end: at + form.length });
      }
    }
    found.sort((a, b) => a.start - b.start);
    const joined: { start: number; end: number }[] = [];
    for (const span of found) {
      const last = joined.at(-1);
      if (last !== undefined && span.start <= last.end) last.end = Math.max(last.end, span.end);
      else joined.push(span);
    }
    return joined;
  }
}
