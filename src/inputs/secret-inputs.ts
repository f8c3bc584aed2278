import { input } from "./fields";
import type { Environment } from "./fields";
import { Refusal } from "../rotation/refusal";
import { Secret } from "../text/secret";

export interface SecretInput {
  readonly input: string;
  readonly value: Secret;
}

const NAMES = ["user-secret", "consumer-key", "github-token"] as const;

/** A shorter mask would damage the log, and with it the recovery command. */
const CHARACTERS_MIN = 8;

/** All secret inputs. One that is too short is not masked, because its mask would damage the message about it. */
export function secretInputs(env: Environment): readonly SecretInput[] {
  return NAMES.map((name) => ({ name, text: input(env, name) }))
    .filter(({ text }) => text !== "" && !isShort(text))
    .map(({ name, text }) => ({ input: name, value: new Secret(text) }));
}

/** All input values, by line, because GitHub masks each line of any value that is stored as a secret. */
export function givenValues(env: Environment): readonly Secret[] {
  return Object.entries(env)
    .filter(([name]) => name.startsWith("INPUT_"))
    .flatMap(([, value = ""]) => value.split(/[\r\n]/).map((line) => line.trim()))
    .filter((line) => line !== "")
    .map((line) => new Secret(line));
}

/** @throws {Refusal} with the name of a secret input that is too short for a mask, whether or not the mode needs it. */
export function refuseShortSecrets(env: Environment): void {
  const short = NAMES.find((name) => input(env, name) !== "" && isShort(input(env, name)));
  if (short === undefined) return;
  throw Refusal.ofInput(
    short,
    `must have at least ${CHARACTERS_MIN} characters, because a shorter mask would break the log`,
    short === "user-secret"
      ? `the whole secret. If it is gone, mode: rescue accepts any text of ${CHARACTERS_MIN} characters or more`
      : "the whole value",
  );
}

/** The runner trims a mask. */
function isShort(text: string): boolean {
  return Array.from(text.trim()).length < CHARACTERS_MIN;
}
