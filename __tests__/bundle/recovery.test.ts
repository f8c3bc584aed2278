import { describeWithTool } from "../../harness/tools";
import { testsOfRecovery } from "../support/finished-by-gh";

describeWithTool("gh", "the command that a failed save prints, run by the real gh, finishes the save", () => {
  // Debian 12's gh is older than these tenants: it looks for an Enterprise Server there, and finds nothing.
  testsOfRecovery("gh", "a tenant of ghe.com");
});
