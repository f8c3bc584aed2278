import type { AddressInfo, Server, Socket } from "node:net";
import { createServer } from "node:net";
import { connectGitHub } from "../../src/github/client";
import type { GitHub, GitHubOptions, Octokit } from "../../src/github/client";
import { Secret } from "../../src/text/secret";

const forever = new AbortController().signal;
const servers: Server[] = [];
const clients: GitHub[] = [];
const sockets = new Set<Socket>();

/** For `afterEach`. */
export async function closeAll(): Promise<void> {
  await Promise.all(clients.splice(0).map(async (client) => await client.close()));
  for (const socket of sockets) socket.destroy();
  await stopListening();
}

/** Nobody listens any more; what is connected stays so. */
export async function stopListening(): Promise<void> {
  await Promise.all(servers.splice(0).map(async (one) => await new Promise((resolve) => one.close(resolve))));
}

/** A request as it arrived. */
export interface Asked {
  readonly head: string;
  readonly body: string;
  /** On which connection, counted from 1. */
  readonly connection: number;
}

export interface Seen {
  readonly url: URL;
  readonly asked: Asked[];
  connections: number;
  /** The most connections that were open at once. */
  most: number;
}

/** A server that reads whole requests and lets `act` do with the connection what it likes. */
export async function server(act: (socket: Socket, asked: Asked, nth: number) => void, port = 0): Promise<Seen> {
  const asked: Asked[] = [];
  const counts = { connections: 0, open: 0, most: 0 };
  const listener = createServer((socket) => {
    sockets.add(socket);
    counts.connections += 1;
    counts.open += 1;
    counts.most = Math.max(counts.most, counts.open);
    const connection = counts.connections;
    socket.on("error", () => undefined);
    socket.on("close", () => (counts.open -= 1));
    let text = "";
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
      const [, head = "", body = ""] = /^([^]*?)\r\n\r\n([^]*)$/.exec(text) ?? [];
      const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
      if (head === "" || body.length < length) return;
      text = "";
      const one = { head, body, connection };
      asked.push(one);
      act(socket, one, asked.length);
    });
  });
  servers.push(listener);
  await new Promise<void>((resolve) => listener.listen(port, "127.0.0.1", resolve));
  const address = listener.address();
  const isTcp = (value: typeof address): value is AddressInfo => typeof value === "object" && value !== null;
  if (!isTcp(address)) throw new Error("no port");
  return {
    url: new URL(`http://127.0.0.1:${address.port}/api/v3`),
    asked,
    get connections() {
      return counts.connections;
    },
    get most() {
      return counts.most;
    },
  };
}

/** What octokit does for a request, as far as this adapter is concerned; the bundle's plays have the real one. */
const plainOctokit: GitHubOptions["loadOctokit"] = async (token, apiUrl) => {
  const request: Octokit["request"] = async ({ method, url, request: { fetch }, ...content }) => {
    const base = apiUrl.href.replace(/\/$/, "");
    const headers = { authorization: `token ${token.reveal()}`, "user-agent": "rotate-snaptrade-user-secret" };
    const hasBody = method === "PUT" && Object.keys(content).length > 0;
    const type = { "content-type": "application/json; charset=utf-8" };
    const body = hasBody ? { headers: { ...headers, ...type }, body: JSON.stringify(content) } : { headers };
    return await fetch(`${base}${url}`, body);
  };
  return await Promise.resolve({ request });
};

/** A client of such a server, or of the one at this address. */
export function client(apiUrl: URL, options: Partial<GitHubOptions> = {}): GitHub {
  const made = connectGitHub({
    apiUrl,
    token: new Secret("github_pat_0123456789"),
    requestTimeoutMs: 3_000,
    lifetime: forever,
    quote: (text) => text,
    loadOctokit: plainOctokit,
    reconnectForMs: 0,
    ...options,
  });
  clients.push(made);
  return made;
}
