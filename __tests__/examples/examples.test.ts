import { relative } from "node:path";
import type { Job } from "../../harness/workflow-files";
import {
  environmentOf,
  inputsOfOurAction,
  lint,
  ourSteps,
  parseWorkflow,
  readText,
  root,
  workflowFiles,
} from "../../harness/workflow-files";
import { MISSPELT, misspell, withFiles } from "../support/published-workflows";

const files = workflowFiles("examples");
const ALLOWED_EVENTS = ["schedule", "workflow_dispatch", "repository_dispatch", "push", "release", "deployment"];
/** Prepare waits for two rate limits of two minutes, post has four. */
const OTHER_WAITS_MINUTES = 2 + 2 + 4;

const inputs = inputsOfOurAction();
const UNIT_MINUTES: Readonly<Record<string, number>> = { ms: 1 / 60_000, s: 1 / 60, m: 1, h: 60, d: 1_440 };

function minutes(duration: string): number {
  const [, digits = "", unit = ""] = /^(\d+)(ms|s|m|h|d)$/.exec(duration) ?? [];
  return Number(digits) * (UNIT_MINUTES[unit] ?? Number.NaN);
}

/** The longest that a run with these inputs waits on purpose: it settles after the reset, and once more after the save. */
function patience(given: Readonly<Record<string, string>>): number {
  const of = (name: string): number => minutes(given[name] ?? inputs[name] ?? "0s");
  if (given["mode"] === "verify") return of("settle-time") + 2;
  return of("reset-timeout") + of("save-timeout") + 3 * of("settle-time") + OTHER_WAITS_MINUTES;
}

function jobsOf(file: string): [string, Job][] {
  return Object.entries(parseWorkflow(readText(file)).jobs);
}

/** What the language service says of workflows that are in no file. */
async function lintTexts(texts: readonly string[]): Promise<string[]> {
  return await withFiles(texts, async (files) => {
    const paths = files.map((file) => relative(root, file));
    const found = await lint(paths);
    return paths.map((path) => (found[path] ?? []).join("\n"));
  });
}

describe("the examples", () => {
  test("are all there", () => {
    const names = ["alert", "before-deploy", "health-check", "many-users", "on-demand", "same-job", "scheduled"];
    expect(files).toEqual(names.map((name) => `examples/${name}.yml`));
  });

  test("please GitHub's language service, with the inputs of our action.yml", async () => {
    expect(await lint(files)).toEqual(Object.fromEntries(files.map((file) => [file, []])));
  });

  test("would displease it with an input that we do not have, and with a job that does not exist", async () => {
    const text = readText("examples/before-deploy.yml").replace("min-age: 12h", "minimum-age: 12h");
    const [messages] = await lintTexts([text.replace("needs: verify", "needs: nothing")]);
    expect(messages).toContain("Invalid action input 'minimum-age'");
    expect(messages).toContain("depends on unknown job 'nothing'");
  });

  test("would displease it with a misspelt key that GitHub has not had for long", async () => {
    const broken = MISSPELT.map(([right, wrong]) => misspell(right, wrong));
    const said = await lintTexts(broken.map(({ text }) => text));
    const named = broken.map(({ line }, index) =>
      new RegExp(`^${line}: .*(?:Unexpected value|Expected)`, "m").test(said[index] ?? ""),
    );
    expect(MISSPELT.filter((_, index) => named[index] !== true)).toEqual([]);
  });

  describe.each(files)("%s", (file) => {
    const text = readText(file);
    const { on, permissions, concurrency } = parseWorkflow(text);
    const jobs = jobsOf(file);
    const rotating = jobs.filter(([, job]) => ourSteps(job).length > 0);

    test("runs on nothing that strangers may trigger", () => {
      const events = typeof on === "object" && on !== null && !Array.isArray(on) ? Object.keys(on) : [on].flat();
      expect(events.filter((event) => !ALLOWED_EVENTS.includes(String(event)))).toEqual([]);
    });

    test("gives the job's own token nothing that it does not need", () => {
      expect(permissions).toEqual({});
      expect(rotating.filter(([, job]) => job.permissions !== undefined).map(([name]) => name)).toEqual([]);
    });

    test("has a group at job level, named after the secret, that cancels nobody", () => {
      expect(concurrency).toBeUndefined();
      for (const [, job] of rotating) {
        expect(job.concurrency).toMatchObject({ "cancel-in-progress": false });
        expect(JSON.stringify(job.concurrency)).toContain('"group":"snaptrade-user-secret-');
      }
    });

    test("names its group after the environment that the secret is in", () => {
      for (const [, job] of rotating) {
        const environment = environmentOf(job)?.name ?? "";
        expect(job.concurrency).toMatchObject({ group: `snaptrade-user-secret-${environment}` });
        const destinations = ourSteps(job).flatMap((step) => step.with?.["save-to"] ?? []);
        expect(destinations.filter((one) => one !== `SNAPTRADE_USER_SECRET --env ${environment}`)).toEqual([]);
      }
    });

    test("gives every job a time limit, and ours one beyond all that the action waits for", () => {
      for (const [, job] of jobs) expect(job["timeout-minutes"]).toBeGreaterThan(0);
      for (const [, job] of rotating) {
        for (const step of ourSteps(job)) expect(job["timeout-minutes"]).toBeGreaterThan(patience(step.with ?? {}));
      }
    });

    test("pins every action by its full hash, with the version beside it", () => {
      const uses = text.split("\n").filter((line) => /^\s*(- )?uses:/.test(line));
      expect(uses.length).toBeGreaterThan(0);
      expect(uses.filter((line) => !/uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line))).toEqual([]);
    });

    test("gives our action only inputs that it has, and the secret directly from secrets", () => {
      const given = rotating.flatMap(([, job]) => ourSteps(job)).map((step) => step.with ?? {});
      expect(given.flatMap(Object.keys).filter((name) => !(name in inputs))).toEqual([]);
      for (const one of given) expect(one["user-secret"]).toBe("${{ secrets.SNAPTRADE_USER_SECRET }}");
    });

    test("lets one failure of a matrix cancel nothing", () => {
      const strategies = rotating.flatMap(([, { strategy }]) => strategy ?? []);
      expect(strategies.filter((strategy) => strategy["fail-fast"] !== false)).toEqual([]);
    });
  });
});
