import type { Environment } from "./fields";
import type { RescueInputs } from "./inputs";
import type { Clock } from "../rotation/ports";
import { Refusal } from "../rotation/refusal";
import { readEvent } from "./event";

const CONFIRMATION = "confirm-user-id";
const TYPED = "the user ID, typed once more by the person who starts the run";

/**
 * A rescue may end a secret that works, and of whomever `user-id` names. So a person has to have named that user when
 * starting the run; a variable or a default would confirm whatever the workflow's file says.
 * @throws {Refusal} where nobody has.
 */
export async function refuseUnconfirmed(
  { confirmUserId, snaptrade }: Pick<RescueInputs, "confirmUserId" | "snaptrade">,
  env: Environment,
  clock: Clock,
): Promise<void> {
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
