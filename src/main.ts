import { setMaxListeners } from "node:events";
import { runMain } from "./run-main";
import { runPost } from "./run-post";
import { SystemClock } from "./runner/clock";
import { Console } from "./report/console";
import { catchInterruptions } from "./runner/signals";
import { nameOf } from "./session";
import type { World } from "./session";

/** Runs the main step, or the post step that finishes it. The exit code is red until the very end. */
export async function main(process: NodeJS.Process): Promise<void> {
  const lifetime = new AbortController();
  setMaxListeners(0, lifetime.signal);
  const console = new Console();
  const world: World = {
    env: process.env,
    console,
    interruptions: catchInterruptions(process),
    clock: new SystemClock(lifetime.signal),
    lifetime: lifetime.signal,
  };
  let exitCode = 1;
  try {
    // Only the started file decides which step this is, because anyone can set a variable.
    exitCode = process.argv.includes("post") ? await runPost(world) : await runMain(world);
  } catch (error) {
    console.alarm({ code: "broken", name: nameOf(error) });
    console.trace(error);
  } finally {
    lifetime.abort();
    process.exitCode = exitCode;
  }
}
