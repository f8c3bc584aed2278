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

/** As `inTime`, for a window that may be of any length: it is twice as long each time the machine misses it. */
export async function inWindow<T>(ms: number, look: (windowMs: number) => Promise<T>): Promise<T> {
  for (let windowMs = ms; ; windowMs *= 2) {
    const began = performance.now();
    const seen = await look(windowMs);
    if (performance.now() - began < windowMs) return seen;
  }
}

const TURN_MS = 10;

/** Until it is stopped, acts where nothing was heard for so long. */
export interface Silence {
  heard(): void;
  stop(): void;
}

/**
 * Counts in turns of the loop in which the other side runs too: on a busy machine both stand still, and no one is silent
 * who was only not given a turn.
 */
export function silenceOf(ms: number, act: () => void): Silence {
  let turns = 0;
  const timer = setInterval(() => {
    turns += 1;
    if (turns * TURN_MS >= ms) act();
  }, TURN_MS);
  return { heard: () => void (turns = 0), stop: () => clearInterval(timer) };
}

/** Notices that nothing comes on a socket. */
export function onSilence(socket: Socket, ms: number, act: () => void): void {
  const silence = silenceOf(ms, act);
  socket.on("data", () => silence.heard());
  socket.once("close", () => silence.stop());
}
