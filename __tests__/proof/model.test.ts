import { modelRows } from "../../proof/model-rows";
import { ROW_TIMEOUT_MS, wrongWith } from "../../proof/share";
import { SHARE } from "../../harness/share";

describe("nothing is lost silently and nothing is claimed falsely, and a judge that is given cause finds it:", () => {
  test.each(modelRows(SHARE).map((row) => [row.name, row] as const))(
    "%s",
    async (_name, row) => {
      expect(await wrongWith(row)).toEqual([]);
    },
    ROW_TIMEOUT_MS,
  );
});
