import type { Asked, Said } from "../wire-record";

/** A request as far as tests need to know it. It is recorded when its head arrived and completed later. */
export interface SnapTradeRequest {
  readonly method: string;
  /** Without the query, which may hold a secret. */
  readonly path: string;
  /** Number of the connection, counted from 1. */
  readonly connection: number;
  /** How many requests came before it on the same connection: 0 on a fresh one. */
  readonly index: number;
  /** When the connection was opened, by `performance.now()` as all instants here. */
  readonly connectedAt: number;
  /** When its head was complete. */
  readonly at: number;
  readonly acceptEncoding: string | undefined;
  /** The request itself, once its body is here. */
  asked?: Asked;
  /** The answer itself, unless a fault wrote its bytes. */
  said?: Said;
  /** When its body was complete. */
  readAt?: number;
  /** Of a probe or a reset: what its secret was when the request was looked at. */
  secretWas?: "live" | "dead";
  /** When the new secret came into force because of it. */
  committedAt?: number;
  /** Absent as long as, or when, no HTTP status was written. */
  status?: number;
  /** When the last byte was written that it ever got. */
  answeredAt?: number;
}

/**
 * `…-arrived`: the head is there, nothing is looked at yet. `reset-committed`: the new secret is in force, no byte of
 * the answer is written yet. `…-answered`: the last byte that it gets is written, or the connection is gone.
 */
export type SnapTradeEvent =
  "reset-arrived" | "reset-committed" | "reset-answered" | "probe-arrived" | "probe-answered";

/** While it runs the request waits, so that a test can act at exactly this instant. */
export type SnapTradeHandler = (request: SnapTradeRequest) => void | Promise<void>;

/** Tells listeners what happens, and waits for them. */
export class Bell {
  readonly #handlers = new Map<SnapTradeEvent, Set<SnapTradeHandler>>();

  /** Returns what takes the handler off again. */
  on(event: SnapTradeEvent, handler: SnapTradeHandler): () => void {
    const handlers = this.#handlers.get(event) ?? new Set();
    this.#handlers.set(event, handlers.add(handler));
    return () => {
      handlers.delete(handler);
    };
  }

  async ring(event: SnapTradeEvent, request: SnapTradeRequest): Promise<void> {
    for (const handler of [...(this.#handlers.get(event) ?? [])]) {
      await handler(request);
    }
  }
}
