import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { describeWithJudge } from "../../harness/tools";
import { readText, root, workflowFiles } from "../../harness/workflow-files";
import { MISSPELT, misspell, publishedWorkflows, withFiles } from "../support/published-workflows";

interface Said {
  readonly code: number;
  /** One finding a line. */
  readonly findings: string;
}

function said(program: string, ...args: readonly string[]): Promise<Said> {
  return new Promise((resolve) => {
    execFile(program, args, { cwd: root }, (error, stdout) => {
      resolve({ code: typeof error?.code === "number" ? error.code : error === null ? 0 : -1, findings: stdout });
    });
  });
}

const NOTHING: Said = { code: 0, findings: "" };
const PROJECT_SCRIPTS = [".ci/run", ...readdirSync(join(root, "scripts")).flatMap(shellScript)];

function shellScript(name: string): string[] {
  return name.endsWith(".sh") ? [`scripts/${name}`] : [];
}

describeWithJudge("actionlint", "actionlint, which hands the scripts in workflows to shellcheck", (actionlint) => {
  const shellcheck = join(dirname(actionlint), "shellcheck");
  const lint = (files: readonly string[]): Promise<Said> =>
    said(actionlint, "-oneline", "-no-color", "-shellcheck", shellcheck, "-pyflakes", "", ...files);
  const lintText = (text: string): Promise<Said> => withFiles([text], lint);

  test("finds nothing in the project's own workflows", async () => {
    expect(await lint(workflowFiles(".github/workflows"))).toEqual(NOTHING);
  });

  test("finds nothing in any workflow that a reader may copy", async () => {
    expect(publishedWorkflows.length).toBeGreaterThanOrEqual(10);
    expect(
      await withFiles(
        publishedWorkflows.map(([, text]) => text),
        lint,
      ),
    ).toEqual(NOTHING);
  });

  test.each([
    ["a job that waits for one that does not exist", "needs: verify", "needs: nothing", "[job-needs]"],
    ["an output of a step that does not exist", "steps.secret.outputs", "steps.secrets.outputs", "[expression]"],
    ["a property that an object does not have", "github.server_url", "github.server_uri", "[expression]"],
    [
      "a variable that the shell would split",
      'echo "result $RESULT, rotated $ROTATED"',
      "echo $RESULT",
      "[shellcheck]",
    ],
  ])("catches %s", async (_mistake, from, to, rule) => {
    const text = publishedWorkflows.map(([, one]) => one).find((one) => one.includes(from));
    if (text === undefined) throw new Error(`no workflow has ${from}`);
    const { code, findings } = await lintText(text.replace(from, to));
    expect(code).toBe(1);
    expect(findings).toContain(rule);
  });

  test.each(MISSPELT)("catches '%s' written as '%s'", async (right, wrong) => {
    const { text, line } = misspell(right, wrong);
    const { code, findings } = await lintText(text);
    expect(code).toBe(1);
    expect(findings).toMatch(new RegExp(`:${line}:\\d+: `));
  });

  test("shellcheck finds nothing in the project's own scripts", async () => {
    expect(await said(shellcheck, ...PROJECT_SCRIPTS)).toEqual(NOTHING);
  });

  test("shellcheck catches a path that the shell would split", async () => {
    const script = readText(".ci/run").replace('cd "$(dirname "$0")/.."', "cd $0/..");
    const { code, findings } = await withFiles([script], ([file = ""]) => said(shellcheck, file));
    expect(code).toBe(1);
    expect(findings).toContain("SC2086");
  });
});
