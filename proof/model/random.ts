import fc from "fast-check";
import type { Chooser, Labelled } from "./choices";
import { Execution } from "./execution";
import { FAULTS, SCENE } from "./scene";
import type { Scene } from "./scene";
import { readable, shrink, traceOf } from "./trace";
import type { Trace } from "./trace";

/** Choices of one execution; after the last of them nothing goes wrong any more. */
const CHOICES_MAX = 160;
const ANOTHER_WAY_MAX = 40;
/** How many choices take the usual way for each that does not: few spend all faults early, many reach the end. */
const USUAL_TO_UNUSUAL = [4, 10, 30] as const;

const schedules = fc.record({
  scene: fc.record({
    runs: fc.integer({ min: 1, max: 3 }),
    faults: fc.integer({ min: 1, max: 4 }),
    copies: fc.integer({ min: 0, max: 2 }),
    escrow: fc.boolean(),
    secretRead: fc.constantFrom("queued" as const, "started" as const),
  }),
  choices: fc
    .constantFrom(...USUAL_TO_UNUSUAL)
    .chain((weight) =>
      fc.array(
        fc.oneof(
          { weight, arbitrary: fc.constant(0) },
          { weight: 1, arbitrary: fc.integer({ min: 1, max: ANOTHER_WAY_MAX }) },
        ),
        { minLength: CHOICES_MAX / 2, maxLength: CHOICES_MAX, size: "max" },
      ),
    ),
});

export interface RandomFinding {
  readonly kind: string;
  readonly detail: string;
  readonly scene: Scene;
  readonly trace: Trace;
  readonly readable: string;
}

export interface RandomProof {
  readonly schedules: number;
  readonly seed: number;
  readonly ms: number;
  readonly finding: RandomFinding | null;
}

/** Random schedules with more runs, faults and kinds of faults than can be exhausted; the first that fails is shrunk. */
export async function drawSchedules(
  numRuns: number,
  seed: number,
  changes: Partial<Scene> = {},
  matters: (kind: string) => boolean = () => true,
): Promise<RandomProof> {
  const began = performance.now();
  const sceneOf = (drawn: Partial<Scene>): Scene => ({ ...SCENE, kinds: FAULTS, order: "every", ...drawn, ...changes });
  const property = fc.asyncProperty(schedules, async ({ scene, choices }) => {
    const execution = new Execution(sceneOf(scene), new Listed(choices));
    await execution.run();
    return !execution.world.violations.some(({ kind }) => matters(kind));
  });
  const details = await fc.check(property, { numRuns, seed });
  const failed = details.counterexample?.[0];
  const finding = failed === undefined ? null : await explain(sceneOf(failed.scene), failed.choices, matters);
  return { schedules: details.numRuns, seed, ms: Math.round(performance.now() - began), finding };
}

async function explain(
  scene: Scene,
  choices: readonly number[],
  matters: (kind: string) => boolean,
): Promise<RandomFinding | null> {
  const execution = new Execution(scene, new Listed(choices));
  await execution.run();
  const violation = execution.world.violations.find(({ kind }) => matters(kind));
  if (violation === undefined) return null;
  const { events, violations } = await shrink(scene, traceOf(execution.events), violation.kind);
  const detail = violations.find(({ kind }) => kind === violation.kind)?.detail ?? violation.detail;
  return { kind: violation.kind, detail, scene, trace: traceOf(events), readable: readable(events) };
}

class Listed implements Chooser {
  readonly #choices: readonly number[];
  #taken = 0;

  constructor(choices: readonly number[]) {
    this.#choices = choices;
  }

  choose(options: readonly Labelled[]): number {
    if (options.length === 1) return 0;
    const choice = this.#choices[this.#taken] ?? 0;
    this.#taken += 1;
    return choice % options.length;
  }
}
