import { readFileSync } from "node:fs";

/** A process, told from another one that has its number later. */
export interface ProcessId {
  readonly pid: number;
  /** When it was started, in clock ticks since the machine was; null where the system does not tell. */
  readonly startedAt: bigint | null;
}

/** What is known of a process. It may live where its number is in use and the system does not tell since when. */
export type Life = "lives" | "may-live" | "gone";

/** Field 22 of `/proc/PID/stat`, counted from the state, which is field 3. */
const START_TIME = 22 - 3;
/** A process that has ended and that nobody has waited for does nothing any more. */
const ENDED = ["Z", "X", "x"];

export function thisProcess(): ProcessId {
  return { pid: process.pid, startedAt: statOf("self")?.startedAt ?? null };
}

export function lifeOf({ pid, startedAt }: ProcessId): Life {
  if (pid === process.pid) return "gone";
  if (startedAt === null) return isInUse(pid) ? "may-live" : "gone";
  const stat = statOf(String(pid));
  return stat !== null && stat.startedAt === startedAt && !ENDED.includes(stat.state) ? "lives" : "gone";
}

/**
 * Sends a signal, if it is certain that the number is still the process's own: SIGKILL ends it, SIGSTOP freezes it until
 * SIGCONT, whatever it does.
 */
export function send(signal: "SIGKILL" | "SIGSTOP" | "SIGCONT", id: ProcessId): void {
  if (lifeOf(id) !== "lives") return;
  try {
    process.kill(id.pid, signal);
  } catch {
    // It has ended meanwhile, or belongs to another user. Whoever asks for its life sees which.
  }
}

/** Whether a process can do nothing at the moment. A signal takes effect only when the system comes to it. */
export function isStill(id: ProcessId): boolean {
  return lifeOf(id) !== "lives" || statOf(String(id.pid))?.state === "T";
}

/** What Linux tells of a process; null where it tells nothing. The name in front is in parentheses, and may hold some. */
function statOf(pid: string): { readonly state: string; readonly startedAt: bigint } | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "latin1");
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    const [state, startedAt] = [fields[0], fields[START_TIME]];
    return state === undefined || startedAt === undefined ? null : { state, startedAt: BigInt(startedAt) };
  } catch {
    return null;
  }
}

function isInUse(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
