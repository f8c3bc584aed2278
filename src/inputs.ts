import { parseRepository } from "./github/places";
import type { Place } from "./github/places";
import { readRecoveryCommand } from "./github/recovery-command";
import { parseSaveTo } from "./inputs/save-to";
import { proxyFor } from "./net/proxy";
import type { Spaced } from "./report/words";
import type { Printed } from "./rotation/model";
import { Refusal } from "./rotation/refusal";
import { refuseShortSecrets, secretInputs } from "./secret-inputs";
import { refuseEvents, refuseSettings } from "./settings";
import { printable } from "./text/printable";
import { Secret } from "./text/secret";

export type Environment = Readonly<Record<string, string | undefined>>;

const MODES = ["rotate", "check", "verify", "copy", "rescue", "finish"] as const;
export type Mode = (typeof MODES)[number];

/** Everything the action was given, read once and checked. Durations are in milliseconds. */
export interface Inputs {
  readonly mode: Mode;
  readonly snaptrade: {
    readonly baseUrl: URL;
    readonly clientId: string;
    readonly consumerKey: Secret;
    readonly userId: string;
  };
  readonly userSecret: Secret;
  /** Inputs with something invisible at an end, which is used as it was given. */
  readonly spaced: readonly Spaced[];
  /** Null for a `verify` that is not given all of it; it saves nothing, and only compares. */
  readonly saving: Saving | null;
  /** For `rescue`, empty if not given. */
  readonly confirmUserId: string;
  /** What `finish` completes, null in every other mode. */
  readonly printed: Printed | null;
  readonly create: boolean;
  readonly canary: boolean;
  readonly minAgeMs: number | null;
  readonly exportEnv: string | null;
  readonly recoveryRecipient: string | null;
  readonly resetTimeoutMs: number;
  readonly saveTimeoutMs: number;
  readonly settleMs: number;
}

export interface Saving {
  readonly places: readonly [Place, ...Place[]];
  readonly token: Secret;
  readonly apiUrl: URL;
  /** The repository of the workflow. */
  readonly repository: { readonly owner: string; readonly repo: string };
  readonly runId: string;
  readonly runAttempt: string;
}

/** What has to be masked before anything else is printed, whether or not the rest of the inputs makes sense. */
export function secretsIn(env: Environment): readonly Secret[] {
  return secretInputs(env).map(({ value }) => value);
}

/**
 * Reads and checks everything, before the first request.
 * @throws {Refusal} naming the input, or the setting, and what would be right.
 */
export function readInputs(env: Environment): Inputs {
  refuseEvents(env, modeIn(env));
  refuseSettings(env);
  refuseShortSecrets(env);
  const inputs = parseInputs(env);
  refuseProxies(inputs);
  return inputs;
}

/** An empty mode is somebody's typing error. It must not make a rotation of what was to be a check. */
function modeIn(env: Environment): Mode {
  return oneOf("mode", unlessGiven(env, "mode", "rotate"), MODES);
}

/**
 * The inputs alone, whatever the event and the settings are: post may print what main kept, whatever has become of these.
 * @throws {Refusal} naming the input.
 */
export function parseInputs(env: Environment): Inputs {
  const mode = modeIn(env);
  const saving = savingFor(mode, env);
  return {
    mode,
    snaptrade: {
      baseUrl: snaptradeUrl(env),
      clientId: required(env, "client-id"),
      consumerKey: new Secret(required(env, "consumer-key")),
      userId: required(env, "user-id"),
    },
    userSecret: new Secret(required(env, "user-secret")),
    spaced: ["user-secret", "user-id", "client-id", "consumer-key"].flatMap((name) =>
      spacedEnds(name, input(env, name)),
    ),
    saving,
    confirmUserId: input(env, "confirm-user-id"),
    printed: mode === "finish" && saving !== null ? readPrinted(env, saving) : null,
    create: flag(env, "create", false),
    canary: flag(env, "canary", true),
    minAgeMs: optionalDuration(env, "min-age"),
    exportEnv: readExportEnv(env),
    recoveryRecipient: readRecipient(env),
    resetTimeoutMs: wait(env, "reset-timeout", "90s"),
    saveTimeoutMs: wait(env, "save-timeout", "10m"),
    settleMs: settleTime(env),
  };
}

const INVISIBLE: readonly (readonly [RegExp, string])[] = [
  [/^[\r\n]+$/, "a line end"],
  [/^ +$/, "a space"],
  [/^\t+$/, "a tab"],
  [/^\u00a0+$/, "a no-break space (U+00A0)"],
  [/^\ufeff+$/, "a byte order mark (U+FEFF)"],
  [/^[\u200b-\u200f\u2060]+$/, "an invisible character"],
];

/** A value that was pasted or piped with something behind it is used as it is; should SnapTrade refuse it, this may be why. */
function spacedEnds(name: string, value: string): readonly Spaced[] {
  const [, before = "", after = ""] = /^([\s\u200b-\u200f\u2060]*)[^]*?([\s\u200b-\u200f\u2060]*)$/.exec(value) ?? [];
  const told = (run: string): string => INVISIBLE.find(([pattern]) => pattern.test(run))?.[1] ?? "white space";
  return [
    ...(before === "" ? [] : [{ input: name, how: `begins with ${told(before)}` }]),
    ...(after === "" ? [] : [{ input: name, how: `ends with ${told(after)}` }]),
  ];
}

/** SnapTrade's servers need time to agree; against a local fake nobody has to wait for them. */
const SETTLE_MIN_MS = 10_000;

function settleTime(env: Environment): number {
  const ms = wait(env, "settle-time", "90s");
  if (ms < SETTLE_MIN_MS && !isLoopback(snaptradeUrl(env).hostname)) {
    throw Refusal.ofInput(
      "settle-time",
      "is shorter than 10s",
      "at least 10s, such as 90s; less only where snaptrade-api-url is on this machine",
    );
  }
  return ms;
}

/** By the runner's name for an input. The value is not trimmed: white space may be part of a secret. */
function unlessGiven(env: Environment, name: string, byDefault: string): string {
  return env[`INPUT_${name.toUpperCase()}`] ?? byDefault;
}

export function input(env: Environment, name: string): string {
  return unlessGiven(env, name, "");
}

function required(env: Environment, name: string): string {
  const value = input(env, name);
  if (value === "") {
    throw Refusal.ofInput(
      name,
      "is missing or empty",
      "a value (a secret that does not exist in this scope reads as empty)",
    );
  }
  return value;
}

function oneOf<T extends string>(name: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((one) => one === value);
  if (found === undefined) throw Refusal.ofInput(name, `is ${quoted(value)}`, allowed.join(", "));
  return found;
}

function flag(env: Environment, name: string, byDefault: boolean): boolean {
  return oneOf(name, input(env, name) || String(byDefault), ["true", "false"]) === "true";
}

const UNITS_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

function optionalDuration(env: Environment, name: string): number | null {
  const text = input(env, name);
  return text === "" ? null : duration(name, text);
}

function duration(name: string, text: string): number {
  const [, digits, unit] = /^(\d{1,9})(ms|s|m|h|d)$/.exec(text) ?? [];
  const unitMs = Object.entries(UNITS_MS).find(([known]) => known === unit)?.[1];
  if (digits === undefined || unitMs === undefined) {
    throw Refusal.ofInput(name, `is ${quoted(text)}`, "a whole number with ms, s, m, h or d, such as 90s");
  }
  return Number(digits) * unitMs;
}

/** No job lasts longer, and it is well within what a timer can be set to. */
const WAIT_MAX_MS = 5 * UNITS_MS.d;

function wait(env: Environment, name: string, byDefault: string): number {
  const ms = duration(name, input(env, name) || byDefault);
  if (ms === 0 || ms > WAIT_MAX_MS) {
    throw Refusal.ofInput(
      name,
      "is zero, or longer than a job can last",
      `more than 0 and at most 5d, such as ${byDefault}`,
    );
  }
  return ms;
}

function quoted(value: string): string {
  const text = JSON.stringify(printable(value));
  return value === value.trim() ? text : `${text} with white space around it`;
}

function snaptradeUrl(env: Environment): URL {
  const name = "snaptrade-api-url";
  const expected = "the scheme and host of the API, such as https://api.snaptrade.com";
  const url = parseUrl(input(env, name) || "https://api.snaptrade.com", (problem) =>
    Refusal.ofInput(name, problem, expected),
  );
  if (url.pathname !== "/" || /[?#]/.test(url.href)) throw Refusal.ofInput(name, "has a path", expected);
  return url;
}

/** https, or http on this machine itself. No URL that is refused is printed: it may hold credentials. */
function parseUrl(text: string, refuse: (problem: string) => Refusal): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null) throw refuse("is not a URL");
  if (url.username !== "" || url.password !== "") throw refuse("holds credentials");
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isLoopback(url.hostname)))
    throw refuse("is not https");
  return url;
}

/** @throws {Refusal} where a variable of the environment names a proxy that cannot be one. */
export function refuseProxies({ snaptrade, saving }: Pick<Inputs, "snaptrade" | "saving">): void {
  try {
    for (const url of [snaptrade.baseUrl, ...(saving === null ? [] : [saving.apiUrl])]) proxyFor(url);
  } catch {
    throw Refusal.ofSetting(
      "HTTPS_PROXY",
      "(or another variable that names the proxy) is not the URL of an HTTP proxy",
      "a URL such as http://proxy.example:3128, with every special character of a password percent-encoded",
    );
  }
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}

function savingFor(mode: Mode, env: Environment): Saving | null {
  if (mode === "verify" && (input(env, "save-to") === "" || input(env, "github-token") === "")) return null;
  const saving = readSaving(env);
  if (mode === "copy" && saving.places.length < 2) {
    throw Refusal.ofInput(
      "save-to",
      "names no copy, and mode: copy saves in copies only",
      "the primary, and a copy on each further line",
    );
  }
  return saving;
}

function readSaving(env: Environment): Saving {
  const repositoryName = env["GITHUB_REPOSITORY"] ?? "";
  const repository = parseRepository(repositoryName);
  if (repository === null) throw Refusal.ofSetting("GITHUB_REPOSITORY", "is not OWNER/REPO", "what the runner sets");
  const apiUrl = parseUrl(env["GITHUB_API_URL"] ?? "https://api.github.com", (problem) =>
    Refusal.ofSetting("GITHUB_API_URL", problem, "the URL of the GitHub API, such as https://api.github.com"),
  );
  const token = required(env, "github-token");
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw Refusal.ofInput("github-token", "holds white space or characters that no token has", "the token alone");
  }
  if (/[?#]/.test(apiUrl.href)) throw Refusal.ofSetting("GITHUB_API_URL", "has a query", "what the runner sets");
  return {
    places: parseSaveTo(required(env, "save-to"), repositoryName, secretInputs(env)),
    token: new Secret(token),
    apiUrl,
    repository,
    runId: env["GITHUB_RUN_ID"] ?? "",
    runAttempt: env["GITHUB_RUN_ATTEMPT"] ?? "",
  };
}

function readPrinted(env: Environment, { places: [place], apiUrl }: Saving): Printed {
  return readRecoveryCommand(required(env, "recovery-command"), { place, apiUrl });
}

function readExportEnv(env: Environment): string | null {
  const name = input(env, "export-env");
  if (name === "") return null;
  const taken = /^(GITHUB|RUNNER|INPUT|STATE|NODE)_|^(PATH|CI|HOME|SHELL|LD_PRELOAD)$/i;
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) || taken.test(name)) {
    throw Refusal.ofInput(
      "export-env",
      `is ${quoted(name)}`,
      "the name of a variable of your own, of letters, digits and _",
    );
  }
  return name;
}

function readRecipient(env: Environment): string | null {
  const recipient = input(env, "recovery-recipient");
  if (recipient === "") return null;
  if (!/^age1[02-9ac-hj-np-z]{58}$/.test(recipient)) {
    throw Refusal.ofInput(
      "recovery-recipient",
      "is not an age public key",
      "age1 and 58 more characters, as age-keygen prints it",
    );
  }
  return recipient;
}
