import { describeWithTool } from "../../harness/tools";
import { testsOfRecovery } from "../support/finished-by-gh";

describeWithTool("gh", "the command that a failed save prints, run by the real gh, finishes the save", () => {
  testsOfRecovery("gh");
});
