import { readdirSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { idOf, JournalFile, prefixOf } from "./journal";
import type { Binding, JournalKey, LeftJournal } from "./journal";

export type OpenedJournal = Extract<LeftJournal, { kind: "opened" }>;
export type ShutJournal = Exclude<LeftJournal, { kind: "opened" }>;

/** What main steps of this run have left on the machine. */
export interface Left {
  /** Ours, since our keys open them. */
  readonly own: readonly OpenedJournal[];
  /** Perhaps ours: nothing says that they are another step's. */
  readonly perhaps: readonly ShutJournal[];
  /** Journals of this run that have no result yet, other steps' included. They share the time there is. */
  readonly open: number;
}

/** What finds a journal. */
export interface Search {
  readonly folder: string;
  readonly binding: Binding;
  /** Null where the inputs that it is made of are missing. */
  readonly key: JournalKey | null;
  /** What main has told the runner of its journal; null where it could not tell, or nobody has asked it yet. */
  readonly id: string | null;
}

/** Several steps of this action may run in one folder, and post may be told nothing by its main: so it looks for what its keys open. */
export function findLeft({ folder, binding, key, id }: Search): Left {
  const prefix = prefixOf(binding);
  const found = filesIn(folder)
    .filter((name) => name.startsWith(prefix))
    .map((name) => JournalFile.open(join(folder, name), binding, key));
  const own = found.filter((one) => one.kind === "opened");
  const shut = found.filter((one) => one.kind !== "opened");
  const isNamed = ({ file }: ShutJournal): boolean => idOf(file) === id;
  const isOfThisAction = (one: ShutJournal): boolean =>
    one.kind === "damaged" || (one.header.isOfThisAction && one.header.said === null);
  // Inside a composite action every step has the name of the outer one.
  const perhaps = id === null && own.length === 0 ? shut.filter(isOfThisAction) : shut.filter(isNamed);
  const open = found.filter((one) => one.kind === "damaged" || one.header.said === null).length;
  return { own, perhaps, open };
}

function filesIn(folder: string): readonly string[] {
  try {
    return isAbsolute(folder) ? readdirSync(folder).filter((name) => name.endsWith(".journal")) : [];
  } catch {
    return [];
  }
}
