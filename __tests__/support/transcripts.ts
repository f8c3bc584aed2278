import { existsSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../harness/play";

/** A play of which a transcript is kept is played for that with every change, and its words are all in it. */
export function hasTranscript(name: string): boolean {
  return existsSync(join(ROOT, "__tests__", "transcripts", `${name}.txt`));
}
