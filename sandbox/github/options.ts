import type { Area } from "./scopes";

/** What a token may do in an area; what is not named is `write`. */
export type Permissions = Readonly<Partial<Record<Area, "none" | "read" | "write">>>;

/** GitHub's brake for those who write too much at once. */
export interface SecondaryLimit {
  /** PUTs and DELETEs in one window. */
  readonly writesPerMinute: number;
  /** What `retry-after` says; absent: the header is not sent. */
  readonly retryAfterSeconds?: number;
  /** The length of the "minute", so that tests can scale time; default 60 000. */
  readonly windowMs?: number;
  /** GitHub answers with either; default 403. */
  readonly status?: 403 | 429;
}

/** How GitHub counts all requests of a token. */
export interface PrimaryLimit {
  readonly limit: number;
  readonly windowMs: number;
  /** What is left of the first window, which begins with the first request; default all of it. */
  readonly remaining?: number;
}

/** How {@link startGitHub} sets up its GitHub. */
export interface GitHubOptions {
  /** The one token that is known; its prefix decides what kind it is (`github_pat_`, `ghp_`, `ghs_`). */
  readonly token: string;
  /** When the token expires; sent as a header on every answer, and 401 from then on. */
  readonly tokenExpiresAt?: Date;
  readonly permissions?: Permissions;
  /** What `X-OAuth-Scopes` says for a classic token; default `admin:org, repo`. */
  readonly classicScopes?: readonly string[];
  /** https when given, else http on 127.0.0.1. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** A unix socket to listen on as well, speaking http: where `gh config set http_unix_socket` points. */
  readonly socketPath?: string;
  /** `/api/v3` on GitHub Enterprise Server; default `""`. */
  readonly basePath?: "" | "/api/v3";
  /** Each answer takes this long, half of it before the request is applied. */
  readonly latencyMs?: number;
  /** GitHub's clock minus ours. */
  readonly clockSkewMs?: number;
  /** GitHub tells times to the second, so that two writes within one second leave `updated_at` unmoved; default `seconds`. */
  readonly timePrecision?: "milliseconds" | "seconds";
  /** When every workflow run that is asked for began; default: when the stand-in started. */
  readonly runStartedAt?: Date;
  /** GitHub's older behaviour: a box for another key is acknowledged and stored as an empty secret, instead of 422. */
  readonly wrongScopeBoxStoredEmpty?: boolean;
  readonly secondaryLimit?: SecondaryLimit;
  /** Default 5000 an hour. */
  readonly rateLimit?: PrimaryLimit;
}

/** What can be changed while GitHub runs. */
export interface GitHubPolicy {
  token: string;
  tokenExpiresAt: Date | undefined;
  expiryFormat: "offset" | "utc";
  permissions: Permissions;
  classicScopes: readonly string[];
  runStartedAt: Date;
  wrongScopeBoxStoredEmpty: boolean;
  secondaryLimit: SecondaryLimit | undefined;
  rateLimit: PrimaryLimit;
  /** Whether answers tell of an allowance; an Enterprise Server may count none. */
  tellsAllowance: boolean;
  /** `GET …/secrets/NAME` goes on telling the old `updated_at` for this long after a write. */
  metadataLagMs: number;
  /** A secret that was made a moment ago is not found for this long, neither by GET nor by DELETE. */
  createLagMs: number;
  /** A secret that was deleted is still shown for this long. */
  deleteLagMs: number;
  /** Old Enterprise Servers tell `key_id` as a JSON number. */
  keyIdAs: "number" | "string";
  /** `strings`: integers in Dependabot's `selected_repository_ids` get a 422, as some servers have it; default `either`. */
  dependabotIds: "either" | "strings";
  /** What becomes of a new connection: `silent` takes it and never says a word, `reset` ends it at its first byte. */
  newConnections: "reset" | "served" | "silent";
  /** A new connection is served only after this long, so that its handshake takes as long. */
  connectDelayMs: number;
  /** An idle connection is closed after this long; `undefined`: never. */
  idleCloseMs: number | undefined;
  latencyMs: number;
}

/** The policy that the options ask for. */
export function policyOf(options: GitHubOptions): GitHubPolicy {
  return {
    token: options.token,
    tokenExpiresAt: options.tokenExpiresAt,
    permissions: options.permissions ?? {},
    classicScopes: options.classicScopes ?? ["admin:org", "repo"],
    runStartedAt: options.runStartedAt ?? new Date(),
    wrongScopeBoxStoredEmpty: options.wrongScopeBoxStoredEmpty ?? false,
    secondaryLimit: options.secondaryLimit,
    rateLimit: options.rateLimit ?? { limit: 5000, windowMs: 3_600_000 },
    expiryFormat: "utc",
    tellsAllowance: true,
    metadataLagMs: 0,
    createLagMs: 0,
    deleteLagMs: 0,
    keyIdAs: "string",
    dependabotIds: "either",
    newConnections: "served",
    connectDelayMs: 0,
    idleCloseMs: undefined,
    latencyMs: options.latencyMs ?? 0,
  };
}
