import { readWorkflow } from "../../harness/workflow/file";
import { blocks, readPage } from "../docs/markdown";
import { readText } from "../../harness/workflow-files";

describe("readWorkflow", () => {
  test.each([
    ["environment: production", "production"],
    ["environment: { name: production, deployment: false }", "production"],
    ["environment: { name: 'user-${{ matrix.user }}', deployment: false }", "user-${{ matrix.user }}"],
    ["runs-on: ubuntu-latest", undefined],
  ])("reads the environment of a job from %s", (line, expected) => {
    expect(readWorkflow(`jobs:\n  one:\n    ${line}`).jobs).toMatchObject([{ id: "one", environment: expected }]);
  });

  test("reads every job of before-deploy.yml in the environment that its secrets are in", () => {
    const { jobs } = readWorkflow(readText("examples/before-deploy.yml"));
    expect(jobs.map(({ environment }) => environment)).toEqual(["production", "production", "production"]);
  });

  test("refuses a step that GitHub would run in the background, which the sandbox cannot", () => {
    const [text = ""] = blocks(readPage("docs/background-steps.md"), "yaml");
    expect(() => readWorkflow(text)).toThrow('The sandbox does not play "background" of a step.');
  });
});
