/** How the machine's disk differs from this one's, as far as a Node that runs there can tell. */
export interface Disk {
  /** What `fsync` is answered with. */
  readonly fsync?: "EINVAL" | "ENOTSUP";
  /** The variable that names a file which the step's user may read and not write. */
  readonly readOnly?: "GITHUB_STATE";
}

/** Runs in the action's process before the action itself, so it is JavaScript and needs nothing but Node. */
const PRELOAD = `
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
const { fsync, readOnly } = DISK;
const failure = (code, syscall) => Object.assign(new Error(code + ": " + syscall), { code, syscall });
if (fsync !== undefined) {
  const fails = () => { throw failure(fsync, "fsync"); };
  fs.fsyncSync = fails;
  fs.fdatasyncSync = fails;
  fs.fsync = fs.fdatasync = (fd, done) => process.nextTick(done, failure(fsync, "fsync"));
}
if (readOnly !== undefined) {
  const file = process.env[readOnly];
  const isWriting = {
    accessSync: (mode = 0) => (mode & fs.constants.W_OK) !== 0,
    openSync: (flags = "r") => (typeof flags === "string" ? flags !== "r" : (flags & 3) !== fs.constants.O_RDONLY),
    appendFileSync: () => true,
    writeFileSync: () => true,
  };
  for (const [name, writes] of Object.entries(isWriting)) {
    const real = fs[name];
    fs[name] = (path, ...rest) => {
      if (path === file && writes(rest[0])) throw failure("EACCES", "open");
      return real(path, ...rest);
    };
  }
}
syncBuiltinESMExports();
`;

/** Arguments with which Node believes that it writes to such a disk. */
export function nodeArgsForDisk(disk: Disk): readonly string[] {
  const text = PRELOAD.replace("DISK", JSON.stringify(disk));
  return ["--import", `data:text/javascript,${encodeURIComponent(text)}`];
}
