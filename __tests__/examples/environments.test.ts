import type { Job } from "../../harness/workflow-files";
import { environmentOf, ourSteps, parseWorkflow, readText } from "../../harness/workflow-files";
import { publishedWorkflows as workflows } from "../support/published-workflows";

/** The jobs that read or rotate a user secret: they are in its group. */
function jobsInGroup(text: string): [id: string, job: Job][] {
  return Object.entries(parseWorkflow(text).jobs).filter(([, { concurrency }]) => concurrency !== undefined);
}

/** Where the primary is, or what `mode: verify` and a deployment read: the secret of the job's environment, if it names one. */
function readsEnvironmentSecret(job: Job): boolean {
  const [primary] = ourSteps(job).flatMap((step) => step.with?.["save-to"]?.trim().split("\n")[0] ?? []);
  return primary === undefined ? environmentOf(job) !== undefined : / (?:--env|-e)\b/.test(primary);
}

function settingsOf(job: Job): Readonly<Record<string, unknown>> {
  return typeof job.concurrency === "object" && job.concurrency !== null ? { ...job.concurrency } : {};
}

describe("the workflows of the examples and pages", () => {
  test("are found on both, with a secret of an environment and with another", () => {
    const places = workflows.map(([where]) => where.replace(/[/,].*/, ""));
    expect(new Set(places)).toEqual(new Set(["examples", "README.md", "docs"]));
    const kinds = workflows.flatMap(([, text]) => jobsInGroup(text).map(([, job]) => readsEnvironmentSecret(job)));
    expect(new Set(kinds)).toEqual(new Set([true, false]));
  });

  describe.each(workflows)("%s", (_, text) => {
    const jobs = jobsInGroup(text);

    test("lets jobs wait in turn exactly where the primary is an environment's secret", () => {
      expect(jobs.length).toBeGreaterThan(0);
      const queues = jobs.map(([id, job]) => [id, settingsOf(job)["queue"]]);
      expect(queues).toEqual(jobs.map(([id, job]) => [id, readsEnvironmentSecret(job) ? "max" : undefined]));
    });

    test("says why, in the line above the first", () => {
      const lines = text.split("\n").map((line) => line.trim());
      const queue = lines.indexOf("queue: max");
      const last = queue < 0 ? lines.indexOf("cancel-in-progress: false") : queue;
      const comment = queue < 0 ? lines[last + 1] : lines[last - 1];
      expect(comment).toMatch(/^# .*secret/);
    });

    test("records no deployment for a job that only rotates or checks", () => {
      const recorded = jobs.filter(([, job]) => environmentOf(job)?.isDeployment === true);
      expect(recorded.filter(([, job]) => ourSteps(job).length > 0).map(([id]) => id)).toEqual([]);
    });

    test("records a deployment for every other job in an environment", () => {
      const others = Object.values(parseWorkflow(text).jobs).filter((job) => ourSteps(job).length === 0);
      expect(others.map(environmentOf).filter((environment) => environment?.isDeployment === false)).toEqual([]);
    });
  });
});

describe("what the examples have set", () => {
  test("has the user's secret and ID in one environment, with all that belongs to them", () => {
    const commands = readText("examples/scheduled.yml").matchAll(
      /gh (?:secret|variable) set (\w+)(.*?)(?: {2,}#.*)?$/gm,
    );
    const placed = [...commands].map(([, name, place = ""]) => [name, place.trim()]);
    expect(placed.length).toBe(5);
    expect(placed.filter(([, place]) => place !== "--env production")).toEqual([]);
  });
});
