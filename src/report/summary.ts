import { EXIT_CODES } from "../rotation/outcome";
import type { Outcome, Unsaved } from "../rotation/outcome";
import type { Destination } from "../rotation/ports";
import { exposureWords, readersWords } from "./command-words";
import type { Step } from "./console";
import { isOfFinish } from "./finish-words";
import { candidatesOf } from "./ways";
import type { Words } from "./words";

/** GitHub takes 1 MiB a step; what would go beyond is in the log. */
const SUMMARY_MAX_CHARACTERS = 900_000;

export interface Scene {
  readonly outcome: Outcome;
  readonly words: Words;
  readonly steps: readonly Step[];
  /** What did not stop the run, and somebody should know of. */
  readonly remarks: readonly string[];
  readonly primary: Pick<Destination, "label" | "visible"> | null;
  /** Where the page about the reason is. */
  readonly help: string;
}

/** The job summary, in GitHub's Markdown. */
export function renderSummary({ outcome, words, steps, remarks, primary, help }: Scene): string {
  const sections = [
    `## ${EXIT_CODES[outcome.result] === 0 ? "✅" : "❌"} SnapTrade user secret: ${words.title}`,
    words.happened,
    `**State of the world.** ${words.world}`,
    facts(outcome),
    visibility(outcome, primary),
    ...remarks.map((remark) => `**Note.** ${escapeMarkdown(remark)}`),
    words.now.length === 0
      ? ""
      : `### What to do now\n\n${words.now.map((step, index) => `${index + 1}. ${step}`).join("\n")}\n\nMore about it: ${help}`,
    outcome.escrow === null
      ? ""
      : `### The new secret, encrypted to the recovery recipient\n\n${fenced(outcome.escrow)}`,
    ...commandSections(outcome),
    timeline(steps),
  ];
  let markdown = "";
  for (const section of sections.filter((one) => one !== "")) {
    const next = `${section}\n\n`;
    if (markdown.length + next.length > SUMMARY_MAX_CHARACTERS)
      return `${markdown}_More is in the log of this step._\n`;
    markdown += next;
  }
  return markdown;
}

/** One for each command. What may be the new secret has one for each value, and they are numbered as the steps name them. */
function commandSections({ unsaved, result }: Outcome): readonly string[] {
  const candidates = candidatesOf(unsaved);
  return unsaved.map((one) => {
    const number = candidates.indexOf(one) + 1;
    const which = number === 0 ? "The command" : `Command ${number} of ${candidates.length}`;
    return commandSection(which, one, result === "partly-saved" ? ". Not needed if you use mode: copy" : "");
  });
}

function commandSection(which: string, { label, command, audience, exposed, isOld }: Unsaved, note: string): string {
  const what = isOld === true ? "brings the old secret back to" : "saves";
  const readers = audience === undefined ? [] : [readersWords(audience)];
  const known = exposed === undefined ? [] : [escapeMarkdown(exposureWords(exposed))];
  const heading = `### ${which} that ${what} ${escapeMarkdown(label)}${note}`;
  return [heading, ...readers, fenced(command), ...known].join("\n\n");
}

function facts({ result, reason, rotated, rotatedAt, atRiskMs, saved, unsaved }: Outcome): string {
  const rows: (readonly [string, string])[] = [
    ["Result", `\`${result}\``],
    ["Reason", `\`${reason.code}\``],
    isOfFinish(reason) ? ["This run sent a reset", "no"] : ["SnapTrade's secret is a new one", rotated],
  ];
  if (rotatedAt !== null) rows.push(["Reset answered", new Date(rotatedAt).toISOString()]);
  if (atRiskMs !== null) rows.push(["At risk (answer → saved)", `${Math.round(atRiskMs)} ms`]);
  // Without a reset the primary held the secret before, and only copies were written.
  const held = rotated === "true" || result === "finished" ? "Saved in" : "Holds the secret";
  for (const label of saved) rows.push([held, escapeMarkdown(label)]);
  for (const { label } of unsaved.filter((one) => !saved.includes(one.label)))
    rows.push(["**Not saved in**", escapeMarkdown(label)]);
  return ["| | |", "|---|---|", ...rows.map(([name, value]) => `| ${name} | ${value} |`)].join("\n");
}

const VISIBILITY = {
  "next-run":
    "Repository and organization secrets are read when a run is **queued**, so jobs of this run still get the old value; the new one is there from the next run on.",
  "next-job":
    "Environment secrets are read when a job **starts**, so a later job of this run that names the environment gets the new value.",
  elsewhere: "The new value is there for whatever starts from now on.",
} as const;

/** When jobs get the new value, if there is one. */
function visibility({ saved, rotated }: Outcome, primary: Scene["primary"]): string {
  const isNew = primary !== null && rotated === "true" && saved.includes(primary.label);
  return isNew ? VISIBILITY[primary.visible] : "";
}

function timeline(steps: readonly Step[]): string {
  if (steps.length === 0) return "";
  const rows = steps.map(({ name, ms }) => `| ${name} | ${Math.round(ms)} ms |`);
  return ["<details><summary>Steps</summary>", "", "| step | took |", "|---|---|", ...rows, "", "</details>"].join(
    "\n",
  );
}

function fenced(text: string): string {
  return `\`\`\`\n${text.trimEnd()}\n\`\`\``;
}

function escapeMarkdown(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]<>|#]/g, String.raw`\$&`);
}
