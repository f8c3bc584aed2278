import { readFile, writeFile } from "node:fs/promises";

/** Puts a text between `<!-- NAME -->` and `<!-- /NAME -->` of a Markdown file; the rest of it is people's. */
export async function writeBetween(file: string, name: string, text: string): Promise<void> {
  const page = await readFile(file, "utf8");
  const [start, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const from = page.indexOf(start) + start.length;
  const to = page.indexOf(end);
  if (from < start.length || to < from) throw new Error(`${file} lacks the marks ${start} and ${end}.`);
  await writeFile(file, `${page.slice(0, from)}\n\n${text.trim()}\n\n${page.slice(to)}`);
}

/** A table as prettier would lay it out, so that a fresh one is no change of format. */
export function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) =>
    Math.max(3, title.length, ...rows.map((row) => (row[column] ?? "").length)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, column) => (cells[column] ?? "").padEnd(width)).join(" | ")} |`;
  return [line(head), `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`, ...rows.map(line)].join("\n");
}
