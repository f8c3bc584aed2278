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
}

function plain(html: string): string {
  return html
    .replace(/<\/t[dh]>\s*<t[dh][^>]*>/g, "  ")
    .replace(/<br\s*\/?>/g, "\n")
    .replace(/<\/?[a-z][^>]*>/gi, "")
    .replace(/&(#?\w+);/g, (entity, name: string) => ENTITIES[name] ?? entity)
    .replace(/\[([^\]]+)\]\(([^)\s]+)\)/g, "$1 ($2)")
    .replace(/\*\*([^*]+)\*\*/g, "$1")
    .replace(/`([^`]+)`/g, "$1");
}

function tableRow(line: string): string | undefined {
  if (/^\|[\s:|-]+\|$/.test(line)) return undefined;
  return line
    .slice(1, -1)
    .split("|")
    .map((cell) => cell.trim())
    .join("  ")
    .trimEnd();
}

/** The lines of a summary as a person would read them on GitHub's page. */
export function summaryLines(summary: string): SummaryLine[] {
  const lines: SummaryLine[] = [];
  let isCode = false;
  for (const line of summary
    .trim()
    .replace(/<pre[^>]*>|<\/pre>/g, "\n```\n")
    .split("\n")) {
    if (/^\s*(```|~~~)/.test(line)) {
      isCode = !isCode;
    } else if (isCode) {
      lines.push({ kind: "code", text: plainEntities(line) });
    } else {
      lines.push(...proseLines(line));
    }
  }
  return lines.filter((line, index) => line.text !== "" || lines[index - 1]?.text !== "");
}

function plainEntities(line: string): string {
  return line.replace(/<\/?code>/g, "").replace(/&(#?\w+);/g, (entity, name: string) => ENTITIES[name] ?? entity);
}

function proseLines(line: string): SummaryLine[] {
  const heading = /^#{1,6}\s+(.*)$/.exec(line)?.[1] ?? /^<h[1-6]>(.*)<\/h[1-6]>$/.exec(line)?.[1];
  if (heading !== undefined) return [{ kind: "heading", text: plain(heading) }];
  const row = line.startsWith("|") && line.trimEnd().endsWith("|") ? tableRow(line.trimEnd()) : line;
  if (row === undefined) return [];
  return plain(row)
    .split("\n")
    .map((text) => ({ kind: "text", text }));
}

/** Breaks a line between words. A line with a word too long to break stays whole, so that it can be copied. */
export function wrapped(line: string, width: number): string[] {
  const words = line.trimEnd().split(" ");
  if (line.length <= width || words.some((word) => word.length > WORD_LENGTH_MAX)) return [line];
  const indent = /^\s*(?:[-*]\s|\d+\.\s)?/.exec(line)?.[0].length ?? 0;
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
