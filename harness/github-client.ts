import { type Agent, request } from "node:http";
import { connect } from "node:net";
import { seal } from "./sealed-box";
import { onSilence, silenceOf } from "./in-time";

/** What a plain client got to see. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** How a request differs from the usual one; a header of `undefined` is not sent. */
export interface Sending {
  readonly token?: string;
  readonly body?: object | string;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly agent?: Agent;
  readonly timeoutMs?: number;
}

/** The client knows of a GitHub no more than any program would: where it is and how to log in. */
export class GitHubClient {
  readonly #url: string;
  readonly #token: string;

  constructor(url: string, token: string) {
    this.#url = url;
    this.#token = token;
  }

  /** Sends one request; rejects with Node's error, or with `silent` if nothing comes within `timeoutMs`. */
  send(method: string, path: string, sending: Sending = {}): Promise<Reply> {
    const { token = this.#token, body, timeoutMs = 5_000, agent } = sending;
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const wanted: Record<string, string | undefined> = {
      authorization: `Bearer ${token}`,
      "user-agent": "plain-client",
      ...sending.headers,
    };
    const headers = Object.entries(wanted).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value] as const],
    );
    return new Promise((resolve, reject) => {
      const options = { method, headers: Object.fromEntries(headers), ...(agent && { agent }) };
      const outgoing = request(this.#url + path, options, (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on("data", (chunk: Buffer) => void chunks.push(chunk));
        incoming.once("error", reject);
        incoming.once("end", () => {
          const { statusCode = 0, headers: received } = incoming;
          resolve({ status: statusCode, headers: received, text: Buffer.concat(chunks).toString("utf8") });
        });
      });
      outgoing.once("error", reject);
      const silence = silenceOf(timeoutMs, () => outgoing.destroy(new Error("silent")));
      outgoing.once("response", (incoming) => incoming.on("data", () => silence.heard()));
      outgoing.once("close", () => silence.stop());
      outgoing.end(text);
    });
  }

  /** Reads the key beside the secret, seals with tweetnacl and sends the box. */
  async save(secrets: string, name: string, plaintext: Uint8Array | string, more: object = {}): Promise<Reply> {
    const { key, keyId } = await this.key(secrets);
    return this.send("PUT", `${secrets}/${name}`, { body: { ...boxFor(key, keyId, plaintext), ...more } });
  }

  async key(secrets: string): Promise<{ readonly key: string; readonly keyId: string }> {
    const answer = fields(await this.send("GET", `${secrets}/public-key`));
    return { key: String(answer["key"]), keyId: String(answer["key_id"]) };
  }
}

/** The body of a PUT. */
export function boxFor(
  key: string,
  keyId: string,
  plaintext: Uint8Array | string,
): { readonly encrypted_value: string; readonly key_id: string } {
  const bytes = typeof plaintext === "string" ? Buffer.from(plaintext, "utf8") : plaintext;
  const box = seal(new Uint8Array(bytes), new Uint8Array(Buffer.from(key, "base64")));
  return { encrypted_value: Buffer.from(box).toString("base64"), key_id: keyId };
}

/** The fields of a JSON answer, whatever they are. */
export function fields(reply: Reply): Readonly<Record<string, unknown>> {
  const value: unknown = JSON.parse(reply.text);
  if (typeof value !== "object" || value === null) throw new Error(`Not a JSON object: ${reply.text}`);
  return Object.fromEntries(Object.entries(value).map(([key, field]): [string, unknown] => [key, field]));
}

/** More than any answer that has an end. */
const ENOUGH = 4_000_000;

/** Sends bytes over a bare TCP connection and tells what came back and how it ended. */
export function sendRaw(
  port: number,
  bytes: string,
  quietMs = 300,
): Promise<{ readonly received: string; readonly ending: "fin" | "open" | "rst" }> {
  return new Promise((resolve) => {
    let received = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(bytes));
    const finish = (ending: "fin" | "open" | "rst"): void => {
      socket.destroy();
      resolve({ received, ending });
    };
    onSilence(socket, quietMs, () => finish("open"));
    socket.on("data", (chunk) => {
      received += chunk.toString("latin1");
      if (received.length > ENOUGH) finish("open");
    });
    socket.once("end", () => finish("fin"));
    socket.once("error", () => finish("rst"));
  });
}
