import type { Box } from "./model";
import type { Unsaved } from "./outcome";
import type { Destination } from "./ports";

/** What a person needs to save a sealed secret: its destination, the command, and who may read it afterwards. */
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
