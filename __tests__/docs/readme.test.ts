import { parse } from "yaml";
import { AREAS } from "../../src/github/areas";
import { EXIT_CODES } from "../../src/rotation/outcome";
import { blocks, prose, readPage, tableOf } from "./markdown";
import { readText, workflowFiles } from "../../harness/workflow-files";

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
  test("lists the inputs of action.yml, required or not, with their defaults, in their order", () => {
    const rows = tableOf(readme, "Input").map(([name, required = "", byDefault]) => [
      name,
      required === "yes",
      byDefault,
    ]);
    const expected = entries("inputs").map(([name, field]) => [
      name,
      field["required"] === "true",
      field["default"] ?? "",
    ]);
    expect(rows).toEqual(expected);
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

  test("warns of repository secrets before a deployment", () => {
    expect(readme).toMatch(/repository and organization secrets when a run is queued/);
    expect(readme).toMatch(/From a repository secret it gets the old one, which is dead by then/);
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
      "See it in half a minute",
      "How it works",
      "Set up",
      "Inputs",
      "Outputs",
      "Where to save",
      "Before a deployment",
      "What can go wrong",
      "Limits",
      "Compared",
      "Versions",
      "Security",
      "Contributing",
    ]);
    expect(blocks(readme, "mermaid")).toHaveLength(1);
  });
});

describe("action.yml", () => {
  test("names every result in the description of the output", () => {
    const description = JSON.stringify(fieldsOf(fieldsOf(action)["outputs"])["result"]);
    expect(Object.keys(EXIT_CODES).filter((result) => !description.includes(`\`${result}\``))).toEqual([]);
  });
});
