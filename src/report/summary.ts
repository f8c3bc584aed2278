import { EXIT_CODES } from "../rotation/outcome";
import type { Outcome, Unsaved } from "../rotation/outcome";
import type { Destination } from "../rotation/ports";
import { printable } from "../text/printable";
import { exposureWords, readersWords } from "./command-words";
import type { Timing } from "./console";
import { isOfFinish } from "./finish-words";
import { howToStart, splitStep } from "./steps";
import type { Step } from "./steps";
import { candidatesOf } from "./ways";
import type { Words } from "./words";

/** GitHub accepts 1 MiB per step; the rest is in the log. */
const SUMMARY_MAX_CHARACTERS = 900_000;

/** Leaves room for an age-encrypted secret after many commands. */
const COMMANDS_MAX_CHARACTERS = 800_000;

/** A longer quotation goes below the steps, so that the first step stays visible. */
const QUOTED_MAX_CHARACTERS = 160;

export interface Scene {
  readonly outcome: Outcome;
  readonly words: Words;
  readonly timings: readonly Timing[];
  /** Notices that did not stop the run, but need attention. */
  readonly remarks: readonly string[];
  readonly primary: Pick<Destination, "label" | "visible"> | null;
  readonly userId: string;
  /** The post step reports because the main step was ended. */
  readonly isByPost: boolean;
  /** The page about the reason. */
  readonly help: string;
}

/** The job summary in GitHub's Markdown. The cause, the user and the first command are visible without scrolling. */
export function renderSummary(scene: Scene): string {
  const { outcome, words, remarks, help } = scene;
  const isGreen = EXIT_CODES[outcome.result] === 0;
  const sections = [
    `## ${isGreen ? "✅" : "❌"} ${escapeMarkdown(words.title)}`,
    isGreen ? goodNews(scene) : alertBox(scene),
    ...words.now.map((step, index) => stepSection(step, index + 1)),
    ...remarks.map((remark) => `> [!NOTE]\n> ${escapeMarkdown(remark)}`),
    escapeMarkdown(howToStart(words.now) ?? ""),
    isGreen && words.now.length === 0 ? "" : linkTo(help, outcome),
    ...details(scene),
  ];
  let markdown = "";
  let isWhole = true;
  for (const section of sections.filter((one) => one !== "")) {
    const next = `${section}\n\n`;
    const max = next.includes("```sh\n") ? COMMANDS_MAX_CHARACTERS : SUMMARY_MAX_CHARACTERS;
    if (markdown.length + next.length > max) isWhole = false;
    else markdown += next;
  }
  return isWhole ? markdown : `${markdown}_More is in the log of this step._\n`;
}

const RED_ALL_THE_SAME =
  "The main step was ended early, so this job stays red. The post step finished its work, and nothing is left to do. If a later job was skipped, start a new run, which rotates once more. Do not choose Re-run jobs.";

/** Whose secret, where it is saved, and when later jobs get it, once. */
function goodNews({ outcome, words, primary, userId, isByPost }: Scene): string {
  const { rotated, result, saved } = outcome;
  const isSaved = (rotated === "true" || result === "finished") && saved.length > 0;
  const whose = userId === "" ? "" : ` of user **${nameOf(userId)}**`;
  const where = isSaved
    ? `The new secret${whose} is saved in ${saved.map(escapeMarkdown).join(", ")}.`
    : `${escapeMarkdown(words.world)}${userId === "" ? "" : ` User ID: **${nameOf(userId)}**`}`;
  return [isByPost ? `**${RED_ALL_THE_SAME}**\n\n` : "", where, visibility(outcome, primary)].join("").trim();
}

function alertBox({ outcome, words, userId, isByPost }: Scene): string {
  const paragraphs = [
    ...(isByPost ? ["The main step was ended early, so this job stays red. The post step reports what it found."] : []),
    ...(userId === "" ? [] : [`User ID: **${nameOf(userId)}**`]),
    escapeMarkdown(withoutLongQuotations(words.happened)),
    [isWorldInTitle(outcome) ? "" : words.world, words.never === "" ? "" : `**${words.never}**`].join(" ").trim(),
  ];
  const kind = words.never === "" ? "WARNING" : "CAUTION";
  return [`> [!${kind}]`, ...paragraphs.flatMap((text, index) => (index === 0 ? [text] : ["", text]))]
    .map((line, index) => (index === 0 ? line : `> ${line}`.trimEnd()))
    .join("\n");
}

/** Every line above the command pushes it down. */
function isWorldInTitle({ result }: Outcome): boolean {
  return result === "unsaved";
}

const LONG_QUOTATION = new RegExp(`"[^\\n]{${QUOTED_MAX_CHARACTERS},}"`);

function withoutLongQuotations(text: string): string {
  return text.replace(LONG_QUOTATION, '"…" (in full under Details)');
}

function stepSection(step: Step, number: number): string {
  const [first, rest] = splitStep(step);
  const heading = `### ${number}. ${escapeMarkdown(first)}`;
  const copied =
    step.copy === undefined ? [] : typeof step.copy === "string" ? [fenced(step.copy)] : command(step.copy);
  return [heading, ...copied, ...(rest === "" ? [] : [escapeMarkdown(rest)])].join("\n\n");
}

/** The note is next to the command, and not in its block, because the copy button copies everything. */
function command({ command: line, audience, exposed }: Unsaved): readonly string[] {
  return [
    fenced(line, "sh"),
    ...(audience === undefined ? [] : [readersWords(audience)]),
    ...(exposed === undefined ? [] : [escapeMarkdown(exposureWords(exposed))]),
  ];
}

function linkTo(help: string, { reason }: Outcome): string {
  return help.startsWith("https://")
    ? `[What ${reason.code} means, and what else can be done](${help})`
    : `What else can be done: ${help}`;
}

function details(scene: Scene): readonly string[] {
  const { outcome, words, timings } = scene;
  const isShown = EXIT_CODES[outcome.result] === 1 && !LONG_QUOTATION.test(words.happened);
  return [
    "<details><summary>Details</summary>",
    ...(isShown ? [] : [escapeMarkdown(words.happened)]),
    ...(isWorldInTitle(outcome) ? [words.world] : []),
    facts(outcome),
    ...otherCommands(outcome, words.now),
    ...(timings.length === 0
      ? []
      : ["Time taken:", timings.map(({ name, ms }) => `- ${name}: ${Math.round(ms)} ms`).join("\n")]),
    "</details>",
  ];
}

/** Commands that no step refers to, such as those of copies, which `mode: copy` saves without them. */
function otherCommands(outcome: Outcome, now: readonly Step[]): readonly string[] {
  const candidates = candidatesOf(outcome.unsaved);
  const others = outcome.unsaved.filter((one) => !now.some(({ copy }) => copy === one));
  const commands = others.flatMap((one) => {
    const number = candidates.indexOf(one) + 1;
    const which = number === 0 ? "Recovery command" : `Command ${number} of ${candidates.length}`;
    const note = outcome.result === "partly-saved" ? ", not needed with mode: copy" : "";
    return [`${which} for ${escapeMarkdown(one.label)}${note}:`, ...command(one)];
  });
  const { escrow } = outcome;
  const isInStep = escrow === null || now.some(({ copy }) => copy === escrow);
  return isInStep ? commands : [...commands, "The new secret, encrypted to the recovery recipient:", fenced(escrow)];
}

function facts({ result, reason, rotated, rotatedAt, atRiskMs, saved, unsaved }: Outcome): string {
  // Without a reset a copy may have the secret although this run did not write it.
  const isNew = rotated === "true" || result === "finished";
  const rows = [
    `Result: \`${result}\``,
    `Reason: \`${reason.code}\``,
    isOfFinish(reason) ? "This run sent a reset: no" : `Rotated at SnapTrade: ${rotated}`,
    ...(rotatedAt === null ? [] : [`Reset answered: ${new Date(rotatedAt).toISOString()}`]),
    ...(atRiskMs === null ? [] : [`At risk, from the answer of the reset to the save: ${Math.round(atRiskMs)} ms`]),
    ...saved.map((label) => `${isNew ? "Saved in" : "Has the secret"}: ${escapeMarkdown(label)}`),
    ...unsaved
      .filter(({ label }) => !saved.includes(label))
      .map(({ label }) => `**Not saved in**: ${escapeMarkdown(label)}`),
  ];
  return rows.map((row) => `- ${row}`).join("\n");
}

const VISIBILITY = {
  "next-run":
    " Repository and organization secrets are read when a run is **queued**: jobs of this run still get the old value, and the next run gets the new one.",
  "next-job":
    " Environment secrets are read when a job **starts**: a later job of this run that names the environment gets the new value.",
  elsewhere: " Everything that starts from now on gets the new value.",
} as const;

/** When later jobs get the new value, if there is one. */
function visibility({ saved, rotated }: Outcome, primary: Scene["primary"]): string {
  const isNew = primary !== null && rotated === "true" && saved.includes(primary.label);
  return isNew ? VISIBILITY[primary.visible] : "";
}

function fenced(text: string, language = ""): string {
  return `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``;
}

function nameOf(userId: string): string {
  return escapeMarkdown(printable(userId));
}

/** Underscores within a word are literal. */
function escapeMarkdown(text: string): string {
  return text.replaceAll(/[\\`*{}[\]<>|#]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, String.raw`\$&`);
}
