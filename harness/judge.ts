import { scanRun } from "../sandbox/leaks";
import type { Phase, StepRun } from "../sandbox/runner";
import type { Stage } from "../sandbox/stage";
import { canariesIn, strangersTouched } from "./canaries";
import { ageTexts, healWorld, isLive, printedCommands, runCommand } from "./recovery";
import { resultOf } from "./play";
import { type Allowances, CONTRACT, type ContractResult } from "./contract";
import { streams } from "./judge-streams";
import { wireDeviations } from "./wire";

/** What is so, whatever the action says. */
interface Truth {
  readonly inForce: string;
  /** Resets of this run that came into effect. */
  readonly committed: number;
  /** Rotations of somebody else. */
  readonly others: number;
  readonly held: readonly (string | undefined)[];
  readonly isRecoverable: boolean;
  readonly givenIsLive: boolean;
  /** What clients wrote under the destinations' own names. */
  readonly saves: readonly { readonly plaintext: string; readonly at: number }[];
  readonly canariesLeft: readonly string[];
}

const LEAKED_PART_LENGTH_MIN = 8;

/**
 * Checks everything that holds for EVERY run, from what the stand-ins hold.
 * @returns one sentence for each violation; none if all is as it should be.
 */
export async function judge(stage: Stage, run: StepRun, allowed: Allowances = {}): Promise<string[]> {
  const exported = stage.inputs["export-env"];
  const leaks = scanRun(run, stage.secrets(), {
    partLengthMin: LEAKED_PART_LENGTH_MIN,
    ...(exported === undefined ? {} : { allowExportEnv: exported }),
  });
  // Before the truth is found out, for that sends requests of its own.
  const unprinted = allowed.unheard === true ? [] : commandsWhereDue(stage, run);
  const deviations = wireDeviations(stage);
  const truth = await truthOf(stage, run, allowed);
  return [
    ...leaks.map(({ where, secret, form }) => `leak: ${secret} in ${where} as ${form}`),
    ...requests(stage, truth, allowed),
    ...strangersTouched(stage),
    ...streams(run, allowed),
    ...reports(run, allowed),
    ...handedOn(stage, run, truth, allowed),
    ...claims(run, truth, allowed),
    ...losses(run, truth, allowed),
    ...advice(run),
    ...remains(run, truth, allowed),
    ...unprinted,
    ...deviations,
    ...(run.post.ms < POST_MAX_MS ? [] : [`post took ${Math.round(run.post.ms / 1_000)} s`]),
  ];
}

/** The runner's worker ends at about 4:45 after a cancel. */
const POST_MAX_MS = 240_000;

async function truthOf(stage: Stage, run: StepRun, allowed: Allowances): Promise<Truth> {
  const { snapTrade, github, userId, destinations } = stage;
  const ever = snapTrade.everInForce(userId);
  const inForce = snapTrade.secretInForce(userId) ?? "";
  const held = destinations.map(({ where, name }) => plaintext(stage, where, name));
  const names = new Set(destinations.map(({ name }) => name.toUpperCase()));
  const canariesLeft = canariesIn(stage);
  const saves = github.writes.filter(({ by, name }) => by === "client" && names.has(name));
  await healWorld(stage);
  const isRecoverable = await canRecover(stage, run, inForce, allowed);
  return {
    inForce,
    committed: snapTrade.resets,
    others: ever.length - 1 - snapTrade.resets,
    held,
    isRecoverable,
    givenIsLive: await isLive(stage, stage.given),
    saves: [...saves],
    canariesLeft,
  };
}

type Where = Stage["destinations"][number]["where"];

/** A place that has vanished holds nothing. */
function plaintext({ github }: Stage, where: Where, name: string): string | undefined {
  try {
    return github.plaintext(where, name);
  } catch {
    return undefined;
  }
}

/** Whether what was printed brings the secret in force back: does it, looks, and puts things back as they were. */
async function canRecover(stage: Stage, run: StepRun, inForce: string, { openAge }: Allowances): Promise<boolean> {
  if (openAge !== undefined && ageTexts(run).some((text) => openAge(text) === inForce)) return true;
  const { github, destinations } = stage;
  const [primary] = destinations;
  const before = destinations.map(({ where, name }) => plaintext(stage, where, name));
  for (const command of printedCommands(run)) {
    const status = await runCommand(stage, command);
    const helped =
      (status === 201 || status === 204) &&
      primary !== undefined &&
      plaintext(stage, primary.where, primary.name) === inForce;
    destinations.forEach(({ where, name }, index) => {
      const value = before[index];
      if (value !== undefined) github.seed(where, name, value);
    });
    if (helped) return true;
  }
  return false;
}

function requests({ snapTrade }: Stage, { saves, inForce, committed, others }: Truth, allowed: Allowances): string[] {
  const found: string[] = [];
  if (snapTrade.resetRequests > 1) found.push(`${snapTrade.resetRequests} resets were sent`);
  const reset = snapTrade.requests.find(({ method }) => method === "POST");
  // Without a reset copies may get the live secret, and nothing else.
  const ever = snapTrade.userIds.flatMap((userId) => snapTrade.everInForce(userId));
  const mayCopy = ({ plaintext: value }: Truth["saves"][number]): boolean =>
    others === 0 ? value === inForce : ever.includes(value);
  if (reset === undefined && saves.every(mayCopy)) return found;
  if (saves.some(({ at }) => at < (reset?.at ?? Infinity))) found.push("a destination was written before the reset");
  const made = snapTrade.userIds.flatMap((userId) => snapTrade.everInForce(userId).slice(1));
  if (allowed.storedOtherwise !== true && saves.some(({ plaintext: value }) => !made.includes(value))) {
    found.push("something was saved that never was a new secret");
  }
  if (others === 0 && committed === 0 && saves.length > 0) found.push("something was saved although nothing was reset");
  if (others === 0 && allowed.storedOtherwise !== true && saves.some(({ plaintext: value }) => value !== inForce)) {
    found.push("a secret was saved that is not in force");
  }
  return found;
}

/** Outputs, exit codes and annotations against the table of the contract. */
function reports(run: StepRun, { unheard }: Allowances): string[] {
  const { main, post, conclusion, cancelled, leftBehind } = run;
  const found: string[] = [];
  if (conclusion === "success" && main.exitCode !== 0 && !cancelled)
    found.push("the job is green although main is not");
  if (main.exitCode === 0 && main.outputs["result"] === undefined) found.push("main ended with 0 without a result");
  for (const phase of [main, post]) found.push(...outputs(phase, unheard === true));
  const errors = [main, post].map(
    ({ stdout }) => stdout.split("\n").filter((line) => line.startsWith("::error")).length,
  );
  const [printed = 0, ofPost = 0] = errors;
  // What a main says that was left behind need not be heard.
  const ofMain = leftBehind ? 0 : printed;
  const { result, by } = resultOf(run);
  const due = result !== "" && isResult(result) && CONTRACT[result].exit === 1 ? 1 : 0;
  if (unheard !== true && by === "main" && main.signal === null && !leftBehind && ofMain !== due) {
    found.push(`main printed ${ofMain} error annotations on ${result}`);
  }
  if (unheard !== true && by === "post" && (ofMain !== 0 || ofPost !== due)) {
    found.push(`${ofMain} + ${ofPost} error annotations on ${result} by post`);
  }
  if (due === 1 && unheard !== true) {
    const { summary } = by === "main" ? main : post;
    if (main.signal === null && !summary.includes(`\`${result}\``)) found.push("the summary does not tell the result");
  }
  return found;
}

function isResult(text: string): text is ContractResult {
  return text in CONTRACT;
}

function outputs({ outputs: said, exitCode, signal }: Phase, unheard: boolean): string[] {
  const { result, rotated = "", "rotated-at": rotatedAt = "", "at-risk-ms": atRiskMs = "" } = said;
  if (result === undefined) return [];
  if (!isResult(result)) return [`${result} is no result of the contract`];
  const found: string[] = [];
  const { exit, rotated: may } = CONTRACT[result];
  if (signal === null && exitCode !== exit && !unheard) found.push(`exit code ${String(exitCode)} on ${result}`);
  if (!may.some((one) => one === rotated)) found.push(`rotated is ${rotated} on ${result}`);
  const isSaved =
    rotated === "true" && (result === "rotated" || result === "saved-unverified" || result === "partly-saved");
  if (isSaved && !/^\d+$/.test(atRiskMs)) found.push(`at-risk-ms is "${atRiskMs}" on ${result}`);
  if (!isSaved && result !== "unknown" && atRiskMs !== "") found.push(`at-risk-ms is "${atRiskMs}" on ${result}`);
  const isInstant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(rotatedAt);
  if (rotatedAt !== "" && !isInstant) found.push(`rotated-at is "${rotatedAt}"`);
  if ((isSaved || result === "unsaved") && !isInstant) found.push(`rotated-at is "${rotatedAt}" on ${result}`);
  if (rotated === "false" && rotatedAt !== "") found.push("rotated-at is set although nothing was rotated");
  return found;
}

/** Whoever is handed a value by `export-env` gets the secret in force, and only where all is proven. */
function handedOn({ inputs }: Stage, { main }: StepRun, { inForce }: Truth, { unheard }: Allowances): string[] {
  const name = inputs["export-env"];
  if (name === undefined || name === "" || unheard === true) return [];
  const expected = main.outputs["result"] === "rotated" ? { [name]: inForce } : {};
  return JSON.stringify(main.exportedEnv) === JSON.stringify(expected)
    ? []
    : [`export-env gave ${Object.keys(main.exportedEnv).length} values on ${String(main.outputs["result"])}`];
}

/** Each result may be said only if the world is so. */
function claims(run: StepRun, truth: Truth, allowed: Allowances): string[] {
  const { inForce, committed, others, held, isRecoverable, givenIsLive, saves } = truth;
  const said = [run.main.outputs, run.post.outputs].find(({ result: one }) => one !== undefined) ?? {};
  const { result = "", rotated = "" } = said;
  const found: string[] = [];
  const must = (isSo: boolean, what: string): void => {
    if (!isSo) found.push(`false ${result}: ${what}`);
  };
  if (rotated === "true") must(committed === 1, "no reset of this run came into effect");
  if (rotated === "false") must(committed === 0, "the reset came into effect");
  switch (isResult(result) ? result : undefined) {
    case "rotated":
      must(held.every((one) => one === inForce) || allowed.storedOtherwise === true, "not every destination holds it");
      must(!givenIsLive, "the old secret is live");
      break;
    case "copied":
      must(held.every((one) => one === inForce) && givenIsLive, "not every copy holds the live secret");
      break;
    case "finished":
      must(held[0] === inForce && !givenIsLive, "the primary does not hold the secret in force");
      break;
    case "skipped":
      must(givenIsLive, "the secret given is not live");
      break;
    case "checked":
    case "verified":
      must(saves.length === 0 && givenIsLive, "the secret given is not live, or something was saved");
      break;
    case "unchanged":
      must(saves.length === 0, "something was saved");
      must(givenIsLive || others > 0, "the secret given is not in force any more");
      break;
    case "dead":
      must(saves.length === 0, "something was saved");
      must(!givenIsLive || allowed.handedOtherwise === true || saysUnchecked(run), "the current secret is valid");
      break;
    case "saved-unverified":
      must(held.every((one) => one === inForce) || others > 0, "not every destination holds it");
      break;
    case "partly-saved":
      must(held[0] === inForce || others > 0, "the primary does not hold it");
      // A step that was killed while it saved copies says that perhaps not every one has it: a save may just have landed.
      must(held.some((one) => one !== inForce) || isPerhaps(run), "every copy holds it");
      must(isRecoverable || held.length > 1, "no command for what is missing");
      break;
    case "unsaved":
      must(isRecoverable || others > 0, "nothing that was printed brings the secret in force back");
      break;
    case "lost":
      must(!held.includes(inForce), "a destination holds the secret in force");
      must(!isRecoverable, "what was printed brings the secret in force back");
      must(others === 0, "another rotation came in between");
      break;
    case "unknown":
    case undefined:
      break;
  }
  return found;
}

/** The secret in force is in no destination: then the job is red and says so, or what it printed brings the secret back. */
function losses(
  run: StepRun,
  { held, inForce, committed, isRecoverable }: Truth,
  { unheard, storedOtherwise }: Allowances,
): string[] {
  if (held.includes(inForce) || storedOtherwise === true) return [];
  const { result } = resultOf(run);
  const found: string[] = [];
  if (run.conclusion === "success") found.push("silent loss: the secret in force is nowhere and the job is green");
  const tells = ["unsaved", "unknown", "lost", "dead"];
  const isOver = run.post.ran && run.post.signal === null;
  if (result === "saved-unverified" && isRecoverable) return found;
  if (committed > 0 && unheard !== true && isOver && !tells.includes(result)) {
    found.push(`silent loss: the secret in force is nowhere and the run says "${result}"`);
  }
  return found;
}

/** `lost` and `unknown` never advise deleting the user as a first step. */
function advice(run: StepRun): string[] {
  const { result } = resultOf(run);
  if (result !== "lost" && result !== "unknown") return [];
  const texts = [run.main, run.post].flatMap(({ annotations, summary }) => [
    ...annotations.map(({ message }) => message),
    summary,
  ]);
  const firsts = texts.flatMap((text) => text.split("\n").filter((line) => line.startsWith("1. ")));
  const found = firsts.some((line) => /delete/i.test(line)) ? ["the first advice is to delete the user"] : [];
  return firsts.length === 0 && run.post.ran ? [...found, `no advice on ${result}`] : found;
}

function remains(run: StepRun, { canariesLeft }: Truth, allowed: Allowances): string[] {
  const last = run.post.ran ? run.post : run.main;
  const files = allowed.filesLeft === true ? [] : last.left.map(({ place, name }) => `${place}/${name} is left behind`);
  const canaries = allowed.canaryLeft === true ? [] : canariesLeft.map((one) => `${one} is left behind`);
  return [...files, ...canaries];
}

/** SnapTrade refused the secret, and did not answer whether it was about the user: then that is said, and no more. */
function saysUnchecked({ main }: StepRun): boolean {
  return main.log.join("\n").includes("could not be checked");
}

function isPerhaps({ post }: StepRun): boolean {
  return post.log.join("\n").includes("Perhaps not every copy has it");
}

/**
 * From the first failed PUT of the primary on the log holds the command; if the first succeeds no ciphertext is printed.
 * A PUT that found its connection dead is seen by nobody here, so only one over a connection from before counts as the first.
 */
function commandsWhereDue({ snapTrade, github, destinations }: Stage, run: StepRun): string[] {
  const [primary] = destinations;
  const saves = github.requests.filter(
    ({ which, name, scope }) => which === "put" && name === primary?.name && scope === primary?.where,
  );
  const [first] = saves;
  const isAcknowledged = first?.status === 201 || first?.status === 204;
  const isPrinted = [run.main, run.post].some(({ log, summary }) =>
    /gh api --method PUT/.test(`${log.join("\n")}\n${summary}`),
  );
  if (run.main.signal !== null) return [];
  // A write that GitHub took and does not show may be gone, so its command is kept.
  if ([run.main, run.post].some(({ log }) => log.join("\n").includes("GitHub does not show the write"))) return [];
  // What brings an old secret back is printed although all was saved.
  if (run.main.log.join("\n").includes("this command restores the old secret")) return [];
  if (first !== undefined && !isAcknowledged && !isPrinted) return ["the first save failed and no command was printed"];
  const resetAt = snapTrade.requests.find(({ method }) => method === "POST")?.at ?? 0;
  // Where main and post are at work at the same time, post prints what it finds before it can know of main's save.
  const isFirst = first !== undefined && first.connectedAt < resetAt && !run.leftBehind;
  if (saves.length === 1 && isAcknowledged && isFirst && destinations.length === 1 && isPrinted) {
    return ["a command was printed although the first save succeeded"];
  }
  return [];
}
