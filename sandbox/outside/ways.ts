import type { Effect, FaultTarget, GitHubStandIn, MadeUpAnswer } from "../github";
import type { WorldFault } from "../named-fault";
import type { Stage } from "../stage";

/** A catalogue of faults by their names. */
export type Catalogue = Readonly<Record<string, WorldFault>>;

export const PUT: FaultTarget = { which: "put" };
export const ANY: FaultTarget = {};

/** Time enough for whatever comes and goes. */
export const LONG_SAVE = { inputs: { "save-timeout": "10m" } } as const;
/** A second destination beside the usual one. */
export const TWO = "SNAPTRADE_USER_SECRET --env production\nA_COPY --env staging";

/** A fault of the switchboard, which may last for a while. */
export function fault(
  says: string,
  on: FaultTarget,
  effect: Effect,
  lasting: { readonly times?: number | "always"; readonly forMs?: number; readonly stage?: WorldFault["stage"] } = {},
): WorldFault {
  const { stage, ...span } = lasting;
  return {
    says,
    ...(stage && { stage }),
    apply: ({ github }) => {
      github.faults.inject({ on, effect, ...span });
      return {};
    },
  };
}

/** A setting of GitHub's. */
export function setting(
  says: string,
  set: (github: GitHubStandIn, stage: Stage) => unknown,
  stage?: WorldFault["stage"],
): WorldFault {
  return {
    says,
    ...(stage && { stage }),
    apply: (played) => {
      set(played.github, played);
      return {};
    },
  };
}

/** Something that happens at the moment when SnapTrade has a new secret and has not said so yet. */
export function atReset({ snapTrade }: Stage, act: () => unknown): void {
  snapTrade.on("reset-committed", () => {
    act();
  });
}

/** An answer whose headers are made when it goes out, told how much longer the fault lasts. */
export function told(
  status: number,
  message: string,
  headers: (leftMs: number) => Record<string, string>,
): { readonly kind: "answer" } & MadeUpAnswer {
  const body = { message, documentation_url: "https://docs.github.com/rest", status: String(status) };
  return { kind: "answer", status, body, headers };
}

/** GitHub's words for a secondary limit. */
export const SECONDARY = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.";
