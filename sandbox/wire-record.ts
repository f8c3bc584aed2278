import type { IncomingHttpHeaders } from "node:http";

/** A request as it came over the wire, for whoever compares it with what the service's own description says. */
export interface Asked {
  /** Path and query as sent. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/**
 * Where an answer is otherwise than the service's own description has it, because a fault wants it so: in the first of
 * these that shows. `anywhere` is for answers that are drawn at random.
 */
export type Stray = "anywhere" | "body" | "content type" | "status";

/** An answer as it went over the wire, in a frame that is sound HTTP. */
export interface Said {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly strays: Stray | undefined;
}
