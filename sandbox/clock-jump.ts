import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StepChange } from "./named-fault";
import type { Stage } from "./stage";

/** What Node runs before the action: once the file is there, the wall clock is ahead, and the monotonic one goes on. */
function preload(file: string, jumpMs: number): string {
  return `
import { existsSync } from "node:fs";
const Real = Date;
const now = () => Real.now() + (existsSync(${JSON.stringify(file)}) ? ${jumpMs} : 0);
globalThis.Date = new Proxy(Real, {
  apply: () => new Real(now()).toString(),
  construct: (target, given, as) => Reflect.construct(target, given.length === 0 ? [now()] : given, as),
  get: (target, name, as) => (name === "now" ? now : Reflect.get(target, name, as)),
});
`;
}

/** When the reset has happened, the clocks of the machine and of SnapTrade jump, as when the machine slept meanwhile. */
export function clockJumps(stage: Stage, jumpMs: number): StepChange {
  const { snapTrade } = stage;
  const folder = mkdtempSync(join(tmpdir(), "clock-"));
  stage.later(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "jumped");
  const off = snapTrade.on("reset-committed", () => {
    off();
    writeFileSync(file, "");
    snapTrade.faults.clockSkewMs += jumpMs;
  });
  // An argument of Node itself, since what NODE_OPTIONS may hold is a matter of the workflow, not of the machine.
  return { nodeArgs: ["--import", `data:text/javascript,${encodeURIComponent(preload(file, jumpMs))}`] };
}
