import ts from "typescript";

/** Code within comments: types, as in `@throws {Refusal}`, and the marks that `proof/guards` reads. */
const CODE = /\{\w+(?: \| \w+)*\}|\bguard: .+/g;
const MARKS = /^\s*(?:\/\/|\/\*+|\*(?!\/))|\*\/$/gm;

/** The prose of all comments of a TypeScript file, one after the other. */
export function commentsIn(file: string, text: string): string {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2023, true);
  const found = new Map<number, string>();
  const visit = (node: ts.Node): void => {
    const ranges = [
      ...(ts.getLeadingCommentRanges(text, node.getFullStart()) ?? []),
      ...(ts.getTrailingCommentRanges(text, node.getEnd()) ?? []),
    ];
    for (const { pos, end } of ranges) found.set(pos, text.slice(pos, end).replaceAll(CODE, "").replaceAll(MARKS, ""));
    for (const child of node.getChildren(source)) visit(child);
  };
  visit(source);
  return [...found.values()].join("\n");
}
