/** Which secret a probe asks about: the one of the start, one that came later, or one that never was. */
export type Role = "first" | "later" | "never";

/** What a probe is told: as a live secret, as a dead one, or what is so. */
export type Said = "live" | "refused" | "truth";

/** Answers for the probes of one secret, one after the other. */
export interface ProbeScript {
  readonly of: Role;
  /** After the first reset request arrived unless given. */
  readonly phase?: "after-reset" | "before-reset";
  readonly answers: readonly Said[];
  /** When all have been given; the truth unless given. */
  readonly then?: Said;
}

/** Plays the scripts: each goes on by one line with each probe that it is about. */
export class Scripts {
  readonly #scripts: { readonly script: ProbeScript; at: number }[] = [];

  add(script: ProbeScript): void {
    this.#scripts.push({ script, at: 0 });
  }

  clear(): void {
    this.#scripts.length = 0;
  }

  next(role: Role, phase: "after-reset" | "before-reset"): Said {
    const playing = this.#scripts.find(({ script }) => script.of === role && (script.phase ?? "after-reset") === phase);
    if (playing === undefined) return "truth";
    const { answers, then = "truth" } = playing.script;
    const said = answers[playing.at] ?? then;
    playing.at += 1;
    return said;
  }
}
