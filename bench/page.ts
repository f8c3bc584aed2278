import { execFileSync } from "node:child_process";
import { cpus } from "node:os";
import type { BundleRun } from "./bundle-run";
import type { Share } from "./bundle-size";
import type { Crowd } from "./crowd";
import { figuresOf, medianOf, told } from "./figures";
import { tableOf } from "../harness/markers";
import type { SlowReset } from "./slow-reset";
import { roundTold, roundTripsOf, type Trip } from "./traffic";
import { DELAY_MS, NODE_24, type Wire } from "./world";

/** What was measured over one kind of wire, in milliseconds. What needs a tool that is missing was not. */
export interface Windows {
  readonly barePuts: readonly number[];
  readonly bundle: readonly BundleRun[];
  /** The connection that the save goes over is reset, or falls silent. */
  readonly struck: readonly number[];
  readonly silent: readonly number[];
  readonly scripts: readonly number[];
  readonly shells: readonly number[];
  readonly slow: SlowReset | null;
}

/** How long the secret was at risk. */
export type AtRisk = Readonly<Record<Wire, Windows>>;

/** Everything that one run of the benchmark has measured. Times are in milliseconds. */
export interface Measured {
  readonly atRisk: AtRisk;
  readonly emptyScripts: readonly number[];
  readonly firstRequests: readonly number[];
  readonly crowds: readonly Crowd[];
  readonly shares: readonly Share[];
  readonly loaded: ReadonlyMap<string, number>;
}

/** The tables of docs/performance.md. */
export function pageOf(measured: Measured): string {
  const { atRisk } = measured;
  return [atRiskPage(atRisk), costs(measured), rounds(atRisk.http.bundle), crowds(measured), sizes(measured)].join(
    "\n\n",
  );
}

/** The first of them, and under what circumstances it was measured. */
export function atRiskPage(atRisk: AtRisk): string {
  return [setting(atRisk.http.bundle.length), windows(atRisk)].join("\n\n");
}

function commit(): string {
  return execFileSync("git", ["describe", "--always", "--dirty"], { encoding: "utf8" }).trim();
}

function setting(times: number): string {
  const node = execFileSync(NODE_24, ["--version"], { encoding: "utf8" }).trim();
  const date = new Date().toISOString().slice(0, 10);
  const [cpu] = cpus();
  return [
    `Measured on ${date} at commit ${commit()} with Node ${node} on ${cpus().length} cores (${cpu?.model ?? "unknown"}).`,
    `Medians of ${times}; in brackets the 10th and the 90th percentile. The stand-ins are ${DELAY_MS} ms away each way.`,
  ].join("\n");
}

/** A tool is missing; or it is the shell step over TLS, which gh does not speak over a unix socket. */
const NOT_MEASURED = "not measured";
/** The action waits so long for the answer to a save before it sends the same again over another connection. */
const SILENT_AFTER_MS = 3_000;

function windows({ http, https }: AtRisk): string {
  const plain = columns(http);
  const secure = columns(https);
  const row = (what: string, key: keyof typeof plain): string[] => [what, ...plain[key], ...secure[key]];
  return [
    "### At risk: from the last byte of the reset's answer to GitHub's acknowledgement",
    tableOf(
      ["", "over HTTP, ms", "ratio", "over TLS, ms", "ratio"],
      [
        row("a bare PUT over a warm connection (the limit)", "limit"),
        row("**this action**", "action"),
        row("this action, the reset taking 8 s (once)", "slow"),
        row("this action, the open connection reset at the save", "struck"),
        row("this action, the open connection silent at the save", "silent"),
        row("a script: official SDK, octokit, the key fetched after the reset", "scripts"),
        row("a shell step: curl, jq, `gh secret set`", "shells"),
      ],
    ),
  ].join("\n\n");
}

/** Two columns of the table, each row's cells by what the row is about. */
function columns({ barePuts, bundle, struck, silent, scripts, shells, slow }: Windows) {
  const limit = medianOf(barePuts);
  const times = (ms: number): string => (ms / limit).toFixed(2);
  const waited = (ms: number): string =>
    `${SILENT_AFTER_MS / 1000} s + ${((ms - SILENT_AFTER_MS) / limit).toFixed(1)} round trips`;
  const cells = (values: readonly number[], ratio = times): readonly string[] =>
    values.length === 0 ? [NOT_MEASURED, ""] : [told(figuresOf(values)), ratio(medianOf(values))];
  return {
    limit: cells(barePuts),
    action: cells(bundle.map(({ windowMs }) => windowMs)),
    slow: slow === null ? [NOT_MEASURED, ""] : [slowTold(slow), times(slow.windowMs)],
    struck: cells(struck),
    silent: cells(silent, waited),
    scripts: cells(scripts),
    shells: cells(shells),
  };
}

function slowTold({ windowMs, isOpen }: SlowReset): string {
  return `${windowMs.toFixed(1)}, over ${isOpen ? "the open" : "a new"} connection`;
}

function costs({ atRisk, emptyScripts, firstRequests }: Measured): string {
  const { bundle } = atRisk.http;
  const over = medianOf(firstRequests) - medianOf(emptyScripts);
  const secureMs = atRisk.https.bundle.map(({ wholeMs }) => wholeMs);
  const of = (pick: (run: BundleRun) => number, digits = 0): string => told(figuresOf(bundle.map(pick)), digits);
  return [
    "### One rotation",
    tableOf(
      ["", ""],
      [
        ["whole run of main", `${of(({ wholeMs }) => wholeMs)} ms`],
        ["whole run of main over TLS", secureMs.length === 0 ? NOT_MEASURED : `${told(figuresOf(secureMs), 0)} ms`],
        ["requests", of(({ requests }) => requests)],
        ["round trips one after the other, connections included", of((run) => roundTripsOf(run.rounds))],
        ["CPU, of all threads", `${of(({ cpuMs }) => cpuMs)} ms`],
        ["peak memory", `${of(({ peakMegabytes }) => peakMegabytes)} MB`],
        ["start-up to the first request", `${told(figuresOf(firstRequests))} ms`],
        ["an empty script, from start to end", `${told(figuresOf(emptyScripts))} ms`],
        ["start-up over an empty script", `${over.toFixed(1)} ms`],
      ],
    ),
  ].join("\n\n");
}

/** The way that most runs took. */
function rounds(bundle: Windows["bundle"]): string {
  const ways = new Map<string, { count: number; rounds: BundleRun["rounds"] }>();
  for (const { rounds: way } of bundle) {
    const key = way.map(line).join("\n");
    ways.set(key, { count: (ways.get(key)?.count ?? 0) + 1, rounds: way });
  }
  const [usual] = [...ways.values()].sort((a, b) => b.count - a.count);
  const rows = (usual?.rounds ?? []).map((round, index) => [String(index + 1), roundTold(round), connections(round)]);
  return ["### What is sent, one round after the other", tableOf(["", "side by side", "connection"], rows)].join(
    "\n\n",
  );
}

function connections(round: readonly Trip[]): string {
  return round.some(({ isWarm }) => !isWarm) ? "new" : "open";
}

function line(round: readonly Trip[]): string {
  return `${roundTold(round)} ${connections(round)}`;
}

/** What SnapTrade documents, and GitHub for requests that create content. Its limits for all of a token's requests bind later. */
const SNAPTRADE_PER_MINUTE = 250;
const GITHUB_WRITES_PER_MINUTE = 80;
const GITHUB_WRITES_PER_HOUR = 500;

function crowds({ crowds: all }: Measured): string {
  const rows = all.map(({ users, wallMs, snapTradeRequests, githubRequests, githubWrites }) => [
    String(users),
    (wallMs / 1000).toFixed(1),
    (wallMs / 1000 / users).toFixed(2),
    `${snapTradeRequests} (${snapTradeRequests / users})`,
    `${githubRequests} (${githubRequests / users})`,
    `${githubWrites} (${githubWrites / users})`,
  ]);
  const { users, snapTradeRequests, githubWrites } = all.at(-1) ?? { users: 0, snapTradeRequests: 0, githubWrites: 0 };
  const rotations = (limit: number, requests: number): number => Math.floor((limit * users) / requests);
  return [
    "### Many users",
    "Four runs at a time, each with an environment of its own, no limit set at the stand-ins; in brackets for each user.",
    tableOf(["users", "s", "s for each", "to SnapTrade", "to GitHub", "of them writes"], rows),
    [
      "Where the services' limits bind:",
      "",
      `- SnapTrade, ${SNAPTRADE_PER_MINUTE} requests a minute for a client id: ${rotations(SNAPTRADE_PER_MINUTE, snapTradeRequests)} rotations a minute. The action looks at what is left before it resets, and waits.`,
      `- GitHub, ${GITHUB_WRITES_PER_MINUTE} writes a minute: ${rotations(GITHUB_WRITES_PER_MINUTE, githubWrites)} rotations a minute. With \`canary: false\` it is ${GITHUB_WRITES_PER_MINUTE}.`,
      `- GitHub, ${GITHUB_WRITES_PER_HOUR} writes an hour: ${rotations(GITHUB_WRITES_PER_HOUR, githubWrites)} rotations an hour, which binds from the seventh minute on. With \`canary: false\` it is ${GITHUB_WRITES_PER_HOUR}.`,
    ].join("\n"),
  ].join("\n\n");
}

function sizes({ shares, loaded }: Measured): string {
  const kilobytes = (bytes: number): string => (bytes / 1000).toFixed(1);
  const files = [...new Set(shares.map(({ file }) => file))];
  const rows = files.flatMap((file) => {
    const own = shares.filter((share) => share.file === file);
    const whole = own.reduce((sum, { bytes }) => sum + bytes, 0);
    const when = loaded.has(file) ? "always" : "with `recovery-recipient`";
    return [
      [`**${file}**`, when, `**${kilobytes(whole)}**`],
      ...own.filter(({ bytes }) => bytes >= 1000).map(({ of, bytes }) => ["", of, kilobytes(bytes)]),
    ];
  });
  const whole = [...loaded.values()].reduce((sum, bytes) => sum + bytes, 0);
  return [
    "### The bundle, in kB",
    tableOf(["file", "loaded, and whose code it is", "kB"], rows),
    `A run without \`recovery-recipient\` loads ${kilobytes(whole)} kB. Shares under 1 kB are not listed.`,
  ].join("\n\n");
}
