import { readFileSync } from "node:fs";

/** A process, distinguished from a later one with the same number. */
export interface ProcessId {
  readonly pid: number;
  /** When it started, in clock ticks since the machine did; null if the system does not show it. */
  readonly startedAt: bigint | null;
}

/** The state of a process. It may live if its number is in use, but the system does not show since when. */
export type Life = "lives" | "may-live" | "gone";

/** Field 22 of `/proc/PID/stat`, counted from the state, which is field 3. */
const START_TIME = 22 - 3;
/** An ended process that was not waited for does nothing any more. */
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

/** Sends a signal if the number certainly still belongs to this process. SIGSTOP freezes it until SIGCONT. */
export function send(signal: "SIGKILL" | "SIGSTOP" | "SIGCONT", id: ProcessId): void {
  if (lifeOf(id) !== "lives") return;
  try {
    process.kill(id.pid, signal);
  } catch {
    // It has ended, or belongs to another user. `lifeOf` shows which.
  }
}

/** Whether a process cannot run at the moment. A signal only takes effect when the system delivers it. */
export function isStill(id: ProcessId): boolean {
  return lifeOf(id) !== "lives" || statOf(String(id.pid))?.state === "T";
}

/** What Linux shows of a process; null if nothing. The name precedes it in parentheses, and may contain some itself. */
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
