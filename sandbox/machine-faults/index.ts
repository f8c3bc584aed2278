import { asked } from "./asked";
import { givenToPost } from "./given-to-post";
import { leftBehind } from "./left-behind";
import { neighbours } from "./neighbours";
import { rescues } from "./rescues";
import { runnerFiles } from "./runner-files";
import { settings } from "./settings";

/** What tired runners, machines and people have done to a step and to what comes after it. */
export const machineFaultNames = {
  ...givenToPost,
  ...leftBehind,
  ...neighbours,
  ...runnerFiles,
  ...settings,
  ...asked,
  ...rescues,
} as const;
