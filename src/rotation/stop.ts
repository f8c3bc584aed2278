import { nothingChanged } from "./outcome";
import type { Outcome, Reason } from "./outcome";
import type { Ports } from "./ports";

/** The run ends before the reset. It is thrown, so that nobody in between has to hand it on. */
export class Stop extends Error {
  override readonly name = "Stop";
  readonly outcome: Outcome;

  constructor(outcome: Outcome) {
    super(outcome.reason.code);
    this.outcome = outcome;
  }
}

export function stop(result: "unchanged" | "dead" | "skipped", reason: Reason): never {
  throw new Stop(nothingChanged(result, reason));
}

/** What the work comes to, or how the run ends without it. Never around a reset: what is thrown says that there was none. */
export async function unlessStopped<T>(work: Promise<T>): Promise<T | Stop> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Stop) return error;
    throw error;
  }
}

/** What a mode that resets nothing comes to. */
export async function outcomeOf(work: Promise<Outcome>): Promise<Outcome> {
  const done = await unlessStopped(work);
  return done instanceof Stop ? done.outcome : done;
}

interface Cancellable {
  readonly ports: Pick<Ports, "cancellation">;
}

/** Before anything is written a signal ends the run at once: nothing has changed. */
export async function unlessCancelled<T extends object>(work: Promise<T>, { ports }: Cancellable): Promise<T> {
  const first = await Promise.race([work, ports.cancellation.arrived]);
  return typeof first === "string" ? stop("unchanged", { code: "cancelled", signal: first }) : first;
}

export function stopIfCancelled({ ports: { cancellation } }: Cancellable): void {
  if (cancellation.seen !== null) stop("unchanged", { code: "cancelled", signal: cancellation.seen });
}

/**
 * Waits for all of them. Where several stop, the first in the order of the list counts, and not the first in time. What
 * nobody thought of is thrown at once.
 */
export async function allOf<T extends readonly unknown[]>(
  ...works: { readonly [K in keyof T]: Promise<T[K]> }
): Promise<T> {
  await Promise.all(works.map(unlessStopped));
  return await Promise.all(works);
}
