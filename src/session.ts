import { connectGitHub } from "./github/client";
import type { GitHub } from "./github/client";
import { GitHubSecret } from "./github/destination";
import { loadOctokit } from "./github/octokit";
import { GitHubRun } from "./github/run";
import { Sealer } from "./github/seal";
import type { Environment } from "./inputs/fields";
import type { Inputs, Saving, SavingInputs } from "./inputs/inputs";
import { givenValues, secretInputs } from "./inputs/secret-inputs";
import type { Reply, Task } from "./rotation/model";
import type { Escrow, Journal, Ports } from "./rotation/ports";
import { Secret } from "./text/secret";
import type { SystemClock } from "./runner/clock";
import type { Console } from "./report/console";
import { loadDelivery } from "./report/delivery";
import type { Binding, JournalKey } from "./runner/journal";
import type { Interruptions } from "./runner/signals";
import { SnapTrade } from "./snaptrade/issuer";
import { GITHUB_REQUEST_TIMEOUT_MAX_MS, HEAD_START_MS, RECONNECT_FOR_MS } from "./timing";

/** What exists before any input is read. */
export interface World {
  readonly env: Environment;
  readonly console: Console;
  readonly interruptions: Interruptions;
  readonly clock: SystemClock;
  readonly lifetime: AbortSignal;
}

/** Called before anything else prints, whether or not the inputs are valid. */
export function maskInputs(env: Environment, { console }: World): void {
  for (const { value } of secretInputs(env)) console.mask(value);
}

export function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}

/** Reports an unexpected error that the work survives. */
export function noteUncaught(error: unknown, { console }: World): void {
  console.say({ code: "uncaught", name: nameOf(error) });
  console.trace(error);
}

/** Values that the log may mask: all secret inputs, and the IDs, which may be stored as secrets. */
export function maskable({ snaptrade: { clientId, userId } }: Inputs, { env }: World): readonly Secret[] {
  return [...givenValues(env), new Secret(clientId), new Secret(userId)];
}

/** The run as the runner describes it, the same for the main and the post step. */
export function bindingOf(env: Environment): Binding {
  const { GITHUB_REPOSITORY, GITHUB_RUN_ID, GITHUB_RUN_ATTEMPT, GITHUB_ACTION } = env;
  return {
    repository: (GITHUB_REPOSITORY ?? "").toLowerCase(),
    runId: GITHUB_RUN_ID ?? "",
    runAttempt: GITHUB_RUN_ATTEMPT ?? "",
    action: GITHUB_ACTION ?? "",
  };
}

export function keyOf({ snaptrade, userSecret }: Inputs): JournalKey {
  return { consumerKey: snaptrade.consumerKey, oldSecret: userSecret };
}

export function taskOf({ mode, userSecret, create, canary, minAgeMs, saveTimeoutMs, settleMs }: SavingInputs): Task {
  return { mode, secret: userSecret, create, canary, minAgeMs, saveTimeoutMs, settleMs };
}

export function snapTrade({ snaptrade, resetTimeoutMs }: Inputs, { lifetime, console }: World): SnapTrade {
  const quote = (text: string): string | null => console.quote(text);
  return new SnapTrade({ ...snaptrade, resetTimeoutMs, lifetime, quote });
}

export interface Parts {
  readonly inputs: Inputs;
  readonly saving: Saving;
  readonly journal: Journal;
  readonly escrow: Escrow | null;
}

export interface Connected {
  readonly ports: Ports;
  readonly github: GitHub;
}

export function connectPorts({ inputs, saving, journal, escrow }: Parts, world: World): Connected {
  const { apiUrl, token } = saving;
  const { lifetime } = world;
  const requestTimeoutMs = Math.min(Math.ceil(inputs.saveTimeoutMs / 2), GITHUB_REQUEST_TIMEOUT_MAX_MS);
  const reconnectForMs = Math.min(requestTimeoutMs / 2, RECONNECT_FOR_MS);
  const quote = (text: string): string | null => world.console.quote(text);
  const github = connectGitHub({ apiUrl, token, requestTimeoutMs, reconnectForMs, lifetime, quote, loadOctokit });
  const { clientId, userId } = inputs.snaptrade;
  const sealer = new Sealer(maskable(inputs, world));
  const ids = { "client-id": clientId, "user-id": userId };
  const [primary, ...copies] = saving.places;
  const issuer = snapTrade(inputs, world);
  const ports: Ports = {
    equip: async () => {
      // Loading blocks the process for some 50 ms, so the connections to SnapTrade are opened first.
      await world.clock.sleep(HEAD_START_MS);
      await Promise.all([sealer.load(), github.load(), loadDelivery()]);
    },
    issuer: {
      probe: async (candidate) => await issuer.probe(candidate),
      control: async () => await issuer.control(),
      madeUpReply: () => issuer.madeUpReply(),
      reset: async (current, onSend) => await resetWarm(issuer, github, { current, onSend }),
      read: (reply, current) => issuer.read(reply, current),
      skewMs: async () => await issuer.skewMs(),
    },
    primary: new GitHubSecret(primary, github, sealer, ids),
    copies: copies.map((place) => new GitHubSecret(place, github, sealer, ids)),
    githubClock: github.clock,
    run: new GitHubRun(github, saving, quote),
    journal,
    operator: world.console,
    escrow,
    cancellation: world.interruptions,
    clock: world.clock,
  };
  return { ports, github };
}

/** The connection for the save is kept open, however long the reset and its answer take. */
async function resetWarm(
  issuer: SnapTrade,
  github: GitHub,
  { current, onSend }: { readonly current: Secret; readonly onSend: (at: number) => void },
): Promise<Reply> {
  const reply = await github.keepWarm(() => issuer.reset(current, onSend));
  const rest = reply.kind === "sent" ? reply.rest : undefined;
  if (rest !== undefined) void github.keepWarm(() => rest);
  return reply;
}
