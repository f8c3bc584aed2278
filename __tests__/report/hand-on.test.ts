import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nothingChanged, rotatedOutcome } from "../../src/rotation/outcome";
import type { Result } from "../../src/rotation/outcome";
import { Secret } from "../../src/text/secret";
import type { Delivery } from "../../src/report/delivery";
import { exportWhole } from "../../src/report/delivery";
import { handOn } from "../../src/report/hand-on";

const fresh = new Secret("new-secret-1");
const rotated = rotatedOutcome("rotated", { code: "rotated" }, {});

function deliveryThat(exportSecret: Delivery["exportSecret"]): Delivery {
  return {
    exportSecret,
    setOutputs: () => undefined,
    writeSummary: async () => await Promise.resolve(),
    annotate: () => undefined,
    warn: () => undefined,
  };
}

/** What becomes of an outcome, and what was exported. */
function handedOn(outcome: typeof rotated, exportEnv: string | null, secret: Secret | null) {
  const exported: string[] = [];
  const delivery = deliveryThat((name, value) => void exported.push(`${name}=${value.reveal()}`));
  return { outcome: handOn({ outcome, fresh: secret }, exportEnv, delivery), exported };
}

test("a secret that is saved and proven goes to later steps, where they asked for it", () => {
  expect(handedOn(rotated, "NAME", fresh)).toEqual({ outcome: rotated, exported: ["NAME=new-secret-1"] });
  expect(handedOn(rotated, null, fresh)).toEqual({ outcome: rotated, exported: [] });
});

test.each<Result>(["saved-unverified", "partly-saved", "unsaved", "unknown"])("%s hands nothing on", (result) => {
  const outcome = rotatedOutcome(result, { code: "superseded" }, {});
  expect(handedOn(outcome, "NAME", fresh)).toEqual({ outcome, exported: [] });
});

test("nor does a run without a new secret", () => {
  const outcome = nothingChanged("skipped", { code: "young-enough", label: "NAME" });
  expect(handedOn(outcome, "NAME", null)).toEqual({ outcome, exported: [] });
});

test("where it cannot be handed on the run is not green, and keeps all else that is known", () => {
  const delivery = deliveryThat(() => {
    throw new Error("ENOSPC");
  });
  const known = rotatedOutcome("rotated", { code: "rotated" }, { rotatedAt: 7, atRiskMs: 3, saved: ["NAME"] });
  expect(handOn({ outcome: known, fresh }, "VARIABLE", delivery)).toEqual({
    ...known,
    result: "saved-unverified",
    reason: { code: "export-failed", name: "VARIABLE" },
  });
});

describe("the runner's file", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "env-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test("holds the whole entry, or what it held before", () => {
    const file = join(folder, "env");
    writeFileSync(file, "OTHER=1\n");
    expect(() =>
      exportWhole(file, () => {
        appendFileSync(file, "NAME<<END\nnew-sec");
        throw new Error("ENOSPC");
      }),
    ).toThrow("ENOSPC");
    expect(readFileSync(file, "utf8")).toBe("OTHER=1\n");
    exportWhole(file, () => appendFileSync(file, "NAME=new-secret-1\n"));
    expect(readFileSync(file, "utf8")).toBe("OTHER=1\nNAME=new-secret-1\n");
  });
});
