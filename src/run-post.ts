import { environmentOf, isFacts } from "./inputs/facts";
import { input } from "./inputs/fields";
import type { Environment } from "./inputs/fields";
import { parseInputs, refuseProxies } from "./inputs/inputs";
import type { SavingInputs } from "./inputs/inputs";
import { refuseSettings } from "./inputs/runner-env";
import { secretInputs } from "./inputs/secret-inputs";
import { loadDelivery } from "./report/delivery";
import { report } from "./report/report";
import { contextOf } from "./rotation/context";
import { finish } from "./rotation/finish";
import type { Finished, Predecessor } from "./rotation/finish";
import { leave } from "./rotation/leave";
import { EXIT_CODES, nothingChanged, undecided, withoutSecret } from "./rotation/outcome";
import type { Outcome, Reason, Result } from "./rotation/outcome";
import type { Escrow, Ports } from "./rotation/ports";
import { Refusal } from "./rotation/refusal";
import { poll } from "./rotation/waiting";
import { loadEscrow } from "./runner/escrow";
import { readState } from "./runner/files";
import { discard, headerIn, idOf } from "./runner/journal";
import type { JournalFile, JournalKey } from "./runner/journal";
import { findLeft } from "./runner/left";
import type { OpenedJournal, ShutJournal } from "./runner/left";
import { isStill, lifeOf, send } from "./runner/process";
import type { ProcessId } from "./runner/process";
import { bindingOf, connectPorts, maskable, maskInputs, nameOf, noteUncaught, taskOf } from "./session";
import type { Connected, World } from "./session";
import {
  ANNOUNCED_FROM_MS,
  ENDED_EVERY_MS,
  ENDS_WITHIN_MS,
  FREEZING_EVERY_MS,
  KILLED_WITHIN_MS,
  POST_LIMIT_MS,
  POST_RESERVE_MS,
} from "./timing";

/**
 * Finishes the work of this step's main step, whose journal its keys open, and reports if a journal that may be its own
 * does not open. It does nothing if the main step has reported everything.
 */
export async function runPost(world: World): Promise<number> {
  const { env, clock } = world;
  const begun = clock.now();
  const state = readState(env);
  const folder = env["RUNNER_TEMP"] ?? "";
  const left = findLeft({ folder, binding: bindingOf(env), key: keyIn(env), id: state.journal });
  const found = [...left.own, ...left.perhaps];
  const isToldOf = state.announced !== null && state.announced !== state.concluded;
  const isGone = isToldOf && found.every(({ file }) => idOf(file) !== state.announced);
  if (found.length === 0 && !isGone) return 0;
  maskInputs(env, world);
  const limitMs = POST_LIMIT_MS / Math.max(1, left.open);
  const exitCodes: number[] = [];
  let deadline = begun;
  for (const one of left.own) {
    const { isOfThisAction, said } = one.header;
    const isAnothers = state.journal === null ? !isOfThisAction : one.journal.id !== state.journal;
    // Its main step has reported, and its own post step is still to come.
    if (isAnothers && said?.isTold === true) continue;
    if (said === null) deadline += limitMs;
    exitCodes.push(await finishOwn(one, { deadline: Math.max(deadline, begun + limitMs), isAnothers }, world));
  }
  for (const one of left.perhaps) exitCodes.push(await finishShut(one, begun + POST_LIMIT_MS, world));
  if (isGone) {
    world.console.say({ code: "post-finishes" });
    exitCodes.push(await tell(undecided({ code: "journal-unreadable" }), null, world));
  }
  return Math.max(0, ...exitCodes);
}

function keyIn(env: Environment): JournalKey | null {
  const given = new Map(secretInputs(env).map(({ input, value }) => [input, value]));
  const [consumerKey, oldSecret] = [given.get("consumer-key"), given.get("user-secret")];
  return consumerKey === undefined || oldSecret === undefined ? null : { consumerKey, oldSecret };
}

interface Turn {
  readonly deadline: number;
  /** Our keys open it, but it is another step's, whose own post step is still to come. */
  readonly isAnothers: boolean;
}

/** Finishes a journal that our keys open. */
async function finishOwn(left: OpenedJournal, { deadline, isAnothers }: Turn, world: World): Promise<number> {
  const { journal } = left;
  const endTold = (result: Result): number => {
    if (!isAnothers) journal.remove();
    return isAnothers ? 0 : repeat(result, world);
  };
  let ports: Ports | null = null;
  let finished: Finished;
  let isKept = false;
  let { env } = world;
  try {
    const facts = journal.facts();
    const remains = journal.remains();
    // A running main step may have reported, and wiped the journal, since it was found.
    if (remains.kind === "told") return endTold(remains.result);
    if (!isFacts(facts)) throw new TypeError("a journal without facts");
    env = environmentOf(facts, world.env);
    maskInputs(env, world);
    world.console.say({ code: "post-finishes" });
    const inputs = parseInputs(env);
    if (inputs.mode === "verify") throw new TypeError("a journal of a mode that saves nothing");
    const connected = await connect(inputs, journal, { ...world, env });
    ports = connected.ports;
    const refusal = settingRefused(inputs, world.env);
    // Its own post step may not have this setting.
    if (refusal !== null && isAnothers) return 0;
    const opened: Opened = { inputs, ports, journal, refusal };
    finished = await finishWith(opened, deadline, world).catch(async (error: unknown) => {
      world.console.trace(error);
      return await despair(error, opened);
    });
    finished = handedOn(finished, inputs.exportEnv);
    await connected.github.close();
  } catch (error) {
    world.console.trace(error);
    finished = withoutSecret(undecided({ code: "internal-error", before: "end", name: nameOf(error) }));
    isKept = true;
  }
  if ("told" in finished) return endTold(finished.told);
  const { outcome } = finished;
  // Without the time to print the recovery commands, the journal may be the only copy.
  isKept ||= outcome.result === "unknown" && outcome.reason.code === "out-of-time";
  const exitCode = await tell(outcome, ports, { ...world, env });
  if (isAnothers && !isKept) journal.told(outcome);
  else if (!isKept) journal.remove();
  return exitCode;
}

async function connect(inputs: SavingInputs, journal: JournalFile, world: World): Promise<Connected> {
  const escrow = await escrowIfAny(inputs, world);
  const { ports, github } = connectPorts({ inputs, saving: inputs.saving, journal, escrow }, world);
  world.interruptions.listen({
    onSignal: () => undefined,
    onError: (error) => noteUncaught(error, world),
  });
  return { ports, github };
}

/** The new secret has arrived, so a recipient that no longer loads must not stop the save. */
async function escrowIfAny(inputs: SavingInputs, world: World): Promise<Escrow | null> {
  if (inputs.recoveryRecipient === null) return null;
  try {
    return await loadEscrow(inputs.recoveryRecipient, maskable(inputs, world));
  } catch {
    world.console.say({ code: "escrow-failed" });
    return null;
  }
}

interface Opened {
  readonly inputs: SavingInputs;
  readonly ports: Ports;
  readonly journal: JournalFile;
  /** Why no service may be asked anything. */
  readonly refusal: Reason | null;
}

async function finishWith(opened: Opened, deadline: number, world: World): Promise<Finished> {
  const { inputs, ports, journal, refusal } = opened;
  const task = taskOf(inputs);
  const main = predecessorOf(journal, world);
  if (refusal !== null) {
    // A setting that stops the main step also stops the post step from sending requests, so it only prints.
    await awaitAnswer(journal, deadline, world);
    const remains = journal.remains();
    if (remains.kind === "told") return { told: remains.result };
    if (remains.kind === "concluded") return withoutSecret(remains.outcome);
    return withoutSecret(await leave(remains, refusal, "nothing", contextOf(task, ports)));
  }
  const hearing = { afterSendingMs: inputs.resetTimeoutMs + inputs.settleMs, reserveMs: POST_RESERVE_MS };
  return await finish(main, { task, ports, hearing }, Math.max(0, deadline - world.clock.now()));
}

/** Ends a running main step, but not before it has the answer that only it can receive. */
async function awaitAnswer(journal: JournalFile, deadline: number, world: World): Promise<void> {
  await predecessorOf(journal, world).endUnlessSent();
  const remains = journal.remains();
  const isWaiting = remains.kind === "sent" && remains.reply === null;
  if (isWaiting) await awaitEnd(journal.main, Math.max(0, deadline - POST_RESERVE_MS - world.clock.now()), world);
  await end(journal.main, world);
}

/** After an unexpected error, prints what was kept. */
async function despair(error: unknown, { inputs, ports, journal }: Opened): Promise<Finished> {
  const reason = { code: "internal-error", before: "end", name: nameOf(error) } as const;
  return withoutSecret(await leave(journal.remains(), reason, "nothing", contextOf(taskOf(inputs), ports)));
}

/** Later steps expect the variable of the main step, and an export by the post step comes too late. */
function handedOn(finished: Finished, exportEnv: string | null): Finished {
  if ("told" in finished || finished.outcome.result !== "rotated" || exportEnv === null) return finished;
  const reason = { code: "export-failed", name: exportEnv } as const;
  return withoutSecret({ ...finished.outcome, result: "saved-unverified", reason });
}

function settingRefused(inputs: SavingInputs, env: Environment): Reason | null {
  try {
    refuseSettings(env);
    refuseProxies(inputs);
    return null;
  } catch (error) {
    if (error instanceof Refusal) return error.reason;
    throw error;
  }
}

function predecessorOf(journal: JournalFile, world: World): Predecessor {
  const { main } = journal;
  const endFinally = async (): Promise<void> => {
    const { kind } = journal.remains();
    // It is reporting its result.
    if (kind === "concluded" || kind === "told") await awaitEnd(main, KILLED_WITHIN_MS, world);
    await end(main, world);
  };
  return {
    remains: () => journal.remains(),
    mayLive: () => lifeOf(main) !== "gone",
    end: endFinally,
    endUnlessSent: async () => {
      await freeze(main, world);
      const { kind } = journal.remains();
      if (kind !== "not-sent") send("SIGCONT", main);
      if (kind !== "sent") await endFinally();
    },
  };
}

/** Freezes the main step while it is checked: ending it before the answer to a reset would lose the secret. */
async function freeze(main: ProcessId, { clock }: World): Promise<void> {
  send("SIGSTOP", main);
  const until = clock.now() + KILLED_WITHIN_MS;
  await poll(() => (isStill(main) ? "still" : null), { clock, everyMs: FREEZING_EVERY_MS, until });
}

/** Ends the main step if its process is certain; otherwise waits for its end. */
async function end(main: ProcessId, world: World): Promise<void> {
  send("SIGKILL", main);
  await awaitEnd(main, lifeOf(main) === "may-live" ? ENDS_WITHIN_MS : KILLED_WITHIN_MS, world);
}

async function awaitEnd(main: ProcessId, forMs: number, { clock, console }: World): Promise<void> {
  if (forMs > ANNOUNCED_FROM_MS && lifeOf(main) !== "gone") console.say({ code: "hearing-main", forMs });
  const until = clock.now() + forMs;
  await poll(() => (lifeOf(main) === "gone" ? "gone" : null), { clock, everyMs: ENDED_EVERY_MS, until });
}

/**
 * Handles a journal that may be ours but does not open, by its header alone. A running main step is only waited for,
 * because it may be another step's, and only it can save the answer it receives.
 */
async function finishShut(shut: ShutJournal, deadline: number, world: World): Promise<number> {
  const { clock, console } = world;
  if (shut.kind === "damaged") {
    console.say({ code: "post-finishes" });
    return await tell(undecided({ code: "journal-unreadable" }), null, world);
  }
  const { main } = shut.header;
  await awaitEnd(main, Math.max(0, deadline - POST_RESERVE_MS - clock.now()), world);
  // Checked first, because an ended process writes nothing more.
  const isGone = lifeOf(main) === "gone";
  const header = headerIn(shut.file, bindingOf(world.env));
  if (header?.said !== null && header?.said !== undefined) return repeat(header.said.result, world);
  console.say({ code: "post-finishes" });
  const isUnsent = isGone && header?.isAnnounced === false;
  if (isUnsent) discard(shut.file);
  if (isUnsent && header.isCopying) {
    return await tell(nothingChanged("partly-saved", { code: "copies-interrupted" }), null, world);
  }
  const outcome = isUnsent
    ? nothingChanged("unchanged", { code: "ended-before-reset" })
    : undecided({ code: isGone ? "journal-unreadable" : "main-may-live" });
  return await tell(outcome, null, world);
}

/** The result was reported, but the runner drops the exit code of a cancelled step, so it is repeated here. */
function repeat(result: Result, { console }: World): number {
  if (EXIT_CODES[result] === 0) return 0;
  console.say({ code: "post-repeats", result });
  return 1;
}

async function tell(outcome: Outcome, ports: Ports | null, { env, console }: World): Promise<number> {
  const delivery = await loadDelivery();
  const userId = input(env, "user-id");
  const circumstances = { primary: ports?.primary ?? null, spaced: [], userId, isByPost: true };
  const delivered = await report(outcome, circumstances, console, delivery);
  return delivered ? EXIT_CODES[outcome.result] : 1;
}
