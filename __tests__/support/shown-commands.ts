import { blocks, pages, prose, readPage } from "../docs/markdown";
import { readText, workflowFiles } from "../../harness/workflow-files";

/** A command of `gh` that a page or an example tells its reader to run. */
export interface ShownCommand {
  readonly file: string;
  readonly command: string;
}

/** Shorter spans of prose only name a command, such as `gh secret set`. */
const WORDS_MIN = 4;

/** Every complete command of `gh` on the pages and in the comments of the examples, each once. */
export function shownGhCommands(): readonly ShownCommand[] {
  const onPages = pages().flatMap((file) => commandsOn(readPage(file)).map((command) => ({ file, command })));
  const inExamples = workflowFiles("examples").flatMap((file) =>
    [...readText(file).matchAll(/^# +(gh .*?)(?: {2,}#.*)?$/gm)].map(([, command = ""]) => ({ file, command })),
  );
  const all = [...onPages, ...inExamples].filter(({ command }) => !command.includes("…"));
  return all.filter(({ command }, index) => all.findIndex((other) => other.command === command) === index);
}

function commandsOn(page: string): string[] {
  const inBlocks = blocks(page, "sh").filter((block) => /(?:^|[|;(] ?|do )gh /m.test(block));
  const inProse = [...prose(page).matchAll(/`(gh [^`]+)`/g)].map(([, command = ""]) => command);
  const complete = inProse.filter(
    (command) => (command.split(" ").length >= WORDS_MIN && !command.endsWith(" PUT")) || command === "gh run list",
  );
  return [...inBlocks, ...complete].map((command) => command.trim());
}
