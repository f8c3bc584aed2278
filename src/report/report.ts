import { EXIT_CODES } from "../rotation/outcome";
import type { Outcome } from "../rotation/outcome";
import type { Destination } from "../rotation/ports";
import type { Spaced } from "../text/spaced";
import type { Console } from "./console";
import type { Delivery } from "./delivery";
import { helpFor } from "./help";
import { renderSummary } from "./summary";
import { wordsFor } from "./words";

/** GitHub cuts an annotation at 4,096 characters. */
const ANNOTATION_MAX_CHARACTERS = 4_000;

/** What the words need beside the outcome. */
export interface Circumstances {
  readonly primary: Pick<Destination, "label" | "visible"> | null;
  readonly spaced: readonly Spaced[];
  /** As it was given, even if it was refused. */
  readonly mode?: string;
}

/**
 * Says the outcome everywhere: outputs, summary, and one annotation if it is not a good one.
 * @returns false where later steps could not be told, which has to make the step red.
 */
export async function report(
  outcome: Outcome,
  { primary, ...seen }: Circumstances,
  console: Console,
  delivery: Delivery,
): Promise<boolean> {
  const words = wordsFor(outcome, seen);
  const told = tellOutputs(outcome, delivery);
  try {
    await delivery.writeSummary(
      console.clean(
        renderSummary({
          outcome,
          words,
          primary,
          remarks: [...console.remarks, ...console.notes],
          steps: console.steps(),
          help: helpFor(outcome.reason.code, console.page),
        }),
      ),
    );
  } catch {
    console.say({ code: "summary-failed" });
  }
  if (EXIT_CODES[outcome.result] === 0) {
    console.print(`${words.title}. ${words.happened} ${words.world}`);
    for (const remark of console.remarks) delivery.warn("SnapTrade user secret", remark);
  } else {
    const message = [
      `${words.happened} ${words.world}`,
      ...words.now.map((step, index) => `${index + 1}. ${step}`),
      `The job summary says more, and so does ${helpFor(outcome.reason.code, console.page)}`,
    ].join("\n");
    delivery.annotate(
      `SnapTrade user secret: ${words.title}`,
      console.clean(message).slice(0, ANNOTATION_MAX_CHARACTERS),
    );
  }
  return told;
}

function tellOutputs(outcome: Outcome, delivery: Delivery): boolean {
  try {
    delivery.setOutputs(outcome);
    return true;
  } catch {
    return false;
  }
}

/** The secret is safe, but a file of the runner's could not be written, so later steps go without. */
export function annotateUndelivered(delivery: Delivery): void {
  delivery.annotate(
    "SnapTrade user secret: later steps were not told",
    "The runner's file for outputs could not be written. The secret is where the log says it is; start a new run before anything that needs it.",
  );
}
