import { randomBytes, randomUUID } from "node:crypto";
import { type Destination, addPlace, destinationsOf } from "./destinations";
import { type GitHubOptions, type GitHubStandIn, startGitHub } from "./github";
import type { Secrets } from "./leaks";
import { type SnapTradeOptions, type SnapTradeStandIn, startSnapTrade } from "./snaptrade";

export interface StageOptions {
  /** Inputs of the action that are to differ from the usual ones. */
  readonly inputs?: Readonly<Record<string, string>>;
  readonly snapTrade?: Partial<SnapTradeOptions>;
  readonly github?: Partial<GitHubOptions>;
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
  /** Everything that must leak nowhere, as of now. */
  secrets(): Secrets;
  /** Does something when the stage is closed. */
  onClose(act: () => unknown): void;
  close(): Promise<void>;
}

const REPOSITORY = "octo-org/brokerage";
const USER_ID = "customer-1";
const SAVE_TO = "SNAPTRADE_USER_SECRET --env production";

/** Starts both stand-ins with fresh random secrets. */
export async function startStage(options: StageOptions = {}): Promise<Stage> {
  const [given, consumerKey] = [randomUUID(), randomBytes(32).toString("base64url")];
  const clientId = "SANDBOX-CLIENT";
  const token = `github_pat_${randomBytes(40).toString("hex")}`;
  const snapTrade = await startSnapTrade({ clientId, consumerKey, users: { [USER_ID]: given }, ...options.snapTrade });
  const github = await startGitHub({ token, ...options.github });
  const inputs = {
    "client-id": clientId,
    "consumer-key": consumerKey,
    "user-id": USER_ID,
    "user-secret": given,
    "save-to": SAVE_TO,
    "github-token": token,
    "snaptrade-api-url": snapTrade.url,
    ...options.inputs,
  };
  const destinations = destinationsOf(inputs["save-to"], REPOSITORY);
  for (const { where, name } of destinations) {
    addPlace(github, where);
    github.seed(where, name, given);
  }
  const tidyUps: (() => unknown)[] = [];
  return {
    snapTrade,
    github,
    repository: REPOSITORY,
    userId: USER_ID,
    clientId,
    consumerKey,
    token,
    given,
    inputs,
    destinations,
    secrets: () => ({
      "consumer key": consumerKey,
      "github token": token,
      ...Object.fromEntries(
        snapTrade
          .everInForce(USER_ID)
          .map((secret, index) => [index === 0 ? "first user secret" : `user secret after reset ${index}`, secret]),
      ),
      ...alteredSecrets(snapTrade, [...snapTrade.everInForce(USER_ID), ...Object.values(inputs)]),
    }),
    onClose: (act) => void tidyUps.push(act),
    close: async () => {
      await Promise.all([snapTrade.close(), github.close()]);
      for (const tidyUp of tidyUps) await tidyUp();
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
