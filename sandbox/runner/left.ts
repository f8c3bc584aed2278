import { readFile, readdir, stat } from "node:fs/promises";
import { join } from "node:path";

/** A file that a step has left behind, as it was when the process ended. */
export interface LeftFile {
  readonly place: "RUNNER_TEMP" | "HOME" | "TMPDIR" | "GITHUB_WORKSPACE";
  /** Relative to its place. */
  readonly name: string;
  readonly content: Buffer;
}

/** Every file under a folder, sorted by name. One that vanishes meanwhile, or cannot be read, is not there. */
export async function filesUnder(place: LeftFile["place"], folder: string): Promise<LeftFile[]> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const files: LeftFile[] = [];
  for (const name of names.sort()) {
    const path = join(folder, name);
    const isFile = await stat(path).then(
      (found) => found.isFile(),
      () => false,
    );
    const content = isFile ? await readFile(path).catch(() => undefined) : undefined;
    if (content !== undefined) files.push({ place, name, content });
  }
  return files;
}
