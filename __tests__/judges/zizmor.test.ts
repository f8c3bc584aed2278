import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeWithJudge } from "../../harness/tools";
import { readText, root } from "../../harness/workflow-files";

describeWithJudge("zizmor", "zizmor, which looks for what makes workflows unsafe", (zizmor) => {
  /** Its findings and exit code. Offline, so that it goes red only for what a change has brought. */
  function audit(...files: readonly string[]): Promise<{ readonly code: number; readonly findings: string }> {
    return new Promise((resolve) => {
      const args = ["--offline", "--no-progress", "--color=never", ...files];
      execFile(zizmor, args, { cwd: root }, (error, stdout) => {
        resolve({ code: typeof error?.code === "number" ? error.code : error === null ? 0 : -1, findings: stdout });
      });
    });
  }

  test("finds nothing in the examples, the action and the project's own workflows", async () => {
    const examples = (await readdir(join(root, "examples"))).map((file) => join("examples", file));
    expect(await audit(".github", "action.yml", ...examples)).toMatchObject({ code: 0 });
  });

  test.each([
    ["an action that is not pinned", /@0{40}[^\n]*/gu, "@main", "unpinned-uses"],
    [
      "an expression inside a script",
      "gh issue create",
      "gh issue create ${{ github.event.issue.title }}",
      "template-injection",
    ],
    ["rights that a workflow does not need", "permissions: {}", "permissions: write-all", "excessive-permissions"],
  ])("catches %s", async (_mistake, from, to, finding) => {
    const folder = await mkdtemp(join(tmpdir(), "zizmor-"));
    const file = join(folder, "alert.yml");
    const text = readText("examples/alert.yml");
    expect(text.replace(from, to)).not.toBe(text);
    await writeFile(file, text.replace(from, to));
    const { code, findings } = await audit(file);
    await rm(folder, { recursive: true });
    expect(code).not.toBe(0);
    expect(findings).toContain(finding);
  });
});
