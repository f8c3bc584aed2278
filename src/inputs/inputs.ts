import { parseRepository } from "../github/places";
import type { Place } from "../github/places";
import { readRecoveryCommand } from "../github/recovery-command";
import { proxyFor } from "../net/proxy";
import type { Printed } from "../rotation/model";
import { Refusal } from "../rotation/refusal";
import { Secret } from "../text/secret";
import { spacedEnds } from "../text/spaced";
import type { Spaced } from "../text/spaced";
import {
  flag,
  input,
  isLoopback,
  oneOf,
  optionalDuration,
  parseUrl,
  quoted,
  required,
  unlessGiven,
  wait,
} from "./fields";
import type { Environment } from "./fields";
import { refuseEvents, refuseSettings } from "./runner-env";
import { parseSaveTo } from "./save-to";
import { refuseShortSecrets, secretInputs } from "./secret-inputs";

/** All inputs, read once and checked. */
export type Inputs = VerifyInputs | SavingInputs;

/** The modes that write to a destination, or check that they could. */
export type SavingInputs = RotateInputs | RescueInputs | FinishInputs;

/** What every mode has. Durations are in milliseconds. */
interface CommonInputs {
  readonly snaptrade: {
    readonly baseUrl: URL;
    readonly clientId: string;
    readonly consumerKey: Secret;
    readonly userId: string;
  };
  readonly userSecret: Secret;
  /** Inputs with invisible characters at an end. They are used unchanged. */
  readonly spaced: readonly Spaced[];
  readonly resetTimeoutMs: number;
  readonly saveTimeoutMs: number;
  readonly settleMs: number;
}

export interface VerifyInputs extends CommonInputs {
  readonly mode: "verify";
  /** Shows whether a rejected secret is outdated; null if an input for it is missing. */
  readonly saving: Saving | null;
}

interface CommonSavingInputs extends CommonInputs {
  readonly saving: Saving;
  readonly create: boolean;
  readonly canary: boolean;
  readonly minAgeMs: number | null;
  readonly exportEnv: string | null;
  readonly recoveryRecipient: string | null;
}

export interface RotateInputs extends CommonSavingInputs {
  readonly mode: "rotate" | "check" | "copy";
}

export interface RescueInputs extends CommonSavingInputs {
  readonly mode: "rescue";
  /** Unchanged, and empty if missing: `refuseUnconfirmed` decides whether it confirms anything. */
  readonly confirmUserId: string;
}

export interface FinishInputs extends CommonSavingInputs {
  readonly mode: "finish";
  /** The save to complete. */
  readonly printed: Printed;
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

const MODES = ["rotate", "check", "verify", "copy", "rescue", "finish"] as const satisfies readonly Inputs["mode"][];

/**
 * Reads and checks everything, before the first request.
 * @throws {Refusal} with the name of the input or setting, and what is expected.
 */
export function readInputs(env: Environment): Inputs {
  refuseEvents(env, modeIn(env));
  refuseSettings(env);
  refuseShortSecrets(env);
  const inputs = parseInputs(env);
  refuseProxies(inputs);
  return inputs;
}

/** An empty mode is a typing error, and must not turn a check into a rotation. */
function modeIn(env: Environment): Inputs["mode"] {
  return oneOf("mode", unlessGiven(env, "mode", "rotate"), MODES);
}

/**
 * Reads the inputs alone, whatever the event and the settings are, because the post step may print what the main step
 * kept even if those have changed. Each is checked in every mode, even if it is not used.
 * @throws {Refusal} with the name of the input.
 */
export function parseInputs(env: Environment): Inputs {
  const target = targetOf(env);
  const snaptrade = {
    baseUrl: snaptradeUrl(env),
    clientId: required(env, "client-id"),
    consumerKey: new Secret(required(env, "consumer-key")),
    userId: required(env, "user-id"),
  };
  const userSecret = new Secret(required(env, "user-secret"));
  const spaced = ["user-secret", "user-id", "client-id", "consumer-key"].flatMap((name) =>
    spacedEnds(name, input(env, name)),
  );
  const saved = {
    create: flag(env, "create", false),
    canary: flag(env, "canary", true),
    minAgeMs: optionalDuration(env, "min-age"),
    exportEnv: readExportEnv(env),
    recoveryRecipient: readRecipient(env),
  };
  const times = {
    resetTimeoutMs: wait(env, "reset-timeout", "90s"),
    saveTimeoutMs: wait(env, "save-timeout", "10m"),
    settleMs: settleTime(env, snaptrade.baseUrl),
  };
  const common = { snaptrade, userSecret, spaced, ...times };
  return target.mode === "verify" ? { ...common, ...target } : { ...common, ...saved, ...target };
}

type Target =
  | Pick<VerifyInputs, "mode" | "saving">
  | Pick<RotateInputs, "mode" | "saving">
  | Pick<RescueInputs, "mode" | "saving" | "confirmUserId">
  | Pick<FinishInputs, "mode" | "saving" | "printed">;

function targetOf(env: Environment): Target {
  const mode = modeIn(env);
  if (mode === "verify") {
    const isCompared = input(env, "save-to") !== "" && input(env, "github-token") !== "";
    return { mode, saving: isCompared ? readSaving(env) : null };
  }
  const saving = readSaving(env);
  switch (mode) {
    case "copy":
      if (saving.places.length < 2) {
        throw Refusal.ofInput(
          "save-to",
          "must contain a copy in mode: copy",
          "the primary, and a copy on each further line",
        );
      }
      return { mode, saving };
    case "rescue":
      return { mode, saving, confirmUserId: input(env, "confirm-user-id") };
    case "finish": {
      const { places, apiUrl } = saving;
      return {
        mode,
        saving,
        printed: readRecoveryCommand(required(env, "recovery-command"), { place: places[0], apiUrl }),
      };
    }
    case "rotate":
    case "check":
      return { mode, saving };
  }
}

/** SnapTrade's servers need time to agree; a local fake does not. */
const SETTLE_MIN_MS = 10_000;
const LEAST_SETTLE_TIME = "at least 10s, such as 90s (less only if snaptrade-api-url is on this machine)";

function settleTime(env: Environment, snaptrade: URL): number {
  const ms = wait(env, "settle-time", "90s");
  if (ms < SETTLE_MIN_MS && !isLoopback(snaptrade)) {
    throw Refusal.ofInput("settle-time", "must not be shorter than 10s", LEAST_SETTLE_TIME);
  }
  return ms;
}

function snaptradeUrl(env: Environment): URL {
  const name = "snaptrade-api-url";
  const expected = "the scheme and host of the API, such as https://api.snaptrade.com";
  const url = parseUrl(input(env, name) || "https://api.snaptrade.com", (problem) =>
    Refusal.ofInput(name, problem, expected),
  );
  if (url.pathname !== "/" || /[?#]/.test(url.href)) throw Refusal.ofInput(name, "must not have a path", expected);
  return url;
}

/** @throws {Refusal} if an environment variable names an unusable proxy. */
export function refuseProxies({ snaptrade, saving }: Pick<Inputs, "snaptrade" | "saving">): void {
  try {
    for (const url of [snaptrade.baseUrl, ...(saving === null ? [] : [saving.apiUrl])]) proxyFor(url);
  } catch {
    throw Refusal.ofSetting(
      "HTTPS_PROXY",
      "not the URL of an HTTP proxy. The value may also be in another variable, such as https_proxy",
      "a URL such as http://proxy.example:3128, with every special character of a password percent-encoded",
    );
  }
}

function readSaving(env: Environment): Saving {
  const repositoryName = env["GITHUB_REPOSITORY"] ?? "";
  const repository = parseRepository(repositoryName);
  if (repository === null)
    throw Refusal.ofSetting("GITHUB_REPOSITORY", "not OWNER/REPO", "the value that the runner sets");
  const apiUrl = parseUrl(env["GITHUB_API_URL"] ?? "https://api.github.com", (problem) =>
    Refusal.ofSetting("GITHUB_API_URL", problem, "the URL of the GitHub API, such as https://api.github.com"),
  );
  const token = required(env, "github-token");
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw Refusal.ofInput(
      "github-token",
      "contains white space, or characters that no token contains",
      "the token alone",
    );
  }
  if (/[?#]/.test(apiUrl.href))
    throw Refusal.ofSetting("GITHUB_API_URL", "must not have a query", "the value that the runner sets");
  return {
    places: parseSaveTo(required(env, "save-to"), repositoryName, secretInputs(env)),
    token: new Secret(token),
    apiUrl,
    repository,
    runId: env["GITHUB_RUN_ID"] ?? "",
    runAttempt: env["GITHUB_RUN_ATTEMPT"] ?? "",
  };
}

function readExportEnv(env: Environment): string | null {
  const name = input(env, "export-env");
  if (name === "") return null;
  const taken = /^(GITHUB|RUNNER|INPUT|STATE|NODE)_|^(PATH|CI|HOME|SHELL|LD_PRELOAD)$/i;
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) || taken.test(name)) {
    throw Refusal.ofInput(
      "export-env",
      quoted(name),
      "a name of letters, digits and _ that neither GitHub nor the system uses",
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
      "not an age public key",
      "age1 and 58 more characters, as age-keygen prints it",
    );
  }
  return recipient;
}
