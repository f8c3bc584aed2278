import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readText, workflowFiles } from "../../harness/workflow-files";
import { blocks, pages, readPage } from "../docs/markdown";

/** Every workflow that a reader may copy: the examples, and the complete ones on the pages. */
export const publishedWorkflows: readonly (readonly [where: string, text: string])[] = [
  ...workflowFiles("examples").map((file) => [file, readText(file)] as const),
  ...pages().flatMap((page) =>
    blocks(readPage(page), "yaml")
      .filter((block) => /^jobs:/m.test(block))
      .map((block, index) => [`${page}, workflow ${index + 1}`, block] as const),
  ),
];

/** What GitHub has had since 2026, and how it may be misspelt. */
export const MISSPELT = [
  ["queue: max", "queues: max"],
  ["queue: max", "queue: most"],
  ["deployment: false", "deployments: false"],
  ["deployment: false", "deployment: never"],
  ["timezone: America/New_York", "time-zone: America/New_York"],
  ["background: true", "backgrounds: true"],
  ["- wait: rotation", "- await: rotation"],
] as const;

/** A workflow of ours in which one line is wrong, and the number of that line. */
export function misspell(right: string, wrong: string): { readonly text: string; readonly line: number } {
  const texts = [readText("examples/scheduled.yml"), ...blocks(readPage("docs/background-steps.md"), "yaml")];
  const lines = texts.map((text) => text.split("\n")).find((all) => all.some((line) => line.trim() === right)) ?? [];
  const at = lines.findIndex((line) => line.trim() === right);
  return { text: lines.with(at, (lines[at] ?? "").replace(right, wrong)).join("\n"), line: at + 1 };
}

/** Gives a linter the paths of workflows that are in no file of the repository. */
export async function withFiles<T>(
  texts: readonly string[],
  look: (paths: readonly string[]) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "workflows-"));
  try {
    const paths = texts.map((_, index) => join(folder, `${index}.yml`));
    await Promise.all(texts.map((text, index) => writeFile(paths[index] ?? "", text)));
    return await look(paths);
  } finally {
    await rm(folder, { recursive: true });
  }
}
