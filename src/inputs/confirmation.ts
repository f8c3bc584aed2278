import type { Environment } from "./fields";
import type { RescueInputs } from "./inputs";
import type { Clock } from "../rotation/ports";
import { Refusal } from "../rotation/refusal";
import { readEvent } from "./event";

const CONFIRMATION = "confirm-user-id";
const TYPED = "the user ID, typed again by the person who starts the run";

/**
 * A rescue may replace a working secret, of any user that `user-id` names. So a person must enter that user ID when
 * starting the run; a variable or a default would confirm whatever the workflow file contains.
 * @throws {Refusal} if no person has.
 */
export async function refuseUnconfirmed(
  { confirmUserId, snaptrade }: Pick<RescueInputs, "confirmUserId" | "snaptrade">,
  env: Environment,
  clock: Clock,
): Promise<void> {
  if (confirmUserId === "") throw refusal("must not be empty in mode: rescue");
  if (confirmUserId !== snaptrade.userId) throw refusal("differs from user-id");
  const event = await readEvent(env, clock);
  if (event === null)
    throw refusal("cannot be compared with the event's own input, because the event's file cannot be read");
  const typed = event.inputs[CONFIRMATION];
  if (typed === undefined) throw refusal("not an input of the event, so no one has typed it");
  if (typed !== confirmUserId) throw refusal("differs from the event's own input of that name");
}

function refusal(problem: string): Refusal {
  return Refusal.ofInput(CONFIRMATION, problem, TYPED);
}
