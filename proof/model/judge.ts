import type { Outcome } from "../../src/rotation/outcome";
import type { Actor } from "./actor";
import { isForScope } from "./world";
import type { Run, World } from "./world";

/** Results whose message tells that the secret in force may be missing. */
const ALARMS: readonly string[] = ["lost", "unsaved", "unknown", "saved-unverified", "partly-saved"];

/** Where the secret in force can be read by a person or a later step. */
function isRecoverable(world: World): boolean {
  const { inForce, places, runs } = world;
  return places.some(({ value }) => value === inForce) || runs.some((run) => isPrinted(inForce, run, world));
}

/** A box is worth something while GitHub opens it. */
function isPrinted(secret: string, { escrowed, printed }: Run, world: World): boolean {
  const boxes = [...printed.values()];
  return (
    escrowed.has(secret) ||
    boxes.some(({ place, box }) => world.accepts(place, box) && world.opened(place, box) === secret)
  );
}

/** Whether a printed box holds it, whatever has become of the scope's key since. */
function isSealed(secret: string, { printed }: Run): boolean {
  return [...printed.values()].some(({ place, box }) => isForScope(place, box) && box.sealed.endsWith(`|${secret}`));
}

/** What a run says, held against the world at that moment. */
export function judgeClaim(outcome: Outcome, { run, role, world }: Actor): void {
  const { inForce, places } = world;
  const who = `${run.name}.${role} said ${outcome.result} (${outcome.reason.code})`;
  const state = `in force ${inForce}, primary ${world.primary().value}`;
  const claim = (kind: string, isTrue: boolean): void => {
    if (!isTrue) world.violate(kind, `${who}; ${state}`);
  };
  const made = run.made.at(-1);
  if (role === "post" && run.saidByMain !== null) {
    // On a full disk main can leave neither the state entry nor its outcome; then post says what it finds, which is judged as ever.
    claim("post contradicts main", run.diskFull || run.saidByMain.result === outcome.result);
  }
  switch (outcome.result) {
    case "rotated":
      claim("false rotated", made === inForce && places.every(({ value }) => value === inForce));
      break;
    case "unchanged":
      claim("false unchanged", made === undefined);
      break;
    case "dead":
      claim("false dead", made === undefined && (run.given !== inForce || isUnchecked(outcome)));
      break;
    case "lost":
      claim("false lost", made === inForce && !isRecoverable(world));
      break;
    case "unsaved":
      // A key that GitHub changes makes a box worthless, and while GitHub is down nobody can know.
      claim("false unsaved", made !== undefined && (made !== inForce || isRecoverable(world) || isSealed(made, run)));
      break;
    case "saved-unverified":
      claim("false saved", made !== undefined && places.every(({ value }) => value === made));
      break;
    case "partly-saved":
      claim("false saved", made !== undefined && world.primary().value === made);
      break;
    case "unknown":
      break;
    case "checked":
    case "copied":
    case "finished":
    case "verified":
    case "skipped":
      claim("strange result", false);
      break;
  }
}

/** The words say that the refusal may be about client or user, which could not be checked. */
function isUnchecked({ reason }: Outcome): boolean {
  return reason.code === "given-secret-dead" && !reason.isChecked;
}

/** What holds when all runs are over and all late effects have landed. */
export function judgeEnd(world: World): void {
  const { runs, inForce, places } = world;
  for (const run of runs) {
    const said = lastWord(run);
    if (run.resetsSent > 1) world.violate("two resets", `${run.name} sent ${run.resetsSent}`);
    if (said?.result === "unchanged" && run.made.length > 0) {
      world.violate("false unchanged", `${run.name} said unchanged (${said.reason.code}), and made ${run.made.join()}`);
    }
    if (said?.result === "lost" && places.some(({ value }) => run.made.includes(value))) {
      world.violate("false lost", `${run.name} said lost, and its secret is in a destination after all`);
    }
  }
  if (isRecoverable(world)) return;
  const maker = runs.find(({ made }) => made.includes(inForce));
  if (maker !== undefined && isAlarmed(maker)) return;
  const result = maker === undefined ? "nobody made it" : `${maker.name} said ${lastWord(maker)?.result ?? "nothing"}`;
  world.violate("silent loss", `${inForce} is in force and nowhere to be read; ${result}; ${holdings(world)}`);
}

function lastWord({ saidByMain, saidByPost }: Run): Outcome | null {
  return saidByPost ?? saidByMain;
}

/** Red with a message that says so: a result that does, or the line before the reset with nothing behind it. */
function isAlarmed(run: Run): boolean {
  const said = lastWord(run);
  if (run.green) return false;
  return said === null ? run.announced : ALARMS.includes(said.result);
}

function holdings({ places }: World): string {
  return places.map(({ label, value }) => `${label} holds ${value === "" ? "nothing" : value}`).join(", ");
}
