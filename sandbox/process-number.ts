import { type ChildProcess, spawn } from "node:child_process";
import { accessSync, constants, existsSync, writeFileSync } from "node:fs";

/** The kernel's last process number; the next process gets the one after it that is free. */
const LAST = "/proc/sys/kernel/ns_last_pid";
const TRIES = 50;

/** Whether this machine lets a process choose another's number. */
export function canChooseNumbers(): boolean {
  try {
    accessSync(LAST, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Starts a process that does nothing under the number of one that is gone.
 * @returns null where somebody else's process, or a thread of one, has been given that number: it is another's all the same
 * @throws Error where the machine does not let it
 */
export function occupy(pid: number): ChildProcess | null {
  for (let tries = 0; tries < TRIES; tries += 1) {
    if (existsSync(`/proc/${pid}`)) return null;
    writeFileSync(LAST, String(pid - 1));
    const child = spawn("sleep", ["3600"], { stdio: "ignore" });
    if (child.pid === pid) return child;
    child.kill();
  }
  throw new Error(`No process could be given the number ${pid}.`);
}
