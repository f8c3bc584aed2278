import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import http, { type IncomingMessage } from "node:http";
import https from "node:https";
import { text } from "node:stream/consumers";
import { type GitHubRequest, isCanaryName, isCanaryOf } from "./github";
import { type Leak, scanRun } from "./leaks";
import type { StepRun } from "./runner";
import { signatureOf } from "./snaptrade";
import type { Stage } from "./stage";

/** Something that is so, whatever the action says of it. */
export interface Fact {
  /** `good` as it should be, `bad` as it must never be, `open` as a failure may leave it. */
  readonly verdict: "good" | "bad" | "open";
  readonly says: string;
  /** What it is known by. */
  readonly by: string;
}

/** Names a secret without telling it: the first 8 hexadecimal digits of its SHA-256. */
export function fingerprint(secret: string): string {
  return createHash("sha256").update(secret).digest("hex").slice(0, 8);
}

/** How many consecutive bytes of a secret count as a leak of it. */
const LEAKED_PART_LENGTH_MIN = 8;

const PROBE_TIMEOUT_MS = 2_000;

/** Asks the SnapTrade stand-in about a secret, as any client would. */
async function probe(stage: Stage, secret: string): Promise<string> {
  const path = "/authorizations";
  const now = Math.floor((Date.now() + stage.snapTrade.faults.clockSkewMs) / 1000).toString();
  const parameters = { clientId: stage.clientId, userId: stage.userId, userSecret: secret, timestamp: now };
  const query = new URLSearchParams(parameters).toString();
  const signature = signatureOf({ consumerKey: stage.consumerKey, path, query, body: "" });
  try {
    const answer = await get(`${stage.snapTrade.url}${path}?${query}`, { Signature: signature }, stage.caFile);
    const code = /"code":"(\d+)"/.exec(await text(answer))?.[1];
    const status = String(answer.statusCode);
    return code === undefined ? status : `${status} with code ${code}`;
  } catch {
    return "no answer";
  }
}

/** Node's own fetch would not trust the stage's authority. */
async function get(url: string, headers: Readonly<Record<string, string>>, caFile: string): Promise<IncomingMessage> {
  const options = { headers, signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) };
  return await new Promise((resolve, reject) => {
    const request =
      caFile === ""
        ? http.get(url, options, resolve)
        : https.get(url, { ...options, ca: readFileSync(caFile) }, resolve);
    request.on("error", reject);
  });
}

function boxes(stage: Stage, inForce: string | undefined, isGreen: boolean): Fact[] {
  return stage.destinations.map(({ where, name }, index) => {
    const held = stage.github.plaintext(where, name);
    const box = index === 0 ? "The secret at GitHub" : `The secret at GitHub, copy ${index},`;
    const place = `${name} of ${where}`;
    if (held !== undefined && held === inForce) {
      return { verdict: "good", says: `${box} is the valid one`, by: `${fingerprint(held)}, ${place}` };
    }
    const holds = held === undefined ? "nothing" : fingerprint(held);
    return {
      verdict: isGreen ? "bad" : "open",
      says: `${box} is NOT the valid one`,
      by: `${holds}, valid is ${fingerprint(inForce ?? "")}, ${place}`,
    };
  });
}

async function oldSecret(stage: Stage, isRotated: boolean, isGreen: boolean): Promise<Fact> {
  const answer = await probe(stage, stage.given);
  if (isRotated) {
    const isRefused = answer === "401 with code 1083";
    const says = isRefused ? "SnapTrade rejects the old secret" : "SnapTrade does not reject the old secret";
    return { verdict: isRefused ? "good" : isGreen ? "bad" : "open", says, by: answer };
  }
  return { verdict: "good", says: "The secret is the same as before", by: answer };
}

function resets({ snapTrade }: Stage): Fact {
  const { resets: happened, resetRequests: sent } = snapTrade;
  return {
    verdict: sent > 1 ? "bad" : "good",
    says: sent > 1 ? "More than one reset was sent" : sent === 1 ? "Exactly one reset was sent" : "No reset was sent",
    by: `${sent} sent, ${happened} happened`,
  };
}

function canary({ github, destinations }: Stage): Fact {
  const proofs = github.writes.filter((write) => isCanaryName(write.name));
  const written = proofs.length;
  const left = destinations.flatMap(({ where, name }) =>
    github.names(where).filter((one) => isCanaryOf(name, one) && proofs.some((write) => write.name === one)),
  );
  return left.length === 0
    ? { verdict: "good", says: "The canary is deleted", by: `${written} written, none left` }
    : { verdict: "open", says: "The canary was not deleted", by: `${left.length} left` };
}

/** From the last byte of the reset's answer to GitHub's acknowledgement, by the one clock of both stand-ins. */
function atRisk(stage: Stage, run: StepRun): Fact[] {
  const reset = stage.snapTrade.requests.find(
    (request) => request.method === "POST" && request.committedAt !== undefined,
  );
  const isSaved = (request: Readonly<GitHubRequest>): boolean =>
    request.which === "put" && (request.status === 201 || request.status === 204);
  const save = stage.github.requests.find(isSaved);
  if (reset?.answeredAt === undefined || save?.answeredAt === undefined) return [];
  const measured = (save.answeredAt - reset.answeredAt).toFixed(1);
  const said = run.main.outputs["at-risk-ms"] ?? "";
  const by = said === "" ? "by the local fakes" : `by the local fakes; ${said} ms by the action's own output`;
  const connection = save.index === 0 ? "a new connection" : "a connection that was already open";
  return [{ verdict: "good", says: `The new secret was at risk for ${measured} ms, and saved over ${connection}`, by }];
}

/** The valid secret is in no destination, and nothing reports it: the one thing that must never be. */
function silence(stage: Stage, run: StepRun, inForce: string | undefined): Fact[] {
  const isSaved = stage.destinations.some(({ where, name }) => stage.github.plaintext(where, name) === inForce);
  if (isSaved || stage.destinations.length === 0) return [];
  const annotations = [...run.main.annotations, ...run.post.annotations];
  const isTold = run.conclusion !== "success" && annotations.some(({ level }) => level === "error");
  return [
    isTold
      ? { verdict: "good", says: "The job is not green, and reports what to do", by: run.conclusion }
      : {
          verdict: run.post.ran ? "bad" : "open",
          says: "Nothing reports that the valid secret is not saved",
          by: run.conclusion,
        },
  ];
}

/** A false `unchanged` hides a loss, and a false `lost` makes somebody delete a user that could be saved. */
function honesty(stage: Stage, run: StepRun): Fact[] {
  const result = run.main.outputs["result"] ?? run.post.outputs["result"] ?? "";
  const isRotated = stage.snapTrade.requests.some(
    ({ method, committedAt }) => method === "POST" && committedAt !== undefined,
  );
  const isLive = stage.snapTrade.secretInForce(stage.userId) === stage.given;
  if (result === "unchanged" && isRotated && !isLive) {
    return [{ verdict: "bad", says: "The result is a false `unchanged`", by: "the reset happened" }];
  }
  if (result === "lost" && !isRotated) {
    return [{ verdict: "bad", says: "The result is a false `lost`", by: "no reset of this run happened" }];
  }
  return [];
}

function leaks(stage: Stage, run: StepRun, exported: string | undefined): Fact {
  const secrets = stage.secrets();
  const found: Leak[] = scanRun(run, secrets, {
    partLengthMin: LEAKED_PART_LENGTH_MIN,
    ...(exported === undefined || exported === "" ? {} : { allowExportEnv: exported }),
  });
  if (found.length === 0) {
    const texts = `${Object.keys(secrets).length} secrets, searched in every stream and file`;
    return { verdict: "good", says: "Nothing leaked", by: texts };
  }
  const first = found.map(({ where, secret, form }) => `${secret} in ${where} (${form})`)[0] ?? "";
  return { verdict: "bad", says: `${found.length} leaks`, by: first };
}

function files(run: StepRun): Fact {
  return run.filesLeft.length === 0
    ? { verdict: "good", says: "No file is left on the machine", by: "RUNNER_TEMP is empty" }
    : { verdict: "open", says: "A file is left on the machine", by: run.filesLeft.join(", ") };
}

/** What both services and the machine contain in the end: from ground truth, never from the action's own claims. */
export async function proofOf(stage: Stage, run: StepRun): Promise<Fact[]> {
  const inForce = stage.snapTrade.secretInForce(stage.userId);
  const isGreen = run.conclusion === "success";
  return [
    ...boxes(stage, inForce, isGreen),
    await oldSecret(stage, inForce !== stage.given, isGreen),
    ...silence(stage, run, inForce),
    ...honesty(stage, run),
    resets(stage),
    ...atRisk(stage, run),
    canary(stage),
    leaks(stage, run, stage.inputs["export-env"]),
    files(run),
  ];
}
