import { setMaxListeners } from "node:events";
import { isAbsolute } from "node:path";
import { pathOf } from "./github/areas";
import { connectGitHub } from "./github/client";
import type { GitHub } from "./github/client";
import { GitHubSecret } from "./github/destination";
import { loadOctokit } from "./github/octokit";
import { GitHubRun } from "./github/run";
import { SealError, Sealer } from "./github/seal";
import type { Environment, Inputs, Saving } from "./inputs";
import { readInputs, readInputsAgain, secretsIn } from "./inputs";
import { complete } from "./rotation/complete";
import { contextOf } from "./rotation/context";
import { copyEverywhere } from "./rotation/copy";
import { finish } from "./rotation/finish";
import { EXIT_CODES, nothingChanged, undecided, withoutSecret } from "./rotation/outcome";
import type { Outcome, Rotation } from "./rotation/outcome";
import type { Destination, Escrow, Journal, Ports, Remains, Reply, Task } from "./rotation/ports";
import type { Reason } from "./rotation/reasons";
import { Refusal } from "./rotation/refusal";
import { rotate } from "./rotation/rotate";
import type { Secret } from "./rotation/secret";
import { verify } from "./rotation/verify";
import { SystemClock } from "./runner/clock";
import { refuseUnconfirmed } from "./runner/confirmation";
import { Console } from "./runner/console";
import { loadDelivery } from "./runner/delivery";
import { loadEscrow } from "./runner/escrow";
import { readState, saveConcluded, saveJournalPath, unwritableFile } from "./runner/files";
import { JournalFile } from "./runner/journal";
import type { Binding } from "./runner/journal";
import { NO_JOURNAL } from "./runner/no-journal";
import { awaitEnd } from "./runner/predecessor";
import { annotateUndelivered, report } from "./runner/report";
import { catchInterruptions } from "./runner/signals";
import type { Interruptions } from "./runner/signals";
import { SnapTrade } from "./snaptrade/issuer";

/** What there is before any input is read. */
interface World {
  readonly env: Environment;
  readonly console: Console;
  readonly interruptions: Interruptions;
  readonly clock: SystemClock;
  readonly lifetime: AbortSignal;
}

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
  const { journal, concluded } = readState(world.env);
  // Whoever is handed what a main step left never rotates, whichever file it was started by.
  const isPost = process.argv.includes("post") || journal !== null;
  let exitCode = 1;
  try {
    exitCode = isPost ? await runPost(journal, concluded, world) : await runMain(world);
  } catch (error) {
    console.alarm({ code: "broken", name: nameOf(error) });
  } finally {
    lifetime.abort();
    process.exitCode = exitCode;
  }
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}

/** Before anything else prints, and whether or not the inputs make sense. */
function maskInputs({ env, console }: World): void {
  for (const secret of secretsIn(env)) console.mask(secret);
}

/** What a run has opened, as far as it came. */
interface Opened {
  journal: JournalFile | null;
  github: GitHub | null;
  ports: Ports | null;
  inputs: Inputs | null;
}

async function runMain(world: World): Promise<number> {
  maskInputs(world);
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
  opened.inputs = inputs;
  await refuseUnconfirmed(inputs, world.env, world.clock);
  const { saving } = inputs;
  if (saving === null || inputs.mode === "verify" || inputs.printed !== null) {
    return withoutSecret(await withoutReset(inputs, opened, world));
  }
  const journal = openJournal(inputs, saving);
  if (journal === null) return withoutSecret(nothingChanged("unchanged", { code: "journal-unavailable" }));
  opened.journal = journal;
  const escrow = inputs.recoveryRecipient === null ? null : await loadEscrow(inputs.recoveryRecipient);
  const ports = connectPorts(inputs, saving, journal, escrow, opened, world);
  world.interruptions.listen({
    onSignal: (signal) => {
      if (journal.isSending) world.console.say({ code: "signal", signal });
    },
    onError: (name) => world.console.say({ code: "uncaught", name }),
  });
  const task = taskOf(inputs);
  return task.mode === "copy" ? withoutSecret(await copyEverywhere(contextOf(task, ports))) : await rotate(task, ports);
}

/** `verify` and `finish`, which send no reset, so that there is nothing that post would have to finish. */
async function withoutReset(inputs: Inputs, opened: Opened, world: World): Promise<Outcome> {
  const { saving, printed, userSecret, settleMs } = inputs;
  const { clock, console: operator, interruptions: cancellation } = world;
  const alone = { issuer: snapTrade(inputs, world), clock, operator, cancellation };
  if (saving === null) return await verify(userSecret, settleMs, alone);
  const ports = connectPorts(inputs, saving, NO_JOURNAL, null, opened, world);
  return printed === null
    ? await verify(userSecret, settleMs, { ...alone, saved: ports })
    : await complete(printed, contextOf(taskOf(inputs), { ...ports, copies: [] }));
}

/** The journal has to stand, and post to know of it, before anything that it may have to keep can happen. */
function openJournal(inputs: Inputs, saving: Saving): JournalFile | null {
  const unwritable = unwritableFile(inputs.exportEnv);
  if (unwritable !== null)
    throw Refusal.ofSetting(unwritable, "names no file that can be written", "what the runner sets");
  const folder = process.env["RUNNER_TEMP"] ?? "";
  if (!isAbsolute(folder)) return null;
  let journal: JournalFile | null = null;
  try {
    journal = JournalFile.create(folder, bindingOf(inputs, saving), keyOf(inputs));
    saveJournalPath(journal.path);
    return journal;
  } catch {
    journal?.remove();
    return null;
  }
}

function bindingOf({ snaptrade }: Inputs, { repository, places, runId, runAttempt }: Saving): Binding {
  const destinations = places.map(({ area, scope, name }) => `${pathOf(area, scope)}/${name}`);
  return {
    repository: `${repository.owner}/${repository.repo}`,
    destinations,
    user: snaptrade.userId,
    runId,
    runAttempt,
  };
}

function keyOf({ snaptrade, userSecret }: Inputs): {
  consumerKey: Inputs["userSecret"];
  oldSecret: Inputs["userSecret"];
} {
  return { consumerKey: snaptrade.consumerKey, oldSecret: userSecret };
}

function taskOf({ mode, userSecret, create, canary, minAgeMs, saveTimeoutMs, settleMs }: Inputs): Task {
  if (mode === "verify") throw new TypeError("verify saves nothing");
  return { mode, secret: userSecret, create, canary, minAgeMs, saveTimeoutMs, settleMs };
}

function snapTrade({ snaptrade, resetTimeoutMs }: Inputs, { lifetime, console }: World): SnapTrade {
  const quote = (text: string): string | null => console.quote(text);
  return new SnapTrade({ ...snaptrade, resetTimeoutMs, lifetime, quote });
}

const HEAD_START_MS = 2;
/** GitHub's requests may be repeated, so one that gets no answer must leave time for another. */
const GITHUB_REQUEST_TIMEOUT_MAX_MS = 30_000;
/** Connecting is repeated for a part of that, so that a call ends with what stood in the way and not with its own deadline. */
const GITHUB_RECONNECT_MAX_MS = 3_000;

function connectPorts(
  inputs: Inputs,
  saving: Saving,
  journal: Journal,
  escrow: Escrow | null,
  opened: Opened,
  world: World,
): Ports {
  const { apiUrl, token } = saving;
  const requestTimeoutMs = Math.min(Math.ceil(inputs.saveTimeoutMs / 2), GITHUB_REQUEST_TIMEOUT_MAX_MS);
  const sealer = new Sealer();
  const quote = (text: string): string | null => world.console.quote(text);
  const reconnectForMs = Math.min(requestTimeoutMs / 2, GITHUB_RECONNECT_MAX_MS);
  const { lifetime } = world;
  const github = connectGitHub({ apiUrl, token, requestTimeoutMs, reconnectForMs, lifetime, quote, loadOctokit });
  opened.github = github;
  const [primary, ...copies] = saving.places;
  const issuer = snapTrade(inputs, world);
  const ports: Ports = {
    equip: async () => {
      // Loading keeps the process busy for some 50 ms; the connections to SnapTrade are opened first.
      await world.clock.sleep(HEAD_START_MS);
      await Promise.all([sealer.load(), github.load(), loadDelivery()]);
    },
    issuer: {
      probe: async (candidate) => await issuer.probe(candidate),
      control: async () => await issuer.control(),
      madeUpReply: () => issuer.madeUpReply(),
      reset: async (current) => await resetWarm(issuer, github, current),
      read: (reply, current) => issuer.read(reply, current),
      skewMs: async () => await issuer.skewMs(),
    },
    primary: new GitHubSecret(primary, github, sealer),
    copies: copies.map((place) => new GitHubSecret(place, github, sealer)),
    run: new GitHubRun(github, saving.repository, saving.runId),
    journal,
    operator: world.console,
    escrow,
    cancellation: world.interruptions,
    clock: world.clock,
  };
  opened.ports = ports;
  return ports;
}

/** The save travels over a connection that is still open, however long the reset takes, and however late its answer comes. */
async function resetWarm(issuer: SnapTrade, github: GitHub, current: Secret): Promise<Reply> {
  const reply = await github.keepWarm(() => issuer.reset(current));
  const rest = reply.kind === "sent" ? reply.rest : undefined;
  if (rest !== undefined) void github.keepWarm(() => rest);
  return reply;
}

/** What an error means: before the reset a refusal, after it something that nobody thought of, and the journal tells how to go on. */
async function explain(error: unknown, opened: Opened, world: World): Promise<Rotation> {
  const { journal, ports, inputs } = opened;
  const name = nameOf(error);
  if (journal?.isCopying === true) {
    world.console.say({ code: "uncaught", name });
    return withoutSecret(nothingChanged("partly-saved", { code: "copies-interrupted" }));
  }
  if (journal === null || ports === null || inputs === null || !journal.isSending) {
    return withoutSecret(nothingChanged("unchanged", reasonBeforeReset(error)));
  }
  try {
    world.console.say({ code: "uncaught", name });
    return await finish(journal.remains(), taskOf(inputs), ports, inputs.saveTimeoutMs + inputs.settleMs * 3);
  } catch {
    // Post may still finish what is kept, so it is neither wiped nor called concluded.
    opened.journal = null;
    return withoutSecret(undecided({ code: "internal-error", before: "end", name }));
  }
}

function reasonBeforeReset(error: unknown): Reason {
  if (error instanceof Refusal) return error.reason;
  if (error instanceof SealError) return { code: "sealing-unavailable" };
  return { code: "internal-error", before: "reset", name: nameOf(error) };
}

/** Step 10's end, for every result: nothing of the secret stays behind, everybody is told, and only then the exit code may be 0. */
async function conclude({ outcome, fresh }: Rotation, opened: Opened, { console }: World): Promise<number> {
  const { journal, github, inputs } = opened;
  attemptTo(() => journal?.conclude(outcome));
  const exportEnv = fresh === null ? null : (inputs?.exportEnv ?? null);
  const delivery = await loadDelivery();
  const circumstances = { primary: primaryOf(opened), spaced: inputs?.spaced ?? [] };
  let delivered = await report(outcome, circumstances, console, delivery);
  if (fresh !== null && exportEnv !== null) {
    delivered = attemptTo(() => delivery.exportSecret(exportEnv, fresh)) && delivered;
  }
  if (!delivered && EXIT_CODES[outcome.result] === 0) annotateUndelivered(delivery);
  // Where post cannot be told that all is said, it finds the outcome in the journal, and says it once more.
  if (journal !== null && attemptTo(() => saveConcluded(outcome))) journal.remove();
  await github?.close();
  return delivered ? EXIT_CODES[outcome.result] : 1;
}

function primaryOf({ ports }: Opened): Destination | null {
  return ports?.primary ?? null;
}

function attemptTo(step: () => void): boolean {
  try {
    step();
    return true;
  } catch {
    return false;
  }
}

/** Post has four minutes in all; the last seconds belong to the report. */
const POST_LIMIT_MS = 225_000;
/** How long post waits for a main that does not end, as in a container to which signals do not get through. */
const MAIN_END_MAX_MS = 150_000;

async function runPost(journalPath: string | null, concluded: boolean, world: World): Promise<number> {
  // No state: main ended before there was anything to finish. Concluded: main has said all there is to say.
  if (journalPath === null) return 0;
  if (concluded) {
    JournalFile.discard(journalPath);
    return 0;
  }
  const deadline = world.clock.now() + POST_LIMIT_MS;
  maskInputs(world);
  world.console.say({ code: "post-finishes" });
  const opened: Opened = { journal: null, github: null, ports: null, inputs: null };
  let outcome: Outcome = undecided({ code: "journal-unreadable" });
  try {
    outcome = await finishLeft(journalPath, deadline, opened, world);
  } catch (error) {
    // Whatever it was, what main kept is not wiped.
    opened.journal = null;
    if (!(error instanceof Refusal)) {
      outcome = undecided({ code: "internal-error", before: "end", name: nameOf(error) });
    }
  }
  return await conclude(withoutSecret(outcome), opened, world);
}

async function finishLeft(journalPath: string, deadline: number, opened: Opened, world: World): Promise<Outcome> {
  const inputs = readInputsAgain(world.env);
  const { saving } = inputs;
  const left = saving === null ? null : JournalFile.open(journalPath, bindingOf(inputs, saving), keyOf(inputs));
  if (saving === null || left === null) return undecided({ code: "journal-unreadable" });
  const hasEnded = await awaitEnd(left.pid, world.clock, MAIN_END_MAX_MS);
  // An outcome stands once it is read: a main that did not know of post yet may be wiping it.
  const remains = left.remains.kind === "concluded" ? left.remains : left.journal.remains();
  // What does not open is not wiped either: it may hold the only copy.
  if (remains.kind === "unreadable") return undecided({ code: "journal-unreadable" });
  if (!hasEnded && mayStillAct(remains, left.hasTakenOver)) return undecided({ code: "main-still-runs" });
  opened.journal = left.journal;
  opened.inputs = inputs;
  const escrow = await escrowIfAny(inputs.recoveryRecipient, world);
  const ports = connectPorts(inputs, saving, left.journal, escrow, opened, world);
  world.interruptions.listen({
    onSignal: () => undefined,
    onError: (name) => world.console.say({ code: "uncaught", name }),
  });
  const { outcome } = await finish(remains, taskOf(inputs), ports, Math.max(0, deadline - world.clock.now()));
  // Where there was no time even to print what brings the secret back, the journal may be all that does.
  if (outcome.result === "unknown" && outcome.reason.code === "out-of-time") opened.journal = null;
  return outcome;
}

/** A main that lives: what it has sent may still be answered, and what it has not sent it sends if it knows nothing of post. */
function mayStillAct(remains: Remains, hasTakenOver: boolean): boolean {
  return remains.kind === "sent" ? remains.reply === null : remains.kind === "not-sent" && !hasTakenOver;
}

/** The new secret has arrived, and a recipient that is wrong by now must not stand in the way of saving it. */
async function escrowIfAny(recipient: string | null, { console }: World): Promise<Escrow | null> {
  if (recipient === null) return null;
  try {
    return await loadEscrow(recipient);
  } catch {
    console.say({ code: "escrow-failed" });
    return null;
  }
}
