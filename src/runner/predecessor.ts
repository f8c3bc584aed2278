import type { Clock } from "../rotation/ports";

const POLL_MS = 200;
/** A process number can have been given to somebody else, so waiting for its end has an end of its own. */
const WAIT_MAX_MS = 30_000;

/** Waits until the main process is really dead: two of them writing at once could not be told apart. */
export async function awaitEnd(pid: number, clock: Clock): Promise<void> {
  for (let waited = 0; isAlive(pid) && waited < WAIT_MAX_MS; waited += POLL_MS) await clock.sleep(POLL_MS);
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
