import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { reset } from "../sockets";
import type { Answer } from "./answers";
import type { BadKey, Ending, MadeUpAnswer } from "./faults";

/** The bytes of an answer, exactly as they go over the wire. */
export function frame(answer: Answer): Buffer {
  const body = Buffer.from(answer.body ?? "", "utf8");
  const length: Record<string, string> = answer.status === 204 ? {} : { "content-length": String(body.length) };
  const headers = Object.entries({ ...answer.headers, ...length }).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? "Unknown"}\r\n${headers.join("")}\r\n`;
  return Buffer.concat([Buffer.from(head, "latin1"), body]);
}

/**
 * Ends a connection.
 * @param raw the TCP socket below, which under TLS is another one: only it can send a RST.
 */
export function end(socket: Socket, raw: Socket, ending: Ending): void {
  switch (ending) {
    case "stall":
      return;
    case "fin":
      socket.end();
      return;
    case "rst":
      if (raw.localAddress === undefined) socket.destroy();
      else reset(raw);
  }
}

/** Writes bytes and, once they are out of the process, ends the connection. */
export function writeThenEnd(socket: Socket, raw: Socket, bytes: Uint8Array, ending: Ending): void {
  if (bytes.length === 0) {
    end(socket, raw, ending);
    return;
  }
  // A RST may overtake bytes that were written just before it, and the peer would never see them.
  const settleMs = ending === "rst" ? 20 : 0;
  socket.write(bytes, () => void setTimeout(() => end(socket, raw, ending), settleMs));
}

/** An answer that says 200 and whose JSON stops half-way, in a frame that is correct. */
export function truncateJson(answer: Answer): Answer {
  const body = answer.body ?? "";
  return { ...answer, body: body.slice(0, Math.floor(body.length / 2)), strays: "body" };
}

/** A list without its last members, whose count is told as before. */
export function shortenList(answer: Answer, by: number): Answer {
  const value: unknown = JSON.parse(answer.body ?? "null");
  if (typeof value !== "object" || value === null) return answer;
  const entries = Object.entries(value).map(([key, member]: [string, unknown]): [string, unknown] => [
    key,
    Array.isArray(member) ? member.slice(0, -by) : member,
  ]);
  return { ...answer, body: JSON.stringify(Object.fromEntries(entries)) };
}

const MEGABYTE = Buffer.alloc(1_000_000, 0x20);

/** Sends an answer that goes on for so many megabytes, or until the client has had enough. */
export function flood(socket: Socket, megabytes: number): void {
  const head = "HTTP/1.1 200 OK\r\ncontent-type: application/json; charset=utf-8\r\n";
  socket.write(`${head}content-length: ${megabytes * MEGABYTE.length}\r\n\r\n`);
  let left = megabytes;
  const more = (): void => {
    while (left > 0 && !socket.destroyed) {
      left -= 1;
      if (!socket.write(MEGABYTE)) return void socket.once("drain", more);
    }
  };
  more();
}

/** A made-up answer, with a content type to its body. */
export function madeUp(answer: MadeUpAnswer, leftMs: number): Answer {
  const { status, body, strays } = answer;
  const headers = typeof answer.headers === "function" ? answer.headers(leftMs) : answer.headers;
  if (body === undefined) return { status, headers: { ...headers }, strays };
  if (typeof body === "string")
    return { status, headers: { "content-type": "text/html; charset=utf-8", ...headers }, body, strays };
  const type = { "content-type": "application/json; charset=utf-8" };
  return { status, headers: { ...type, ...headers }, body: JSON.stringify(body), strays };
}

/** The answer to a request for the public key, with a key that is none. */
export function spoilKey(answer: Answer, bad: BadKey, keyId: string): Answer {
  if (answer.status !== 200) return answer;
  const keys = {
    "31-bytes": { key: Buffer.alloc(31, 7).toString("base64") },
    "low-order": { key: Buffer.alloc(32).toString("base64") },
    "not-base64": { key: "%%% this is not base64 %%%" },
    missing: {},
  } as const;
  const strays = bad === "missing" ? "body" : undefined;
  return { ...answer, body: JSON.stringify({ key_id: keyId, ...keys[bad] }), strays };
}
