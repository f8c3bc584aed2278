import type { Socket } from "node:net";

/**
 * Looks at something that is so for `ms` only. Where the machine took longer, what was seen says nothing, and it is
 * looked at again from the start.
 */
export async function inTime<T>(ms: number, look: () => Promise<T>): Promise<T> {
  for (;;) {
    const began = performance.now();
    const seen = await look();
    if (performance.now() - began < ms) return seen;
  }
}

const TURN_MS = 10;

/**
 * Notices that nothing comes on a socket. The silence is told in turns of the loop in which the other side runs too: on a
 * busy machine both stand still.
 */
export function onSilence(socket: Socket, ms: number, act: () => void): void {
  let turns = 0;
  const timer = setInterval(() => {
    turns += 1;
    if (turns * TURN_MS >= ms) act();
  }, TURN_MS);
  socket.on("data", () => (turns = 0));
  socket.once("close", () => clearInterval(timer));
}
