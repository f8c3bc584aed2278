import { isAbsolute } from "node:path";
import type { GitHub } from "./github/client";
import { SealError } from "./github/seal";
import { refuseUnconfirmed } from "./inputs/confirmation";
import { factsIn } from "./inputs/facts";
import { input } from "./inputs/fields";
import { readInputs } from "./inputs/inputs";
import type { FinishInputs, Inputs, SavingInputs, VerifyInputs } from "./inputs/inputs";
import { refuseCause } from "./inputs/runner-env";
import { complete } from "./rotation/complete";
import { contextOf } from "./rotation/context";
import { copyEverywhere } from "./rotation/copy";
import { leave } from "./rotation/leave";
import { EXIT_CODES, nothingChanged, undecided, withoutSecret } from "./rotation/outcome";
import type { Outcome, Reason, Rotation } from "./rotation/outcome";
import type { Ports } from "./rotation/ports";
import { Refusal } from "./rotation/refusal";
import { rotate } from "./rotation/rotate";
import { verify } from "./rotation/verify";
import { loadDelivery } from "./report/delivery";
import { loadEscrow } from "./runner/escrow";
import { saveState } from "./runner/files";
import { handOn } from "./report/hand-on";
import { JournalFile } from "./runner/journal";
import { NO_JOURNAL } from "./runner/no-journal";
import { annotateUndelivered, report } from "./report/report";
import { refuseUnwritable } from "./runner/writable";
import {
  bindingOf,
  connectPorts,
  keyOf,
  maskable,
  maskInputs,
  nameOf,
  noteUncaught,
  snapTrade,
  taskOf,
} from "./session";
import type { World } from "./session";

/** What a run has opened so far. */
interface Opened {
  inputs: Inputs | null;
  journal: JournalFile | null;
  saving: { readonly inputs: SavingInputs; readonly ports: Ports } | null;
  /** Where it saves, or what it compares with. */
  primary: Ports["primary"] | null;
  github: GitHub | null;
}

interface Ending {
  readonly rotation: Rotation;
  /** Whether the post step continues from the journal, whatever is reported here. */
  readonly isLeftToPost: boolean;
}

export async function runMain(world: World): Promise<number> {
  maskInputs(world.env, world);
  const opened: Opened = { inputs: null, journal: null, saving: null, primary: null, github: null };
  let ending: Ending;
  try {
    ending = { rotation: await attempt(world, opened), isLeftToPost: false };
  } catch (error) {
    ending = await explain(error, opened, world);
  }
  return await conclude(ending, opened, world);
}

async function attempt(world: World, opened: Opened): Promise<Rotation> {
  const inputs = readInputs(world.env);
  await refuseCause(world.env, world.clock);
  opened.inputs = inputs;
  switch (inputs.mode) {
    case "verify":
      return withoutSecret(await verifyAlone(inputs, opened, world));
    case "finish":
      return withoutSecret(await completePrinted(inputs, opened, world));
    case "rescue":
      // guard: confirmed rescue
      await refuseUnconfirmed(inputs, world.env, world.clock);
      return await saveJournalled(inputs, opened, world);
    case "rotate":
    case "check":
    case "copy":
      return await saveJournalled(inputs, opened, world);
  }
}

async function verifyAlone(inputs: VerifyInputs, opened: Opened, world: World): Promise<Outcome> {
  const { saving, userSecret, settleMs } = inputs;
  const { clock, console: operator, interruptions: cancellation } = world;
  const alone = { issuer: snapTrade(inputs, world), clock, operator, cancellation };
  if (saving === null) return await verify(userSecret, settleMs, alone);
  const { ports, github } = connectPorts({ inputs, saving, journal: NO_JOURNAL, escrow: null }, world);
  opened.primary = ports.primary;
  opened.github = github;
  return await verify(userSecret, settleMs, { ...alone, saved: ports });
}

/** `finish` sends no reset, so the post step would have nothing to finish. */
async function completePrinted(inputs: FinishInputs, opened: Opened, world: World): Promise<Outcome> {
  const { saving } = inputs;
  const { ports, github } = connectPorts({ inputs, saving, journal: NO_JOURNAL, escrow: null }, world);
  opened.primary = ports.primary;
  opened.github = github;
  return await complete(inputs.printed, contextOf(taskOf(inputs), { ...ports, copies: [] }));
}

/** For the modes whose changes a later process must know about. */
async function saveJournalled(inputs: SavingInputs, opened: Opened, world: World): Promise<Rotation> {
  const { saving, recoveryRecipient } = inputs;
  const journal = openJournal(inputs, world);
  if (journal === null) return withoutSecret(nothingChanged("unchanged", { code: "journal-unavailable" }));
  opened.journal = journal;
  const escrow = recoveryRecipient === null ? null : await loadEscrow(recoveryRecipient, maskable(inputs, world));
  const { ports, github } = connectPorts({ inputs, saving, journal, escrow }, world);
  opened.saving = { inputs, ports };
  opened.primary = ports.primary;
  opened.github = github;
  world.interruptions.listen({
    onSignal: (signal) => {
      if (journal.isSending) world.console.say({ code: "signal", signal });
    },
    onError: (error) => noteUncaught(error, world),
  });
  const task = taskOf(inputs);
  return task.mode === "copy" ? withoutSecret(await copyEverywhere(contextOf(task, ports))) : await rotate(task, ports);
}

/** Opens the journal, and passes its name to the post step, before there is anything to keep. */
function openJournal(inputs: SavingInputs, { env }: World): JournalFile | null {
  refuseUnwritable(env, inputs.exportEnv);
  const folder = env["RUNNER_TEMP"] ?? "";
  if (!isAbsolute(folder)) return null;
  let journal: JournalFile | null = null;
  try {
    const onAnnounced = (): void => saveState("announced", journal?.id ?? "");
    const [binding, key, facts] = [bindingOf(env), keyOf(inputs), factsIn(env)];
    journal = JournalFile.create(folder, { binding, key, facts, onAnnounced });
    saveState("journal", journal.id);
    return journal;
  } catch {
    journal?.remove();
    return null;
  }
}

/** An error before the reset changed nothing; after it, it is an unexpected one. */
async function explain(error: unknown, { journal, saving }: Opened, world: World): Promise<Ending> {
  if (journal?.isCopying === true) {
    noteUncaught(error, world);
    return concluded(nothingChanged("partly-saved", { code: "copies-interrupted" }));
  }
  if (saving === null || journal?.isSending !== true) {
    const reason = reasonBeforeReset(error);
    if (reason.code === "internal-error") world.console.trace(error);
    return concluded(nothingChanged("unchanged", reason));
  }
  const reason = { code: "internal-error", before: "end", name: nameOf(error) } as const;
  try {
    noteUncaught(error, world);
    const left = await leave(journal.remains(), reason, "once", contextOf(taskOf(saving.inputs), saving.ports));
    return { rotation: withoutSecret(left), isLeftToPost: true };
  } catch {
    return { rotation: withoutSecret(undecided(reason)), isLeftToPost: true };
  }
}

function concluded(outcome: Outcome): Ending {
  return { rotation: withoutSecret(outcome), isLeftToPost: false };
}

function reasonBeforeReset(error: unknown): Reason {
  if (error instanceof Refusal) return error.reason;
  if (error instanceof SealError) return { code: "sealing-unavailable" };
  return { code: "internal-error", before: "reset", name: nameOf(error) };
}

/** The end of every run: the journal is wiped, the result is reported, and only then may the exit code be 0. */
async function conclude({ rotation, isLeftToPost }: Ending, opened: Opened, world: World): Promise<number> {
  const { github, inputs, primary } = opened;
  const { console, interruptions } = world;
  const journal = isLeftToPost ? null : opened.journal;
  attemptTo(() => journal?.conclude(rotation.outcome));
  const delivery = await loadDelivery();
  const outcome = handOn(rotation, opened.saving?.inputs.exportEnv ?? null, delivery);
  if (outcome !== rotation.outcome) attemptTo(() => journal?.conclude(outcome));
  const mode = inputs?.mode ?? input(world.env, "mode");
  const userId = input(world.env, "user-id");
  const circumstances = { primary, spaced: inputs?.spaced ?? [], mode, userId };
  const delivered = await report(outcome, circumstances, console, delivery);
  if (!delivered && EXIT_CODES[outcome.result] === 0) annotateUndelivered(delivery);
  const exitCode = delivered ? EXIT_CODES[outcome.result] : 1;
  // The runner drops the exit code of a cancelled step, so the post step repeats it.
  const isForPost = exitCode !== 0 && interruptions.seen !== null;
  if (journal !== null) {
    attemptTo(() => journal.told(outcome));
    const isSaid = attemptTo(() => saveState("concluded", journal.id));
    // guard: post guard
    if (isSaid && !isForPost) journal.remove();
  } else if (isForPost && inputs !== null && sendsNothing(inputs)) {
    attemptTo(() => leaveTold(outcome, inputs, world));
  }
  await github?.close();
  return exitCode;
}

function sendsNothing({ mode }: Inputs): boolean {
  return mode === "verify" || mode === "finish";
}

/** Leaves only the result, for a run that had no journal. */
function leaveTold(outcome: Outcome, inputs: Inputs, { env }: World): void {
  const folder = env["RUNNER_TEMP"] ?? "";
  if (!isAbsolute(folder)) return;
  // Without facts the post step cannot mistake a journal without a result for a run that had only begun.
  const made = { binding: bindingOf(env), key: keyOf(inputs), facts: {}, onAnnounced: () => undefined };
  const journal = JournalFile.create(folder, made);
  journal.told(outcome);
  saveState("journal", journal.id);
}

function attemptTo(step: () => void): boolean {
  try {
    step();
    return true;
  } catch {
    return false;
  }
}
