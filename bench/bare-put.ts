import { randomUUID } from "node:crypto";
import { Agent, request } from "node:http";
import { boxFor } from "../__tests__/support/github-client";
import { type DistantStage, onDistantStage } from "./world";

/** The least that a save can take: one PUT of a finished box over a connection that is open. */
export async function barePutMs(stage: DistantStage): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const [primary] = stage.destinations;
  if (primary === undefined) throw new Error("a stage has a destination");
  const path = `/repos/${stage.repository}/environments/production/secrets`;
  const box = JSON.stringify(boxFor(stage.github.publicKey(primary.where), stage.github.keyId, randomUUID()));
  try {
    await call(stage, agent, "GET", `${path}/public-key`);
    const start = performance.now();
    await call(stage, agent, "PUT", `${path}/${primary.name}`, box);
    return performance.now() - start;
  } finally {
    agent.destroy();
  }
}

export async function barePutOnce(): Promise<number> {
  return await onDistantStage(barePutMs);
}

function call(stage: DistantStage, agent: Agent, method: string, path: string, body = ""): Promise<void> {
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
