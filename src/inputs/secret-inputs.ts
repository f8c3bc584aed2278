import { input } from "./fields";
import type { Environment } from "./fields";
import { Refusal } from "../rotation/refusal";
import { Secret } from "../text/secret";

/** An input that nobody may see, and what was given for it. */
export interface SecretInput {
  readonly input: string;
  readonly value: Secret;
}

const NAMES = ["user-secret", "consumer-key", "github-token"] as const;

/** A mask that is shorter tears up the log, and with it the command that brings a secret back. */
const CHARACTERS_MIN = 8;

/**
 * Every secret that was given. One that is too short is refused and not masked: it is no secret, and its mask would tear
 * up the very words of the refusal.
 */
export function secretInputs(env: Environment): readonly SecretInput[] {
  return NAMES.map((name) => ({ name, text: input(env, name) }))
    .filter(({ text }) => text !== "" && !isShort(text))
    .map(({ name, text }) => ({ input: name, value: new Secret(text) }));
}

/**
 * Everything that was given, line by line. Whatever of it is kept as a secret is masked by GitHub, line by line, even if
 * it is none to us.
 */
export function givenValues(env: Environment): readonly Secret[] {
  return Object.entries(env)
    .filter(([name]) => name.startsWith("INPUT_"))
    .flatMap(([, value = ""]) => value.split(/[\r\n]/).map((line) => line.trim()))
    .filter((line) => line !== "")
    .map((line) => new Secret(line));
}

/** @throws {Refusal} naming a secret input that is there and too short for a mask, whether or not the mode needs it. */
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

/** White space at the ends is no part of what the runner masks. */
function isShort(text: string): boolean {
  return Array.from(text.trim()).length < CHARACTERS_MIN;
}
