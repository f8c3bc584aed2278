import { connect, createServer, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { listen, reset, shut, SocketSet } from "../sandbox/sockets";

export interface RelayOptions {
  /** Each way takes so long; opening a connection costs a round trip, as it does on a real network. */
  readonly delayMs?: number;
  /** Bytes to the client go in pieces of this size … */
  readonly sliceBytes?: number;
  /** … this far apart. */
  readonly dripMs?: number;
  /** After so many bytes to the client nothing passes any more, in neither direction, and nobody is told. */
  readonly blackholeAfterBytes?: number;
  /** The end of one side is not told to the other, as when a machine vanishes. */
  readonly halfOpen?: boolean;
}

export interface Relay {
  readonly port: number;
  /** How many connections it has taken. */
  readonly connections: number;
  close(): Promise<void>;
}

/** A network in between: listens on a free port of 127.0.0.1 and passes bytes on to another one, as told. */
export async function startRelay(targetPort: number, options: RelayOptions = {}): Promise<Relay> {
  const sockets = new SocketSet();
  let connections = 0;
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    connections += 1;
    const target = connect({ port: targetPort, host: "127.0.0.1", allowHalfOpen: true, noDelay: true });
    sockets.add(client);
    sockets.add(target);
    join(client, target, options);
  });
  const port = await listen(server);
  return {
    port,
    get connections() {
      return connections;
    },
    close: () => shut(server, sockets),
  };
}

function join(client: Socket, target: Socket, options: RelayOptions): void {
  const { delayMs = 0, blackholeAfterBytes = Number.POSITIVE_INFINITY, halfOpen = false } = options;
  const openedAt = performance.now();
  let left = blackholeAfterBytes;
  const isDark = (): boolean => left <= 0;
  const there = new Line(target, () => Math.max(performance.now(), openedAt + 2 * delayMs) + delayMs);
  const back = new Line(client, () => performance.now() + delayMs, options.dripMs);

  client.on("data", (bytes: Buffer) => {
    if (!isDark()) {
      there.send(bytes);
    }
  });
  target.on("data", (bytes: Buffer) => {
    const passed = bytes.subarray(0, left);
    left -= passed.length;
    const { sliceBytes = passed.length } = options;
    for (let from = 0; from < passed.length; from += sliceBytes) {
      back.send(passed.subarray(from, from + sliceBytes));
    }
  });
  for (const [from, line] of [
    [client, there],
    [target, back],
  ] as const) {
    const tell = (ending: "end" | "reset"): void => {
      if (!isDark() && !halfOpen) {
        line.finish(ending);
      }
    };
    from.once("end", () => tell("end"));
    from.once("error", () => tell("reset"));
  }
}

/** One direction of a relay: what is sent arrives in order, each piece when it is due. */
class Line {
  readonly #to: Socket;
  readonly #dueAt: () => number;
  readonly #gapMs: number;
  #tail: Promise<void> = Promise.resolve();

  constructor(to: Socket, dueAt: () => number, gapMs = 0) {
    this.#to = to;
    this.#dueAt = dueAt;
    this.#gapMs = gapMs;
  }

  send(bytes: Buffer): void {
    this.#queue(() => this.#to.write(bytes), this.#gapMs);
  }

  finish(ending: "end" | "reset"): void {
    this.#queue(() => (ending === "end" ? this.#to.end() : reset(this.#to)), 0);
  }

  #queue(act: () => unknown, gapMs: number): void {
    const due = this.#dueAt();
    this.#tail = this.#tail.then(async () => {
      const waitMs = due - performance.now();
      if (waitMs > 0) {
        await pause(waitMs);
      }
      if (!this.#to.destroyed) {
        act();
      }
      if (gapMs > 0) {
        await pause(gapMs);
      }
    });
  }
}
