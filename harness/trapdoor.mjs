// Loaded by Node before the bundle (--import): does to the process, at an instant that a test chooses,
// what a machine may do to it. The instant is when the file named by TRAPDOOR appears; its text is what happens.
import { existsSync, readFileSync, rmSync } from "node:fs";

const file = process.env["TRAPDOOR"] ?? "";
const POLL_MS = 2;

setInterval(() => {
  if (!existsSync(file)) return;
  const text = readFileSync(file, "utf8");
  rmSync(file);
  (0, eval)(text);
}, POLL_MS).unref();
