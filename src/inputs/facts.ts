import { isRecord } from "../text/json";
import type { Environment } from "./fields";

/**
 * The inputs of the main step, by the runner's names, without the two that the journal's key is derived from. The
 * runner evaluates inputs again for the post step, and they may have changed or be gone by then.
 */
export type Facts = Readonly<Record<string, string>>;

/** The post step needs these from the runner again. */
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

/** The environment of the main step, as far as inputs are read from it. */
export function environmentOf(facts: Facts, env: Environment): Environment {
  return { ...facts, ...Object.fromEntries(KEYS.map((name) => [name, env[name]])) };
}

export function isFacts(value: unknown): value is Facts {
  return isRecord(value) && Object.values(value).every((one) => typeof one === "string");
}
