import type { Issuer, Journal, Operator, Ports, Probe, Reading, Reply, SentReply } from "../../src/rotation/ports";
import { Secret } from "../../src/rotation/secret";
import type { Actor, Way } from "./actor";
import { destinationOf } from "./destinations";
import { RESET_TIMEOUT_MS } from "./scene";

/** What the real protocol is given instead of SnapTrade, GitHub and a machine. */
export function portsOf(actor: Actor): Ports {
  const { world } = actor;
  const [primary, ...copies] = world.places.map((place) => destinationOf(place, actor));
  if (primary === undefined) throw new Error("a world has a primary");
  return {
    equip: async () => await Promise.resolve(),
    issuer: issuerOf(actor),
    primary,
    copies,
    run: { startedAt: async () => await Promise.resolve(null) },
    journal: journalOf(actor),
    operator: operatorOf(actor),
    escrow: world.scene.escrow ? { encrypt: async (secret) => await Promise.resolve(`age:${secret.reveal()}`) } : null,
    cancellation: {
      get seen() {
        return actor.seen;
      },
      arrived: actor.arrived,
    },
    clock: { now: () => world.now, sleep: async (ms) => await actor.sleep(ms) },
  };
}

function issuerOf(actor: Actor): Issuer {
  const { world } = actor;
  return {
    probe: async (candidate) =>
      await actor.ask<Probe>(`probe ${candidate.reveal()}`, () => {
        if (world.isDown("snaptrade")) return [{ label: "down", fault: null, happen: () => UNDECIDED }];
        const kind = candidate.reveal() === world.inForce ? "live" : "refused";
        return [
          { label: kind, fault: null, happen: () => ({ verdict: { kind }, allowance: null }) },
          { label: "502", fault: "5xx", happen: () => UNDECIDED },
          { label: "down", fault: "snaptrade-down", happen: () => world.fallDown("snaptrade", UNDECIDED) },
        ];
      }),
    reset: async (current) => {
      actor.run.resetsSent += 1;
      const given = current.reveal();
      const orphan = (forMs: number): void => {
        world.flights.push({ kind: "reset", run: actor.run, given, latestAt: world.now + forMs });
      };
      return await actor.ask("reset", () => resets(given, actor), orphan);
    },
    read,
    skewMs: async () => await Promise.resolve(null),
  };
}

const UNDECIDED: Probe = {
  verdict: { kind: "cannot-tell", doubt: { kind: "strange-answer", status: 502 } },
  allowance: null,
};

function resets(given: string, actor: Actor): readonly Way<Reply>[] {
  const { world, run } = actor;
  const { lateMs } = world.scene;
  const late = (silentMs: number): void => {
    world.flights.push({ kind: "reset", run, given, latestAt: world.now + silentMs + lateMs });
  };
  const sent = (text: string, ending: SentReply["ending"], silentMs = 0): Reply => ({
    kind: "sent",
    raw: Buffer.from(text),
    ending,
    at: world.now + silentMs,
  });
  if (world.isDown("snaptrade")) return [{ label: "down", fault: null, happen: () => sent("status 502", "complete") }];
  const alive = given === world.inForce;
  const next = world.nextSecret();
  const usual: Way<Reply> = {
    label: alive ? `granted ${next}` : "refused",
    fault: null,
    happen: () => sent(world.commit(run, given) === null ? "refused" : `granted ${next}`, "complete"),
  };
  const faults: readonly Way<Reply>[] = [
    { label: "could not be sent", fault: "drop-request", happen: () => ({ kind: "not-sent", why: "refused" }) },
    { label: "never arrives, cut off", fault: "drop-request", happen: () => sent("", "cut") },
    { label: "502, nothing done", fault: "5xx", happen: () => sent("status 502", "complete") },
    {
      label: "down, nothing done",
      fault: "snaptrade-down",
      happen: () => world.fallDown("snaptrade", sent("status 502", "complete")),
    },
    {
      label: "time-out, may be done late",
      fault: "commit-late",
      silentMs: RESET_TIMEOUT_MS,
      happen: () => {
        late(RESET_TIMEOUT_MS);
        return sent("", "deadline", RESET_TIMEOUT_MS);
      },
    },
    {
      label: "504, may be done late",
      fault: "commit-late",
      happen: () => {
        late(0);
        return sent("status 504", "complete");
      },
    },
  ];
  // What a request with a dead secret brings can only be lost.
  const committed = (label: string, fault: "lose-answer" | "5xx", text: string, ending: SentReply["ending"]) => ({
    label,
    fault,
    happen: () => {
      world.commit(run, given);
      return sent(text, ending);
    },
  });
  if (!alive) return [usual, ...faults];
  return [
    usual,
    ...faults,
    committed(`done (${next}), answer lost`, "lose-answer", "", "cut"),
    committed(`done (${next}), answer cut behind the secret`, "lose-answer", `candidate ${next}`, "cut"),
    committed(`done (${next}), 502`, "5xx", "status 502", "complete"),
  ];
}

/** The bytes of an answer, in this world's words. */
function read({ raw }: SentReply): Reading {
  const [word = "", value = ""] = Buffer.from(raw).toString().split(" ");
  switch (word) {
    case "granted":
      return { kind: "granted", secret: new Secret(value) };
    case "candidate":
      return { kind: "candidates", status: null, secrets: [new Secret(value)] };
    case "refused":
      return { kind: "refused", status: 401, code: "1083" };
    case "status":
      return { kind: "unanswered", status: Number(value) };
    default:
      return { kind: "unanswered", status: null };
  }
}

function journalOf(actor: Actor): Journal {
  const { run } = actor;
  return {
    trying: () => {
      if (run.diskFull) throw new Error("no space");
      run.journal.canariesTried = true;
    },
    sending: (facts) => {
      if (!run.diskFull && actor.local("journal sending", ["disk-full"])) run.journal.sending = facts;
      else if (actor.alive) throw new Error("no space");
    },
    keep: (reply) => {
      const kept = !run.diskFull && actor.local("journal keep", ["SIGKILL", "disk-full"]);
      if (kept) run.journal.reply = reply;
      // What cannot be kept takes the journal with it, so that post does not believe that nothing came back.
      else if (actor.alive) run.journal.removed = true;
      return kept;
    },
  };
}

/** Only what somebody needs to recover a secret is a step of its own. */
function operatorOf(actor: Actor): Operator {
  const { run } = actor;
  return {
    mask: () => undefined,
    begin: () => undefined,
    say: (notice) => {
      switch (notice.code) {
        case "resetting":
          if (actor.local("say resetting", ["SIGKILL", "machine-loss"])) run.announced = true;
          break;
        case "sealed-command":
          if (actor.local("say sealed command", ["SIGKILL", "machine-loss"])) print(notice.command, actor);
          break;
        case "escrow":
          if (actor.local("say escrow", ["SIGKILL", "machine-loss"])) run.escrowed.add(notice.text.split(":")[1] ?? "");
          break;
        default:
          break;
      }
    },
  };
}

/** A command names its place and holds its box. */
export function print(command: string, { run, world }: Actor): void {
  const [label, ...sealed] = command.split(" ");
  const place = world.places.find((one) => one.label === label);
  if (place === undefined) throw new Error("a command for no place of this world");
  run.printed.set(command, { place, box: { keyId: "1", sealed: sealed.join(" "), audience: null } });
}
