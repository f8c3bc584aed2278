import { randomBytes, randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Destination, addPlace, destinationsOf } from "./destinations";
import { type GitHubOptions, type GitHubStandIn, startGitHub } from "./github";
import type { Secrets } from "./leaks";
import { type SnapTradeOptions, type SnapTradeStandIn, startSnapTrade } from "./snaptrade";
import { type Identity, makeAuthority } from "./tls";

export interface StageOptions {
  /** Inputs of the action that are to differ from the usual ones. */
  readonly inputs?: Readonly<Record<string, string>>;
  readonly snapTrade?: Partial<SnapTradeOptions>;
  readonly github?: Partial<GitHubOptions>;
  /** Both services speak TLS, or GitHub alone, with certificates of an authority of the stage's own. */
  readonly secure?: true | "github";
  /** What kind of token the step is given; default `github_pat_`. */
  readonly tokenKind?: "ghp_" | "ghs_" | "github_pat_";
  /** Default `octo-org/brokerage`. */
  readonly repository?: string;
  /** Default `customer-1`. */
  readonly userId?: string;
  /** Default a new one. */
  readonly consumerKey?: string;
  /** More users of the same client, with their secrets. */
  readonly otherUsers?: Readonly<Record<string, string>>;
}

/** A SnapTrade and a GitHub that agree with each other, and the inputs with which the action may rotate there. */
export interface Stage {
  readonly snapTrade: SnapTradeStandIn;
  readonly github: GitHubStandIn;
  readonly repository: string;
  readonly userId: string;
  readonly clientId: string;
  readonly consumerKey: string;
  readonly token: string;
  /** The secret in force at the start, which every destination holds. */
  readonly given: string;
  readonly inputs: Readonly<Record<string, string>>;
  /** In the order of `save-to`: the first is the primary. */
  readonly destinations: readonly Destination[];
  /** For `NODE_EXTRA_CA_CERTS`; empty unless the stage is secure. */
  readonly caFile: string;
  /** Does something when the stage is closed. */
  later(tidyUp: () => unknown): void;
  /** Does something when the world is healed: what time brings, or a person who follows the words. */
  onHeal(act: () => unknown): void;
  heal(): Promise<void>;
  /** Everything that must leak nowhere, as of now. */
  secrets(): Secrets;
  close(): Promise<void>;
}

const REPOSITORY = "octo-org/brokerage";
const USER_ID = "customer-1";
const SAVE_TO = "SNAPTRADE_USER_SECRET --env production";

/** Starts both stand-ins with fresh random secrets. */
export async function startStage(options: StageOptions = {}): Promise<Stage> {
  const { repository = REPOSITORY, userId = USER_ID } = options;
  const [given, consumerKey] = [randomUUID(), options.consumerKey ?? randomBytes(32).toString("base64url")];
  const clientId = "SANDBOX-CLIENT";
  const token = `${options.tokenKind ?? "github_pat_"}${randomBytes(40).toString("hex")}`;
  const [ending, healing] = [new Acts(), new Acts()];
  const { caFile, tls } = options.secure === undefined ? { caFile: "", tls: {} } : await secured(ending);
  const ofSnapTrade = { ...(options.secure === true ? tls : {}), ...options.snapTrade };
  const users = { [userId]: given, ...options.otherUsers };
  const snapTrade = await startSnapTrade({ clientId, consumerKey, users, ...ofSnapTrade });
  const github = await startGitHub({ token, ...tls, ...options.github });
  const inputs = {
    "client-id": clientId,
    "consumer-key": consumerKey,
    "user-id": userId,
    "user-secret": given,
    "save-to": SAVE_TO,
    "github-token": token,
    "snaptrade-api-url": snapTrade.url,
    ...options.inputs,
  };
  const destinations = destinationsOf(inputs["save-to"], repository);
  for (const { where, name } of destinations) {
    addPlace(github, where);
    github.seed(where, name, given);
  }
  return {
    snapTrade,
    github,
    repository,
    userId,
    clientId,
    consumerKey,
    token,
    given,
    inputs,
    destinations,
    caFile,
    later: (tidyUp) => ending.add(tidyUp),
    onHeal: (act) => healing.add(act),
    heal: () => healing.do(),
    secrets: () => ({
      "consumer key": consumerKey,
      "github token": token,
      ...everInForce(snapTrade, userId),
      ...alteredSecrets(snapTrade, [...snapTrade.everInForce(userId), ...Object.values(inputs)]),
    }),
    close: async () => {
      await Promise.all([snapTrade.close(), github.close()]);
      await ending.do();
    },
  };
}

/** A shorter text that SnapTrade was asked about would be found everywhere. */
const ALTERED_LENGTH_MIN = 8;

/** What SnapTrade was asked about beside the secrets that there are: an altered secret tells most of the one it was made from. */
function alteredSecrets(snapTrade: SnapTradeStandIn, known: readonly string[]): Secrets {
  const altered = snapTrade.secretsAsked.filter(
    (secret) => secret.length >= ALTERED_LENGTH_MIN && !known.includes(secret),
  );
  return Object.fromEntries(altered.map((secret, index) => [`altered secret ${index + 1}`, secret]));
}

/** By what they are called when one of them leaks. */
function everInForce(snapTrade: SnapTradeStandIn, userId: string): Secrets {
  const named = snapTrade
    .everInForce(userId)
    .map((secret, index): [string, string] => [
      index === 0 ? "first user secret" : `user secret after reset ${index}`,
      secret,
    ]);
  return Object.fromEntries(named);
}

/** Things to be done at a moment that is yet to come. */
class Acts {
  readonly #acts: (() => unknown)[] = [];

  add(act: () => unknown): void {
    this.#acts.push(act);
  }

  async do(): Promise<void> {
    for (const act of this.#acts) await act();
  }
}

async function secured(ending: Acts): Promise<{ readonly caFile: string; readonly tls: { readonly tls: Identity } }> {
  const folder = await mkdtemp(join(tmpdir(), "authority-"));
  ending.add(() => rm(folder, { recursive: true, force: true }));
  const { caFile, server } = await makeAuthority(folder);
  return { caFile, tls: { tls: server } };
}
