import type { ContractResult } from "../contract";

/** One thing, or any of several, where it is a matter of a moment which of them it is and each is right. */
export type OneOf<T> = T | readonly T[];

/** The result, who said it, how many resets came into effect, and whether the primary holds the secret in force in the end. */
export type Row = readonly [
  result: OneOf<ContractResult | "">,
  by: OneOf<"main" | "post" | "nobody">,
  resets: OneOf<0 | 1>,
  primary: OneOf<"saved" | "not saved">,
];
