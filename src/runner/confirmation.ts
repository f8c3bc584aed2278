import type { Environment, Inputs } from "../inputs";
import { printable } from "../rotation/printable";
import type { Clock } from "../rotation/ports";
import { Refusal } from "../rotation/refusal";
import { readEvent } from "./event";

const CONFIRMATION = "confirm-user-id";
const TYPED = "the user ID, typed once more by the person who starts the run";

/**
 * A rescue may end a secret that works, and of whomever `user-id` names. So a person has to have named that user when
 * starting the run; a variable or a default would confirm whatever the workflow's file says.
 * @throws {Refusal} where nobody has, or where the mode is not one for this event.
 */
export async function refuseUnconfirmed(
  { mode, confirmUserId, snaptrade }: Pick<Inputs, "mode" | "confirmUserId" | "snaptrade">,
  env: Environment,
  clock: Clock,
): Promise<void> {
  if (mode !== "rescue" && mode !== "finish") return;
  refuseOtherEvents(mode, env);
  if (mode === "finish") return;
  if (confirmUserId === "") throw refusal("is missing or empty, and mode: rescue needs it");
  if (confirmUserId !== snaptrade.userId) throw refusal("is not the value of user-id");
  const event = await readEvent(env, clock);
  if (event === null) throw refusal("cannot be compared with the event's own input, because its file cannot be read");
  const typed = event.inputs[CONFIRMATION];
  if (typed === undefined) throw refusal("is not an input of the event, so nobody has typed it");
  if (typed !== confirmUserId) throw refusal("is not what was typed into the event's own input of that name");
}

function refusal(problem: string): Refusal {
  return Refusal.ofInput(CONFIRMATION, problem, TYPED);
}

function refuseOtherEvents(mode: "rescue" | "finish", env: Environment): void {
  const event = env["GITHUB_EVENT_NAME"] ?? "";
  if (event === "workflow_dispatch") return;
  const confirms = mode === "rescue" ? `, on which ${CONFIRMATION} confirms nothing` : "";
  throw Refusal.ofSetting(
    "GITHUB_EVENT_NAME",
    `is ${JSON.stringify(printable(event))}, and mode: ${mode} is for a person to start${confirms}`,
    "workflow_dispatch",
  );
}
