// npm run prove: breaks everything everywhere, prints one table, and keeps it in docs/testing.md.
//   npm run prove -- --share quick|large|whole --seed NUMBER --only WORDS --keep false
import { join } from "node:path";
import { parseArgs } from "node:util";
import { writeBetween } from "../harness/markers";
import { coreReports } from "./apart";
import { catalogue } from "./bundle/catalogue";
import { BUNDLE_ROWS } from "./bundle/rows";
import type { RowReport } from "./bundle/row";
import { shareCalled } from "../harness/share";
import { coverage, fleets } from "./jest-rows";
import { guards } from "./guards/run";
import { tableOfRun } from "./page";
import { playRow } from "./play-row";

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

const share = shareCalled(options.share);
const setting = { share, seed: Number(options.seed) };
const began = performance.now();
const core = coreReports(setting, options.only);
const rows = [coverage, catalogue, ...BUNDLE_ROWS, ...(share === "whole" ? [fleets] : []), guards];
const others: RowReport[] = [];
for (const row of rows.filter(({ name }) => name.includes(options.only))) others.push(await playRow(row, setting));
const reports = [...(await core), ...others];
const table = tableOfRun(reports, { ...setting, only: options.only, ms: performance.now() - began });
process.stdout.write(`${table}\n`);
const isKept = options.keep === undefined ? share === "whole" && options.only === "" : options.keep === "true";
if (isKept) await writeBetween(join(process.cwd(), "docs", "testing.md"), "prove", table);
if (reports.length === 0) throw new Error(`no row is named ${options.only}`);
if (reports.some(({ violations, refused }) => violations.length > 0 || refused !== undefined)) process.exitCode = 1;
