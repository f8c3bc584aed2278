import { type Fact, fingerprint } from "./proof";
import { summaryLines, wrapped } from "./prose";
import type { Annotation, Phase, StepRun } from "./runner";
import type { Stage } from "./stage";

/** Where nobody watches, and where lines would be too short to read. */
const WIDTH_ELSEWHERE = 100;
const WIDTH_MIN = 40;
const INDENT = "  ";
const BAR = "| ";
/** Where the second column of a pair begins. */
const PAIR_COLUMN = 16;

/** The width to write in: the terminal's, if there is one. */
export function screenWidth(columns: number | undefined): number {
  return columns === undefined || columns === 0 ? WIDTH_ELSEWHERE : Math.max(columns, WIDTH_MIN);
}

const CODES = { bold: "1", dim: "2", red: "31", green: "32", yellow: "33", cyan: "36" } as const;

export type Style = keyof typeof CODES;

/** Where the show is written, with colours or without. */
export class Screen {
  readonly #write: (text: string) => void;
  readonly #hasColours: boolean;
  readonly width: number;

  constructor(write: (text: string) => void, hasColours: boolean, width: number) {
    this.#write = write;
    this.#hasColours = hasColours;
    this.width = width;
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
    for (const line of wrapped(INDENT + text, this.width))
      this.line(style === undefined ? line : this.paint(style, line));
  }

  /** Something that is quoted as it is. */
  quote(text: string, style?: Style, hang?: number): void {
    const lead = INDENT + this.paint("dim", BAR);
    for (const line of wrapped(text, this.width - INDENT.length - BAR.length, hang)) {
      this.line(`${lead}${style === undefined ? line : this.paint(style, line)}`.trimEnd());
    }
  }

  /** Something to be copied: at the margin and in one piece, so that only it is marked. */
  copy(text: string): void {
    this.line(text);
  }

  pair(name: string, value: string, style?: Style): void {
    const padded = INDENT + name.padEnd(PAIR_COLUMN - INDENT.length);
    const [first = "", ...rest] = wrapped(padded + value, this.width, PAIR_COLUMN);
    const paint = (text: string): string => (style === undefined ? text : this.paint(style, text));
    this.line(first.startsWith(padded) ? padded + paint(first.slice(padded.length)) : first);
    for (const line of rest) this.line(paint(line));
  }
}

/** The world before: which secret is valid, and which the step and GitHub have. */
export function showBefore(screen: Screen, stage: Stage, inputs: Stage["inputs"]): void {
  const current = stage.snapTrade.secretInForce(stage.userId) ?? "";
  screen.heading("Before");
  screen.pair("SnapTrade", `user ${stage.userId} has the secret ${fingerprint(current)}`);
  screen.pair("the step", `is given ${fingerprint(inputs["user-secret"] ?? "")}`);
  showDestinations(screen, stage, () => "");
}

/** The world after, line by line as {@link showBefore} has it. */
export function showAfter(screen: Screen, stage: Stage, inputs: Stage["inputs"]): void {
  const current = stage.snapTrade.secretInForce(stage.userId) ?? "";
  const given = inputs["user-secret"] ?? "";
  const isNew = current !== stage.given;
  screen.heading("After");
  screen.pair(
    "SnapTrade",
    `user ${stage.userId} has the secret ${fingerprint(current)}, ${isNew ? "a new one" : "as before"}`,
  );
  screen.pair(
    "the step",
    `was given ${fingerprint(given)}, which is ${given === current ? "still valid" : "invalid now"}`,
  );
  showDestinations(screen, stage, (held) => (held === current ? ", valid" : ", invalid"));
}

function showDestinations(screen: Screen, stage: Stage, verdictOn: (held: string) => string): void {
  for (const { where, name } of stage.destinations) {
    const held = stage.github.plaintext(where, name);
    const what = held === undefined ? "does not exist" : `has ${fingerprint(held)}${verdictOn(held)}`;
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

/** A recovery command, and every line of an age-encrypted secret. */
const TO_COPY = /^(?:gh api |-----(?:BEGIN|END) AGE |[A-Za-z0-9+/]{20,}={0,2}$)/;

/** One line of the log, as GitHub's page shows it. */
export function showLogLine(screen: Screen, line: string): void {
  if (line.startsWith("##[endgroup]")) return;
  if (TO_COPY.test(line)) {
    screen.copy(line);
    return;
  }
  const [mark, shown, style] = MARKS.find(([start]) => line.startsWith(start)) ?? [];
  if (mark === undefined || shown === undefined) screen.quote(line);
  else screen.quote(shown + line.slice(mark.length), style);
}

function showAnnotations(screen: Screen, annotations: readonly Annotation[]): void {
  for (const { level, title, message } of annotations) {
    const style = level === "error" ? "red" : level === "warning" ? "yellow" : "cyan";
    screen.quote(`${level}${title === "" ? "" : `: ${title}`}`, style);
    message.split("\n").forEach((line) => {
      showLogLine(screen, line);
    });
  }
}

function showSummary(screen: Screen, summary: string): void {
  for (const { kind, text, hang } of summaryLines(summary)) {
    if (kind === "heading") screen.quote(text, "bold");
    else if (kind === "code") screen.copy(text);
    else screen.quote(text, undefined, hang);
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

function styleOfResult(run: StepRun): Style {
  if (run.conclusion === "success") return "green";
  return ["rotated", "finished"].includes(resultOf(run)) ? "yellow" : "red";
}

/** Main's own, or what the post step reached in its place. */
function resultOf({ main, post }: StepRun): string {
  return main.outputs["result"] ?? post.outputs["result"] ?? "none";
}

/** How it ended, the result first. */
export function showResult(screen: Screen, run: StepRun): void {
  screen.heading("Result");
  screen.pair("result", resultOf(run), styleOfResult(run));
  screen.pair("the job", run.conclusion);
  screen.pair("main step", endOf(run.main));
  screen.pair("post step", run.post.ran ? endOf(run.post) : "did not run: the machine is gone");
  for (const [index, other] of run.others.entries()) {
    screen.pair(`step ${index + 2}`, `main ${endOf(other.main)}, post ${endOf(other.post)}`);
  }
  const outputs = Object.entries(run.main.outputs).filter(([name]) => name !== "result");
  for (const [name, value] of outputs) screen.pair(name, value === "" ? "(empty)" : value);
}

/** What GitHub's page of the run shows when the step is over. */
export function showPage(screen: Screen, run: StepRun): void {
  showReport(screen, run.main);
  showReport(screen, run.post);
}

const VERDICTS = { good: ["ok", "green"], bad: ["NO", "red"], open: ["--", "yellow"] } as const;

const LEGEND =
  "ok: as after a good rotation; --: not so, because of the fault; NO: must never be so. Each secret is shown as the first 8 hex digits of its SHA-256.";

/** What became of the secret, read from the local fakes. */
export function showProof(screen: Screen, proof: readonly Fact[]): void {
  screen.heading("Proof, read from the local fakes");
  for (const { verdict, says, by } of proof) {
    const [mark, style] = VERDICTS[verdict];
    const [first = "", ...rest] = wrapped(`${says} (${by}).`, screen.width - 2 * INDENT.length - mark.length);
    screen.line(`${INDENT}${screen.paint(style, mark)}${INDENT}${first}`);
    for (const line of rest) screen.line(`${INDENT}${" ".repeat(mark.length)}${INDENT}${line}`);
  }
  screen.line();
  screen.paragraph(LEGEND, "dim");
  screen.line();
}
