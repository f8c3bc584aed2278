import type { Box } from "./model";
import type { Unsaved } from "./outcome";
import type { Destination } from "./ports";

/** What a person needs of a sealed secret: where it goes, the command that brings it there, and whom that lets read it. */
export function commandOf(destination: Destination, box: Box): Unsaved {
  const { audience } = box;
  const { label, exposed } = destination;
  return {
    label,
    command: destination.command(box),
    ...(audience === null ? {} : { audience }),
    ...(exposed.length === 0 ? {} : { exposed }),
  };
}
