import { randomUUID } from "node:crypto";
import { lstat, mkdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** The files through which a step speaks to the runner; each phase gets fresh ones. */
const KINDS = ["path", "env", "step_summary", "state", "output"] as const;

export type CommandFileKind = (typeof KINDS)[number];

/** Raw text of each file as the process left it, a file that it removed being empty. */
export type CommandFiles = Readonly<Record<CommandFileKind, string>>;

const FOLDER = "_runner_file_commands";

/** Whether a file under RUNNER_TEMP is one of these, such as another step's that is still at work. */
export function isCommandFile(name: string): boolean {
  return new RegExp(`^${FOLDER}[\\\\/](${KINDS.join("|")})_[0-9a-f-]{36}$`).test(name);
}

/** What may be wrong with such a file: it is a folder, or from some instant on nothing more fits on its disk. */
export type FileFlaw = "folder" | { readonly fullFrom: Promise<unknown> };

export type FileFlaws = Readonly<Partial<Record<CommandFileKind, FileFlaw>>>;

export interface OpenedCommandFiles {
  /** `GITHUB_OUTPUT` and its like, with the paths. */
  readonly env: Readonly<Record<string, string>>;
  /** Reads all files and removes them. To be called after the process has ended, however it ended. */
  collect(): Promise<CommandFiles>;
}

export async function openCommandFiles(runnerTemp: string, flaws: FileFlaws = {}): Promise<OpenedCommandFiles> {
  const folder = join(runnerTemp, FOLDER);
  const suffix = randomUUID();
  const pathOf = (kind: CommandFileKind): string => join(folder, `${kind}_${suffix}`);
  await mkdir(folder, { recursive: true });
  let areOpen = true;
  for (const kind of KINDS) await makeFile(pathOf(kind), flaws[kind], () => areOpen);
  const take = async (kind: CommandFileKind): Promise<string> => {
    const isFile = await lstat(pathOf(kind)).then(
      (found) => found.isFile(),
      () => false,
    );
    const text = isFile ? await readFile(pathOf(kind), "utf8").catch(() => "") : "";
    await rm(pathOf(kind), { force: true, recursive: true });
    return text;
  };
  return {
    env: Object.fromEntries(KINDS.map((kind) => [`GITHUB_${kind.toUpperCase()}`, pathOf(kind)])),
    collect: async () => {
      areOpen = false;
      return {
        path: await take("path"),
        env: await take("env"),
        step_summary: await take("step_summary"),
        state: await take("state"),
        output: await take("output"),
      };
    },
  };
}

async function makeFile(file: string, flaw: FileFlaw | undefined, isOpen: () => boolean): Promise<void> {
  if (flaw === "folder") {
    await mkdir(file);
    return;
  }
  await writeFile(file, "");
  void flaw?.fullFrom.then(async () => {
    // The instant may come when nobody reads the file any more.
    if (!isOpen()) return;
    await symlink("/dev/full", `${file}.full`);
    await rename(`${file}.full`, file);
  });
}

/** What a file said before the first line that the runner cannot read, and the runner's complaint about that one. */
export interface Pairs {
  readonly pairs: readonly (readonly [name: string, value: string])[];
  readonly error: string | undefined;
}

/**
 * Reads `name=value` and `name<<DELIMITER … DELIMITER` as the runner does, which stops at the first flaw. On Windows, where
 * the toolkit writes CRLF, that too ends a line.
 */
export function parsePairs(text: string, platform = process.platform): Pairs {
  const pairs: [string, string][] = [];
  // Lines, and between each two of them what ended the first.
  const pieces = text.replace(/^\uFEFF/, "").split(platform === "win32" ? /(\r?\n)/ : /(\n)/);
  const lines = pieces.filter((_, index) => index % 2 === 0);
  if (lines.at(-1) === "") lines.pop();
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? "";
    if (line === "") continue;
    const equals = line.indexOf("=");
    const heredoc = line.indexOf("<<");
    if (equals >= 0 && (heredoc < 0 || equals < heredoc)) {
      pairs.push([line.slice(0, equals), line.slice(equals + 1)]);
      continue;
    }
    if (heredoc < 0) return { pairs, error: `Invalid format '${line}'` };
    const [name, delimiter] = [line.slice(0, heredoc), line.slice(heredoc + 2)];
    if (name === "" || delimiter === "") {
      return { pairs, error: `Invalid format '${line}'. Name must not be empty and delimiter must not be empty` };
    }
    const end = lines.indexOf(delimiter, index + 1);
    if (end === -1) return { pairs, error: `Invalid value. Matching delimiter not found '${delimiter}'` };
    pairs.push([name, pieces.slice(2 * (index + 1), 2 * end - 1).join("")]);
    index = end;
  }
  return { pairs, error: undefined };
}
