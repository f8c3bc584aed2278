import { describeWithTool } from "../../harness/tools";
import { testsOfGh } from "../support/gh";

describeWithTool("gh", "the real gh works with the GitHub stand-in", () => {
  testsOfGh("gh", ["dependabot", "codespaces"]);
});
