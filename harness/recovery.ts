import { execFileSync } from "node:child_process";
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import type { StepRun } from "../sandbox/runner";
import { signatureOf } from "../sandbox/snaptrade";
import type { Stage } from "../sandbox/stage";

/** The words of a `gh api` command, after a real shell has split them. */
interface GhCommand {
  readonly path: string;
  readonly hostname: string | undefined;
  readonly fields: Readonly<Record<string, string | readonly number[]>>;
}

/** Every complete recovery command that an operator can copy from the log or from the summary, oldest first. */
export function printedCommands({ main, post }: StepRun): readonly string[] {
  const lines = [...main.log, ...main.summary.split("\n"), ...post.log, ...post.summary.split("\n")];
  return [...new Set(lines.map((line) => line.trim()).filter((line) => line.startsWith("gh api ")))];
}

/** Splits a command as bash does, with `gh` replaced by something that only tells its words. */
export function wordsOf(command: string): readonly string[] {
  const script = `gh() { printf '%s\\0' "$@"; }; ${command}`;
  return execFileSync("bash", ["-c", script], { encoding: "utf8" }).split("\0").slice(0, -1);
}

function parse(command: string): GhCommand {
  const words = wordsOf(command);
  const [api, methodFlag, method, ...rest] = words;
  if (api !== "api" || methodFlag !== "--method" || method !== "PUT") throw new Error("The command is no PUT.");
  let hostname: string | undefined;
  let path = "";
  const fields: Record<string, string | number[]> = {};
  for (let index = 0; index < rest.length; index += 1) {
    const word = rest[index] ?? "";
    if (word === "--hostname") hostname = rest[(index += 1)];
    else if (word === "-f" || word === "-F") addField(fields, rest[(index += 1)] ?? "");
    else path = word;
  }
  return { path, hostname, fields };
}

function addField(fields: Record<string, string | number[]>, word: string): void {
  const equals = word.indexOf("=");
  const [key, value] = [word.slice(0, equals), word.slice(equals + 1)];
  if (!key.endsWith("[]")) {
    fields[key] = value;
    return;
  }
  const name = key.slice(0, -2);
  const list = fields[name] ?? [];
  fields[name] = Array.isArray(list) ? [...list, Number(value)] : [Number(value)];
}

/** Lifts every fault and limit, as time does: what is left is a GitHub and a SnapTrade that work. */
export async function healWorld(stage: Stage): Promise<void> {
  const { snapTrade, github, token } = stage;
  await stage.heal();
  snapTrade.faults.clear();
  snapTrade.faults.latencyMs = 0;
  snapTrade.faults.rateLimit = { limit: 10_000, windowMs: 60_000 };
  await snapTrade.comeUp();
  github.faults.clear();
  Object.assign(github.policy, {
    token,
    tokenExpiresAt: undefined,
    permissions: {},
    secondaryLimit: undefined,
    rateLimit: { limit: 10_000, windowMs: 60_000 },
    latencyMs: 0,
    newConnections: "served",
    connectDelayMs: 0,
  });
}

/** Does what a printed command says; the status is GitHub's. */
export async function runCommand({ github, token }: Stage, command: string): Promise<number> {
  const { path, fields } = parse(command);
  const headers = { authorization: `Bearer ${token}`, "user-agent": "operator", "content-type": "application/json" };
  const { status } = await send(`${github.url}${path}`, "PUT", headers, JSON.stringify(fields));
  return status;
}

/** Whether SnapTrade takes this secret now, asked as any client would. */
export async function isLive(stage: Stage, secret: string): Promise<boolean> {
  const path = "/authorizations";
  const timestamp = Math.floor((Date.now() + stage.snapTrade.faults.clockSkewMs) / 1000).toString();
  const { clientId, userId, consumerKey } = stage;
  const query = new URLSearchParams({ clientId, userId, userSecret: secret, timestamp }).toString();
  const headers = { Signature: signatureOf({ consumerKey, path, query, body: "" }) };
  const { status } = await send(`${stage.snapTrade.url}${path}?${query}`, "GET", headers);
  return status === 200;
}

/** One request by a client that trusts any certificate, since it speaks to stand-ins only. */
async function send(
  url: string,
  method: string,
  headers: Readonly<Record<string, string>>,
  body?: string,
): Promise<{ readonly status: number; readonly text: string }> {
  const request = url.startsWith("https:") ? httpsRequest : httpRequest;
  return await new Promise((resolve, reject) => {
    const outgoing = request(url, { method, headers, rejectUnauthorized: false, agent: false }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on("data", (chunk: Buffer) => void chunks.push(chunk));
      incoming.once("error", reject);
      incoming.once("end", () => {
        resolve({ status: incoming.statusCode ?? 0, text: Buffer.concat(chunks).toString("utf8") });
      });
    });
    outgoing.once("error", reject);
    outgoing.end(body);
  });
}

const AGE_TEXT = /-----BEGIN AGE ENCRYPTED FILE-----\n[\s\S]*?-----END AGE ENCRYPTED FILE-----/g;

/** Every age text that the log or the summary shows. */
export function ageTexts({ main, post }: StepRun): readonly string[] {
  const texts = [main.log.join("\n"), main.summary, post.log.join("\n"), post.summary];
  return [...new Set(texts.flatMap((text) => text.match(AGE_TEXT) ?? []))];
}
