import { connect } from "node:net";
import type { Socket } from "node:net";

import { signatureOf } from "../../sandbox/snaptrade";
import { onSilence } from "../../harness/in-time";

/** What came back on a connection, and how it ended; `open` when nothing more came for a while. */
export interface Received {
  readonly bytes: Buffer;
  /** As many as the kernel handed out at a time. */
  readonly segments: readonly Buffer[];
  readonly ended: "fin" | "rst" | "refused" | "open";
  readonly ms: number;
}

export interface Credentials {
  readonly clientId: string;
  readonly consumerKey: string;
}

/** How long silence has to last to be called so. */
const SILENCE_MS = 150;

/** A signed request as bytes, written by hand. */
export function signedRequest(
  { clientId, consumerKey }: Credentials,
  method: "GET" | "POST",
  path: string,
  parameters: Readonly<Record<string, string>> = {},
  body = "",
): string {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const query = new URLSearchParams({ clientId, ...parameters, timestamp }).toString();
  const signature = signatureOf({ consumerKey, path, query, body });
  const length = Buffer.byteLength(body);
  const content = body === "" ? "" : `Content-Type: application/json\r\nContent-Length: ${length}\r\n`;
  return `${method} ${path}?${query} HTTP/1.1\r\nHost: localhost\r\nSignature: ${signature}\r\n${content}\r\n${body}`;
}

export function resetRequest(credentials: Credentials, userId: string, userSecret: string): string {
  const body = JSON.stringify({ userId, userSecret });
  return signedRequest(credentials, "POST", "/snapTrade/resetUserSecret", {}, body);
}

export function probeRequest(credentials: Credentials, userId: string, userSecret: string): string {
  return signedRequest(credentials, "GET", "/authorizations", { userId, userSecret });
}

/** Writes the bytes on a fresh connection and keeps every byte that comes, until the end or `limitBytes`. */
export function exchange(
  port: number,
  request: string,
  { limitBytes = Number.POSITIVE_INFINITY, silenceMs = SILENCE_MS } = {},
): Promise<Received> {
  const socket = connect({ port, host: "127.0.0.1" });
  const received = listen(socket, limitBytes, silenceMs);
  socket.write(request);
  return received;
}

function listen(socket: Socket, limitBytes: number, silenceMs: number): Promise<Received> {
  return new Promise((resolve) => {
    const segments: Buffer[] = [];
    const startedAt = performance.now();
    let size = 0;
    const done = (ended: Received["ended"]): void => {
      socket.destroy();
      resolve({ bytes: Buffer.concat(segments), segments, ended, ms: performance.now() - startedAt });
    };
    socket.on("data", (bytes: Buffer) => {
      segments.push(bytes);
      size += bytes.length;
      if (size >= limitBytes) {
        done("open");
      }
    });
    socket.once("end", () => done("fin"));
    socket.once("error", (error: NodeJS.ErrnoException) => done(error.code === "ECONNREFUSED" ? "refused" : "rst"));
    onSilence(socket, silenceMs, () => done("open"));
  });
}

/** The body of a sound answer. */
export function bodyOf({ bytes }: Received): string {
  return bytes.subarray(bytes.indexOf("\r\n\r\n") + 4).toString();
}

/** The status of a sound answer. */
export function statusOf({ bytes }: Received): number {
  return Number(/^HTTP\/1\.1 (\d{3}) /.exec(bytes.toString("latin1"))?.[1]);
}

export function headerOf({ bytes }: Received, name: string): string | undefined {
  const head = bytes.subarray(0, bytes.indexOf("\r\n\r\n")).toString("latin1");
  return new RegExp(`^${name}: (.*)$`, "im").exec(head)?.[1];
}
