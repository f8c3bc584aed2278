import type { StepRun } from "../../sandbox/runner";
import type { Stage } from "../../sandbox/stage";
import { type Played, type StepChanges, withPlayed } from "../../harness/play";
import { judge } from "../../harness/judge";

type Doctor = (run: StepRun, stage: Stage) => StepRun;

const withMain = (run: StepRun, main: Partial<StepRun["main"]>): StepRun => ({
  ...run,
  main: { ...run.main, ...main },
});
const saying = (run: StepRun, result: string): StepRun =>
  withMain(run, { outputs: { ...run.main.outputs, result }, exitCode: result === "rotated" ? 0 : 1 });

/** Lies about a run that rotated, and words by which the judge has to find each out. */
const LIES: readonly (readonly [lie: string, found: RegExp, doctor: Doctor])[] = [
  ["a false unchanged", /false unchanged/, (run) => saying(run, "unchanged")],
  ["a false lost", /false lost: a destination holds/, (run) => saying(run, "lost")],
  ["a false dead", /false dead/, (run) => saying(run, "dead")],
  ["a false unsaved", /false unsaved/, (run) => saying(run, "unsaved")],
  ["a result of no contract", /is no result of the contract/, (run) => saying(run, "fine")],
  ["a wrong exit code", /exit code 1 on rotated/, (run) => withMain(run, { exitCode: 1 })],
  [
    "no result",
    /main set no result/,
    (run) => withMain(run, { outputs: {}, files: { ...run.main.files, output: "" } }),
  ],
  ["words on stderr", /wrote to stderr/, (run) => withMain(run, { stderr: "Warning" })],
  ["an error on green", /1 error annotations/, (run) => withMain(run, { stdout: `${run.main.stdout}\n::error::x` })],
  ["post speaks", /post was not silent/, (run) => ({ ...run, post: { ...run.post, stdout: "done\n" } })],
  [
    "a leak",
    /leak: github token/,
    (run, { token }) => withMain(run, { stdout: `${run.main.stdout}\n${Buffer.from(token).toString("hex")}\n` }),
  ],
  [
    "a file left",
    /is left behind/,
    (run) => ({
      ...run,
      post: { ...run.post, left: [{ place: "RUNNER_TEMP", name: "a.journal", content: Buffer.alloc(1) }] },
    }),
  ],
];

/** The same, and the world is changed with it. */
const CHANGED_WORLDS: readonly (readonly [lie: string, found: RegExp, doctor: Doctor])[] = [
  [
    "a destination that holds the old secret",
    /false rotated: not every destination/,
    (run, { github, destinations, given }) => {
      for (const { where, name } of destinations) github.seed(where, name, given);
      return run;
    },
  ],
  [
    "a silent loss",
    /silent loss/,
    (run, { snapTrade, userId }) => {
      snapTrade.rotateBehindBack(userId);
      return run;
    },
  ],
  [
    "a canary left",
    /_CANARY_[0-9A-F]{16} of .*is left behind/,
    (run, { github, destinations }) => {
      for (const { where, name } of destinations) github.seed(where, `${name}_CANARY_0123456789ABCDEF`, "x");
      return run;
    },
  ],
];

describe("one run that did as it should", () => {
  let played: Played;
  const ending: (() => void)[] = [];

  beforeAll(async () => {
    const isOpen = new Promise<void>((resolve) => ending.push(resolve));
    await new Promise<void>((resolve, reject) => {
      withPlayed({}, async (one) => {
        played = one;
        resolve();
        await isOpen;
      }).catch(reject);
    });
  }, 60_000);
  afterAll(() => ending.forEach((end) => end()));

  test("is found to be without fault", async () => {
    expect(await judge(played.stage, played.run)).toEqual([]);
  });

  test.each(LIES)("is not taken for what it was not: %s", async (_lie, found, doctor) => {
    const violations = await judge(played.stage, doctor(played.run, played.stage));
    expect(violations.join("\n")).toMatch(found);
  });
});

test.concurrent.each(CHANGED_WORLDS)(
  "the judge finds out %s",
  async (_lie, found, doctor) => {
    await withPlayed({ aftermathMs: 0 }, async ({ stage, run }) => {
      const violations = await judge(stage, doctor(run, stage));
      expect(violations.join("\n")).toMatch(found);
    });
  },
  60_000,
);

test("the judge finds out an answer that lacks a member, which the action does without", async () => {
  const prepare = ({ github }: Stage): StepChanges => {
    const body = { total_count: 0 };
    github.faults.inject({ on: { which: "list" }, effect: { kind: "answer", status: 200, body }, times: "always" });
    return {};
  };
  await withPlayed({ prepare, aftermathMs: 0 }, async ({ stage, run }) => {
    expect(await judge(stage, run)).toEqual([
      "github.com, GET /repos/{owner}/{repo}/environments/{environment_name}/secrets: of the answer 200 in the body must have required property 'secrets'",
    ]);
  });
});
