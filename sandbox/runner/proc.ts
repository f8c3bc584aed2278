import { readdirSync, readFileSync, readlinkSync, realpathSync } from "node:fs";
import { constants } from "node:os";

/** Of all its threads, since a child is listed under the one that has started it. */
function childrenOf(pid: number): number[] {
  return orNone(() => readdirSync(`/proc/${pid}/task`)).flatMap((thread) =>
    orNone(() => readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8").split(" ").filter(Boolean).map(Number)),
  );
}

/** A process or thread that is gone meanwhile has nothing to list. */
function orNone<T>(list: () => T[]): T[] {
  try {
    return list();
  } catch {
    return [];
  }
}

function runs(pid: number, program: string): boolean {
  try {
    return readlinkSync(`/proc/${pid}/exe`) === program;
  } catch {
    return false;
  }
}

/** The first process that runs a program, among one process and all that descend from it. */
export function descendantThatRuns(root: number, path: string): number | undefined {
  const program = realpathSync(path);
  const queue = [root];
  for (let pid = queue.shift(); pid !== undefined; pid = queue.shift()) {
    if (runs(pid, program)) return pid;
    queue.push(...childrenOf(pid));
  }
  return undefined;
}

/** How a process ended. */
export interface Ending {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Where the fields begin that follow the name of the program, which may have any character in it. */
const STATE_FIELD = 3;
const STATUS_FIELD = 52;

/** How the first child of a process has ended that waits for no child, so that it is a zombie; undefined while it lives. */
export function endingOfChild(parent: number): Ending | undefined {
  const [child] = childrenOf(parent);
  if (child === undefined) return undefined;
  const stat = readFileSync(`/proc/${child}/stat`, "latin1");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  if (fields[0] !== "Z") return undefined;
  const status = Number(fields[STATUS_FIELD - STATE_FIELD]);
  const number = status & 0x7f;
  return number === 0 ? { exitCode: status >> 8, signal: null } : { exitCode: null, signal: signalOf(number) };
}

function signalOf(number: number): NodeJS.Signals {
  const names = Object.entries(constants.signals);
  for (const [name, value] of names) if (value === number && isSignal(name)) return name;
  return "SIGKILL";
}

function isSignal(name: string): name is NodeJS.Signals {
  return name in constants.signals;
}
