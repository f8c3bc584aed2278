import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { hasTool } from "../harness/tools";
import { windowMs } from "./traffic";
import { DELAY_MS, type DistantStage, NODE_24, onDistantStage, ROOT, speaking, trusting, type Wire } from "./world";

const run = promisify(execFile);

/** Programs that the shell step needs. */
const TOOLS = ["bash", "curl", "gh", "jq", "openssl"];

/** The first program of the shell step that this machine lacks. */
export function missingTool(): string | undefined {
  return TOOLS.find((tool) => !hasTool(tool));
}

/** What a contender is told; all of it in its environment. */
function environmentOf(stage: DistantStage, home: string): Record<string, string> {
  const { clientId, consumerKey, userId, given, token, repository, inputs, apiUrl, destinations } = stage;
  return {
    ...trusting(stage),
    PATH: process.env["PATH"] ?? "",
    HOME: home,
    GH_CONFIG_DIR: join(home, "gh"),
    GH_NO_UPDATE_NOTIFIER: "1",
    GH_TELEMETRY: "false",
    CLIENT_ID: clientId,
    CONSUMER_KEY: consumerKey,
    USER_ID: userId,
    USER_SECRET: given,
    GH_TOKEN: token,
    REPOSITORY: repository,
    SECRET_NAME: destinations[0]?.name ?? "",
    SNAPTRADE_URL: inputs["snaptrade-api-url"] ?? "",
    GITHUB_URL: apiUrl,
  };
}

async function inHome<T>(work: (home: string) => Promise<T>): Promise<T> {
  const home = await mkdtemp(join(tmpdir(), "contender-"));
  try {
    return await work(home);
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

/** gh speaks plain HTTP only over a unix socket; what comes in there goes on to the far GitHub. */
async function startSocket(path: string, port: number): Promise<() => Promise<void>> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const target = connect(port, "127.0.0.1");
    for (const socket of [client, target]) {
      sockets.add(socket.on("error", () => socket.destroy()));
    }
    client.pipe(target).pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
}

/** The at-risk window of a shell step with curl, jq, openssl and gh, over plain HTTP. */
export async function shellStepMs(): Promise<number> {
  return await onDistantStage((stage) =>
    inHome(async (home) => {
      const socket = join(home, "github.sock");
      const close = await startSocket(socket, stage.githubRelay.port);
      try {
        const env = environmentOf(stage, home);
        await run("gh", ["config", "set", "http_unix_socket", socket], { env });
        await run("bash", [join(ROOT, "bench", "contenders", "shell-step.sh")], { env });
        return windowOf(stage);
      } finally {
        await close();
      }
    }),
  );
}

/** The at-risk window of a script with the official SDK and octokit. */
export async function sdkAndOctokitMs(wire: Wire): Promise<number> {
  return await onDistantStage(
    (stage) =>
      inHome(async (home) => {
        const script = join(ROOT, "bench", "contenders", "sdk-and-octokit.ts");
        await run(NODE_24, [join(ROOT, "node_modules", "tsx", "dist", "cli.mjs"), script], {
          env: environmentOf(stage, home),
        });
        return windowOf(stage);
      }),
    DELAY_MS,
    speaking(wire),
  );
}

/** A contender that saved something else was not fast but wrong. */
function windowOf(stage: DistantStage): number {
  const { github, snapTrade, destinations, userId } = stage;
  const [primary] = destinations;
  if (primary === undefined || github.plaintext(primary.where, primary.name) !== snapTrade.secretInForce(userId)) {
    throw new Error("the contender did not save the secret in force");
  }
  return windowMs(stage);
}
