import { EXIT_CODES } from "../rotation/outcome";
import type { Outcome } from "../rotation/outcome";
import type { Destination } from "../rotation/ports";
import type { Spaced } from "../text/spaced";
import type { Console } from "./console";
import type { Delivery } from "./delivery";
import { helpFor } from "./help";
import { howToStart, splitStep } from "./steps";
import type { Step } from "./steps";
import { renderSummary } from "./summary";
import { wordsFor } from "./words";
import type { Words } from "./words";

/** GitHub truncates an annotation at 4,096 characters. */
const ANNOTATION_MAX_CHARACTERS = 4_000;

/** What the texts need apart from the outcome. */
export interface Circumstances {
  readonly primary: Pick<Destination, "label" | "visible"> | null;
  readonly spaced: readonly Spaced[];
  /** Unchanged, even if it is invalid. */
  readonly mode?: string;
  readonly userId: string;
  /** The post step reports because the main step was ended. */
  readonly isByPost?: boolean;
}

/**
 * Reports the outcome everywhere: outputs, summary, and an annotation unless it is good.
 * @returns false if later steps do not get the outputs, so that the step must fail.
 */
export async function report(
  outcome: Outcome,
  { primary, userId, isByPost = false, ...seen }: Circumstances,
  console: Console,
  delivery: Delivery,
): Promise<boolean> {
  const words = wordsFor(outcome, seen);
  const help = helpFor(outcome.reason.code, console.page);
  const isDelivered = setOutputs(outcome, delivery);
  try {
    await delivery.writeSummary(
      console.clean(
        renderSummary({
          outcome,
          words,
          primary,
          remarks: [...console.remarks.keys(), ...console.notes],
          timings: console.timings(),
          userId,
          isByPost,
          help,
        }),
      ),
    );
  } catch {
    console.say({ code: "summary-failed" });
  }
  if (EXIT_CODES[outcome.result] === 0) {
    console.print(`${words.title}. ${words.happened} ${words.world}`);
    for (const [text, title] of console.remarks) delivery.warn(title, text);
  } else {
    delivery.annotate(words.title, annotationOf(words, help, console));
  }
  return isDelivered;
}

/** With the first command, unless GitHub would truncate the message. */
function annotationOf(words: Words, help: string, console: Console): string {
  const first = words.now.find(({ copy }) => typeof copy === "object");
  const start = howToStart(words.now);
  const texts = [first, undefined].map((shown) =>
    console.clean(
      [
        [words.happened, words.world, words.never].filter((text) => text !== "").join(" "),
        ...words.now.map((step, index) => `${index + 1}. ${stepText(step, step === shown)}`),
        ...(start === null ? [] : [start]),
        `The job summary contains more, and so does ${help}`,
      ].join("\n"),
    ),
  );
  const fitting = texts.find((text) => text.length <= ANNOTATION_MAX_CHARACTERS) ?? texts[1] ?? "";
  return fitting.slice(0, ANNOTATION_MAX_CHARACTERS);
}

function stepText(step: Step, isShown: boolean): string {
  const { text, copy } = step;
  if (copy === undefined) return text;
  const [first, rest] = splitStep(step);
  return isShown && typeof copy === "object"
    ? `${first}:\n${copy.command}\n${rest}`
    : `${first} (in the job summary). ${rest}`;
}

function setOutputs(outcome: Outcome, delivery: Delivery): boolean {
  try {
    delivery.setOutputs(outcome);
    return true;
  } catch {
    return false;
  }
}

/** The secret is safe, but later steps lack its outputs because a file of the runner could not be written. */
export function annotateUndelivered(delivery: Delivery): void {
  delivery.annotate(
    "Cannot write the outputs",
    "Cannot write the runner's file for outputs, so later steps do not get them. The log shows where the secret is saved. Start a new run for the steps that need the outputs.",
  );
}
