import { type Fact, fingerprint } from "./proof";
import { summaryLines, wrapped } from "./prose";
import type { Annotation, Phase, StepRun } from "./runner";
import type { Stage } from "./stage";

const WIDTH = 100;
const INDENT = "  ";
const BAR = "| ";

const CODES = { bold: "1", dim: "2", red: "31", green: "32", yellow: "33", cyan: "36" } as const;

export type Style = keyof typeof CODES;

/** Where the show is written, with colours or without. */
export class Screen {
  readonly #write: (text: string) => void;
  readonly #hasColours: boolean;

  constructor(write: (text: string) => void, hasColours: boolean) {
    this.#write = write;
    this.#hasColours = hasColours;
  }

  paint(style: Style, text: string): string {
    return this.#hasColours ? `\u001b[${CODES[style]}m${text}\u001b[0m` : text;
  }

  line(text = ""): void {
    this.#write(`${text}\n`);
  }

  heading(text: string): void {
    this.line();
    this.line(this.paint("bold", text.toUpperCase()));
  }

  /** Words under a heading, broken at the width of the screen. */
  paragraph(text: string, style?: Style): void {
    for (const line of wrapped(INDENT + text, WIDTH)) this.line(style === undefined ? line : this.paint(style, line));
  }

  /** Something that is quoted as it is. */
  quote(text: string, style?: Style, hang?: number): void {
    const lead = INDENT + this.paint("dim", BAR);
    for (const line of wrapped(text, WIDTH - INDENT.length - BAR.length, hang)) {
      this.line(`${lead}${style === undefined ? line : this.paint(style, line)}`.trimEnd());
    }
  }

  pair(name: string, value: string): void {
    this.line(`${INDENT}${name.padEnd(12)}${value}`);
  }
}

/** The world before: what is in force, and what GitHub holds. */
export function showBefore(screen: Screen, stage: Stage): void {
  const inForce = stage.snapTrade.secretInForce(stage.userId) ?? "";
  screen.heading("Before");
  screen.pair("SnapTrade", `user ${stage.userId} has the secret with the fingerprint ${fingerprint(inForce)}`);
  screen.pair("the step", `is given the secret with the fingerprint ${fingerprint(stage.inputs["user-secret"] ?? "")}`);
  for (const { where, name } of stage.destinations) {
    const held = stage.github.plaintext(where, name);
    const what = held === undefined ? "does not exist yet" : `opens to ${fingerprint(held)}`;
    screen.pair("GitHub", `${name} of ${where} ${what}`);
  }
}

/** How GitHub begins a step's log: its inputs, the secret ones masked. */
export function showStepHeader(screen: Screen, stage: Stage, inputs: Readonly<Record<string, string>>): void {
  const secrets = new Set(Object.values(stage.secrets()));
  screen.quote("Run OWNER/rotate-snaptrade-user-secret", "bold");
  screen.quote("with:", "dim");
  for (const [name, value] of Object.entries(inputs)) {
    screen.quote(`  ${name}: ${secrets.has(value) ? "***" : value.replaceAll("\n", " / ")}`, "dim");
  }
}

const MARKS: readonly (readonly [mark: string, shown: string, style: Style])[] = [
  ["##[error]", "Error: ", "red"],
  ["##[warning]", "Warning: ", "yellow"],
  ["##[notice]", "Notice: ", "cyan"],
  ["##[debug]", "Debug: ", "dim"],
  ["##[group]", "> ", "bold"],
];

/** One line of the log, as GitHub's page shows it. */
export function showLogLine(screen: Screen, line: string): void {
  if (line.startsWith("##[endgroup]")) return;
  const [mark, shown, style] = MARKS.find(([start]) => line.startsWith(start)) ?? [];
  if (mark === undefined || shown === undefined) screen.quote(line);
  else screen.quote(shown + line.slice(mark.length), style);
}

function showAnnotations(screen: Screen, annotations: readonly Annotation[]): void {
  for (const { level, title, message } of annotations) {
    const style = level === "error" ? "red" : level === "warning" ? "yellow" : "cyan";
    screen.quote(`${level}${title === "" ? "" : `: ${title}`}`, style);
    message.split("\n").forEach((line) => {
      screen.quote(line);
    });
  }
}

function showSummary(screen: Screen, summary: string): void {
  for (const { kind, text, hang } of summaryLines(summary)) {
    if (kind === "heading") screen.quote(text, "bold");
    else screen.quote(kind === "code" ? `    ${text}` : text, undefined, hang);
  }
}

function endOf(phase: Phase): string {
  const how = phase.signal === null ? `exit code ${phase.exitCode ?? "none"}` : `ended by ${phase.signal}`;
  return `${how} after ${(phase.ms / 1000).toFixed(1)} s`;
}

/** What a phase leaves for a person to read: annotations and summary. */
function showReport(screen: Screen, phase: Phase): void {
  if (phase.annotations.length > 0) {
    screen.heading("Annotations on the run's page");
    showAnnotations(screen, phase.annotations);
  }
  if (phase.summary.trim() !== "") {
    screen.heading("Job summary");
    showSummary(screen, phase.summary);
  }
}

/** What an operator sees when the step is over. */
export function showOutcome(screen: Screen, run: StepRun): void {
  if (!run.post.ran) screen.paragraph("There is no post step: the machine is gone.", "yellow");
  else if (run.post.log.length === 0) screen.paragraph("The post step had nothing to do, and printed nothing.", "dim");
  showReport(screen, run.main);
  showReport(screen, run.post);
  screen.heading("Result");
  screen.pair("main", endOf(run.main));
  if (run.post.ran) screen.pair("post", endOf(run.post));
  for (const [index, other] of run.others.entries()) {
    screen.pair(`step ${index + 2}`, `main ${endOf(other.main)}, post ${endOf(other.post)}`);
  }
  screen.pair("the job", run.conclusion);
  for (const [name, value] of Object.entries(run.main.outputs)) screen.pair(name, value === "" ? "(empty)" : value);
}

const VERDICTS = { good: ["ok", "green"], bad: ["NO", "red"], open: ["--", "yellow"] } as const;

const LEGEND =
  "ok: as after a good rotation; --: not so, as the fault would have it; NO: must not be so. A fingerprint is the first 8 hex digits of a secret's SHA-256.";

/** What the stand-ins hold in the end. */
export function showProof(screen: Screen, proof: readonly Fact[]): void {
  screen.heading("Proof, from what the stand-ins hold");
  for (const { verdict, says, by } of proof) {
    const [mark, style] = VERDICTS[verdict];
    const [first = "", ...rest] = wrapped(`${says} (${by}).`, WIDTH - 2 * INDENT.length - mark.length);
    screen.line(`${INDENT}${screen.paint(style, mark)}${INDENT}${first}`);
    for (const line of rest) screen.line(`${INDENT}${" ".repeat(mark.length)}${INDENT}${line}`);
  }
  screen.line();
  screen.paragraph(LEGEND, "dim");
  screen.line();
}
