import type { ScopeName } from "../../sandbox/github";
import { checkout, PRODUCTION } from "../../harness/played-example";
import { healWorld, runCommand } from "../../harness/recovery";
import { describeWithJudge } from "../../harness/tools";
import { readText } from "../../harness/workflow-files";
import { blocks, readPage } from "../docs/markdown";
import type { ActRun } from "./act";
import { actStage, befall, commandIn, type Different, GREEN, NAME, othersIn, RED, seen } from "./act-example";

const DISPATCH = "workflow_dispatch";

describeWithJudge("act", "the examples, run by act", (act) => {
  const at = actStage(act);

  /** The value that a run reads which begins now. */
  function fresh(): Pick<Different, "secrets"> {
    return { secrets: { [NAME]: at.stage.github.plaintext(PRODUCTION, NAME) ?? "" } };
  }

  describe("scheduled.yml", () => {
    test("rotates", async () => {
      expect(seen(at.stage, await at.example("scheduled.yml"))).toEqual({
        ...GREEN,
        jobs: { rotate: "success" },
        results: ["rotated by Main"],
        isSaved: true,
        resets: 1,
      });
    });

    test.each([
      ["given-secret-dead", "dead by Main", { isSaved: false, resets: 0 }],
      ["killed-before-save", "rotated by Post", { isSaved: true, resets: 1 }],
      ["killed-at-save", "rotated by Post", { isSaved: true, resets: 1 }],
      ["killed-at-reset", "unchanged by Post", { isSaved: true, resets: 0 }],
      ["killed-after-reset", "lost by Post", { isSaved: false, resets: 1 }],
    ])("is red with %s: %s", async (fault, result, world) => {
      const run = await at.example("scheduled.yml", await befall(at.stage, fault));
      expect(seen(at.stage, run)).toEqual({ ...RED, jobs: { rotate: "failure" }, results: [result], ...world });
    });

    test("shows a command that saves, where GitHub is out of order", async () => {
      const run = await at.example("scheduled.yml", await befall(at.stage, "GitHub out of order"));
      expect(seen(at.stage, run)).toMatchObject({ ...RED, results: ["unsaved by Main"], isSaved: false });
      await healWorld(at.stage);
      await runCommand(at.stage, commandIn(run));
      expect(seen(at.stage, run)).toMatchObject({ isSaved: true });
    });
  });

  describe("on-demand.yml", () => {
    async function started(inputs: Readonly<Record<string, string>>, different: Different = {}): Promise<ActRun> {
      return await at.example("on-demand.yml", { event: DISPATCH, inputs, ...different });
    }

    test.each([
      ["check", "checked", "false", 0],
      ["rotate", "rotated", "true", 1],
      ["verify", "verified", "false", 0],
    ])("does what was chosen: %s", async (mode, result, rotated, resets) => {
      const run = await started({ mode });
      expect(othersIn(run)).toBe(`result ${result}, rotated ${rotated}\n`);
      const ends = { jobs: { run: "success" }, results: [`${result} by Main`] };
      expect(seen(at.stage, run)).toEqual({ ...GREEN, ...ends, isSaved: true, resets });
    });

    test("brings a copy up to date", async () => {
      const { github, given, repository } = at.stage;
      const staging: ScopeName = "octo-org/brokerage env staging";
      github.addEnvironment(repository, "staging");
      github.seed(staging, NAME, "an-older-secret", { at: new Date(0) });
      const text = readText("examples/on-demand.yml").replace(
        /^( *)save-to: (.*)\n/mu,
        "$1save-to: |\n$1  $2\n$1  SNAPTRADE_USER_SECRET --env staging\n",
      );
      const run = await at.play(text, { event: DISPATCH, inputs: { mode: "copy" } });
      expect(seen(at.stage, run)).toMatchObject({ ...GREEN, results: ["copied by Main"], isSaved: true, resets: 0 });
      expect(github.plaintext(staging, NAME)).toBe(given);
    });

    test("finishes a save with the command as a browser breaks it", async () => {
      const unsaved = await started({ mode: "rotate" }, await befall(at.stage, "GitHub out of order"));
      expect(othersIn(unsaved)).toBe("result unsaved, rotated true\n");
      await healWorld(at.stage);
      const wrapped = commandIn(unsaved).match(/.{1,40}/gu) ?? [];
      const run = await started({ mode: "finish", "recovery-command": wrapped.join("\n") });
      // act gives the job `prove` the value that the run began with, as GitHub does where there is no environment.
      expect(seen(at.stage, run)).toEqual({
        ...RED,
        jobs: { run: "success", prove: "failure" },
        // Whether the save came after the job's begin shows only where they are not in the same second of GitHub's.
        results: ["finished by Main", expect.stringMatching(/^(?:dead|unchanged) by Main$/u)],
        isSaved: true,
        resets: 1,
      });
      const proven = await started({ mode: "verify" }, fresh());
      expect(seen(at.stage, proven)).toMatchObject({ ...GREEN, results: ["verified by Main"] });
    });

    test("rescues only where the person has typed the user ID", async () => {
      const { snapTrade, userId } = at.stage;
      snapTrade.faults.resetNeedsOldSecret = false;
      snapTrade.rotateBehindBack(userId);
      for (const wrong of [{}, { "confirm-user-id": "customer-2" }]) {
        const refused = await started({ mode: "rescue", ...wrong });
        expect(seen(at.stage, refused)).toMatchObject({ ...RED, results: ["unchanged by Main"], resets: 0 });
      }
      const run = await started({ mode: "rescue", "confirm-user-id": userId });
      expect(seen(at.stage, run)).toMatchObject({ ...GREEN, results: ["rotated by Main"], isSaved: true, resets: 1 });
    });
  });

  describe("before-deploy.yml", () => {
    async function deploy(different: Different = {}): Promise<ActRun> {
      const checkedOut = checkout(at.stage.snapTrade.url);
      const fill = async (workspace: string): Promise<unknown> => await checkedOut({ with: {}, workspace });
      return await at.example("before-deploy.yml", { event: "push", fill, ...different });
    }

    test("rotates, and verifies and deploys with what was saved", async () => {
      expect(seen(at.stage, await deploy({ job: "rotate" }))).toMatchObject({ ...GREEN, isSaved: true, resets: 1 });
      const run = await deploy(fresh());
      expect(othersIn(run)).toContain("deployed, SnapTrade said 200");
      expect(seen(at.stage, run)).toEqual({
        ...GREEN,
        jobs: { rotate: "success", verify: "success", deploy: "success" },
        results: ["skipped by Main", "verified by Main"],
        isSaved: true,
        resets: 1,
      });
    });

    test("deploys nothing where the rotation fails", async () => {
      const run = await deploy(await befall(at.stage, "given-secret-dead"));
      const ends = { jobs: { rotate: "failure" }, results: ["dead by Main"] };
      expect(seen(at.stage, run)).toEqual({ ...RED, ...ends, isSaved: false, resets: 0 });
    });

    test("deploys nothing with the old value, which later jobs still have where it is a repository's", async () => {
      expect(seen(at.stage, await deploy())).toEqual({
        ...RED,
        jobs: { rotate: "success", verify: "failure" },
        results: ["rotated by Main", "dead by Main"],
        isSaved: true,
        resets: 1,
      });
    });
  });

  test("health-check.yml is green while the saved secret is valid, and red when it is not", async () => {
    expect(seen(at.stage, await at.example("health-check.yml"))).toMatchObject({
      ...GREEN,
      results: ["verified by Main"],
    });
    at.stage.snapTrade.rotateBehindBack(at.stage.userId);
    expect(seen(at.stage, await at.example("health-check.yml"))).toMatchObject({ ...RED, results: ["dead by Main"] });
  });

  test("the README's first workflow rotates on its schedule, and does what a person chooses", async () => {
    const [text = ""] = blocks(readPage("README.md"), "yaml");
    expect(seen(at.stage, await at.play(text))).toMatchObject({
      ...GREEN,
      results: ["rotated by Main"],
      isSaved: true,
    });
    const run = await at.play(text, { event: DISPATCH, inputs: { mode: "check" }, ...fresh() });
    expect(seen(at.stage, run)).toMatchObject({ ...GREEN, results: ["checked by Main"], resets: 1 });
  });
});
