import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { parseCommandLine } from "./command-line";
import { play } from "./play";
import { readAction } from "./runner/action";
import { serve } from "./serve";
import { screenWidth } from "./show";

/** This file is bundled to dist/sandbox/, two folders below action.yml. */
const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

// The reader may stop reading, as `head` does.
process.stdout.on("error", () => process.exit());

const { defaults } = await readAction(ROOT);
const width = screenWidth(process.stdout.columns);
const surroundings = { inputNames: Object.keys(defaults), env: process.env, width };
const wish = parseCommandLine(process.argv.slice(2), surroundings);
if (wish.kind === "play") {
  process.exitCode = await play(wish, ROOT);
} else if (wish.kind === "serve") {
  await serve(wish);
  process.exitCode = 0;
} else {
  process.exitCode = wish.exitCode;
  (wish.exitCode === 0 ? process.stdout : process.stderr).write(wish.text);
}
