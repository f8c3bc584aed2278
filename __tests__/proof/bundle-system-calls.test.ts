import { systemCallFailures, systemCallKills } from "../../proof/bundle/system-calls";
import { ROW_TIMEOUT_MS, wrongWith } from "../../proof/share";
import { describeWithTool } from "../../harness/tools";

describeWithTool(
  "strace",
  "struck at a system call, the bundle loses nothing and claims nothing that is not so",
  () => {
    test.each([systemCallKills, systemCallFailures].map((row) => [row.name, row] as const))(
      "%s",
      async (_name, row) => {
        expect(await wrongWith(row)).toEqual([]);
      },
      ROW_TIMEOUT_MS,
    );
  },
);
