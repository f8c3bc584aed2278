import { printable } from "../text/printable";
import { Refusal } from "../rotation/refusal";

export type Environment = Readonly<Record<string, string | undefined>>;

/** By the runner's name for an input. The value is not trimmed, because white space may be part of a secret. */
export function unlessGiven(env: Environment, name: string, byDefault: string): string {
  return env[`INPUT_${name.toUpperCase()}`] ?? byDefault;
}

export function input(env: Environment, name: string): string {
  return unlessGiven(env, name, "");
}

export function required(env: Environment, name: string): string {
  const value = input(env, name);
  if (value === "") {
    throw Refusal.ofInput(name, "must not be empty", "a value. A secret that this job cannot read is empty");
  }
  return value;
}

export function oneOf<T extends string>(name: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((one) => one === value);
  if (found === undefined) throw Refusal.ofInput(name, quoted(value), listed(allowed));
  return found;
}

export function flag(env: Environment, name: string, byDefault: boolean): boolean {
  return oneOf(name, input(env, name) || String(byDefault), ["true", "false"]) === "true";
}

const UNITS_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** In ms. */
export function optionalDuration(env: Environment, name: string): number | null {
  const text = input(env, name);
  return text === "" ? null : duration(name, text);
}

function duration(name: string, text: string): number {
  const [, digits, unit] = /^(\d{1,9})(ms|s|m|h|d)$/.exec(text) ?? [];
  const unitMs = Object.entries(UNITS_MS).find(([known]) => known === unit)?.[1];
  if (digits === undefined || unitMs === undefined) {
    throw Refusal.ofInput(name, quoted(text), "a whole number with ms, s, m, h or d, such as 90s");
  }
  return Number(digits) * unitMs;
}

/** No job lasts longer, and timers accept it. */
const WAIT_MAX_MS = 5 * UNITS_MS.d;

/** In ms, more than 0. */
export function wait(env: Environment, name: string, byDefault: string): number {
  const ms = duration(name, input(env, name) || byDefault);
  if (ms === 0 || ms > WAIT_MAX_MS) {
    throw Refusal.ofInput(
      name,
      "must be more than 0, and not longer than a job can last",
      `more than 0 and at most 5d, such as ${byDefault}`,
    );
  }
  return ms;
}

/** As in "rotate, check or verify". */
function listed(words: readonly string[]): string {
  return words.join(", ").replace(/, (?=[^,]*$)/, " or ");
}

export function quoted(value: string): string {
  const text = JSON.stringify(printable(value));
  return value === value.trim() ? text : `${text} with white space around it`;
}

/** Accepts https, or http on this machine. A rejected URL is not printed, because it may contain credentials. */
export function parseUrl(text: string, refuse: (problem: string) => Refusal): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null) throw refuse("not a URL");
  if (url.username !== "" || url.password !== "") throw refuse("contains credentials");
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isLoopback(url))) throw refuse("not https");
  return url;
}

export function isLoopback({ hostname }: URL): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}
