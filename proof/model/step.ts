import { finish } from "../../src/rotation/finish";
import type { Outcome } from "../../src/rotation/outcome";
import { EXIT_CODES, undecided } from "../../src/rotation/outcome";
import { rotate } from "../../src/rotation/rotate";
import { Secret } from "../../src/text/secret";
import type { Actor } from "./actor";
import { judgeClaim } from "./judge";
import { portsOf, print } from "./ports";
import type { Scene } from "./scene";
import { POST_LIMIT_MS, SAVE_TIMEOUT_MS } from "./scene";
import { remainsOf } from "./world";
import type { Run } from "./world";

/** One process from its start to its exit, as the composition root runs it. The protocol in it is the real one. */
export async function play(actor: Actor): Promise<void> {
  const task = taskOf(actor.run, actor.world.scene);
  const ports = portsOf(actor);
  if (actor.role === "main") {
    const { outcome } = await rotate(task, ports);
    conclude(outcome, actor);
    return;
  }
  const remains = remainsOf(actor.run);
  const unreadable = undecided({ code: "journal-unreadable" });
  if (remains.kind === "unreadable") conclude(unreadable, actor);
  else {
    // Here a process that was ended is gone at once.
    const end = async (): Promise<void> => await Promise.resolve();
    const main = { remains: () => remainsOf(actor.run), mayLive: () => false, end, endUnlessSent: end };
    const hearing = { afterSendingMs: 0, reserveMs: 0 };
    const finished = await finish(main, { task, ports, hearing }, POST_LIMIT_MS);
    conclude("told" in finished ? unreadable : finished.outcome, actor);
  }
}

function taskOf({ given }: Run, { settleMs }: Scene): Parameters<typeof rotate>[0] {
  const secret = new Secret(given);
  const saveTimeoutMs = SAVE_TIMEOUT_MS;
  return { mode: "rotate", secret, create: false, canary: true, minAgeMs: null, saveTimeoutMs, settleMs };
}

/** The order of the end: the outcome outlives the process, everybody is told, post is told to keep quiet, and then the journal goes. */
function conclude(outcome: Outcome, actor: Actor): void {
  const { run } = actor;
  if (!run.diskFull && actor.local("journal outcome", ["SIGKILL", "disk-full"])) run.journal.outcome = outcome;
  if (!actor.local(`say ${outcome.result}`, ["SIGKILL", "machine-loss"])) return;
  if (actor.role === "main") run.saidByMain = outcome;
  else run.saidByPost = outcome;
  for (const { command } of outcome.unsaved) print(command, actor);
  judgeClaim(outcome, actor);
  const delivered = !run.diskFull;
  if (!run.diskFull && actor.local("state concluded", ["SIGKILL", "disk-full"])) {
    run.concluded = true;
    run.journal.removed = true;
  }
  if (actor.alive && actor.role === "main") run.green = delivered && EXIT_CODES[outcome.result] === 0;
}
