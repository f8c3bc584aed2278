import { createHash, randomBytes } from "node:crypto";

/** The destination next to which a canary stands. */
export interface Beside {
  /** The path of the scope's secrets. */
  readonly secrets: string;
  readonly name: string;
}

const DIGITS = 8;
const CANARY = /_CANARY_([0-9A-F]{8})([0-9A-F]{8})$/;

/**
 * A name for a write check: the destination's own, eight random digits, and eight that only fit this destination. Nobody's
 * secret is called so by chance, and whatever is left behind is known for ours.
 */
export function canaryName(beside: Beside): string {
  const random = randomBytes(DIGITS / 2)
    .toString("hex")
    .toUpperCase();
  return /* guard: canary apart from NAME */ `${beside.name}_CANARY_${random}${checkDigits(beside, random)}`;
}

/** Whether `canaryName` gave this name to this destination. */
export function isOwnCanary(canary: string, beside: Beside): boolean {
  const [, random, check] = CANARY.exec(canary) ?? [];
  if (random === undefined || /* guard: check digits */ check !== checkDigits(beside, random)) return false;
  return canary === `${beside.name}_CANARY_${random}${check}`;
}

/** Whether a name is one that some destination's canary may have. */
export function looksLikeCanary(name: string): boolean {
  return CANARY.test(name.toUpperCase());
}

/** GitHub ignores the case of owners, repositories and environments, so it is ignored here too. */
function checkDigits({ secrets, name }: Beside, random: string): string {
  const text = JSON.stringify([secrets.toLowerCase(), name, random]);
  return createHash("sha256").update(text).digest("hex").slice(0, DIGITS).toUpperCase();
}
