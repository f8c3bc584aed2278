// npm run prove: breaks everything everywhere, prints one table, and keeps it in docs/testing.md.
//   npm run prove -- --share quick|large|whole --seed NUMBER --only WORDS --keep false
import { join } from "node:path";
import { parseArgs } from "node:util";
import { writeBetween } from "../harness/markers";
import { catalogue } from "./bundle/catalogue";
import { BUNDLE_ROWS } from "./bundle/rows";
import type { Row, RowReport } from "./bundle/row";
import type { Share } from "../harness/share";
import { coverage } from "./coverage-row";
import { guards } from "./guards/run";
import { modelRows } from "./model-rows";
import { tableOfRun } from "./page";

const { values: options } = parseArgs({
  options: {
    share: { type: "string", default: "whole" },
    /** What is drawn at random is drawn from this. */
    seed: { type: "string", default: String(Date.now() % 2 ** 31) },
    /** Only rows whose name holds this. */
    only: { type: "string", default: "" },
    /** Whether the table is written to docs/testing.md; only that of a whole proof is by default. */
    keep: { type: "string" },
  },
});

const SHARES: readonly Share[] = ["quick", "large", "whole"];
const VIOLATIONS_SHOWN_MAX = 20;

function note(text: string): void {
  process.stderr.write(text);
}

async function play(row: Row, share: Share, seed: number): Promise<RowReport> {
  note(`${row.name}\n`);
  const start = performance.now();
  const isTty = process.stderr.isTTY;
  const report = await row
    .run({ share, seed, onPlayed: (played) => (isTty ? note(`\r${played} `) : undefined) })
    .catch((error: unknown): RowReport => {
      const refused = error instanceof Error ? error.message : String(error);
      return { name: row.name, played: 0, ms: performance.now() - start, violations: [], results: {}, refused };
    });
  const { played, ms, results, violations, notes = [], refused = "" } = report;
  note(`${isTty ? "\r" : ""}  ${played} in ${(ms / 1000).toFixed(0)} s ${JSON.stringify(results)} ${refused}\n`);
  for (const line of notes) note(`  ${line}\n`);
  for (const { of, says } of violations.slice(0, VIOLATIONS_SHOWN_MAX)) note(`  ${of}: ${says}\n`);
  return report;
}

const share = SHARES.find((one) => one === options.share);
if (share === undefined) throw new Error(`--share is ${SHARES.join(", ")}`);
const seed = Number(options.seed);
const rows = [...modelRows(share), coverage, catalogue, ...BUNDLE_ROWS, guards].filter(({ name }) =>
  name.includes(options.only),
);
const reports: RowReport[] = [];
for (const row of rows) reports.push(await play(row, share, seed));
const table = tableOfRun(reports, share, seed, options.only);
process.stdout.write(`${table}\n`);
const isKept = options.keep === undefined ? share === "whole" && options.only === "" : options.keep === "true";
if (isKept) await writeBetween(join(process.cwd(), "docs", "testing.md"), "prove", table);
if (reports.length === 0) throw new Error(`no row is named ${options.only}`);
if (reports.some(({ violations, refused }) => violations.length > 0 || refused !== undefined)) process.exitCode = 1;
