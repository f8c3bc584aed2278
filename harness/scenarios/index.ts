import { afterAKill } from "./after-a-kill";
import { beforeReset } from "./before-reset";
import { copies } from "./copies";
import { outdatedValues } from "./outdated";
import { rescues } from "./rescue";
import { atReset } from "./reset";
import { whileSaving } from "./saving";
import type { Scenarios } from "./scenario";
import { wordings } from "./words";

/** Everything that may befall a run beside the sandbox's named faults. */
export const scenarios: Scenarios = {
  ...beforeReset,
  ...atReset,
  ...whileSaving,
  ...afterAKill,
  ...copies,
  ...outdatedValues,
  ...rescues,
  ...wordings,
};
