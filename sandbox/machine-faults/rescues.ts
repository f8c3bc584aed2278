import { serverError } from "../github/fault-effects";
import type { StepChange, WorldFault } from "../named-fault";
import type { Stage, StageOptions } from "../stage";

type Catalogue = Readonly<Record<string, WorldFault>>;
type Inputs = Readonly<Record<string, string>>;

const CONFIRM = "confirm-user-id";
const USER = "customer-1";

/** The secret that GitHub holds is dead, and SnapTrade resets it all the same. */
function lose({ snapTrade, userId }: Stage): void {
  snapTrade.faults.resetNeedsOldSecret = false;
  snapTrade.rotateBehindBack(userId);
}

function rescue(says: string, own: Inputs, change: StepChange, stage: StageOptions = {}): WorldFault {
  return {
    says: `The secret is lost, and in mode rescue ${says}`,
    stage: { ...stage, inputs: { mode: "rescue", ...own } },
    apply: (played) => {
      lose(played);
      return change;
    },
  };
}

const CONFIRMED = { eventInputs: { mode: "rescue", [CONFIRM]: USER } } as const satisfies StepChange;

/** As `rescue`, confirmed, with a secret that somebody has put in place of the lost one; GitHub accepts no save. */
function placeholder(text: string): WorldFault {
  const { says, stage, apply } = rescue(
    `user-secret is the text "${text}"; GitHub accepts no save.`,
    { [CONFIRM]: USER, "user-secret": text },
    CONFIRMED,
  );
  return {
    says,
    ...(stage && { stage }),
    apply: (played) => {
      const { github } = played;
      github.faults.inject({ on: { which: "put" }, effect: serverError(500), times: "always" });
      return apply(played);
    },
  };
}

/** Who wants a secret back that is lost, and how it is said. */
export const rescues: Catalogue = {
  "rescue-confirmed": rescue("the person has typed the user ID once more.", { [CONFIRM]: USER }, CONFIRMED),
  "rescue-unconfirmed": rescue("no one has typed the user ID once more.", {}, { eventInputs: { mode: "rescue" } }),
  "rescue-confirmed-for-another": rescue(
    "the person has typed the id of another user.",
    { [CONFIRM]: "customer-2" },
    { eventInputs: { mode: "rescue", [CONFIRM]: "customer-2" } },
  ),
  "rescue-confirmed-by-a-variable": rescue(
    "a variable confirms the user ID, and no person.",
    { [CONFIRM]: USER },
    { eventInputs: { mode: "rescue" } },
  ),
  "rescue-confirmed-under-another-name": rescue(
    "an input of another name confirms the user ID.",
    { [CONFIRM]: USER },
    { eventInputs: { mode: "rescue", user: USER } },
  ),
  "rescue-on-a-schedule": rescue("a schedule starts it.", { [CONFIRM]: USER }, { event: "schedule" }),
  "rescue-event-file-torn": rescue(
    "the event's file is torn.",
    { [CONFIRM]: USER },
    { ...CONFIRMED, eventFile: "torn" },
  ),
  "rescue-event-file-torn-for-a-while": rescue(
    "the event's file is torn for half a second.",
    { [CONFIRM]: USER },
    { ...CONFIRMED, eventFile: { tornForMs: 500 } },
  ),
  "rescue-with-the-text-x": placeholder("x"),
  "rescue-with-the-text-0": placeholder("0"),
  "rescue-with-the-text-secret": placeholder("secret"),
  "rescue-of-another-user": {
    says: "In mode rescue user-id names another user of the same client, whose secret is live elsewhere.",
    stage: {
      otherUsers: { "customer-2": "held-by-another-system" },
      inputs: { mode: "rescue", "user-id": "customer-2" },
    },
    apply: ({ snapTrade }) => {
      snapTrade.faults.resetNeedsOldSecret = false;
      return { eventInputs: { mode: "rescue" } };
    },
  },
};
