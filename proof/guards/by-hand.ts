import type { Guard } from "./guard";

/** What keeps a person who finishes a save, or rescues, from harming a secret that works. */
export const GUARDS_BY_HAND: readonly Guard[] = [
  {
    name: "confirmed rescue",
    prevents: "a rescue ends the working secret of somebody whom user-id names by mistake",
    instead: [""],
    noticedBy: {
      faults: ["rescue-of-another-user", "rescue-confirmed-by-a-variable", "rescue-unconfirmed"],
    },
  },
  {
    name: "dead before finish",
    prevents: "a command from before destroys a secret that works",
    instead: [""],
    // A play cannot tell: what somebody has finished was saved after the command was printed, which is refused as well.
    noticedBy: { units: [{ file: "__tests__/rotation/complete.test.ts" }] },
  },
  {
    name: "unmoved before finish",
    prevents: "a command from before destroys what somebody has saved since, in a run that was handed an older value",
    instead: ["false"],
    noticedBy: { units: [{ file: "__tests__/rotation/complete.test.ts" }], faults: ["finish-overtaken"] },
  },
  {
    name: "finish at home",
    prevents: "somebody else's command writes somebody else's secret",
    instead: [""],
    noticedBy: {
      units: [{ file: "__tests__/github/recovery-command.test.ts" }],
      faults: ["finish-other-destination", "finish-other-host"],
    },
  },
];
