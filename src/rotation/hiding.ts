import type { Context } from "./context";
import { surveyAll } from "./survey";
import type { Found } from "./survey";

/** A search for secrets that hide a destination. It runs in parallel to everything else and stops nothing. */
export interface HidingLook {
  begin(): void;
  /** Makes no further request. A result that is still under way is reported all the same. */
  end(): void;
  /** Waits until everything is reported. */
  wait(): Promise<void>;
}

/** A hidden destination is a warning in `check`, which has time to wait for it, and otherwise a line of the summary. */
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

/** The first look at every destination. The search for what hides one starts behind it. */
export async function surveyBeside(hiding: HidingLook, context: Context): Promise<Found> {
  await context.ports.equip();
  const surveying = surveyAll(context, "first");
  hiding.begin();
  return await surveying;
}
