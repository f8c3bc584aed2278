// npm run bench: measures everything side by side in one run, and writes the tables of docs/performance.md.
import { join } from "node:path";
import { parseArgs } from "node:util";
import { hasTool } from "../harness/tools";
import { barePutOnce } from "./bare-put";
import { type BundleRun, runBundleOnce } from "./bundle-run";
import { bundleShares } from "./bundle-size";
import { missingTool, sdkAndOctokitMs, shellStepMs } from "./contenders";
import { rotateCrowd } from "./crowd";
import { deadConnectionMs } from "./dead-connection";
import { writeBetween } from "../harness/markers";
import { type AtRisk, atRiskPage, type Measured, pageOf, type Windows } from "./page";
import { slowResetRun } from "./slow-reset";
import { emptyScriptMs, firstRequestMs, loadedFiles } from "./start-up";
import { ROOT, type Wire } from "./world";

const { values: options } = parseArgs({
  options: {
    /** How often each thing is measured. */
    times: { type: "string", default: "20" },
    users: { type: "string", default: "1,10,100" },
    /** Nothing but how long the secret is at risk. */
    "at-risk": { type: "boolean", default: false },
  },
});
const SLOW_RESET_MS = 8_000;
/** A median of fewer says too little to be kept. */
const TIMES_MIN = 20;

function note(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** What is measured again and again over one kind of wire. */
class Turns {
  readonly barePuts: number[] = [];
  readonly bundle: BundleRun[] = [];
  readonly struck: number[] = [];
  readonly silent: number[] = [];
  readonly scripts: number[] = [];
  readonly shells: number[] = [];
  readonly #wire: Wire;

  constructor(wire: Wire) {
    this.#wire = wire;
  }

  async measure(): Promise<void> {
    this.barePuts.push(await barePutOnce(this.#wire));
    this.bundle.push(await runBundleOnce(this.#wire));
    this.struck.push(await deadConnectionMs("rst", this.#wire));
    this.silent.push(await deadConnectionMs("stall", this.#wire));
    this.scripts.push(await sdkAndOctokitMs(this.#wire));
  }

  /** What was measured, and a slow reset once. */
  async finish(isMeasured: boolean): Promise<Windows> {
    const { barePuts, bundle, struck, silent, scripts, shells } = this;
    const slow = isMeasured ? await slowResetRun(SLOW_RESET_MS, this.#wire) : null;
    return { barePuts, bundle, struck, silent, scripts, shells, slow };
  }
}

/** In turn, so that whatever else the machine does befalls them alike. */
async function measureAtRisk(times: number): Promise<AtRisk> {
  const [http, https] = [new Turns("http"), new Turns("https")];
  const missing = missingTool();
  if (missing !== undefined) note(`The shell step is left out: this machine has no ${missing}.`);
  const hasTls = hasTool("openssl");
  if (!hasTls) note("TLS is left out: this machine has no openssl, which makes the certificates.");
  for (let turn = 1; turn <= times; turn += 1) {
    await http.measure();
    if (hasTls) await https.measure();
    if (missing === undefined) http.shells.push(await shellStepMs());
    note(`at risk: ${turn} of ${times}`);
  }
  note("a slow reset");
  return { http: await http.finish(true), https: await https.finish(hasTls) };
}

async function measureStartUp(times: number): Promise<Pick<Measured, "emptyScripts" | "firstRequests">> {
  const [emptyScripts, firstRequests]: [number[], number[]] = [[], []];
  for (let turn = 1; turn <= times; turn += 1) {
    emptyScripts.push(await emptyScriptMs());
    firstRequests.push(await firstRequestMs());
  }
  return { emptyScripts, firstRequests };
}

async function measureAll(times: number): Promise<Measured> {
  const atRisk = await measureAtRisk(times);
  note("start-up");
  const startUp = await measureStartUp(times);
  const crowds = [];
  for (const users of options.users.split(",").map(Number)) {
    note(`${users} users`);
    crowds.push(await rotateCrowd(users));
  }
  note("bundle");
  return { atRisk, ...startUp, crowds, shares: await bundleShares(), loaded: await loadedFiles() };
}

const times = Number(options.times);
const text = options["at-risk"] ? atRiskPage(await measureAtRisk(times)) : pageOf(await measureAll(times));
process.stdout.write(`${text}\n`);
if (options["at-risk"]) note("Not kept: docs/performance.md takes everything from one run.");
else if (times >= TIMES_MIN) await writeBetween(join(ROOT, "docs", "performance.md"), "bench", text);
else note(`Not kept: docs/performance.md takes medians of at least ${TIMES_MIN}.`);
