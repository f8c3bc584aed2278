import type { SnapTradeEvent, SnapTradeHandler, SnapTradeRequest } from "./events";
import type { SnapTradeFaults } from "./faults";
import type { ServerIdentity } from "./listener";
import type { RateLimit } from "./rate-limit";

export interface SnapTradeOptions {
  readonly clientId: string;
  readonly consumerKey: string;
  /** User id → the secret in force at the start. */
  readonly users: Readonly<Record<string, string>>;
  /** PEM texts: https when given, else http. */
  readonly tls?: ServerIdentity;
  /** As with Personal keys. */
  readonly acceptsAnySecret?: boolean;
  /** Its clock against ours. */
  readonly clockSkewMs?: number;
  /** 250 a minute unless given. */
  readonly rateLimit?: RateLimit;
  /** Every answer waits for so long. */
  readonly latencyMs?: number;
  /** `false` lets a dead secret reset. */
  readonly resetNeedsOldSecret?: boolean;
  /** Makes the n-th new secret, counted from 1; a random UUID unless given. */
  readonly nextSecret?: (n: number) => string;
}

/** Stands in for api.snaptrade.com and keeps the truth about what is in force. */
export interface SnapTradeStandIn {
  /** Without a slash at the end. */
  readonly url: string;
  readonly port: number;
  readonly userIds: readonly string[];
  /** The ground truth. */
  secretInForce(userId: string): string | undefined;
  /** Every secret there ever was, oldest first. */
  everInForce(userId: string): readonly string[];
  /** How many reset requests came into effect. */
  readonly resets: number;
  /** How many reset requests arrived, whatever became of them; one struck down at its first byte counts too. */
  readonly resetRequests: number;
  readonly requests: readonly SnapTradeRequest[];
  /** Every secret that a probe, or a rightly signed reset, ever brought, altered ones included, oldest first. */
  readonly secretsAsked: readonly string[];
  /** Another rotation interferes. Returns the secret it made. */
  rotateBehindBack(userId: string): string;
  /** SnapTrade goes back to the first secret, as after a restored backup. */
  restoreFirst(userId: string): void;
  /** Refuses every connection, for so long or until `comeUp`. */
  goDown(options?: { readonly forMs?: number }): Promise<void>;
  /** Listens again, on the same port. */
  comeUp(): Promise<void>;
  /** The request waits for the handler. Returns what takes the handler off again. */
  on(event: SnapTradeEvent, handler: SnapTradeHandler): () => void;
  /** The next such event from now on. */
  waitFor(event: SnapTradeEvent): Promise<SnapTradeRequest>;
  readonly faults: SnapTradeFaults;
  close(): Promise<void>;
}
