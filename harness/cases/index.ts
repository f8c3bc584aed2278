import type { OutsideCase } from "../case";
import { answers } from "./answers";
import { limits } from "./limits";
import { machine } from "./machine";
import { network } from "./network";
import { settings } from "./settings";
import { snapTrade } from "./snaptrade";

/** What services, machines and people have done elsewhere, with what has to be so here. */
export const outsideCases: readonly OutsideCase[] = [
  ...limits,
  ...answers,
  ...network,
  ...machine,
  ...settings,
  ...snapTrade,
];
