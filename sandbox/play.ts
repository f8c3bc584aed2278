import { constants } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import type { Wish } from "./command-line";
import { SHORT_WAITS } from "./faults";
import { proofOf } from "./proof";
import { type StepRun, playStep } from "./runner";
import { Screen, showBefore, showLogLine, showOutcome, showProof, showStepHeader } from "./show";
import { type Stage, startStage } from "./stage";

type Play = Extract<Wish, { kind: "play" }>;

function openScreen(): Screen {
  const { NO_COLOR: noColour } = process.env;
  const hasColours = process.stdout.isTTY && (noColour === undefined || noColour === "");
  return new Screen((text) => process.stdout.write(text), hasColours);
}

/** What was under way at a service when the step ended by a fault has come to its end after so long. */
const AFTERMATH_MS = 300;

/** A rescue makes sense only after a loss: the secret given is dead, and a reset would take it all the same. */
function loseSecret({ snapTrade, userId }: Stage): void {
  snapTrade.faults.resetNeedsOldSecret = false;
  snapTrade.rotateBehindBack(userId);
}

/** What mode copy is for: a copy that was saved before the primary, and holds another value. */
const COPY_INPUTS = { "save-to": "SNAPTRADE_USER_SECRET --env production\nA_COPY --env staging" };
const HOUR_MS = 3_600_000;

/** What a person types who starts a rescue. */
const CONFIRMED = { "confirm-user-id": "customer-1" };

const FOR_MODES: Readonly<Record<string, Readonly<Record<string, string>>>> = { copy: COPY_INPUTS, rescue: CONFIRMED };

function leaveCopyBehind({ github, destinations }: Stage): void {
  const [primary, ...copies] = destinations;
  if (primary !== undefined) github.age(primary.where, HOUR_MS);
  for (const { where, name } of copies) github.seed(where, name, "dead-by-now", new Date(Date.now() - 24 * HOUR_MS));
}

/** Where the action has to wait to be safe, a person need not. */
function isImpatient({ fault, inputs }: Play): boolean {
  return fault !== undefined || inputs["mode"] === "rescue";
}

function showFault(screen: Screen, wish: Play, inputs: Stage["inputs"]): void {
  const { fault } = wish;
  if (!isImpatient(wish)) return;
  screen.heading(fault === undefined ? "A rescue" : `Fault of ${fault.of}`);
  const says = "The secret given is dead, and SnapTrade would reset it all the same.";
  screen.paragraph(fault === undefined ? says : `${fault.name}: ${fault.says}`, "yellow");
  const waits = Object.entries({ ...SHORT_WAITS, ...fault?.stage.inputs, ...inputs }).filter(
    ([name]) => name in SHORT_WAITS,
  );
  screen.paragraph(
    `Waits are short, for the sake of the show: ${waits.map((wait) => wait.join(" ")).join(", ")}.`,
    "dim",
  );
}

/** The action's own, or what a shell makes of a signal. */
function exitCodeOf(run: StepRun): number {
  const { exitCode, signal } = run.main;
  if (exitCode !== null) return exitCode;
  return signal === null ? 1 : 128 + constants.signals[signal];
}

async function playStage(screen: Screen, stage: Stage, wish: Play, root: string): Promise<StepRun> {
  if (wish.inputs["mode"] === "rescue") loseSecret(stage);
  if (wish.inputs["mode"] === "copy") leaveCopyBehind(stage);
  const change = (await wish.fault?.apply(stage)) ?? {};
  showBefore(screen, stage);
  const inputs = change.inputs ?? stage.inputs;
  showFault(screen, wish, inputs);
  screen.heading("The log, as GitHub would show it");
  showStepHeader(screen, stage, inputs);
  let phase = "main";
  return playStep({
    root,
    node: wish.node,
    repository: stage.repository,
    apiUrl: stage.github.url,
    inputs,
    secrets: Object.values(stage.secrets()),
    debug: wish.debug,
    ...(wish.inputs["mode"] === "rescue" ? { eventInputs: CONFIRMED } : {}),
    ...change,
    onLine: (line, of) => {
      if (of !== phase) screen.quote(`${of === "post" ? "Post" : "Run"} OWNER/rotate-snaptrade-user-secret`, "bold");
      phase = of;
      showLogLine(screen, line);
    },
  });
}

/**
 * Plays what was asked for before the eyes of a person.
 * @param root the folder of action.yml
 * @returns the exit code
 */
export async function play(wish: Play, root: string): Promise<number> {
  const screen = openScreen();
  const own = wish.fault?.stage;
  const waits = isImpatient(wish) ? SHORT_WAITS : {};
  const forMode = FOR_MODES[wish.inputs["mode"] ?? ""] ?? {};
  const stage = await startStage({ ...own, inputs: { ...waits, ...forMode, ...own?.inputs, ...wish.inputs } });
  try {
    screen.line(screen.paint("bold", "Rotate SnapTrade user secret: played between stand-ins on this machine"));
    const run = await playStage(screen, stage, wish, root);
    if (wish.fault !== undefined) await sleep(AFTERMATH_MS);
    showOutcome(screen, run);
    const proof = await proofOf(stage, run);
    showProof(screen, proof);
    return exitCodeOf(run);
  } finally {
    await stage.close();
  }
}
