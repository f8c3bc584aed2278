const SIGINT_PATIENCE_MS = 7_500;
const SIGTERM_PATIENCE_MS = 2_500;

/** A cancelled job: SIGINT, a pause, SIGTERM, a pause, SIGKILL. */
export interface Cancel {
  /** Milliseconds after the start of the process, or a promise for the instant. */
  readonly when: number | Promise<unknown>;
  /** From SIGINT to SIGTERM; the runner's own 7,500 unless scaled down. */
  readonly sigintMs?: number;
  /** From SIGTERM to SIGKILL; the runner's own 2,500 unless scaled down. */
  readonly sigtermMs?: number;
  /** What is cancelled: the job, or by `cancel: ID` a step in the background alone. Default the job. */
  readonly what?: "job" | "step";
}

/**
 * How main runs:
 * - `foreground`: the runner waits for it and signals it;
 * - `background`: cancelled, it is signalled as well, but the runner goes on at the time of SIGTERM;
 * - `background-composite`: cancelled, it is not signalled, since the composite around it swallows that;
 * - `container`: no signal gets to it, and the runner goes on at once;
 * - `unreaped`: when it has ended nobody asks how, so that it stays as a zombie until the job is over.
 */
export type StepKind = "background" | "background-composite" | "container" | "foreground" | "unreaped";

/** A process as the ladder sees it. */
export interface Target {
  readonly signal: (signal: NodeJS.Signals) => void;
  readonly ended: AbortSignal;
  /** Told when the runner has cancelled the step, and when it goes on although the process may live. */
  readonly onCancel: () => void;
  readonly onGoOn: () => void;
}

/** Cancels a process as the runner would, if it is still there by then. */
export async function climb(cancel: Cancel, kind: StepKind, target: Target): Promise<void> {
  const { ended } = target;
  const instant = typeof cancel.when === "number" ? pause(cancel.when, ended) : cancel.when;
  await Promise.race([instant, pause(2 ** 31 - 1, ended)]);
  if (ended.aborted) return;
  target.onCancel();
  if (kind === "container") {
    target.onGoOn();
    return;
  }
  const isHeard = kind !== "background-composite";
  if (isHeard) target.signal("SIGINT");
  await pause(cancel.sigintMs ?? SIGINT_PATIENCE_MS, ended);
  if (kind === "background" || kind === "background-composite") target.onGoOn();
  if (!isHeard) return;
  target.signal("SIGTERM");
  await pause(cancel.sigtermMs ?? SIGTERM_PATIENCE_MS, ended);
  target.signal("SIGKILL");
}

function pause(ms: number, ended: AbortSignal): Promise<void> {
  if (ended.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    ended.addEventListener("abort", done, { once: true });
    function done(): void {
      clearTimeout(timer);
      ended.removeEventListener("abort", done);
      resolve();
    }
  });
}
