import type { Clock } from "../rotation/ports";

const POLL_MS = 200;

/**
 * Waits until the main process is really dead: while it lives, what it has not done yet it may still do.
 * @returns whether it is dead. After `maxMs` it may not be, or its number may belong to another process by now.
 */
export async function awaitEnd(pid: number, clock: Clock, maxMs: number): Promise<boolean> {
  const deadline = clock.now() + maxMs;
  while (isAlive(pid)) {
    if (clock.now() >= deadline) return false;
    await clock.sleep(POLL_MS);
  }
  return true;
}

function isAlive(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
