import { constants } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import type { Wish } from "./command-line";
import { SHORT_WAITS } from "./faults";
import { proofOf } from "./proof";
import { type StepRun, playStep } from "./runner";
import {
  Screen,
  screenWidth,
  showAfter,
  showBefore,
  showLogLine,
  showPage,
  showProof,
  showResult,
  showStepHeader,
} from "./show";
import { type Stage, startStage } from "./stage";

type Play = Extract<Wish, { kind: "play" }>;

/** The terminal, or whatever else standard output is. */
export function openScreen(): Screen {
  const { NO_COLOR: noColour } = process.env;
  const hasColours = process.stdout.isTTY && (noColour === undefined || noColour === "");
  return new Screen((text) => process.stdout.write(text), hasColours, screenWidth(process.stdout.columns));
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
  for (const { where, name } of copies)
    github.seed(where, name, "dead-by-now", { at: new Date(Date.now() - 24 * HOUR_MS) });
}

/** Where the action has to wait to be safe, a person need not. */
function isImpatient({ fault, inputs }: Play): boolean {
  return fault !== undefined || inputs["mode"] === "rescue";
}

function showFault(screen: Screen, wish: Play, inputs: Stage["inputs"]): void {
  const { fault } = wish;
  if (!isImpatient(wish)) return;
  screen.heading(fault === undefined ? "A rescue" : `Fault of ${fault.of}`);
  const says = "The step is given an invalid secret, and SnapTrade resets it all the same.";
  screen.paragraph(fault === undefined ? says : `${fault.name}: ${fault.says}`, "yellow");
  const waits = Object.entries({ ...SHORT_WAITS, ...fault?.stage.inputs, ...inputs }).filter(
    ([name]) => name in SHORT_WAITS,
  );
  const list = waits.map((wait) => wait.join(" ")).join(", ");
  screen.paragraph(`Waits are short, to spare your time: ${list}.`, "dim");
  const long = waits.filter(([, duration]) => millisecondsOf(duration) > WAIT_UNANNOUNCED_MS);
  if (long.length === 0) return;
  const settings = long.map((wait) => wait.join(" ")).join(", ");
  screen.paragraph(`The action may wait for as long as ${settings}. Ctrl-C ends the play.`, "yellow");
}

/** Nobody should have to guess for longer what is waited for. */
const WAIT_UNANNOUNCED_MS = 5_000;

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: HOUR_MS, d: 24 * HOUR_MS };

function millisecondsOf(duration: string): number {
  const [, digits = "", unit = ""] = /^(\d+)(ms|s|m|h|d)$/.exec(duration) ?? [];
  return Number(digits) * (UNITS_MS[unit] ?? 0);
}

/** Says who is at work whenever the log has been silent for too long. */
class Patience {
  readonly #screen: Screen;
  #timer: NodeJS.Timeout | undefined;

  constructor(screen: Screen) {
    this.#screen = screen;
  }

  heard(of: string): void {
    this.over();
    this.#timer = setTimeout(() => {
      this.#screen.paragraph(
        `Waiting for the ${of} step, which prints nothing at the moment. Ctrl-C ends the play.`,
        "dim",
      );
    }, WAIT_UNANNOUNCED_MS);
  }

  over(): void {
    clearTimeout(this.#timer);
  }
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
  const inputs = change.inputs ?? stage.inputs;
  showBefore(screen, stage, inputs);
  showFault(screen, wish, inputs);
  screen.heading("The log, as GitHub would show it");
  showStepHeader(screen, stage, inputs);
  const patience = new Patience(screen);
  patience.heard("main");
  let phase = "main";
  const run = await playStep({
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
      patience.heard(of);
      if (of !== phase) screen.quote(`${of === "post" ? "Post" : "Run"} OWNER/rotate-snaptrade-user-secret`, "bold");
      phase = of;
      showLogLine(screen, line);
    },
  });
  patience.over();
  if (run.post.ran && run.post.log.length === 0) {
    screen.paragraph("The post step had nothing to do, and printed nothing.", "dim");
  }
  // What was under way at a service comes to its end.
  if (wish.fault !== undefined) await sleep(AFTERMATH_MS);
  showResult(screen, run);
  showAfter(screen, stage, inputs);
  return run;
}

/**
 * Plays what was asked for, for a person to watch.
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
    screen.line(
      screen.paint("bold", "Rotate SnapTrade user secret: a run between local fakes of SnapTrade and GitHub"),
    );
    const run = await playStage(screen, stage, wish, root);
    showPage(screen, run);
    showProof(screen, await proofOf(stage, run));
    return exitCodeOf(run);
  } finally {
    await stage.close();
  }
}
