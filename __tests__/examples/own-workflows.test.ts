import { parse } from "yaml";
import { blocks, readPage } from "../docs/markdown";
import { lint, parseWorkflow, readText, workflowFiles } from "../../harness/workflow-files";

const files = workflowFiles(".github/workflows");

describe("the workflows of this repository", () => {
  test("are all there", () => {
    const names = ["ci", "codeql", "commit-dist", "live-check", "rebuild-dist", "release"];
    expect(files).toEqual(names.map((name) => `.github/workflows/${name}.yml`));
  });

  test("please GitHub's language service", async () => {
    expect(await lint(files)).toEqual(Object.fromEntries(files.map((file) => [file, []])));
  });

  describe.each(files)("%s", (file) => {
    const text = readText(file);
    const { permissions, jobs } = parseWorkflow(text);

    test("gives no permission to all jobs, and each job a time limit and its own", () => {
      expect(permissions).toEqual({});
      for (const job of Object.values(jobs)) {
        expect(job["timeout-minutes"]).toBeGreaterThan(0);
        expect(job.permissions).toBeDefined();
        expect(job.permissions).not.toBe("write-all");
      }
    });

    test("pins every action by its full hash, with the version beside it", () => {
      const uses = text
        .split("\n")
        .filter((line) => /^\s*(- )?uses:/.test(line) && !/uses: \.\/(?: # .*)?$/.test(line));
      expect(uses.filter((line) => !/uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line))).toEqual([]);
    });

    test("hands nothing that others chose to a shell, except through the environment", () => {
      const scripts = Object.values(jobs).flatMap(({ steps = [] }) => steps.map(({ run = "" }) => run));
      expect(scripts.filter((script) => script.includes("${{"))).toEqual([]);
    });

    test("leaves no token in the work tree", () => {
      const checkouts = Object.values(jobs).flatMap(({ steps = [] }) =>
        steps.filter(({ uses }) => uses?.startsWith("actions/checkout@")),
      );
      expect(checkouts.filter((step) => String(step.with?.["persist-credentials"]) !== "false")).toEqual([]);
    });
  });

  test("end CI in one job that waits for all others", () => {
    const { "all-passed": gate, ...others } = parseWorkflow(readText(".github/workflows/ci.yml")).jobs;
    expect(gate?.needs).toEqual(Object.keys(others));
  });

  test("run no code, and no other people's action but GitHub's, where they may write", () => {
    const jobs = files.flatMap((file) => Object.entries(parseWorkflow(readText(file)).jobs));
    const writing = jobs.filter(([, { permissions }]) => JSON.stringify(permissions).includes('"write"'));
    expect(writing.map(([id]) => id).toSorted()).toEqual(["analyze", "attest", "commit", "draft", "publish"]);
    const steps = writing.flatMap(([, job]) => job.steps ?? []);
    expect(steps.filter(({ run = "" }) => /\b(?:npm|npx|node|bash|pipx)\b/.test(run))).toEqual([]);
    expect(steps.filter(({ uses = "actions/" }) => !/^(?:actions|github)\//.test(uses))).toEqual([]);
  });

  test("check the real services as the page about it says", () => {
    const [page = ""] = blocks(readPage("docs/live-check.md"), "yaml");
    const [theirs, ours] = [page, readText(".github/workflows/live-check.yml")].map((text) => parseWorkflow(text));
    expect(ours?.on).toEqual(theirs?.on);
    const given = (jobs = ours?.jobs): unknown => jobs?.["check"]?.steps?.at(-1)?.with;
    expect(given()).toBeDefined();
    expect(given()).toEqual(given(theirs?.jobs));
    expect(ours?.jobs["check"]?.concurrency).toEqual(theirs?.jobs["check"]?.concurrency);
  });

  test("pin each action to one version", () => {
    const all = [...files, ...workflowFiles("examples")].map(readText).join("\n");
    const pins = [...all.matchAll(/uses: ([\w-]+\/[\w-]+)[\w/-]*@([0-9a-f]{40})/g)];
    const versions = new Map<string, Set<string>>();
    for (const [, name = "", hash = ""] of pins) versions.set(name, (versions.get(name) ?? new Set()).add(hash));
    expect([...versions].filter(([, hashes]) => hashes.size > 1).map(([name]) => name)).toEqual([]);
  });

  test("are kept up to date by Dependabot, after a cool-down", () => {
    const document: unknown = parse(readText(".github/dependabot.yml"));
    const updates = typeof document === "object" && document !== null && "updates" in document ? document.updates : [];
    expect(updates).toMatchObject([
      { "package-ecosystem": "github-actions", cooldown: { "default-days": 7 } },
      { "package-ecosystem": "npm", cooldown: { "default-days": 7 } },
    ]);
  });
});
