import { EXIT_CODES } from "../rotation/outcome";
import type { Outcome } from "../rotation/outcome";
import type { Destination } from "../rotation/ports";
import { wordsFor } from "../rotation/words";
import type { Spaced } from "../rotation/words";
import type { ReasonCode } from "../rotation/reasons";
import type { Console } from "./console";
import type { Delivery } from "./delivery";
import { renderSummary } from "./summary";

/** GitHub cuts an annotation at 4,096 characters. */
const ANNOTATION_MAX_CHARACTERS = 4_000;

/** What the words need beside the outcome. */
export interface Circumstances {
  readonly primary: Pick<Destination, "label" | "visible"> | null;
  readonly spaced: readonly Spaced[];
}

/**
 * Says the outcome everywhere: outputs, summary, and one annotation if it is not a good one.
 * @returns false where later steps could not be told, which has to make the step red.
 */
export async function report(
  outcome: Outcome,
  { primary, spaced }: Circumstances,
  console: Console,
  delivery: Delivery,
): Promise<boolean> {
  const words = wordsFor(outcome, spaced);
  const told = tellOutputs(outcome, delivery);
  try {
    await delivery.writeSummary(
      console.clean(
        renderSummary({
          outcome,
          words,
          primary,
          remarks: console.remarks,
          steps: console.steps(),
          help: helpFor(outcome.reason.code, process.env),
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
      more(outcome),
    ].join("\n");
    delivery.annotate(
      `SnapTrade user secret: ${words.title}`,
      console.clean(message).slice(0, ANNOTATION_MAX_CHARACTERS),
    );
  }
  return told;
}

function more({ reason }: Outcome): string {
  return `The job summary says more, and so does ${helpFor(reason.code, process.env)}`;
}

/** The page that helps, in the very version of the action that runs; its name alone where the runner does not tell which that is. */
export function helpFor(code: ReasonCode, env: Readonly<Record<string, string | undefined>>): string {
  const {
    GITHUB_SERVER_URL: server = "",
    GITHUB_ACTION_REPOSITORY: repository = "",
    GITHUB_ACTION_REF: ref = "",
  } = env;
  const isKnown = /^https:\/\/[\w.-]+$/.test(server) && /^[\w.-]+\/[\w.-]+$/.test(repository) && /^[\w.-]+$/.test(ref);
  return isKnown ? `${server}/${repository}/blob/${ref}/docs/recovery.md#${code}` : `docs/recovery.md#${code}`;
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
