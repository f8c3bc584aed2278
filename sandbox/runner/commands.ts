/** A workflow command, as `::name key=value,key=value::data`. */
export interface Command {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly data: string;
}

const REGISTERED = new Set([
  "add-mask",
  "add-matcher",
  "add-path",
  "debug",
  "echo",
  "endgroup",
  "error",
  "group",
  "notice",
  "remove-matcher",
  "save-state",
  "set-env",
  "set-output",
  "stop-commands",
  "warning",
]);

/** `%25` comes last, so that an escaped percent sign does not make a new escape. */
const DATA_ESCAPES = [
  ["%0D", "\r"],
  ["%0A", "\n"],
  ["%25", "%"],
] as const;

const PROPERTY_ESCAPES = [
  ["%0D", "\r"],
  ["%0A", "\n"],
  ["%3A", ":"],
  ["%2C", ","],
  ["%25", "%"],
] as const;

const OLD_ESCAPES = [
  ["%3B", ";"],
  ["%0D", "\r"],
  ["%0A", "\n"],
  ["%5D", "]"],
  ["%25", "%"],
] as const;

function unescape(text: string, escapes: readonly (readonly [string, string])[]): string {
  return escapes.reduce((unescaped, [escaped, plain]) => unescaped.replaceAll(escaped, plain), text);
}

function propertiesOf(
  text: string,
  separator: string,
  escapes: readonly (readonly [string, string])[],
): Record<string, string> {
  const properties: Record<string, string> = {};
  for (const pair of text.trim().split(separator)) {
    const [, key, value] = /^([^=]+)=(.+)$/s.exec(pair) ?? [];
    if (key !== undefined && value !== undefined) properties[key] = unescape(value, escapes);
  }
  return properties;
}

function split(info: string): [name: string, properties: string] {
  const space = info.indexOf(" ");
  return space === -1 ? [info, ""] : [info.slice(0, space), info.slice(space + 1)];
}

/** `::name …::data`, only at the start of a line, spaces apart. */
function parseNew(line: string, known: (name: string) => boolean): Command | undefined {
  const trimmed = line.trimStart();
  const end = trimmed.startsWith("::") ? trimmed.indexOf("::", 2) : -1;
  if (end === -1) return undefined;
  const [name, properties] = split(trimmed.slice(2, end));
  if (!known(name)) return undefined;
  return {
    name: name.toLowerCase(),
    properties: propertiesOf(properties, ",", PROPERTY_ESCAPES),
    data: unescape(trimmed.slice(end + 2), DATA_ESCAPES),
  };
}

/** `##[name …]data`, the older form, which the runner still obeys anywhere in a line. */
function parseOld(line: string, known: (name: string) => boolean): Command | undefined {
  const start = line.indexOf("##[");
  const end = start === -1 ? -1 : line.indexOf("]", start);
  if (end === -1) return undefined;
  const [name, properties] = split(line.slice(start + 3, end));
  if (!known(name)) return undefined;
  return {
    name: name.toLowerCase(),
    properties: propertiesOf(properties, ";", OLD_ESCAPES),
    data: unescape(line.slice(end + 1), OLD_ESCAPES),
  };
}

/**
 * The command in a line, if the runner would see one there.
 * @param token the word that ends `stop-commands`, which is a command of its own while it waits
 */
export function parseCommand(line: string, token: string | undefined): Command | undefined {
  const known = (name: string): boolean => {
    const lower = name.toLowerCase();
    return REGISTERED.has(lower) || lower === token?.toLowerCase();
  };
  return parseNew(line, known) ?? parseOld(line, known);
}

/** Whether the runner would refuse the word given to `stop-commands`. */
export function isUselessStopToken(token: string): boolean {
  return token === "" || REGISTERED.has(token.toLowerCase()) || token.toLowerCase() === "pause-logging";
}
