import type { Context } from "./context";
import { surveyAll } from "./survey";
import type { Found } from "./survey";

/** A look at whether anything hides a destination, which goes on during all else and stops nothing. */
export interface HidingLook {
  begin(): void;
  /** No further request is made for it. What is found by one that is under way is told all the same. */
  end(): void;
  /** Waits until all is told that there is to tell. */
  wait(): Promise<void>;
}

/** What hides a destination is a warning in `check`, which nobody waits for, and otherwise a line of the summary. */
export function hidingLook({ task, ports: { run, operator } }: Context): HidingLook {
  let isWanted = true;
  let told = Promise.resolve();
  const tell = async (): Promise<void> => {
    const hidden = await run.hiding(() => isWanted);
    if (hidden.length === 0) return;
    if (task.mode === "check") operator.remark({ code: "destination-hidden", hidden });
    else operator.note({ code: "destination-hidden", hidden });
  };
  return {
    begin: () => {
      told = tell().catch(() => undefined);
    },
    end: () => {
      isWanted = false;
    },
    wait: async () => await told,
  };
}

/** The first look at every destination; what may hide one is asked about behind it. */
export async function surveyBeside(hiding: HidingLook, context: Context): Promise<Found> {
  await context.ports.equip();
  const surveying = surveyAll(context, "first");
  hiding.begin();
  return await surveying;
}
