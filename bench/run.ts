// npm run bench: measures everything side by side in one run, and writes the tables of docs/performance.md.
import { join } from "node:path";
import { parseArgs } from "node:util";
import { barePutOnce } from "./bare-put";
import { type BundleRun, runBundleOnce } from "./bundle-run";
import { missingTool, sdkAndOctokitMs, shellStepMs } from "./contenders";
import { rotateCrowd } from "./crowd";
import { writeBetween } from "./markers";
import { type Measured, pageOf } from "./page";
import { slowResetRun } from "./slow-reset";
import { bundleShares } from "./bundle-size";
import { emptyScriptMs, firstRequestMs, loadedFiles } from "./start-up";
import { ROOT } from "./world";

const { values: options } = parseArgs({
  options: {
    /** How often each thing is measured. */
    times: { type: "string", default: "20" },
    users: { type: "string", default: "1,10,100" },
  },
});
const SLOW_RESET_MS = 8_000;
/** A median of fewer says too little to be kept. */
const TIMES_MIN = 20;

function note(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** In turn, so that whatever else the machine does befalls them alike. */
async function measureWindows(times: number): Promise<Pick<Measured, "barePuts" | "bundle" | "scripts" | "shells">> {
  const [barePuts, bundle, scripts, shells]: [number[], BundleRun[], number[], number[]] = [[], [], [], []];
  const missing = missingTool();
  if (missing !== undefined) note(`The shell step is left out: this machine has no ${missing}.`);
  for (let turn = 1; turn <= times; turn += 1) {
    barePuts.push(await barePutOnce());
    bundle.push(await runBundleOnce());
    scripts.push(await sdkAndOctokitMs());
    if (missing === undefined) shells.push(await shellStepMs());
    note(`windows: ${turn} of ${times}`);
  }
  return { barePuts, bundle, scripts, shells };
}

async function measureStartUp(times: number): Promise<Pick<Measured, "emptyScripts" | "firstRequests">> {
  const [emptyScripts, firstRequests]: [number[], number[]] = [[], []];
  for (let turn = 1; turn <= times; turn += 1) {
    emptyScripts.push(await emptyScriptMs());
    firstRequests.push(await firstRequestMs());
  }
  return { emptyScripts, firstRequests };
}

async function measure(): Promise<Measured> {
  const times = Number(options.times);
  const windows = await measureWindows(times);
  note("start-up");
  const startUp = await measureStartUp(times);
  note("a slow reset");
  const slow = await slowResetRun(SLOW_RESET_MS);
  const crowds = [];
  for (const users of options.users.split(",").map(Number)) {
    note(`${users} users`);
    crowds.push(await rotateCrowd(users));
  }
  note("bundle");
  return { ...windows, ...startUp, slow, crowds, shares: await bundleShares(), loaded: await loadedFiles() };
}

const text = pageOf(await measure());
process.stdout.write(`${text}\n`);
if (Number(options.times) >= TIMES_MIN) await writeBetween(join(ROOT, "docs", "performance.md"), "bench", text);
else note(`Not kept: docs/performance.md takes medians of at least ${TIMES_MIN}.`);
