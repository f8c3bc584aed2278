import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { explore } from "./explore";
import { drawSchedules } from "./random";
import { FAULTS, SCENE } from "./scene";
import type { Scene } from "./scene";
import { readable, traceOf } from "./trace";

// Explores one scene and draws random schedules, as far as the options say, and prints one line of JSON; what was
// found follows, readable:
//   npx tsx proof/model/cli.ts --runs 2 --faults 3 --seconds 300 --schedules 10000 --seed 7
const { values } = parseArgs({
  options: {
    runs: { type: "string", default: String(SCENE.runs) },
    faults: { type: "string", default: String(SCENE.faults) },
    kinds: { type: "string", default: SCENE.kinds.join() },
    copies: { type: "string", default: String(SCENE.copies) },
    escrow: { type: "boolean", default: false },
    "no-group": { type: "boolean", default: false },
    "settle-ms": { type: "string", default: String(SCENE.settleMs) },
    "wrong-key": { type: "boolean", default: false },
    stalls: { type: "boolean", default: false },
    "every-order": { type: "boolean", default: false },
    seconds: { type: "string", default: "600" },
    until: { type: "string" },
    schedules: { type: "string", default: "0" },
    seed: { type: "string", default: String(Date.now() % 2 ** 31) },
  },
});

const kinds = values.kinds.split(",");
const scene: Scene = {
  ...SCENE,
  runs: Number(values.runs),
  faults: Number(values.faults),
  kinds: FAULTS.filter((fault) => kinds.includes(fault)),
  copies: Number(values.copies),
  escrow: values.escrow,
  group: !values["no-group"],
  settleMs: Number(values["settle-ms"]),
  keyScope: values["wrong-key"] ? "wrong" : "own",
  stalls: values.stalls,
  order: values["every-order"] ? "every" : "reduced",
};

const { findings, ...explored } = await explore(scene, {
  seconds: Number(values.seconds),
  ...(values.until === undefined ? {} : { until: values.until }),
});
const drawn = Number(values.schedules) > 0 ? await drawSchedules(Number(values.schedules), Number(values.seed)) : null;
const counts = Object.fromEntries(findings.map(({ kind, count }) => [kind, count]));
const line = JSON.stringify({ explored, findings: counts, random: drawn });
process.stdout.write(`${line}\n`);
for (const { kind, detail, count, events } of findings) {
  process.stdout.write(
    `\n${kind}, ${count} times\n${detail}\n${readable(events)}\n${JSON.stringify(traceOf(events))}\n`,
  );
}
if (drawn?.finding) {
  const { finding } = drawn;
  process.stdout.write(
    `\nrandom: ${finding.kind}\n${finding.detail}\n${finding.readable}\n${JSON.stringify(finding)}\n`,
  );
}
const report = process.env["PROOF_REPORT"];
if (report !== undefined) writeFileSync(report, `${line}\n`, { flag: "a" });
