/** Turns a job summary (Markdown with GitHub's HTML) into plain lines, and breaks lines for a terminal. */

const ENTITIES: Readonly<Record<string, string>> = {
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  nbsp: " ",
  "#39": "'",
  amp: "&",
};

/** A longer word is something to be copied, such as a ciphertext, and its line is left in one piece. */
const WORD_LENGTH_MAX = 60;

export interface SummaryLine {
  readonly kind: "heading" | "text" | "code";
  readonly text: string;
  /** Where what does not fit goes on in the next line: under the last column of a table. */
  readonly hang?: number;
}

function plain(html: string): string {
  return html
    .replace(/<\/t[dh]>\s*<t[dh][^>]*>/g, "  ")
    .replace(/<br\s*\/?>/g, "\n")
    .replace(/<\/?[a-z][^>]*>/gi, "")
    .replace(/&(#?\w+);/g, (entity, name: string) => ENTITIES[name] ?? entity)
    .replace(/\[([^\]]+)\]\(([^)\s]+)\)/g, "$1 ($2)")
    .replace(/\*\*([^*]+)\*\*/g, "$1")
    .replace(/`([^`]+)`/g, "$1")
    .replace(/\\([!-/:-@[-`{-~])/g, "$1")
    .replace(/\p{Extended_Pictographic}\uFE0F?\s?/gu, "");
}

function cellsOf(line: string): string[] {
  const cells = line
    .trim()
    .slice(1, -1)
    .split(/(?<!\\)\|/);
  return cells.map((cell) => plain(cell.trim()));
}

/** A table's rows with their columns one below the other; a row without any text, as an empty head, is left out. */
function tableLines(rows: readonly string[]): SummaryLine[] {
  const table = rows.filter((row) => !/^\|[\s:|-]+\|$/.test(row.trim())).map(cellsOf);
  const widths: number[] = [];
  for (const row of table) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length);
  }
  const lines = table.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  const hang = widths.slice(0, -1).reduce((sum, width) => sum + width + 2, 0);
  return lines.filter((text) => text !== "").map((text) => ({ kind: "text", text, hang }));
}

/** The lines of a summary as a person would read them on GitHub's page. */
export function summaryLines(summary: string): SummaryLine[] {
  const lines: SummaryLine[] = [];
  let isCode = false;
  const rows: string[] = [];
  for (const line of `${summary.trim().replace(/<pre[^>]*>|<\/pre>/g, "\n```\n")}\n`.split("\n")) {
    const isRow = !isCode && /^\s*\|.*\|\s*$/.test(line);
    if (isRow) rows.push(line);
    else lines.push(...tableLines(rows.splice(0)));
    if (/^\s*(```|~~~)/.test(line)) isCode = !isCode;
    else if (isCode) lines.push({ kind: "code", text: plainEntities(line) });
    else if (!isRow) lines.push(...proseLines(line));
  }
  const isBlank = (line: SummaryLine | undefined): boolean => line === undefined || line.text === "";
  const single = lines.filter((line, index) => !isBlank(line) || !isBlank(lines[index - 1]));
  return isBlank(single.at(-1)) ? single.slice(0, -1) : single;
}

function plainEntities(line: string): string {
  return line.replace(/<\/?code>/g, "").replace(/&(#?\w+);/g, (entity, name: string) => ENTITIES[name] ?? entity);
}

function proseLines(line: string): SummaryLine[] {
  const heading = /^#{1,6}\s+(.*)$/.exec(line)?.[1] ?? /^<h[1-6]>(.*)<\/h[1-6]>$/.exec(line)?.[1];
  if (heading !== undefined) return [{ kind: "heading", text: plain(heading) }];
  const lines = plain(unquoted(line)).split("\n");
  return lines.map((text) => ({ kind: "text", text }));
}

/** Of an alert box, which is a block quote that begins with its kind. */
function unquoted(line: string): string {
  return line.replace(/^> ?/, "").replace(/^\[!([A-Z]+)\]$/, "$1");
}

/** Breaks a line between words. A line with a word too long to break stays whole, so that it can be copied. */
export function wrapped(line: string, width: number, hang?: number): string[] {
  const words = line.trimEnd().split(" ");
  if (line.length <= width || words.some((word) => word.length > WORD_LENGTH_MAX)) return [line];
  const indent = hang ?? /^\s*(?:[-*]\s|\d+\.\s)?/.exec(line)?.[0].length ?? 0;
  const lines: string[] = [];
  let current = "";
  for (const [index, word] of words.entries()) {
    if (index > 0 && current.length + 1 + word.length > width) {
      lines.push(current);
      current = " ".repeat(indent) + word;
    } else {
      current = index === 0 ? word : `${current} ${word}`;
    }
  }
  return [...lines, current];
}
