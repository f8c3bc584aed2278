import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { parseCommandLine } from "./command-line";
import { play } from "./play";

/** This file is bundled to dist/sandbox/, two folders below action.yml. */
const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

// Whoever reads us may stop reading, as `head` does.
process.stdout.on("error", () => process.exit());

const wish = parseCommandLine(process.argv.slice(2));
if (wish.kind === "play") {
  process.exitCode = await play(wish, ROOT);
} else {
  process.exitCode = wish.exitCode;
  (wish.exitCode === 0 ? process.stdout : process.stderr).write(wish.text);
}
