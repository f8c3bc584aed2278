import { allowances } from "./allowance";
import { answers } from "./answers";
import { audiences } from "./audience";
import { connections } from "./connections";
import { fullPlaces, people } from "./people";
import { policies } from "./policies";
import { proxies } from "./proxies";
import { reads } from "./reads";
import { tokens } from "./tokens";

/** What other people's runs have met, by whose fault it is. */
export const outsideFaultNames = {
  github: { ...allowances, ...answers, ...audiences, ...policies, ...reads, ...tokens },
  network: { ...connections, ...proxies },
  people: { ...fullPlaces, ...people },
} as const;
