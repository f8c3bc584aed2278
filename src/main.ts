import { setMaxListeners } from "node:events";
import { isAbsolute } from "node:path";
import { factsIn } from "./facts";
import type { GitHub } from "./github/client";
import { SealError } from "./github/seal";
import type { Inputs } from "./inputs";
import { input, readInputs } from "./inputs";
import { runPost } from "./post";
import { complete } from "./rotation/complete";
import { contextOf } from "./rotation/context";
import { copyEverywhere } from "./rotation/copy";
import { leave } from "./rotation/leave";
import { EXIT_CODES, nothingChanged, undecided, withoutSecret } from "./rotation/outcome";
import type { Outcome, Rotation } from "./rotation/outcome";
import type { Ports } from "./rotation/ports";
import type { Reason } from "./rotation/reasons";
import { Refusal } from "./rotation/refusal";
import { rotate } from "./rotation/rotate";
import { verify } from "./rotation/verify";
import { SystemClock } from "./runner/clock";
import { refuseUnconfirmed } from "./runner/confirmation";
import { Console } from "./runner/console";
import { loadDelivery } from "./runner/delivery";
import { loadEscrow } from "./runner/escrow";
import { saveState } from "./runner/files";
import { handOn } from "./runner/hand-on";
import { JournalFile } from "./runner/journal";
import { NO_JOURNAL } from "./runner/no-journal";
import { annotateUndelivered, report } from "./runner/report";
import { catchInterruptions } from "./runner/signals";
import { refuseUnwritable } from "./runner/writable";
import { refuseCause } from "./settings";
import { bindingOf, connectPorts, keyOf, maskable, maskInputs, snapTrade, taskOf } from "./wiring";
import type { World } from "./wiring";

/** Runs the main step, or the post step that finishes what a main step left. The exit code is red until the very end. */
export async function main(process: NodeJS.Process): Promise<void> {
  const lifetime = new AbortController();
  setMaxListeners(0, lifetime.signal);
  const console = new Console();
  const world: World = {
    env: process.env,
    console,
    interruptions: catchInterruptions(process),
    clock: new SystemClock(lifetime.signal),
    lifetime: lifetime.signal,
  };
  let exitCode = 1;
  try {
    // Only the file that was started decides which of the two this is: a variable could be anybody's.
    exitCode = process.argv.includes("post") ? await runPost(world) : await runMain(world);
  } catch (error) {
    console.alarm({ code: "broken", name: nameOf(error) });
  } finally {
    lifetime.abort();
    process.exitCode = exitCode;
  }
}

export function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}

/** What a run has opened, as far as it came. */
interface Opened {
  journal: JournalFile | null;
  github: GitHub | null;
  ports: Ports | null;
  inputs: Inputs | null;
}

async function runMain(world: World): Promise<number> {
  maskInputs(world.env, world);
  const opened: Opened = { journal: null, github: null, ports: null, inputs: null };
  let rotation: Rotation;
  try {
    rotation = await attempt(world, opened);
  } catch (error) {
    rotation = await explain(error, opened, world);
  }
  return await conclude(rotation, opened, world);
}

async function attempt(world: World, opened: Opened): Promise<Rotation> {
  const inputs = readInputs(world.env);
  await refuseCause(world.env, world.clock);
  opened.inputs = inputs;
  // guard: confirmed rescue
  await refuseUnconfirmed(inputs, world.env, world.clock);
  const { saving } = inputs;
  if (saving === null || sendsNothing(inputs)) {
    return withoutSecret(await withoutReset(inputs, opened, world));
  }
  const journal = openJournal(inputs, world);
  if (journal === null) return withoutSecret(nothingChanged("unchanged", { code: "journal-unavailable" }));
  opened.journal = journal;
  const escrow =
    inputs.recoveryRecipient === null ? null : await loadEscrow(inputs.recoveryRecipient, maskable(inputs, world));
  const { ports, github } = connectPorts({ inputs, saving, journal, escrow }, world);
  Object.assign(opened, { ports, github });
  world.interruptions.listen({
    onSignal: (signal) => {
      if (journal.isSending) world.console.say({ code: "signal", signal });
    },
    onError: (name) => world.console.say({ code: "uncaught", name }),
  });
  const task = taskOf(inputs);
  return task.mode === "copy" ? withoutSecret(await copyEverywhere(contextOf(task, ports))) : await rotate(task, ports);
}

/** Whether this is `verify` or `finish`. */
function sendsNothing({ mode, printed }: Inputs): boolean {
  return mode === "verify" || printed !== null;
}

/** `verify` and `finish`, which send no reset, so that there is nothing that post would have to finish. */
async function withoutReset(inputs: Inputs, opened: Opened, world: World): Promise<Outcome> {
  const { saving, printed, userSecret, settleMs } = inputs;
  const { clock, console: operator, interruptions: cancellation } = world;
  const alone = { issuer: snapTrade(inputs, world), clock, operator, cancellation };
  if (saving === null) return await verify(userSecret, settleMs, alone);
  const { ports, github } = connectPorts({ inputs, saving, journal: NO_JOURNAL, escrow: null }, world);
  Object.assign(opened, { ports, github });
  return printed === null
    ? await verify(userSecret, settleMs, { ...alone, saved: ports })
    : await complete(printed, contextOf(taskOf(inputs), { ...ports, copies: [] }));
}

/** The journal has to stand, and post to know of it, before anything that it may have to keep can happen. */
function openJournal(inputs: Inputs, { env }: World): JournalFile | null {
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

/** What an error means: before the reset a refusal, after it something that nobody thought of. */
async function explain(error: unknown, opened: Opened, { console }: World): Promise<Rotation> {
  const { journal, ports, inputs } = opened;
  const name = nameOf(error);
  if (journal?.isCopying === true) {
    console.say({ code: "uncaught", name });
    return withoutSecret(nothingChanged("partly-saved", { code: "copies-interrupted" }));
  }
  if (journal === null || ports === null || inputs === null || !journal.isSending) {
    return withoutSecret(nothingChanged("unchanged", reasonBeforeReset(error)));
  }
  // Whatever is said here, post goes on with what is kept, so the journal is neither wiped nor given a result.
  opened.journal = null;
  const reason = { code: "internal-error", before: "end", name } as const;
  try {
    console.say({ code: "uncaught", name });
    return withoutSecret(await leave(journal.remains(), reason, "once", contextOf(taskOf(inputs), ports)));
  } catch {
    return withoutSecret(undecided(reason));
  }
}

function reasonBeforeReset(error: unknown): Reason {
  if (error instanceof Refusal) return error.reason;
  if (error instanceof SealError) return { code: "sealing-unavailable" };
  return { code: "internal-error", before: "reset", name: nameOf(error) };
}

/** Step 10's end, for every result: nothing of the secret stays behind, everybody is told, and only then the exit code may be 0. */
async function conclude(rotation: Rotation, opened: Opened, world: World): Promise<number> {
  const { journal, github, inputs, ports } = opened;
  const { console, interruptions } = world;
  attemptTo(() => journal?.conclude(rotation.outcome));
  const delivery = await loadDelivery();
  const outcome = handOn(rotation, inputs?.exportEnv ?? null, delivery);
  if (outcome !== rotation.outcome) attemptTo(() => journal?.conclude(outcome));
  const mode = inputs?.mode ?? input(world.env, "mode");
  const circumstances = { primary: ports?.primary ?? null, spaced: inputs?.spaced ?? [], mode };
  const delivered = await report(outcome, circumstances, console, delivery);
  if (!delivered && EXIT_CODES[outcome.result] === 0) annotateUndelivered(delivery);
  const exitCode = delivered ? EXIT_CODES[outcome.result] : 1;
  // The runner throws away the exit code of a step that it has cancelled: post says it once more.
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

/** A journal that holds nothing but the result, of a run that needed none until now. */
function leaveTold(outcome: Outcome, inputs: Inputs, { env }: World): void {
  const folder = env["RUNNER_TEMP"] ?? "";
  if (!isAbsolute(folder)) return;
  // Without facts post does not take it for a run that had only begun, should it be left before the result is in it.
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
