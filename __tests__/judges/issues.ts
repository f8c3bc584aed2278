import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parsed } from "../support/json";

/** A GitHub that only knows how to open issues in one repository. */
export interface Issues {
  /** What was asked to be opened, in gh's words. */
  readonly opened: readonly unknown[];
  readonly repositoryId: string;
  /** Whose tokens were sent. */
  readonly tokens: ReadonlySet<string>;
  /** With it in the environment, gh asks here. */
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** A mutation has an input. */
interface Question {
  readonly variables?: { readonly input?: unknown };
}

const REPOSITORY = { id: "R_1", name: "brokerage", owner: { login: "octo-org" }, hasIssuesEnabled: true };
const ISSUE = { id: "I_1", url: "https://github.com/octo-org/brokerage/issues/1" };

/** Starts it behind a socket, which is the way on which gh speaks plain HTTP. */
export async function startIssues(): Promise<Issues> {
  const folder = await mkdtemp(join(tmpdir(), "issues-"));
  const [config, socket] = [join(folder, "config"), join(folder, "socket")];
  await mkdir(config);
  await writeFile(join(config, "config.yml"), `http_unix_socket: ${socket}\n`);
  const opened: unknown[] = [];
  const tokens = new Set<string>();
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (text: string) => (body += text));
    request.once("end", () => {
      tokens.add(request.headers.authorization ?? "none");
      const { variables } = parsed<Question>(body);
      const input = variables?.input;
      if (input !== undefined) opened.push(input);
      const data = input === undefined ? { repository: REPOSITORY } : { createIssue: { issue: ISSUE } };
      response.setHeader("content-type", "application/json").end(JSON.stringify({ data }));
    });
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  const close = async (): Promise<void> => {
    await new Promise((resolve) => server.close(resolve));
    await rm(folder, { recursive: true });
  };
  return { opened, repositoryId: REPOSITORY.id, tokens, env: { GH_CONFIG_DIR: config, XDG_STATE_HOME: folder }, close };
}
