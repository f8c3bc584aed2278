import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { checkout, folderWith } from "../../harness/played-example";
import { describeWithJudge } from "../../harness/tools";
import { readText } from "../../harness/workflow-files";
import type { ActRun } from "./act";
import { actStage, befall, type Different, GREEN, othersIn, RED, seen, shippedAction } from "./act-example";

const ROTATE = { event: "workflow_dispatch", inputs: { mode: "rotate" } };

/** A file of what ships, and what stands in it instead of something else. */
type Mistake = readonly [file: string, from: string, to: string];

/** Prints what is to be masked, and only then asks for the mask. */
const MASKS_TOO_LATE = `{
  const write = process.stdout.write.bind(process.stdout);
  process.stdout.write = (text, ...more) => {
    const [, secret] = /^::add-mask::(.+)$/m.exec(text) ?? [];
    if (secret !== undefined) write("received " + secret + "\\n");
    return write(text, ...more);
  };
}\n`;

/** Gives its result another name than action.yml and the examples. */
const RENAMES_ITS_OUTPUT = `{
  const { readFileSync, writeFileSync } = process.getBuiltinModule("node:fs");
  const file = process.env.GITHUB_OUTPUT;
  process.on("exit", () => writeFileSync(file, readFileSync(file, "utf8").replace(/^result(?=[<=])/m, "outcome")));
}\n`;

describeWithJudge("act", "mistakes that act catches", (act) => {
  const at = actStage(act);

  /** Plays an example with a copy of the action that has a mistake in it. */
  async function withMistake([file, from, to]: Mistake, example: string, different: Different = {}): Promise<ActRun> {
    const wrong = await shippedAction(async (folder) => {
      const path = join(folder, file);
      await writeFile(path, replaced(await readFile(path, "utf8"), from, to));
    });
    const run = await at.example(example, { action: wrong.folder, ...different });
    await wrong.remove();
    return run;
  }

  function replaced(text: string, from: string, to: string): string {
    expect(text).toContain(from);
    return text.replaceAll(from === "" ? /^/gu : from, () => to);
  }

  test("a mask that comes too late", async () => {
    const run = await withMistake(["dist/index.js", "", MASKS_TOO_LATE], "scheduled.yml");
    expect(seen(at.stage, run)).toMatchObject({ exitCode: 0, results: ["rotated by Main"], isSaved: true });
    expect(seen(at.stage, run).leaks).toContain("user secret after reset 1 in what act shows as plain");
  });

  test("an output of another name", async () => {
    const run = await withMistake(["dist/index.js", "", RENAMES_ITS_OUTPUT], "on-demand.yml", ROTATE);
    expect(seen(at.stage, run)).toMatchObject({ ...GREEN, results: [], isSaved: true });
    expect(othersIn(run)).toBe("result , rotated true\n");
  });

  test("a post step whose file does not exist", async () => {
    const mistake: Mistake = ["action.yml", "post: dist/post.js", "post: dist/posts.js"];
    const run = await withMistake(mistake, "scheduled.yml", await befall(at.stage, "killed-before-save"));
    expect(seen(at.stage, run)).toMatchObject({ exitCode: 1, results: [], isSaved: false, resets: 1 });
    expect(seen(at.stage, run).left).toEqual([expect.stringMatching(/\.journal$/u)]);
  });

  test("a post step whose file is main's", async () => {
    const run = await withMistake(["action.yml", "post: dist/post.js", "post: dist/index.js"], "scheduled.yml");
    expect(seen(at.stage, run)).toMatchObject({ ...RED, results: ["rotated by Main", "dead by Post"] });
  });

  test("the result of a step that does not exist", async () => {
    const text = replaced(readText("examples/on-demand.yml"), "steps.secret.", "steps.rotation.");
    const run = await at.play(text, ROTATE);
    expect(seen(at.stage, run)).toMatchObject({ ...GREEN, isSaved: true });
    expect(othersIn(run)).toBe("result , rotated \n");
  });

  test("a condition on a step that does not exist", async () => {
    const vault = await folderWith("vault", `#!/bin/sh\necho "vault $1"\n`);
    const run = await at.play(replaced(readText("examples/same-job.yml"), "steps.rotation.", "steps.secret."), {
      path: [vault.path],
    });
    await vault.remove();
    expect(seen(at.stage, run)).toMatchObject({ ...GREEN, results: ["rotated by Main"], isSaved: true });
    expect(othersIn(run)).not.toContain("vault kv");
  });

  test("a deployment that does not wait until the secret is verified", async () => {
    const checkedOut = checkout(at.stage.snapTrade.url);
    const fill = async (workspace: string): Promise<unknown> => await checkedOut({ with: {}, workspace });
    const text = replaced(readText("examples/before-deploy.yml"), "needs: verify", "needs: rotate");
    const run = await at.play(text, { event: "push", fill });
    expect(othersIn(run)).toContain("SnapTrade refused with 401");
  });
});
