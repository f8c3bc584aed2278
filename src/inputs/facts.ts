import { isRecord } from "../text/json";
import type { Environment } from "./fields";

/**
 * What main was given, by the runner's names, but for the two inputs that the journal's key is made of. The runner
 * evaluates inputs again for post: others may have become of them, or none at all.
 */
export type Facts = Readonly<Record<string, string>>;

/** Post has to be given these again. */
const KEYS = ["INPUT_USER-SECRET", "INPUT_CONSUMER-KEY"];
const CIRCUMSTANCES = ["GITHUB_API_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID", "GITHUB_RUN_ATTEMPT"];

export function factsIn(env: Environment): Facts {
  const facts: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    const isFact = CIRCUMSTANCES.includes(name) || (name.startsWith("INPUT_") && !KEYS.includes(name));
    if (isFact && value !== undefined) facts[name] = value;
  }
  return facts;
}

/** The environment that main had, as far as inputs are read from it. */
export function environmentOf(facts: Facts, env: Environment): Environment {
  return { ...facts, ...Object.fromEntries(KEYS.map((name) => [name, env[name]])) };
}

export function isFacts(value: unknown): value is Facts {
  return isRecord(value) && Object.values(value).every((one) => typeof one === "string");
}
