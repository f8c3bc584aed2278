import { randomBytes, randomUUID } from "node:crypto";
import { startGitHub } from "../sandbox/github";
import { startRelay } from "../harness/relay";
import { playStep } from "../sandbox/runner";
import { startSnapTrade } from "../sandbox/snaptrade";
import { DELAY_MS, NODE_24, ROOT } from "./world";

/** What the rotation of many users cost. */
export interface Crowd {
  readonly users: number;
  readonly wallMs: number;
  readonly snapTradeRequests: number;
  readonly githubRequests: number;
  /** Of them those that change something, for which GitHub has a limit of its own. */
  readonly githubWrites: number;
}

/** As many as two cores bear without waiting for each other; on GitHub's runners each has a machine of its own. */
const AT_A_TIME = 4;
const REPOSITORY = "octo-org/brokerage";
const NAME = "SNAPTRADE_USER_SECRET";

/** Rotates each of many users once, some at a time, each with an environment of its own; no limit of the services binds. */
export async function rotateCrowd(users: number): Promise<Crowd> {
  const [clientId, consumerKey] = ["SANDBOX-CLIENT", randomBytes(32).toString("base64url")];
  const token = `github_pat_${randomBytes(40).toString("hex")}`;
  const given = new Map(Array.from({ length: users }, (_, index) => [`user-${index}`, randomUUID()]));
  const rateLimit = { limit: 1_000_000, windowMs: 60_000 };
  const snapTrade = await startSnapTrade({ clientId, consumerKey, users: Object.fromEntries(given), rateLimit });
  const github = await startGitHub({ token, rateLimit });
  const snapTradeRelay = await startRelay(snapTrade.port, { delayMs: DELAY_MS });
  const githubRelay = await startRelay(github.port, { delayMs: DELAY_MS });
  try {
    for (const [user, secret] of given) {
      github.addEnvironment(REPOSITORY, user);
      github.seed(`${REPOSITORY} env ${user}`, NAME, secret);
    }
    const queue = [...given];
    const worker = async (): Promise<void> => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        const [user, secret] = next;
        const inputs = {
          "client-id": clientId,
          "consumer-key": consumerKey,
          "user-id": user,
          "user-secret": secret,
          "save-to": `${NAME} --env ${user}`,
          "github-token": token,
          "snaptrade-api-url": `http://127.0.0.1:${snapTradeRelay.port}`,
        };
        const apiUrl = `http://127.0.0.1:${githubRelay.port}`;
        const { main } = await playStep({ root: ROOT, node: NODE_24, repository: REPOSITORY, apiUrl, inputs });
        const saved = github.plaintext(`${REPOSITORY} env ${user}`, NAME);
        if (main.exitCode !== 0 || saved !== snapTrade.secretInForce(user)) throw new Error(`${user} was not rotated`);
      }
    };
    const start = performance.now();
    await Promise.all(Array.from({ length: AT_A_TIME }, worker));
    return {
      users,
      wallMs: performance.now() - start,
      snapTradeRequests: snapTrade.requests.length,
      githubRequests: github.requests.length,
      githubWrites: github.requests.filter(({ method }) => method !== "GET").length,
    };
  } finally {
    await Promise.all([snapTradeRelay.close(), githubRelay.close()]);
    await Promise.all([snapTrade.close(), github.close()]);
  }
}
