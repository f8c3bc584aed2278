import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type GitHubStandIn, startGitHub } from "../../sandbox/github";
import { manualInputsOf, parseWorkflow, readText, workflowFiles } from "../../harness/workflow-files";
import { blocks, readPage } from "../docs/markdown";
import { environmentOf, type ProgramRun, REPOSITORY, runProgram, TOKEN } from "./gh";
import { type Mistake, type RewritingRelay, startRewritingRelay } from "./rewriting-relay";

/** What a person types when a command asks for a value. */
export const TYPED = "what was typed";

/** A person's machine: a clone of the repository, a gh that is logged in, and a local fake of GitHub behind it. */
export class Desk {
  readonly #gh: string;
  readonly folder: string;
  readonly github: GitHubStandIn;

  constructor(gh: string, folder: string, github: GitHubStandIn) {
    this.#gh = gh;
    this.folder = folder;
    this.github = github;
  }

  /** Runs a command as it stands. */
  run(command: string, more: Readonly<Record<string, string>> = {}): Promise<ProgramRun> {
    // Where a page opens an age-encrypted secret, this is what age would print.
    const age = `age() { printf '${TYPED}'; }; `;
    const env = { ...environmentOf(this.#gh, this.folder), ...more };
    return runProgram("bash", ["-c", age + command], { folder: this.folder, env, input: TYPED });
  }

  async speakTo(socketPath: string): Promise<void> {
    const git = "git init --quiet --initial-branch=main && git remote add origin";
    const commands = [`${git} https://github.com/${REPOSITORY}.git`, `gh config set http_unix_socket ${socketPath}`];
    for (const command of commands) expect(await this.run(command)).toMatchObject({ exitCode: 0 });
  }
}

/** The workflows that the README and the examples would have put there. */
function addWorkflows(github: GitHubStandIn): void {
  const [own = ""] = blocks(readPage("README.md"), "yaml").filter((block) => /^on:/m.test(block));
  const examples = workflowFiles("examples").map((file) => [file.replace("examples/", ""), readText(file)] as const);
  for (const [file, text] of [["snaptrade-production.yml", own] as const, ...examples]) {
    const inputs = manualInputsOf(parseWorkflow(text));
    if (inputs !== undefined) github.addWorkflow(REPOSITORY, file, inputs);
  }
}

/** Sets a desk, with a mistaken GitHub where there is a mistake. */
export async function withDesk(gh: string, work: (desk: Desk) => Promise<void>, mistake?: Mistake): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "gh-"));
  const [socketPath, relayPath] = [join(folder, "github.sock"), join(folder, "relay.sock")];
  const github = await startGitHub({ token: TOKEN, socketPath });
  let relay: RewritingRelay | undefined;
  try {
    for (const environment of ["production", "user-customer-1"]) github.addEnvironment(REPOSITORY, environment);
    github.addOrganization("octo-org");
    addWorkflows(github);
    if (mistake !== undefined) relay = await startRewritingRelay(github.url, mistake, relayPath);
    const desk = new Desk(gh, folder, github);
    await desk.speakTo(relay === undefined ? socketPath : relayPath);
    await work(desk);
  } finally {
    await relay?.close();
    await github.close();
    await rm(folder, { recursive: true });
  }
}
