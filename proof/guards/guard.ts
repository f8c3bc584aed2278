/** Tests of one file: all of them, or those with a name that matches. */
export interface Tests {
  readonly file: string;
  readonly named?: string;
}

/**
 * Something that keeps the secret safe, how to take it away, and which tests must notice. In `src` a comment
 * `guard: NAME` stands before the piece that is to be replaced, and `guard: NAME (2)` before a second one.
 */
export interface Guard {
  readonly name: string;
  /** What it prevents. */
  readonly prevents: string;
  /** What stands in place of each marked piece; `$1` and `$2` are the pieces themselves. */
  readonly instead: readonly [string, ...string[]];
  readonly noticedBy: {
    readonly units?: readonly Tests[];
    /** Names of the sandbox's faults, played with the bundle and compared with their row. */
    readonly faults?: readonly string[];
    /** Names of the further scenarios, likewise. */
    readonly scenarios?: readonly string[];
    /** A run in which nothing goes wrong. */
    readonly happyRun?: true;
  };
}
