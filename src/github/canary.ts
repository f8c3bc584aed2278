import { createHash, randomBytes } from "node:crypto";

/** The destination that a canary belongs to. */
export interface Beside {
  readonly secrets: string;
  readonly name: string;
}

const DIGITS = 8;
const CANARY = /_CANARY_([0-9A-F]{8})([0-9A-F]{8})$/;

/**
 * A name for a write check: the destination's name, eight random digits, and eight check digits that only fit this
 * destination. No other secret has such a name by chance, so leftovers can be recognized.
 */
export function canaryName(beside: Beside): string {
  const random = randomBytes(DIGITS / 2)
    .toString("hex")
    .toUpperCase();
  return /* guard: canary apart from NAME */ `${beside.name}_CANARY_${random}${checkDigits(beside, random)}`;
}

export function isOwnCanary(canary: string, beside: Beside): boolean {
  const [, random, check] = CANARY.exec(canary) ?? [];
  if (random === undefined || /* guard: check digits */ check !== checkDigits(beside, random)) return false;
  return canary === `${beside.name}_CANARY_${random}${check}`;
}

/** Whether the name may be a canary's, of any destination. */
export function looksLikeCanary(name: string): boolean {
  return CANARY.test(name.toUpperCase());
}

/** GitHub ignores the case of owners, repositories and environments. */
function checkDigits({ secrets, name }: Beside, random: string): string {
  const text = JSON.stringify([secrets.toLowerCase(), name, random]);
  return createHash("sha256").update(text).digest("hex").slice(0, DIGITS).toUpperCase();
}
