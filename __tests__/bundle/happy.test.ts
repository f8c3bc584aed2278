import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { isCanaryName, isCanaryOf } from "../../sandbox/github";
import { parsePairs } from "../../sandbox/runner/files";
import type { Stage } from "../../sandbox/stage";
import type { StepChanges } from "../../harness/play";
import { NODE_20, NODE_24, withPlayed } from "../../harness/play";
import { faultsOf } from "../../harness/expect-row";
import { ageTexts, printedCommands } from "../../harness/recovery";
import { SHARE, shareOf } from "../../harness/share";
import { describeWithTool } from "../../harness/tools";
import { folderFor } from "../../harness/circumstances";

const ROTATED = ["rotated", "main", 1, "saved"] as const;
const THREE = "SNAPTRADE_USER_SECRET --env production\nA_COPY\nANOTHER --org octo-org";

describe.each([
  ["24", NODE_24],
  ["20", NODE_20],
])("a rotation on which nothing goes wrong, under Node %s", (_version, node) => {
  test.concurrent(
    "sends one reset, masks its answer at once, saves over an open connection, and leaves nothing behind",
    async () => {
      await withPlayed({ stage: { inputs: { "save-to": THREE } }, prepare: () => ({ node }) }, async (played) => {
        const { stage, run } = played;
        const [reset, ...more] = stage.snapTrade.requests.filter(({ method }) => method === "POST");
        const save = stage.github.requests.find(({ which }) => which === "put");
        const canaries = stage.github.writes.filter(({ name }) => isCanaryName(name));
        expect(more).toEqual([]);
        expect(reset?.index).toBe(0);
        expect(save?.index).toBeGreaterThan(0);
        expect(save?.connectedAt).toBeLessThan(reset?.at ?? 0);
        expect(save?.name).toBe("SNAPTRADE_USER_SECRET");
        expect(canaries).toHaveLength(3);
        expect(printedCommands(run)).toEqual([]);
        expect(run.conclusion).toBe("success");
        const inForce = stage.snapTrade.secretInForce(stage.userId);
        for (const { where, name } of stage.destinations) expect(stage.github.plaintext(where, name)).toBe(inForce);
        const lines = run.main.stdout.split("\n");
        const announced = lines.findIndex((line) => line.includes("do not delete the user"));
        expect(announced).toBeGreaterThan(0);
        expect(lines[announced + 1]).toBe(`::add-mask::${inForce ?? ""}`);
        expect(lines.slice(0, 3).every((line) => line.startsWith("::add-mask::"))).toBe(true);
        expect(await faultsOf(played, ROTATED)).toEqual([]);
      });
    },
    60_000,
  );
});

// With every change their transcripts are played.
if (SHARE !== "quick") {
  describe("modes", () => {
    test.concurrent(
      "verify asks GitHub nothing and needs neither save-to nor a token",
      async () => {
        const inputs = { mode: "verify", "save-to": "", "github-token": "" };
        await withPlayed({ prepare: (stage) => ({ inputs: { ...stage.inputs, ...inputs } }) }, ({ stage, run }) => {
          expect(run.main.outputs).toMatchObject({ result: "verified", rotated: "false" });
          expect(run.conclusion).toBe("success");
          expect(stage.github.requests).toEqual([]);
          expect(stage.snapTrade.resetRequests).toBe(0);
        });
      },
      60_000,
    );

    test.concurrent(
      "check writes and removes the canary, and resets nothing",
      async () => {
        await withPlayed({ stage: { inputs: { mode: "check" } } }, async (played) => {
          expect(played.stage.github.writes.map(({ name }) => isCanaryOf("SNAPTRADE_USER_SECRET", name))).toEqual([
            true,
          ]);
          expect(played.stage.snapTrade.resetRequests).toBe(0);
          expect(await faultsOf(played, ["checked", "main", 0, "saved"])).toEqual([]);
        });
      },
      60_000,
    );

    test.concurrent(
      "within min-age nothing at all is written, and beyond it the secret is rotated",
      async () => {
        await withPlayed({ stage: { inputs: { "min-age": "61m" } } }, async (played) => {
          expect(played.stage.github.writes).toEqual([]);
          expect(await faultsOf(played, ["skipped", "main", 0, "saved"])).toEqual([]);
        });
        await withPlayed({ stage: { inputs: { "min-age": "59m" } } }, async (played) => {
          expect(await faultsOf(played, ROTATED)).toEqual([]);
        });
      },
      60_000,
    );
  });
}

describe("settings", () => {
  test.concurrent(
    "the age is taken by GitHub's clock and not by the machine's",
    async () => {
      const github = { clockSkewMs: 3 * 3_600_000 };
      await withPlayed({ stage: { inputs: { "min-age": "61m" }, github } }, async (played) => {
        expect(await faultsOf(played, ["skipped", "main", 0, "saved"])).toEqual([]);
      });
    },
    60_000,
  );

  test.concurrent(
    "create lets a secret be made that does not exist",
    async () => {
      const prepare = ({ inputs }: Stage): StepChanges => ({
        inputs: { ...inputs, "save-to": "BRAND_NEW --env production", create: "true" },
      });
      await withPlayed({ prepare }, ({ stage, run }) => {
        expect(run.main.outputs["result"]).toBe("rotated");
        const made = stage.github.plaintext("octo-org/brokerage env production", "BRAND_NEW");
        expect(made).toBe(stage.snapTrade.secretInForce(stage.userId));
      });
    },
    60_000,
  );

  test.concurrent(
    "canary: false writes nothing but the secret itself, also where no canary would fit in",
    async () => {
      const prepare = ({ github, destinations }: Stage): StepChanges => {
        for (const { where } of destinations) github.fill(where);
        return {};
      };
      await withPlayed({ stage: { inputs: { canary: "false" } }, prepare }, async (played) => {
        expect(played.stage.github.writes.map(({ name }) => name)).toEqual(["SNAPTRADE_USER_SECRET"]);
        expect(await faultsOf(played, ROTATED)).toEqual([]);
      });
    },
    60_000,
  );
});

describe("export-env", () => {
  const kinds = [
    ["a plain secret", (n: number) => `plain-value-${n}-0123456789abcdef`],
    ["a secret of several lines", (n: number) => `first ${n} 0123456789\r\nsecond=0123456789\n<<EOF third\n`],
    ["a secret with spaces and signs", (n: number) => `  %0A ${n} 'quoted' "0123456789abcdef" \\ é😀  `],
  ] as const;
  test.concurrent.each(shareOf(kinds, ([kind]) => kind === "a secret of several lines"))(
    "gives later steps the very bytes of %s",
    async (_what, nextSecret) => {
      const options = { inputs: { "export-env": "SNAPTRADE_SECRET" }, snapTrade: { nextSecret } };
      await withPlayed({ stage: options }, async (played) => {
        const { main } = played.run;
        expect(main.exportedEnv).toEqual({ SNAPTRADE_SECRET: nextSecret(1) });
        expect(parsePairs(main.files.env).pairs).toHaveLength(1);
        expect(await faultsOf(played, ROTATED)).toEqual([]);
      });
    },
    60_000,
  );

  test.concurrent(
    "gives nothing to anybody where the proof failed",
    async () => {
      const prepare = ({ snapTrade }: Stage): StepChanges => {
        snapTrade.faults.oldStaysLiveMs = Infinity;
        return {};
      };
      await withPlayed({ stage: { inputs: { "export-env": "SNAPTRADE_SECRET" } }, prepare }, async (played) => {
        expect(played.run.main.exportedEnv).toEqual({});
        expect(await faultsOf(played, ["saved-unverified", "main", 1, "saved"])).toEqual([]);
      });
    },
    60_000,
  );
});

describeWithTool("age-keygen", "recovery-recipient, with Debian's age", () => {
  /** A key pair made by age-keygen, and age itself. */
  function ageIn(folder: string): { readonly recipient: string; open(text: string): string } {
    const keyFile = join(folder, "key.txt");
    execFileSync("age-keygen", ["-o", keyFile], { stdio: "ignore" });
    const recipient = execFileSync("age-keygen", ["-y", keyFile], { encoding: "utf8" }).trim();
    return {
      recipient,
      open: (input) => execFileSync("age", ["-d", "-i", keyFile], { input: `${input}\n`, encoding: "utf8" }),
    };
  }

  test.concurrent(
    "age -d opens what the log holds, also when GitHub stores something else than it acknowledged",
    async () => {
      await withFolder(async (folder) => {
        const age = ageIn(folder);
        const prepare = ({ github }: Stage): StepChanges => {
          github.faults.inject({ on: { which: "put" }, effect: { kind: "store-empty" } });
          return {};
        };
        await withPlayed({ stage: { inputs: { "recovery-recipient": age.recipient } }, prepare }, ({ stage, run }) => {
          const [text = ""] = ageTexts(run);
          expect(age.open(text)).toBe(stage.snapTrade.secretInForce(stage.userId));
          expect(run.main.outputs["result"]).toBe("rotated");
        });
      });
    },
    60_000,
  );

  // A secret of 51,200 characters is looked for in every encoding, and piece by piece.
  if (SHARE !== "quick") {
    test.concurrent(
      "what no GitHub secret can hold is unsaved and not lost, for age can give it back",
      async () => {
        await withFolder(async (folder) => {
          const age = ageIn(folder);
          const nextSecret = (): string => "0123456789abcdef".repeat(3_200);
          const inputs = { "recovery-recipient": age.recipient };
          await withPlayed({ stage: { inputs, snapTrade: { nextSecret } } }, async (played) => {
            const [text = ""] = ageTexts(played.run);
            expect(age.open(text)).toBe(nextSecret());
            const row = ["unsaved", "main", 1, "not saved"] as const;
            expect(await faultsOf(played, row, { openAge: (one) => age.open(one) })).toEqual([]);
          });
        });
      },
      60_000,
    );
  }
});

async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const tidyUps: (() => unknown)[] = [];
  try {
    await use(folderFor((tidyUp) => tidyUps.push(tidyUp)));
  } finally {
    for (const tidyUp of tidyUps) await tidyUp();
  }
}
