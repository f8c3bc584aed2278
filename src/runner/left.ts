import { readdirSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { idOf, JournalFile, prefixOf } from "./journal";
import type { Binding, JournalKey, LeftJournal } from "./journal";

export type OpenedJournal = Extract<LeftJournal, { kind: "opened" }>;
export type ShutJournal = Exclude<LeftJournal, { kind: "opened" }>;

/** The journals that main steps of this run left on the machine. */
export interface Left {
  /** Ours, because our keys open them. */
  readonly own: readonly OpenedJournal[];
  /** Possibly ours, because nothing shows that they are another step's. */
  readonly perhaps: readonly ShutJournal[];
  /** Journals of this run without a result, including those of other steps. They share the available time. */
  readonly open: number;
}

export interface Search {
  readonly folder: string;
  readonly binding: Binding;
  /** Null if the inputs that it is derived from are missing. */
  readonly key: JournalKey | null;
  /** The journal's digits that the main step passed; null if it could not, or they are not known yet. */
  readonly id: string | null;
}

/** Tries our keys on every journal, because steps may share a folder, and the main step may have passed no state. */
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
  // Inside a composite action every step has the outer action's name.
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
