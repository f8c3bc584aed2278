/** What the contract says of each result, in the words of the contract and not in those of the code. */
export const CONTRACT = {
  rotated: { exit: 0, rotated: ["true"] },
  skipped: { exit: 0, rotated: ["false"] },
  checked: { exit: 0, rotated: ["false"] },
  verified: { exit: 0, rotated: ["false"] },
  unchanged: { exit: 1, rotated: ["false"] },
  dead: { exit: 1, rotated: ["false"] },
  "saved-unverified": { exit: 1, rotated: ["true", "false"] },
  copied: { exit: 0, rotated: ["false"] },
  finished: { exit: 0, rotated: ["false"] },
  // Without a reset where copies of the live secret could not be written.
  "partly-saved": { exit: 1, rotated: ["true", "false"] },
  unsaved: { exit: 1, rotated: ["true"] },
  unknown: { exit: 1, rotated: ["true", "unknown"] },
  lost: { exit: 1, rotated: ["true"] },
} as const satisfies Record<string, { readonly exit: 0 | 1; readonly rotated: readonly string[] }>;

export type ContractResult = keyof typeof CONTRACT;

/** What the scenario itself takes away, so that the run cannot be blamed for it. */
export interface Allowances {
  /** GitHub does not let the canary be deleted. */
  readonly canaryLeft?: boolean;
  /** Post could not open what main kept, or never ran. */
  readonly filesLeft?: boolean;
  /** GitHub acknowledged a write and stored something else, which nobody can see from outside. */
  readonly storedOtherwise?: boolean;
  /** The step is handed another secret than the one in force, which is rightly said to be dead. */
  readonly handedOtherwise?: boolean;
  /** Somebody cut a stream or a file of the runner's, so that not everything said can be read. */
  readonly unheard?: boolean;
  /** Main met an error that nobody thought of and says that it does not know; what it kept is left to post. */
  readonly unfinished?: boolean;
  /** Opens an age text, where the run was given a recipient. */
  readonly openAge?: (text: string) => string;
}
