import type { Cancellation } from "../rotation/ports";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGBREAK"] as const;

/** What happened to the process, apart from its work. */
export interface Interruptions extends Cancellation {
  /** Is told of every signal and every error that nobody caught, from now on. */
  listen(listener: Listener): void;
}

export interface Listener {
  onSignal(signal: string): void;
  onError(error: unknown): void;
}

/**
 * From here on a signal does not end the process, a closed pipe does not crash it, and an error that
 * nobody caught does not stop the work: the exit code is red already, and the save matters more.
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
  // Without a listener a reader that goes away (EPIPE) kills Node.
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
