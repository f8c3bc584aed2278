import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import type { Guard } from "./guard";

/** A piece of a file that a comment marks: the largest one that begins behind the comment. */
export interface Mark {
  readonly name: string;
  /** From the root of the repository. */
  readonly file: string;
  readonly start: number;
  readonly end: number;
}

const COMMENT = /\/\/ guard: (.+)$|\/\* guard: (.+?) \*\//gm;

/** Every mark in `src`. */
export function marksIn(root: string): readonly Mark[] {
  const files = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" });
  return files
    .filter((file) => file.endsWith(".ts"))
    .flatMap((file) => marksOf(join("src", file), readFileSync(join(root, "src", file), "utf8")));
}

function marksOf(file: string, text: string): readonly Mark[] {
  const comments = [...text.matchAll(COMMENT)];
  if (comments.length === 0) return [];
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2023);
  return comments.map(({ 0: comment, 1: above, 2: before, index }): Mark => {
    const name = above ?? before ?? "";
    const node = firstBehind(source, index + comment.length, source);
    if (node === undefined) throw new Error(`In ${file} nothing follows the mark of ${name}.`);
    return { name, file, start: node.getStart(source), end: node.getEnd() };
  });
}

/** The node that begins first behind a position, and of those that begin there together the largest. */
function firstBehind(parent: ts.Node, position: number, source: ts.SourceFile): ts.Node | undefined {
  return ts.forEachChild(parent, (child) => {
    if (child.getEnd() <= position) return undefined;
    return child.getStart(source) >= position ? child : firstBehind(child, position, source);
  });
}

/** The names of the marks that a guard has to have. */
export function markNames({ name, instead }: Pick<Guard, "name" | "instead">): readonly string[] {
  return instead.map((_, index) => (index === 0 ? name : `${name} (${index + 1})`));
}

/**
 * The files without a guard, by their paths from the root.
 * @param marks as they are in `src` of that root
 */
export function filesWithout(guard: Guard, marks: readonly Mark[], root: string): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  const textOf = (file: string): string => readFileSync(join(root, file), "utf8");
  const own = markNames(guard).map((name) => onlyOne(marks, name));
  const pieces = own.map(({ file, start, end }) => textOf(file).slice(start, end));
  const edits = own.map((mark, index) => ({ ...mark, instead: filled(guard.instead[index] ?? "", pieces) }));
  // From the end, so that what is further ahead stays where it is.
  for (const { file, start, end, instead } of edits.toSorted((one, other) => other.start - one.start)) {
    const text = texts.get(file) ?? textOf(file);
    texts.set(file, text.slice(0, start) + instead + text.slice(end));
  }
  return texts;
}

function onlyOne(marks: readonly Mark[], name: string): Mark {
  const [found, ...more] = marks.filter((mark) => mark.name === name);
  if (found === undefined || more.length > 0)
    throw new Error(`${name} is marked ${found ? more.length + 1 : 0} times.`);
  return found;
}

function filled(instead: string, pieces: readonly string[]): string {
  return instead.replaceAll(/\$(\d)/g, (_, digit: string) => pieces[Number(digit) - 1] ?? "");
}
