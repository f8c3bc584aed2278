import { constants, setPriority } from "node:os";
import { shareCalled } from "../harness/share";
import { modelRows } from "./model-rows";
import { playRow } from "./play-row";

// What `apart.ts` starts, with a share, a seed and a part of the names: plays the rows about the core, and sends the
// report of each. All other work comes first, since the other rows wait for processes.
process.on("disconnect", () => process.exit());
setPriority(constants.priority.PRIORITY_LOW);
const [share = "", seed = "", only = ""] = process.argv.slice(2);
for (const row of modelRows(shareCalled(share)).filter(({ name }) => name.includes(only))) {
  process.send?.(await playRow(row, { share: shareCalled(share), seed: Number(seed) }));
}
process.disconnect();
