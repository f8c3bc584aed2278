import { type NamedFault, faults } from "../../sandbox/faults";
import type { StageOptions } from "../../sandbox/stage";
import { scenarios } from "../../harness/scenarios";
import type { Play } from "../../harness/play";
import { instant } from "../../harness/circumstances";

/** A play of which a transcript is kept, and a sentence about it. */
export interface KeptPlay {
  readonly says: string;
  readonly play: Play;
}

const THREE = "SNAPTRADE_USER_SECRET --env production\nA_COPY\nANOTHER --org octo-org";

/** Named faults and scenarios whose events come in the same order on a slow machine and on a fast one. */
const NAMED = [
  // Nothing is wrong: every mode, and what each says of it.
  "saved-lately",
  "check-only",
  "verify-only",
  "copy-that-lies-behind",
  "finish-completes",
  "rescue-succeeds",
  "recipient-given",
  // Inputs, settings and events that are refused.
  "mode-wrong",
  "event-of-strangers",
  "node-options-require",
  "runner-temp-missing",
  "rescue-on-a-schedule",
  "rescue-unconfirmed",
  "finish-torn-command",
  // What SnapTrade says before the reset.
  "probe-401-signature",
  "client-id-unknown",
  "user-id-mistyped",
  "given-secret-dead",
  "given-secret-stale",
  "verify-of-an-older-value",
  "accepts-any-secret",
  // What GitHub says before the reset.
  "destination-missing",
  "token-reads-only",
  "token-without-secrets",
  "token-ends-in-six-days",
  "organization-secret-hidden",
  "organization-secret-missing",
  "id-in-the-command-checked",
  "canary-not-deleted",
  "key-changes-before-reset",
  "allowance-of-seven",
  // The reset and its answer.
  "reset-connection-refused",
  "reset-403",
  "reset-502",
  "reset-502-committed",
  "rescue-refused",
  // The save and its proof.
  "down-after-reset",
  "put-401-once",
  "old-stays-live",
  "overtaken-after-reset",
  "malformed-and-undecided",
  "finish-overtaken",
  // The step is ended, or something in it breaks.
  "killed-before-reset",
  "killed-after-reset",
  "killed-before-save",
  "killed-and-post-inputs-differ",
  "kept-but-undecided",
  "copy-is-killed",
  "engine-breaks-before-reset",
  "reset-undone",
] as const;

/** The last try has a tenth of it for its answer, which a busy machine needs. */
const PATIENT_SAVE = { "save-timeout": "10s" };
/** A busy machine may take its time to end after a signal. */
const PATIENT_LADDER = { sigintMs: 30_000, sigtermMs: 1_000 };

function named(name: string, inputs: StageOptions["inputs"] = {}): KeptPlay {
  const fault = faults.get(name);
  const found = fault === undefined ? scenarios[name] : { says: fault.says, play: playOf(fault) };
  if (found === undefined) throw new Error(`${name} is neither a fault nor a scenario.`);
  const { says, play } = found;
  const stage = async (): Promise<StageOptions> => {
    const own = typeof play.stage === "function" ? await play.stage() : play.stage;
    return { ...own, inputs: { ...own?.inputs, ...inputs } };
  };
  return { says, play: { ...play, stage } };
}

function playOf({ stage, apply }: NamedFault): Play {
  return { stage, prepare: (set) => apply(set) };
}

function cancelledAt(says: string, event: "canary-applied" | "reset-arrived"): KeptPlay {
  return { says, play: { prepare: (stage) => ({ cancel: { when: instant(stage, event), ...PATIENT_LADDER } }) } };
}

/** The stage is as usual, and the step is given something else. */
function given(says: string, inputs: Readonly<Record<string, string>>): KeptPlay {
  return { says, play: { prepare: (stage) => ({ inputs: { ...stage.inputs, ...inputs } }) } };
}

/** By the names of their files. */
export const PLAYS: Readonly<Record<string, KeptPlay>> = {
  rotated: { says: "Nothing goes wrong.", play: {} },
  "rotated-with-copies": {
    says: "Nothing goes wrong, and there are two copies.",
    play: { stage: { inputs: { "save-to": THREE } } },
  },
  exported: {
    says: "Nothing goes wrong, and export-env is given.",
    play: { stage: { inputs: { "export-env": "SNAPTRADE_SECRET" } } },
  },
  "save-to-refused": given("The second line of save-to has a flag that there is not.", {
    "save-to": "NAME\nNAME --user",
  }),
  "put-403-permission": named("put-403-permission", PATIENT_SAVE),
  "copy-fails": named("copy-fails", PATIENT_SAVE),
  "cancelled-before-reset": cancelledAt("The run is cancelled while the write check is under way.", "canary-applied"),
  "cancelled-at-reset": cancelledAt("The run is cancelled while the reset is under way.", "reset-arrived"),
  ...Object.fromEntries(NAMED.map((name) => [name, named(name)])),
};
