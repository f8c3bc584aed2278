import { createHash } from "node:crypto";
import type { StepChange, WorldFault } from "./named-fault";
import { sealBox, toBase64 } from "./github/keys";
import { at } from "./instants";
import type { Stage } from "./stage";

type Faults = Readonly<Record<string, WorldFault>>;

/** How a pasted command differs from the one that would finish the save. */
interface Pasted {
  readonly host?: string;
  readonly place?: string;
  readonly keyId?: string;
  readonly printedAgoMs?: number;
}

const MINUTE_MS = 60_000;
const PLACE = "/repos/octo-org/brokerage/environments/production/secrets/SNAPTRADE_USER_SECRET";

/** What a run left that had rotated and could not save. */
function commandFor({ github, destinations }: Stage, secret: string, pasted: Pasted = {}): string {
  const [primary] = destinations;
  if (primary === undefined) throw new Error("The stage has no destination.");
  const { host = "127.0.0.1", place = PLACE, keyId = github.keyId, printedAgoMs = MINUTE_MS } = pasted;
  const box = toBase64(sealBox(secret, new Uint8Array(Buffer.from(github.publicKey(primary.where), "base64"))));
  const at = new Date(Date.now() - printedAgoMs).toISOString().replace(/\.\d+Z$/, "Z");
  const words = [
    "gh api --method PUT --hostname",
    host,
    place,
    "-f",
    `encrypted_value=${box}`,
    "-f",
    `key_id=${keyId}`,
  ];
  const check = createHash("sha256").update(`${keyId} ${box}`).digest("hex").slice(0, 8);
  return `${words.join(" ")} && : # check ${check}, printed ${at}`;
}

/** A browser breaks a long line anywhere. */
function broken(command: string): string {
  return (command.match(/.{1,37}/gs) ?? []).join("\n");
}

/** An earlier run has rotated and saved nothing; a person pastes what it left. */
function finishing(
  says: string,
  pasted: Pasted = {},
  arrange: (stage: Stage, fresh: string) => StepChange = () => ({}),
): WorldFault {
  return {
    says,
    stage: { inputs: { mode: "finish" } },
    apply: (stage) => {
      const fresh = stage.snapTrade.rotateBehindBack(stage.userId);
      const inputs = { ...stage.inputs, "recovery-command": broken(commandFor(stage, fresh, pasted)) };
      const change = arrange(stage, fresh);
      return { ...change, inputs: { ...inputs, ...change.inputs } };
    },
  };
}

function save({ github, destinations }: Stage, value: string, at = new Date(Date.now() + 1_000)): void {
  for (const { where, name } of destinations) github.seed(where, name, value, { at });
}

/** GitHub leaves writes without an answer, whether or not they took effect. */
function unanswered(stage: Stage, times: number | "always", applied: boolean): StepChange {
  stage.github.faults.inject({ on: { which: "put" }, effect: { kind: "cut", applied, by: "rst" }, times });
  return {};
}

/** The save of an earlier run is to be finished, by `mode: finish`. */
export const finishFaults: Faults = {
  "finish-completes": finishing("A person finishes the save of an earlier run with the command that it left."),
  "finish-secret-live": finishing("A person finishes a save that someone has finished before.", {}, (stage, fresh) => {
    save(stage, fresh);
    return { inputs: { "user-secret": fresh } };
  }),
  "finish-overtaken": finishing(
    "Someone has saved another secret since the command was printed, which is dead too.",
    {},
    (stage) => {
      save(stage, "saved-by-somebody", new Date(Date.now() - MINUTE_MS / 2));
      return { inputs: { "user-secret": "saved-by-somebody" } };
    },
  ),
  "finish-outdated": finishing(
    "Another job has saved a secret since this one read the one that it is given.",
    { printedAgoMs: -MINUTE_MS },
    (stage, fresh) => {
      save(stage, fresh);
      return {};
    },
  ),
  "finish-other-destination": finishing("The command is for another destination.", {
    place: PLACE.replace("production", "staging"),
  }),
  "finish-other-host": finishing("The command is for another server.", { host: "github.example.com" }),
  "finish-torn-command": finishing("The end of the command was not copied.", {}, (stage) => ({
    inputs: { "recovery-command": commandFor(stage, "anything").slice(0, -30) },
  })),
  "finish-key-changed": finishing("GitHub has another key since the command was printed.", { keyId: "1" }),
  "finish-refused": finishing("GitHub does not accept the write.", {}, ({ github }) => {
    const effect = { kind: "answer", status: 422, body: { message: "Validation failed" } } as const;
    github.faults.inject({ on: { which: "put" }, effect, times: "always" });
    return {};
  }),
  "finish-refused-in-the-background": finishing(
    "A step in the background is cancelled while GitHub does not accept its write, and ends by itself in time.",
    {},
    (stage) => {
      const effect = { kind: "answer", status: 422, body: { message: "Validation failed" } } as const;
      stage.github.faults.inject({ on: { which: "put" }, effect, times: "always" });
      return { kind: "background", cancel: { when: at(stage, "put-arrived"), sigintMs: 20_000, sigtermMs: 1_000 } };
    },
  ),
  "finish-unanswered-once": finishing("GitHub stores the secret and does not report it at first.", {}, (stage) =>
    unanswered(stage, 1, true),
  ),
  "finish-never-answered": finishing("GitHub never answers the write.", {}, (stage) =>
    unanswered(stage, "always", false),
  ),
  "finish-undecided": finishing("SnapTrade cannot answer whether the saved secret is valid.", {}, ({ snapTrade }) => {
    snapTrade.faults.clientOff = "signature";
    return {};
  }),
  "finish-user-unchecked": finishing("SnapTrade does not list its users.", {}, ({ snapTrade }) => {
    snapTrade.faults.usersList = "silent";
    return {};
  }),
};
