import { nothingChanged } from "./outcome";
import type { Outcome, Reason } from "./outcome";
import type { Ports } from "./ports";

/** Ends the run before the reset. It is thrown, so that no function in between needs to pass it on. */
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

/** The result, or the Stop that ended the work. Never used around a reset: a Stop means that there was none. */
export async function unlessStopped<T>(work: Promise<T>): Promise<T | Stop> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Stop) return error;
    throw error;
  }
}

/** The outcome of a mode without a reset. */
export async function outcomeOf(work: Promise<Outcome>): Promise<Outcome> {
  const done = await unlessStopped(work);
  return done instanceof Stop ? done.outcome : done;
}

interface Cancellable {
  readonly ports: Pick<Ports, "cancellation">;
}

/** Before anything is written a signal ends the run at once, because nothing has changed. */
export async function unlessCancelled<T extends object>(work: Promise<T>, { ports }: Cancellable): Promise<T> {
  const first = await Promise.race([work, ports.cancellation.arrived]);
  return typeof first === "string" ? stop("unchanged", { code: "cancelled", signal: first }) : first;
}

export function stopIfCancelled({ ports: { cancellation } }: Cancellable): void {
  if (cancellation.seen !== null) stop("unchanged", { code: "cancelled", signal: cancellation.seen });
}

/** Waits for all. If several stop, the first in the list counts. Unexpected errors are thrown at once. */
export async function allOf<T extends readonly unknown[]>(
  ...works: { readonly [K in keyof T]: Promise<T[K]> }
): Promise<T> {
  await Promise.all(works.map(unlessStopped));
  return await Promise.all(works);
}
