import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import http from "node:http";
import https from "node:https";
import { boxFor } from "../harness/github-client";
import { DELAY_MS, type DistantStage, onDistantStage, speaking, type Wire } from "./world";

/** Makes requests over one connection that is kept open. */
interface Client {
  readonly agent: http.Agent;
  readonly request: typeof http.request;
}

/** The least that a save can take: one PUT of a finished box over a connection that is open. */
export async function barePutMs(stage: DistantStage): Promise<number> {
  const client = await clientOf(stage);
  const [primary] = stage.destinations;
  if (primary === undefined) throw new Error("a stage has a destination");
  const path = `/repos/${stage.repository}/environments/production/secrets`;
  const box = JSON.stringify(boxFor(stage.github.publicKey(primary.where), stage.github.keyId, randomUUID()));
  try {
    await call(stage, client, { method: "GET", path: `${path}/public-key` });
    const start = performance.now();
    await call(stage, client, { method: "PUT", path: `${path}/${primary.name}`, body: box });
    return performance.now() - start;
  } finally {
    client.agent.destroy();
  }
}

export async function barePutOnce(wire: Wire): Promise<number> {
  return await onDistantStage(barePutMs, DELAY_MS, speaking(wire));
}

async function clientOf({ caFile }: DistantStage): Promise<Client> {
  const kept = { keepAlive: true, maxSockets: 1 };
  if (caFile === "") return { agent: new http.Agent(kept), request: http.request };
  // NODE_EXTRA_CA_CERTS is read when a process starts, and this one started before there was an authority.
  const ca = await readFile(caFile, "utf8");
  return { agent: new https.Agent({ ...kept, ca }), request: https.request };
}

interface Call {
  readonly method: "GET" | "PUT";
  readonly path: string;
  readonly body?: string;
}

function call(stage: DistantStage, { agent, request }: Client, { method, path, body = "" }: Call): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${stage.token}`,
      "user-agent": "bench",
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
    };
    const outgoing = request(`${stage.apiUrl}${path}`, { agent, method, headers }, (incoming) => {
      incoming.resume();
      incoming.once("end", () => {
        if (incoming.statusCode === 200 || incoming.statusCode === 204) resolve();
        else reject(new Error(`${method} was answered with ${String(incoming.statusCode)}`));
      });
    });
    outgoing.once("error", reject);
    outgoing.end(body);
  });
}
