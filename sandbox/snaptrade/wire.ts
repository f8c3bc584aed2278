import type { Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import type { Stray } from "../wire-record";

/** An answer before it is bytes. */
export interface Reply {
  readonly status: number;
  /** Beside the ones that every answer carries. `Content-Type` is JSON unless given. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
  /** Where it is not as SnapTrade's description has it. */
  readonly strays?: Stray | undefined;
}

/** The bytes of an answer: in one piece, or in segments that are written one by one. */
export type Wire = Buffer | Iterable<Buffer>;

/** What becomes of the connection after the last byte: an orderly end, a reset, or silence for ever. */
export type Ending = "fin" | "rst" | "stall";

/** How the bytes travel. */
export interface Delivery {
  /** Nothing is written for so long. */
  readonly delayMs?: number | undefined;
  /** Only so many bytes of the answer are written; `ending` says what follows, `rst` unless given. */
  readonly cutAfter?: number | ((answer: Buffer) => number) | undefined;
  readonly ending?: Ending | undefined;
  /** Writes pieces of this size … */
  readonly sliceBytes?: number | undefined;
  /** … this far apart. Also the pause between the segments of a raw answer. */
  readonly pauseMs?: number | undefined;
}

/** A connection as far as writing an answer needs it: `reset` sends RST, below TLS where there is TLS. */
export interface Outlet {
  readonly stream: Socket;
  readonly reset: () => void;
}

const REASONS: Readonly<Record<number, string>> = {
  200: "OK",
  204: "No Content",
  301: "Moved Permanently",
  302: "Found",
  303: "See Other",
  307: "Temporary Redirect",
  308: "Permanent Redirect",
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  415: "Unsupported Media Type",
  429: "Too Many Requests",
  500: "Internal Server Error",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
};

/** Segments that must be seen apart are written this far apart. */
const SEGMENT_PAUSE_MS = 5;

/** A reset drops what the other side's kernel has not passed on yet, so the last bytes get a head start. */
const RST_HEAD_START_MS = 25;

/** Header lines, each with its line end. */
export function headerLines(headers: Readonly<Record<string, string>>): string {
  return Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join("");
}

export function statusLine(status: number): string {
  return `HTTP/1.1 ${status} ${REASONS[status] ?? "Unknown"}\r\n`;
}

/** One chunk of a chunked body. */
export function chunk(bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from("\r\n")]);
}

/** The headers of an answer, without those of its frame. */
export function saidHeaders(reply: Reply, common: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return { "Content-Type": "application/json", ...common, ...reply.headers };
}

/** The complete bytes of a sound answer. */
export function answerBytes(
  reply: Reply,
  common: Readonly<Record<string, string>>,
  framing: "length" | "chunked",
): Buffer {
  const body = Buffer.from(reply.body);
  const headers = {
    ...saidHeaders(reply, common),
    ...(framing === "chunked" ? { "Transfer-Encoding": "chunked" } : { "Content-Length": String(body.length) }),
  };
  const head = Buffer.from(`${statusLine(reply.status)}${headerLines(headers)}\r\n`);
  if (framing === "length") {
    return Buffer.concat([head, body]);
  }
  const chunks = body.length > 0 ? [chunk(body)] : [];
  return Buffer.concat([head, ...chunks, Buffer.from("0\r\n\r\n")]);
}

/** Writes the answer as told. Resolves when the last byte is with the kernel or the connection is gone. */
export async function deliver(outlet: Outlet, wire: Wire, delivery: Delivery): Promise<void> {
  if (delivery.delayMs !== undefined && delivery.delayMs > 0) {
    await pause(delivery.delayMs);
  }
  for (const [index, segment] of enumerate(segments(wire, delivery))) {
    if (index > 0) {
      await pause(delivery.pauseMs ?? SEGMENT_PAUSE_MS);
    }
    if (!(await written(outlet.stream, segment))) {
      return;
    }
  }
  await end(outlet, delivery.ending ?? (delivery.cutAfter === undefined ? undefined : "rst"));
}

async function end(outlet: Outlet, ending: Ending | undefined): Promise<void> {
  if (ending === "fin") {
    outlet.stream.end();
  }
  if (ending === "rst") {
    await pause(RST_HEAD_START_MS);
    outlet.reset();
  }
}

function* segments(wire: Wire, { cutAfter, sliceBytes = Number.POSITIVE_INFINITY }: Delivery): Generator<Buffer> {
  if (typeof cutAfter === "function") {
    const whole = Buffer.isBuffer(wire) ? wire : Buffer.concat([...wire]);
    yield* segments(whole, { cutAfter: cutAfter(whole), sliceBytes });
    return;
  }
  // Lazily, since an answer may have no end.
  let remaining = cutAfter ?? Number.POSITIVE_INFINITY;
  for (const segment of Buffer.isBuffer(wire) ? [wire] : wire) {
    const kept = segment.subarray(0, remaining);
    for (let from = 0; from < kept.length; from += sliceBytes) {
      yield kept.subarray(from, from + sliceBytes);
    }
    remaining -= kept.length;
    if (remaining === 0) {
      return;
    }
  }
}

function* enumerate(items: Iterable<Buffer>): Generator<readonly [number, Buffer]> {
  let index = 0;
  for (const item of items) {
    yield [index++, item];
  }
}

function written(stream: Socket, bytes: Buffer): Promise<boolean> {
  return new Promise((resolve) => {
    if (stream.destroyed || stream.writableEnded) {
      resolve(false);
      return;
    }
    const gone = (): void => resolve(false);
    stream.once("close", gone);
    stream.write(bytes, (error) => {
      stream.removeListener("close", gone);
      resolve(error === undefined || error === null);
    });
  });
}
