import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ScopeName } from "../sandbox/github";
import { startStage, type Stage } from "../sandbox/stage";
import { NODE_24 } from "./play";
import type { JobRun, OtherAction, WorkflowOptions, WorkflowRun } from "./workflow";
import { playWorkflow } from "./workflow";
import { readText, root } from "./workflow-files";

/** Where an example's secrets are, in this story. */
export const PRODUCTION = "octo-org/brokerage env production";

const LONG_AGO_MS = 30 * 24 * 3_600_000;

/** A stage with everything that scheduled.yml tells its reader to set up; the user's secret is in `home`. */
export async function setUp(home: ScopeName = PRODUCTION): Promise<Stage> {
  const stage = await startStage();
  const { github, token, consumerKey, given } = stage;
  github.seed(PRODUCTION, "SNAPTRADE_CONSUMER_KEY", consumerKey);
  github.seed(PRODUCTION, "SECRETS_TOKEN", token);
  await forget(stage, "SNAPTRADE_USER_SECRET");
  github.seed(home, "SNAPTRADE_USER_SECRET", given, { at: new Date(Date.now() - LONG_AGO_MS) });
  return stage;
}

/** As a person would with `gh secret delete`. */
async function forget({ github, token }: Stage, name: string): Promise<void> {
  await fetch(`${github.url}/repos/octo-org/brokerage/environments/production/secrets/${name}`, {
    method: "DELETE",
    headers: { authorization: `Bearer ${token}` },
  });
}

/** Plays an example from its own file, or what is made of its text. */
export async function playExample(
  name: string,
  stage: Stage,
  different: Partial<WorkflowOptions> & { readonly edit?: (text: string) => string } = {},
): Promise<WorkflowRun> {
  const { edit = (text: string) => text, ...options } = different;
  return await playWorkflow({
    text: edit(readText(`examples/${name}`)),
    action: "OWNER/rotate-snaptrade-user-secret",
    root,
    node: NODE_24,
    github: stage.github,
    apiUrl: stage.github.url,
    repository: stage.repository,
    event: "push",
    ...options,
    vars: { SNAPTRADE_CLIENT_ID: stage.clientId, SNAPTRADE_USER_ID: stage.userId, ...options.vars },
    actionInputs: { "snaptrade-api-url": stage.snapTrade.url, "settle-time": "300ms", ...options.actionInputs },
  });
}

/** The job of this name. */
export function jobOf(run: WorkflowRun, id: string): JobRun {
  const job = run.jobs.find((one) => one.id === id);
  if (job === undefined) throw new Error(`There was no job ${id}.`);
  return job;
}

/**
 * Stands in for actions/checkout: the repository holds a deploy script, which asks SnapTrade by its official SDK for
 * the user's connections, with what the job's environment tells it.
 */
export function checkout(snapTradeUrl: string): OtherAction {
  const sdk = join(root, "node_modules/snaptrade-typescript-sdk");
  const program = `
    const { Snaptrade, SnaptradeAuth } = require(${JSON.stringify(sdk)});
    const { SNAPTRADE_CLIENT_ID: clientId, SNAPTRADE_CONSUMER_KEY: consumerKey } = process.env;
    const { SNAPTRADE_USER_ID: userId, SNAPTRADE_USER_SECRET: userSecret } = process.env;
    const auth = SnaptradeAuth.commercialApiKey({ clientId, consumerKey });
    const snaptrade = new Snaptrade({ auth, basePath: ${JSON.stringify(snapTradeUrl)} });
    snaptrade.connections.listBrokerageAuthorizations({ userId, userSecret }).then(
      ({ status }) => console.log("deployed, SnapTrade said " + status),
      ({ status }) => { console.log("SnapTrade refused with " + status); process.exitCode = 1; },
    );
  `;
  return async ({ workspace }) => {
    await mkdir(join(workspace, "scripts"));
    await writeFile(join(workspace, "scripts", "deploy.cjs"), program);
    await writeFile(join(workspace, "scripts", "deploy.sh"), `#!/bin/sh\n"${process.execPath}" scripts/deploy.cjs\n`);
    await chmod(join(workspace, "scripts", "deploy.sh"), 0o755);
    return {};
  };
}

/** A folder with one program, for PATH. */
export async function folderWith(
  program: string,
  script: string,
): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), "bin-"));
  await writeFile(join(path, program), script);
  await chmod(join(path, program), 0o755);
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}
