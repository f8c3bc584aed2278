import { type GitHubOptions, type GitHubStandIn, startGitHub } from "../../sandbox/github";
import { fields, GitHubClient, type Reply } from "../../harness/github-client";

const TOKEN = "github_pat_sandbox";
const REPOSITORY = "octo-org/brokerage";
const PRODUCTION = `${REPOSITORY} env production` as const;
const OWN = `/repos/${REPOSITORY}`;
const IN_ENVIRONMENT = `${OWN}/environments/production/variables`;
const RUN = `${OWN}/actions/workflows/rotate.yml/dispatches`;

const started: GitHubStandIn[] = [];

async function start(options: Partial<GitHubOptions> = {}): Promise<{ github: GitHubStandIn; client: GitHubClient }> {
  const github = await startGitHub({ token: TOKEN, ...options });
  started.push(github);
  github.addEnvironment(REPOSITORY, "production");
  github.addWorkflow(REPOSITORY, "rotate.yml", {
    mode: { options: ["check", "rotate"] },
    users: { isRequired: true },
  });
  return { github, client: new GitHubClient(github.url, TOKEN) };
}

function said(reply: Reply): readonly [number, unknown] {
  return [reply.status, reply.text === "" ? "" : fields(reply)["message"]];
}

afterEach(async () => {
  await Promise.all(started.splice(0).map((github) => github.close()));
});

describe("configuration variables", () => {
  test.each([
    [REPOSITORY, `${OWN}/actions/variables`],
    [PRODUCTION, IN_ENVIRONMENT],
  ] as const)("of %s are made, changed, listed and deleted", async (where, path) => {
    const { github, client } = await start();
    expect((await client.send("POST", path, { body: { name: "user_id", value: "one" } })).status).toBe(201);
    expect(github.variable(where, "USER_ID")).toBe("one");
    const again = await client.send("POST", path, { body: { name: "USER_ID", value: "two" } });
    expect(said(again)).toEqual([409, "Already exists - Variable already exists"]);
    expect((await client.send("PATCH", `${path}/USER_ID`, { body: { value: "two" } })).status).toBe(204);
    const listed = fields(await client.send("GET", path));
    expect(listed).toMatchObject({ total_count: 1, variables: [{ name: "USER_ID", value: "two" }] });
    expect(fields(await client.send("GET", `${path}/user_id`))).toMatchObject({ name: "USER_ID", value: "two" });
    expect((await client.send("DELETE", `${path}/USER_ID`)).status).toBe(204);
    expect((await client.send("GET", `${path}/USER_ID`)).status).toBe(404);
    expect(github.variable(where, "USER_ID")).toBeUndefined();
  });

  test.each<[string, object]>([
    ["no value", { name: "A" }],
    ["a value that is no text", { name: "A", value: 1 }],
    ["a member too many", { name: "A", value: "x", visibility: "all" }],
    ["a name with a space", { name: "A B", value: "x" }],
    ["GitHub's own name", { name: "GITHUB_A", value: "x" }],
    ["a value that is too large", { name: "A", value: "x".repeat(49_153) }],
  ])("are rejected with %s", async (_what, body) => {
    const { github, client } = await start();
    expect((await client.send("POST", IN_ENVIRONMENT, { body })).status).toBe(422);
    expect(github.variable(PRODUCTION, "A")).toBeUndefined();
  });

  test("keep their names, and are only where an environment is", async () => {
    const { client } = await start();
    await client.send("POST", IN_ENVIRONMENT, { body: { name: "A", value: "x" } });
    const renamed = await client.send("PATCH", `${IN_ENVIRONMENT}/A`, { body: { name: "B", value: "y" } });
    expect(renamed.status).toBe(422);
    const nowhere = IN_ENVIRONMENT.replace("production", "staging");
    expect((await client.send("POST", nowhere, { body: { name: "A", value: "x" } })).status).toBe(404);
  });
});

describe("an environment", () => {
  test("is made, and again without harm to what is in it", async () => {
    const { github, client } = await start();
    const path = `${OWN}/environments/user-1`;
    expect(fields(await client.send("PUT", path))).toMatchObject({ name: "user-1" });
    github.seed(`${REPOSITORY} env user-1`, "A", "x");
    expect((await client.send("PUT", path)).status).toBe(200);
    expect(github.plaintext(`${REPOSITORY} env user-1`, "A")).toBe("x");
    expect((await client.send("PUT", path, { body: { wait_timer: 30 } })).status).toBe(422);
  });
});

describe("a workflow", () => {
  test("is started manually, with what its file lets people choose", async () => {
    const { github, client } = await start();
    const inputs = { mode: "check", users: '["one"]' };
    const run = await client.send("POST", RUN, { body: { ref: "main", inputs } });
    expect([run.status, run.text]).toEqual([204, ""]);
    const told = await client.send("POST", RUN, { body: { ref: "refs/heads/main", inputs, return_run_details: true } });
    expect(fields(told)).toMatchObject({ workflow_run_id: 2 });
    expect(github.dispatches).toEqual(Array(2).fill({ repository: REPOSITORY, workflow: "rotate.yml", inputs }));
    const runs = fields(await client.send("GET", `${OWN}/actions/runs`));
    expect(runs).toMatchObject({ total_count: 2, workflow_runs: [{ id: 2, event: "workflow_dispatch" }, { id: 1 }] });
  });

  test.each<[string, object, number, string]>([
    ["an input that it has not", { ref: "main", inputs: { users: "x", mood: "x" } }, 422, "Unexpected inputs"],
    ["a choice that it has not", { ref: "main", inputs: { users: "x", mode: "spin" } }, 422, "not in the list"],
    ["an input that is no text", { ref: "main", inputs: { users: ["x"] } }, 422, "Invalid inputs"],
    ["an input missing", { ref: "main", inputs: {} }, 422, "Required input 'users'"],
    ["another branch", { ref: "other", inputs: { users: "x" } }, 422, "No ref found for: other"],
    ["a member too many", { ref: "main", inputs: { users: "x" }, force: true }, 422, "not a permitted key"],
  ])("is not started with %s", async (_what, body, status, words) => {
    const { github, client } = await start();
    expect(said(await client.send("POST", RUN, { body }))).toEqual([status, expect.stringContaining(words)]);
    expect(github.dispatches).toEqual([]);
  });

  test("is found by its file or its number, or not at all", async () => {
    const { client } = await start();
    const all = `${OWN}/actions/workflows`;
    expect(fields(await client.send("GET", all))).toMatchObject({ total_count: 1, workflows: [{ id: 1 }] });
    for (const one of ["rotate.yml", "1"]) {
      expect(fields(await client.send("GET", `${all}/${one}`))).toMatchObject({ path: ".github/workflows/rotate.yml" });
    }
    expect((await client.send("GET", `${all}/other.yml`)).status).toBe(404);
    expect((await client.send("POST", `${all}/other.yml/dispatches`, { body: { ref: "main" } })).status).toBe(404);
  });
});

describe("what a token lacks", () => {
  test.each([
    ["POST", IN_ENVIRONMENT, "environments", "write"],
    ["POST", `${OWN}/actions/variables`, "actions_variables", "write"],
    ["GET", `${OWN}/actions/variables`, "actions_variables", "read"],
    ["PUT", `${OWN}/environments/user-1`, "administration", "write"],
    ["POST", RUN, "actions", "write"],
    ["GET", `${OWN}/actions/runs`, "actions", "read"],
  ])("is named: %s %s", async (method, path, area, level) => {
    const { github, client } = await start({ permissions: { [area]: "none" } });
    const refused = await client.send(method, path, method === "POST" ? { body: {} } : {});
    expect(said(refused)).toEqual([403, "Resource not accessible by personal access token"]);
    expect(refused.headers["x-accepted-github-permissions"]).toBe(`${area}=${level}`);
    expect(github.dispatches).toEqual([]);
  });
});

describe("GraphQL", () => {
  const ask = (client: GitHubClient, query: string, variables: object): Promise<Reply> =>
    client.send("POST", "/graphql", { body: { query, variables } });

  test("shows a repository, and opens an issue in it", async () => {
    const { github, client } = await start();
    const shown = await ask(client, "query RepositoryInfo { … }", { owner: "octo-org", name: "brokerage" });
    const id = /"id":"(R_\d+)"/.exec(shown.text)?.[1];
    const input = { repositoryId: id, title: "Look", body: "Here" };
    const opened = await ask(client, "mutation IssueCreate { … }", { input });
    expect(opened.text).toContain(`https://github.com/${REPOSITORY}/issues/1`);
    expect(github.issues).toEqual([{ repository: REPOSITORY, title: "Look", body: "Here" }]);
  });

  test.each([
    ["an unknown repository", "query RepositoryInfo { … }", { owner: "octo-org", name: "other" }],
    ["an issue nowhere", "mutation IssueCreate { … }", { input: { repositoryId: "R_1", title: "a", body: "b" } }],
    ["an operation that nobody asked before", "query Viewer { … }", {}],
  ])("has errors for %s", async (_what, query, variables) => {
    const { github, client } = await start();
    const { errors } = fields(await ask(client, query, variables));
    expect(errors).toHaveLength(1);
    expect(github.issues).toEqual([]);
  });
});
