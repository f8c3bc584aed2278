import type { Unsaved } from "./outcome";
import type { Box, Destination } from "./ports";

/** The command that brings a box to its destination, for people. */
export function commandOf(destination: Destination, box: Box): Unsaved {
  const { label, exposed } = destination;
  return { label, command: destination.command(box), ...(exposed.length === 0 ? {} : { exposed }) };
}

/** What to know of inputs that a command cannot avoid, next to that command. */
export function exposureWords(exposed: readonly string[]): string {
  return `If ${exposed.join(" or ")} is kept as a secret, GitHub prints *** in its place in this command: write the value back before you run it, and keep it as a variable from now on.`;
}
