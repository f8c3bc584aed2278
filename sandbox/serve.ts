import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Wish } from "./command-line";
import type { ScopeName } from "./github";
import { openScreen } from "./play";
import type { Screen } from "./show";
import { type Stage, startStage } from "./stage";

type Serve = Extract<Wish, { kind: "serve" }>;

/** A secret at GitHub, opened. */
interface Opened {
  readonly where: string;
  readonly name: string;
  readonly value: string;
}

const ENVIRONMENT = "production";

/** A place that there is at this GitHub; the words of the stage are known to name one. */
function placesOf({ repository, destinations }: Stage): readonly ScopeName[] {
  const [owner = "", name = ""] = repository.split("/");
  const own: readonly ScopeName[] = [`${owner}/${name}`, `${owner}/${name} env ${ENVIRONMENT}`];
  return [...new Set([...own, ...destinations.map(({ where }) => where)])];
}

function openedSecrets(stage: Stage): readonly Opened[] {
  return placesOf(stage).flatMap((where) =>
    stage.github.names(where).map((name) => ({ where, name, value: stage.github.plaintext(where, name) ?? "" })),
  );
}

/** A fault may make both speak TLS, with a certificate that only this file vouches for. */
function addressesOf({ snapTrade, github, ...stage }: Stage): object {
  const { clientId, consumerKey, userId, given: userSecret, token, repository } = stage;
  return {
    snaptrade: { url: snapTrade.url, clientId, consumerKey, userId, userSecret },
    github: { apiUrl: github.url, token, repository, environment: ENVIRONMENT },
    ...(stage.caFile === "" ? {} : { caFile: stage.caFile }),
  };
}

/** A signed request and an authorized one, each ready to be pasted into a POSIX shell. */
function examples({ snapTrade, github, ...stage }: Stage, socketPath: string): readonly (readonly [string, string])[] {
  const who = { clientId: stage.clientId, userId: stage.userId, userSecret: stage.given, timestamp: "" };
  // Encoded so, a user ID of any characters changes neither the query nor the shell's command.
  const query = new URLSearchParams(who).toString();
  const signed = String.raw`printf '{"content":null,"path":"/authorizations","query":"%s"}' "$query"`;
  const signature = `${signed} | openssl dgst -sha256 -hmac '${stage.consumerKey}' -binary | base64`;
  return [
    [
      "Ask SnapTrade whether the secret is valid:",
      `query="${query}$(date +%s)"; curl -i -H "Signature: $(${signature})" "${snapTrade.url}/authorizations?$query"`,
    ],
    [
      "List GitHub's secrets:",
      `curl -i -H 'Authorization: Bearer ${stage.token}' ${github.url}/repos/${stage.repository}/environments/${ENVIRONMENT}/secrets`,
    ],
    [
      "The same with gh, in a subshell that keeps these settings away from your own:",
      `(export GH_TOKEN='${stage.token}' GH_CONFIG_DIR="$(mktemp -d)"; gh config set http_unix_socket '${socketPath}'; gh secret list --repo ${stage.repository} --env ${ENVIRONMENT})`,
    ],
  ];
}

function showAddresses(screen: Screen, stage: Stage, socketPath: string): void {
  screen.line(screen.paint("bold", "Local fakes of SnapTrade and GitHub, on 127.0.0.1 only"));
  screen.heading("SnapTrade");
  screen.pair("URL", stage.snapTrade.url);
  screen.pair("client ID", stage.clientId);
  screen.pair("consumer key", stage.consumerKey);
  screen.pair("user ID", stage.userId);
  screen.pair("user secret", stage.given);
  screen.heading("GitHub");
  screen.pair("API URL", stage.github.url);
  screen.pair("token", stage.token);
  screen.pair("repository", stage.repository);
  screen.pair("environment", ENVIRONMENT);
  screen.pair("socket", socketPath);
  if (stage.caFile !== "") screen.pair("CA file", stage.caFile);
  screen.heading("Try");
  for (const [title, command] of examples(stage, socketPath)) {
    screen.paragraph(title);
    screen.copy(command);
    screen.line();
  }
  screen.paragraph("Ctrl-C ends both, and prints which secrets they have then.", "dim");
}

function showEnd(screen: Screen, stage: Stage): void {
  screen.heading("At the end");
  screen.pair("SnapTrade", `${stage.userId}: ${stage.snapTrade.secretInForce(stage.userId) ?? "(no such user)"}`);
  for (const { where, name, value } of openedSecrets(stage)) screen.pair("GitHub", `${name} of ${where}: ${value}`);
}

/** Until a person or a program ends it. */
function ended(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
}

/** Runs both local fakes for clients of the reader's own, and prints at the end which secrets they have. */
export async function serve({ fault, inputs, isJson }: Serve): Promise<void> {
  const end = ended();
  const folder = await mkdtemp(join(tmpdir(), "serve-"));
  const socketPath = join(folder, "github.sock");
  const own = fault?.stage;
  const github = { ...own?.github, socketPath };
  const userId = inputs["user-id"];
  const user = userId === undefined ? {} : { userId };
  const stage = await startStage({ ...own, ...user, github, inputs: { ...own?.inputs, ...inputs } });
  try {
    stage.github.addEnvironment(stage.repository, ENVIRONMENT);
    await fault?.apply(stage);
    const screen = openScreen();
    if (isJson) screen.line(JSON.stringify(addressesOf(stage)));
    else showAddresses(screen, stage, socketPath);
    await end;
    const userSecret = stage.snapTrade.secretInForce(stage.userId);
    if (isJson) screen.line(JSON.stringify({ snaptrade: { userSecret }, github: { secrets: openedSecrets(stage) } }));
    else showEnd(screen, stage);
  } finally {
    await stage.close();
    await rm(folder, { recursive: true, force: true });
  }
}
