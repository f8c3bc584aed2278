import type { Which } from "./calls";
import type { Asked, Said } from "../wire-record";
import { type Place, type ScopeName, sameScope, scopeName } from "./scopes";

/** One request as the stand-in saw it; instants are `performance.now()` of this process. */
export interface GitHubRequest {
  readonly method: string;
  readonly path: string;
  readonly which: Which;
  readonly scope: ScopeName | undefined;
  readonly name: string | undefined;
  readonly via: "socket" | "tcp";
  /** Number of the connection, from 1, and when it was accepted. */
  readonly connection: number;
  readonly connectedAt: number;
  /** Which request on that connection this is, from 0. */
  readonly index: number;
  /** When its head had arrived. */
  readonly at: number;
  /** The status sent; `undefined` while there is none, and for ever if a fault kept it back. */
  status: number | undefined;
  /** The length of the whole answer with its head, were it not cut. */
  answerBytes: number | undefined;
  /** When the whole answer was handed to the operating system. */
  answeredAt: number | undefined;
  /** The request itself, once its body is here. */
  asked: Asked | undefined;
  /** The answer itself, where it was sent whole. */
  said: Said | undefined;
}

/** One secret that was stored; instants are `performance.now()` of this process. */
export interface WriteRecord {
  readonly scope: ScopeName;
  /** In upper case, as stored. */
  readonly name: string;
  readonly plaintext: string;
  readonly by: "client" | "human";
  readonly at: number;
  /** Whether the whole 201 or 204 was handed to the operating system. Nobody acknowledges a human. */
  acknowledged: boolean;
}

/** All writes, oldest first. */
export class Writes {
  readonly all: WriteRecord[] = [];

  add(place: Place, name: string, plaintext: Uint8Array, by: WriteRecord["by"]): WriteRecord {
    const text = Buffer.from(plaintext).toString("utf8");
    const at = performance.now();
    const write = { scope: scopeName(place), name: name.toUpperCase(), plaintext: text, by, at, acknowledged: false };
    this.all.push(write);
    return write;
  }
}

/** `arrived`: the whole request is here. `applied`: the world has changed, or the answer is known. `answered`: it is on its way. */
export type Stage = "answered" | "applied" | "arrived";

/** An instant in the life of a request, such as `put-arrived`, `put-applied`, `canary-applied` or `key-answered`. */
export type EventKind = `${Which}-${Stage}`;

/** What a handler is told. */
export interface GitHubEvent {
  readonly kind: EventKind;
  readonly request: Readonly<GitHubRequest>;
}

/** May return a promise: the stand-in does not go on with that request until it is settled. */
export type Handler = (event: GitHubEvent) => Promise<void> | void;

/** Narrows {@link Events.waitFor} to one scope or one name. */
export interface EventFilter {
  readonly scope?: ScopeName;
  readonly name?: string;
}

/** Lets a test act at an instant. */
export class Events {
  readonly #handlers = new Map<EventKind, Set<Handler>>();

  on(kind: EventKind, handler: Handler): () => void {
    const handlers = this.#handlers.get(kind) ?? new Set<Handler>();
    this.#handlers.set(kind, handlers.add(handler));
    return () => void handlers.delete(handler);
  }

  waitFor(kind: EventKind, filter: EventFilter = {}): Promise<GitHubEvent> {
    return new Promise((resolve) => {
      const off = this.on(kind, (event) => {
        if (!isAbout(event.request, filter)) return;
        off();
        resolve(event);
      });
    });
  }

  async emit(stage: Stage, request: Readonly<GitHubRequest>): Promise<void> {
    const kind = `${request.which}-${stage}` as const;
    for (const handler of [...(this.#handlers.get(kind) ?? [])]) await handler({ kind, request });
  }
}

/** Whether a request is about the scope and name of a filter, compared as GitHub does. */
export function isAbout(request: Pick<GitHubRequest, "name" | "scope">, filter: EventFilter): boolean {
  const { scope, name } = filter;
  if (scope !== undefined && (request.scope === undefined || !sameScope(scope, request.scope))) return false;
  return name === undefined || name.toUpperCase() === request.name?.toUpperCase();
}
