import { parse } from "yaml";
import { AREAS } from "../../src/github/areas";
import { EXIT_CODES } from "../../src/rotation/outcome";
import { blocks, pages, prose, readPage, tableOf } from "./markdown";
import { environmentOf, ourSteps, parseWorkflow, readText, workflowFiles } from "../../harness/workflow-files";

const readme = readPage("README.md");
const action: unknown = parse(readText("action.yml"), { schema: "failsafe" });

function entries(kind: "inputs" | "outputs"): [name: string, field: Readonly<Record<string, unknown>>][] {
  const fields = fieldsOf(fieldsOf(action)[kind]);
  return Object.entries(fields).map(([name, field]) => [name, fieldsOf(field)]);
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

describe("README.md", () => {
  test("lists the inputs of action.yml, required or with their defaults, in their order", () => {
    const rows = tableOf(readme, "Input");
    expect(rows.map(([name]) => name)).toEqual(entries("inputs").map(([name]) => name));
    const wrong = entries("inputs").filter(([, field], index) => {
      const [, cell = "", meaning = ""] = rows[index] ?? [];
      if (field["required"] === "true") return cell !== "required";
      const value = field["default"];
      if (typeof value === "string") return cell !== value && !meaning.includes(value);
      return cell !== "" && !cell.startsWith("required");
    });
    expect(wrong).toEqual([]);
  });

  test("lists every mode with its green result", () => {
    const modes = tableOf(readme, "Mode").map(([mode]) => mode);
    const description = JSON.stringify(fieldsOf(fieldsOf(fieldsOf(action)["inputs"])["mode"])["description"]);
    expect(modes).toHaveLength(6);
    expect(modes.filter((mode = "") => !description.includes(`\`${mode}\``))).toEqual([]);
  });

  test("lists the outputs of action.yml", () => {
    expect(tableOf(readme, "Output").map(([name]) => name)).toEqual(entries("outputs").map(([name]) => name));
  });

  test("lists every result with its exit code", () => {
    const rows = tableOf(readme, "Result").map(([name, exitCode]) => [name, Number(exitCode)]);
    expect(rows).toEqual(Object.entries(EXIT_CODES));
  });

  test("lists every destination with its permission and when its new value is read", () => {
    const read = {
      "next-run": "when the next run is queued",
      "next-job": "when the next job starts",
      elsewhere: "by whatever starts from now on",
    };
    const expected = AREAS.map(({ app, scope, permission, visible }) => [app, scope, permission, read[visible]]);
    expect(tableOf(readme, "Secrets for")).toEqual(expected);
  });

  test("has a workflow that can also be recovered", () => {
    const [workflow = ""] = blocks(readme, "yaml");
    const { on } = parseWorkflow(workflow);
    expect(on).toMatchObject({ schedule: [{}], workflow_dispatch: { inputs: { mode: {}, "recovery-command": {} } } });
    const modes = tableOf(readme, "Mode").map(([mode = ""]) => mode);
    expect(modes.filter((mode) => !new RegExp(`options: \\[.*\\b${mode}\\b`).test(workflow))).toEqual([]);
  });

  test("has a command that makes that workflow one of another environment, whole", () => {
    const [, from = "", to = ""] = /^sed 's\/(\w+)\/(\w+)\/g' \S+ > \S+$/m.exec(readme) ?? [];
    const { jobs, name } = parseWorkflow((blocks(readme, "yaml")[0] ?? "").replaceAll(from, to));
    const [job = {}, ...others] = Object.values(jobs);
    expect(others).toEqual([]);
    expect([name, environmentOf(job)?.name, job.concurrency, ourSteps(job)[0]?.with?.["save-to"]]).toEqual([
      "SnapTrade user secret of staging",
      "staging",
      expect.objectContaining({ group: "snaptrade-user-secret-staging" }),
      "SNAPTRADE_USER_SECRET --env staging",
    ]);
  });

  test("shows nothing in YAML that cannot be parsed", () => {
    expect(blocks(readme, "yaml").length).toBeGreaterThan(3);
    for (const block of blocks(readme, "yaml")) expect(() => void parse(block)).not.toThrow();
  });

  test("names wrong values as the first thing that can go wrong", () => {
    const [first] = readme.split("## When a run fails")[1]?.match(/^- \*\*.*$/m) ?? [];
    expect(first).toMatch(/^- \*\*User ID, secret or key is wrong/);
  });

  test("mentions every example", () => {
    expect(workflowFiles("examples").filter((file) => !readme.includes(`(${file})`))).toEqual([]);
  });

  test("shows npm start and npm cit as code", () => {
    const shown = blocks(readme, "sh").flatMap((block) => block.trim().split("\n"));
    expect(shown).toEqual(expect.arrayContaining(["npm start", "npm cit"]));
  });

  test("has its chapters in the order in which a reader needs them", () => {
    const chapters = [...prose(readme).matchAll(/^## (.+)$/gm)].map(([, title]) => title);
    expect(chapters).toEqual([
      "One workflow",
      "Set up",
      "Inputs",
      "Outputs",
      "When a run fails",
      "Where to save",
      "Limits",
      "Links",
    ]);
  });

  test("leads to every page of docs/", () => {
    const missing = pages().filter((page) => page.startsWith("docs/") && !readme.includes(`(${page}`));
    expect(missing).toEqual([]);
  });
});

describe("docs/where-secrets-are-read.md", () => {
  const page = readPage("docs/where-secrets-are-read.md");

  test("warns of repository secrets before a deployment", () => {
    expect(page).toMatch(/repository and organization secrets when a run is queued/);
    expect(page).toMatch(/From a repository secret it gets the old one, which is invalid by then/);
  });
});

describe("action.yml", () => {
  test("has a description that the Marketplace accepts", () => {
    const description = String(fieldsOf(action)["description"]);
    expect(description.length).toBeGreaterThan(20);
    expect(description.length).toBeLessThan(125);
  });

  test("names every result in the description of the output", () => {
    const description = JSON.stringify(fieldsOf(fieldsOf(action)["outputs"])["result"]);
    expect(Object.keys(EXIT_CODES).filter((result) => !description.includes(`\`${result}\``))).toEqual([]);
  });
});
