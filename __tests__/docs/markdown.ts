import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

export const root = join(import.meta.dirname, "../..");

/** Every page of the repository's own, by its path from the root. */
export function pages(): string[] {
  const own = readdirSync(root).filter((name) => name.endsWith(".md"));
  const below = ["docs", ".github", ".github/ISSUE_TEMPLATE"].flatMap((folder) => {
    try {
      return readdirSync(join(root, folder))
        .filter((name) => name.endsWith(".md"))
        .map((name) => `${folder}/${name}`);
    } catch {
      return [];
    }
  });
  return [...own, ...below].sort();
}

export function readPage(page: string): string {
  return readFileSync(join(root, page), "utf8");
}

/** The text without what stands in fenced blocks. */
export function prose(text: string): string {
  return text.replaceAll(/^( *)```[\s\S]*?^\1```/gm, "");
}

/** The fenced blocks of a language, without the indentation of the list that they stand in. */
export function blocks(text: string, language: string): string[] {
  const fence = new RegExp(String.raw`^( *)\`\`\`${language}\n([\s\S]*?)^\1\`\`\``, "gm");
  return [...text.matchAll(fence)].map(([, indent = "", body = ""]) =>
    body.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
  );
}

/** The anchors that GitHub makes of the headings; a heading that comes again has a number. */
export function anchors(text: string): Set<string> {
  const seen = new Map<string, number>();
  return new Set(
    [...prose(text).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = ""]) => {
      const slug = heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
        .replaceAll(" ", "-");
      const times = seen.get(slug) ?? 0;
      seen.set(slug, times + 1);
      return times === 0 ? slug : `${slug}-${times}`;
    }),
  );
}

/** Targets of all links that lead into the repository. */
export function relativeLinks(text: string): string[] {
  const plain = prose(text).replaceAll(/`[^`]*`/g, "`");
  return [...plain.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = ""]) => target)
    .filter((target) => !/^[a-z]+:/.test(target));
}

/** The rows of the table under a heading that begins with a title, each cell without its backticks. */
export function tableOf(text: string, firstCell: string): string[][] {
  const lines = text.split("\n");
  const start = lines.findIndex((line) => cellsOf(line)[0] === firstCell);
  if (start < 0) throw new Error(`There is no table that begins with ${firstCell}.`);
  const after = lines.slice(start + 2);
  const end = after.findIndex((line) => !line.startsWith("|"));
  return after.slice(0, end < 0 ? undefined : end).map(cellsOf);
}

function cellsOf(line: string): string[] {
  if (!line.trimStart().startsWith("|")) return [];
  const cells = line.trim().slice(1, -1).split("|");
  return cells.map((cell) => cell.trim().replaceAll("`", ""));
}
