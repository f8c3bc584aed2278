import { FAULT_ENTRIES, playAll, SCENARIO_ENTRIES } from "../../harness/catalogue";
import { removeAuthority, sharedAuthority } from "../../harness/circumstances";
import type { Row } from "./row";

/** Everything that has a name, played once each and compared with what is kept of it. Always whole: shares of it are what the tests play. */
export const catalogue: Row = {
  name: "Every named fault and scenario: network, proxies, TLS, keys, tokens, limits, disks, signals",
  run: async () => {
    const start = performance.now();
    const entries = [...FAULT_ENTRIES, ...SCENARIO_ENTRIES];
    await sharedAuthority();
    const wrong = await playAll(entries).finally(removeAuthority);
    const violations = [...wrong].flatMap(([of, found]) => found.map((says) => ({ of, says })));
    return { name: catalogue.name, played: wrong.size, ms: performance.now() - start, violations, results: {} };
  },
};
