import type { Cancellation } from "../rotation/ports";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGBREAK"] as const;

/** Signals and uncaught errors. */
export interface Interruptions extends Cancellation {
  /** The listener receives every later signal and uncaught error. */
  listen(listener: Listener): void;
}

export interface Listener {
  onSignal(signal: string): void;
  onError(error: unknown): void;
}

/**
 * After this a signal does not end the process, a closed pipe does not crash it, and an uncaught error does not stop
 * the work: the exit code is red already, and the save matters more.
 */
export function catchInterruptions(process: NodeJS.Process): Interruptions {
  let seen: string | null = null;
  let listener: Listener | null = null;
  const arrived = new Promise<string>((resolve) => {
    const note = (signal: string): void => {
      seen ??= signal;
      resolve(signal);
      listener?.onSignal(signal);
    };
    for (const signal of SIGNALS) {
      if (signal !== "SIGBREAK" || process.platform === "win32") process.on(signal, note);
    }
  });
  const survive = (error: unknown): void => listener?.onError(error);
  process.on("uncaughtException", survive);
  process.on("unhandledRejection", survive);
  // Without a listener, a closed reader (EPIPE) ends the process.
  process.stdout.on("error", ignore);
  process.stderr.on("error", ignore);
  return {
    get seen() {
      return seen;
    },
    arrived,
    listen: (next) => {
      listener = next;
    },
  };
}

function ignore(): void {
  // guard: EPIPE handler
  return;
}
