import type { Chooser, Labelled } from "./choices";
import { Execution } from "./execution";
import type { Event } from "./execution";
import type { Scene } from "./scene";
import type { Violation } from "./world";

/** What went wrong in an execution, and instead of what: enough to play it again. */
export type Trace = readonly Pick<Event, "label" | "instead" | "nth">[];

/** An execution, readable: what went wrong stands out from what would have happened anyway. */
export function readable(events: readonly Event[]): string {
  return events
    .map(
      ({ at, label, instead }) => `${(at / 1000).toFixed(1).padStart(8)} s ${label === instead ? " " : "▶"} ${label}`,
    )
    .join("\n");
}

export function traceOf(events: readonly Event[]): Trace {
  return events
    .filter(({ label, instead }) => label !== instead)
    .map(({ label, instead, nth }) => ({ label, instead, nth }));
}

export interface Replay {
  readonly events: readonly Event[];
  readonly violations: readonly Violation[];
  /** How many of the trace's events came to pass. */
  readonly met: number;
}

/** Plays a trace: each of its events where it could happen instead of the same thing, in their order, and otherwise nothing goes wrong. */
export async function replay(scene: Scene, trace: Trace): Promise<Replay> {
  const chooser = new Replaying(trace);
  const execution = new Execution(scene, chooser);
  await execution.run();
  return { events: execution.events, violations: execution.world.violations, met: chooser.met };
}

class Replaying implements Chooser {
  readonly #trace: Trace;
  readonly #asked = new Map<string, number>();
  met = 0;

  constructor(trace: Trace) {
    this.#trace = trace;
  }

  choose(options: readonly Labelled[]): number {
    const instead = options[0]?.label ?? "";
    const nth = (this.#asked.get(instead) ?? 0) + 1;
    this.#asked.set(instead, nth);
    const next = this.#trace[this.met];
    if (next?.instead !== instead || next.nth !== nth) return 0;
    const place = options.findIndex(({ label }) => label === next.label);
    if (place <= 0) return 0;
    this.met += 1;
    return place;
  }
}

/** Takes away from a trace whatever is not needed for a violation of its kind. */
export async function shrink(scene: Scene, trace: Trace, kind: string): Promise<Replay> {
  let shortest = trace;
  for (let place = trace.length - 1; place >= 0; place -= 1) {
    const shorter = shortest.filter((_, index) => index !== place);
    const { violations } = await replay(scene, shorter);
    if (violations.some((violation) => violation.kind === kind)) shortest = shorter;
  }
  return await replay(scene, shortest);
}
